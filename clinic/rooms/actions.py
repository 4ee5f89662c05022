"""How is time taken and given back? PostgreSQL refuses what overlaps; here that becomes a refusal with its cause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from clinic.kit.refusals import Refusal
from clinic.rooms import queries
from clinic.rooms.models import Hold, SiteDay
from clinic.rooms.rules import Span
from clinic.sites.models import Site


@dataclass(frozen=True)
class Claim:
    """A stretch of time wanted on one room, patient or clinician."""

    kind: Hold.Kind
    resource_id: UUID
    span: Span


class TimeTaken(Refusal):
    """Something else holds part of the time. Carries the first claim that failed and what stands against it."""

    def __init__(self, claim: Claim, taken: Span) -> None:
        super().__init__("That time is already taken. Choose another time.")
        self.claim, self.taken = claim, taken


def lock_days(site: Site, days: Iterable[date]) -> None:
    """Wait until nobody else books on these days of a site, in the order of the calendar; needs a transaction."""
    wanted = sorted(days)
    SiteDay.objects.bulk_create([SiteDay(site=site, day=day) for day in wanted], ignore_conflicts=True)
    list(SiteDay.objects.filter(site=site, day__in=wanted).order_by("day").select_for_update(no_key=True))


def take(claims: Sequence[Claim], *, reference: str) -> None:
    """Hold the time of every claim, or of none: refused with `TimeTaken` when part of it is held already."""
    holds = [
        Hold(
            kind=claim.kind,
            resource_id=claim.resource_id,
            during=DateTimeTZRange(claim.span.starts_at, claim.span.ends_at),
            reference=reference,
        )
        for claim in claims
    ]
    try:
        with transaction.atomic():
            Hold.objects.bulk_create(holds)
    except IntegrityError as error:
        against = _first_against(claims) if "hold_no_overlap" in str(error) else None
        if against is None:
            raise
        raise TimeTaken(*against) from error


def release(reference: str, *, now: datetime) -> None:
    """Give back all the time that a booking still holds."""
    Hold.objects.filter(reference=reference, released_at=None).update(released_at=now)


def give_back_after(reference: str, moments: dict[str, datetime], *, now: datetime) -> None:
    """Give back what a booking holds after a moment, which is named for each kind of hold."""
    for hold in Hold.objects.filter(reference=reference, released_at=None).select_for_update(no_key=True):
        span, until = queries.span_of(hold.during), moments[hold.kind]
        if until >= span.ends_at:
            continue
        if until <= span.starts_at:
            hold.released_at = now
        else:
            hold.during = DateTimeTZRange(span.starts_at, until)
        hold.save(update_fields=["during", "released_at"])


def _first_against(claims: Sequence[Claim]) -> tuple[Claim, Span] | None:
    """The first claim, in the order given, that an existing hold stands against."""
    wanted = Q()
    for claim in claims:
        during = DateTimeTZRange(claim.span.starts_at, claim.span.ends_at)
        wanted |= Q(kind=claim.kind, resource_id=claim.resource_id, during__overlap=during)
    found = list(Hold.objects.filter(wanted, released_at=None).order_by("during", "id"))
    for claim in claims:
        for hold in found:
            if hold.kind == claim.kind and hold.resource_id == claim.resource_id:
                return claim, queries.span_of(hold.during)
    return None
