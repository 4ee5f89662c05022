"""Which rooms does a site have, and when are they taken?"""

from collections.abc import Collection
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from clinic.rooms.models import Hold, Room
from clinic.rooms.rules import Span


def rooms_of(site_id: UUID) -> list[Room]:
    """The rooms in use at a site: 1, 2, 10, then those with a name."""
    rooms = Room.objects.filter(site=site_id, is_active=True)
    return sorted(rooms, key=lambda room: (not room.label.isdigit(), room.label.zfill(12)))


def span_of(during: DateTimeTZRange) -> Span:
    """The stretch of a hold; the database lets none be open-ended."""
    if during.lower is None or during.upper is None:
        raise ValueError("a hold has a beginning and an end")
    return Span(during.lower, during.upper)


def taken(kind: Hold.Kind, resource_ids: Collection[UUID], within: Span) -> dict[UUID, list[Span]]:
    """What is held on each of some rooms or people within a stretch of time, in order."""
    found: dict[UUID, list[Span]] = {resource_id: [] for resource_id in resource_ids}
    holds = Hold.objects.filter(
        kind=kind,
        resource_id__in=resource_ids,
        during__overlap=DateTimeTZRange(within.starts_at, within.ends_at),
        released_at=None,
    ).values_list("resource_id", "during")
    for resource_id, during in holds:
        found[resource_id].append(span_of(during))
    return {resource_id: sorted(spans) for resource_id, spans in found.items()}
