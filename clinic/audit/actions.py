"""Write down one request."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from clinic.audit.models import AccessEvent


@dataclass
class AccessNote:
    """What this request turns out to be about; the view and other middleware add to it."""

    request_id: UUID
    patient_ids: set[UUID] = field(default_factory=set)
    record_id: UUID | None = None


@dataclass(frozen=True)
class Seen:
    """One finished request, in plain values."""

    occurred_at: datetime
    user_id: UUID | None
    user_name: str
    roles: str
    method: str
    route: str
    status: int
    address: str | None


def record_access(seen: Seen, note: AccessNote) -> None:
    """Insert one row. A failure is not swallowed: no trail, no answer."""
    AccessEvent.objects.create(
        occurred_at=seen.occurred_at,
        user_id=seen.user_id,
        user_name=seen.user_name,
        roles=seen.roles,
        method=seen.method,
        route=seen.route,
        status=seen.status,
        address=seen.address,
        request_id=note.request_id,
        record_id=note.record_id,
        patient_ids=sorted(note.patient_ids),
    )
