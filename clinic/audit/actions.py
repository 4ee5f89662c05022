"""Write down one request."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.audit.models import AccessEvent
from clinic.kit.requests import AccessNote


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
