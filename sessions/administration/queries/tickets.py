"""Who made an entry? A ticket that the server signed for one person and one session, good for one working day."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner, b62_decode

VALID_FOR: Final = timedelta(hours=16)
AHEAD: Final = timedelta(minutes=5)


def author_ticket(user_id: UUID, session_id: UUID) -> str:
    """A ticket for the sheet of one session."""
    return _signer().sign(f"{user_id}:{session_id}")


def author_of(ticket: str, *, session_id: UUID, now: datetime) -> UUID | None:
    """The person the ticket was made for; None when it is forged, too old, or for another session."""
    try:
        named = _signer().unsign(ticket)
        issued_s = b62_decode(ticket.rsplit(":", 2)[1])
        user_id, for_session = (UUID(part) for part in named.split(":"))
    except (BadSignature, ValueError, IndexError, UnicodeError):
        return None
    age = now - datetime.fromtimestamp(issued_s, tz=now.tzinfo)
    return user_id if for_session == session_id and -AHEAD <= age <= VALID_FOR else None


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="author-ticket")
