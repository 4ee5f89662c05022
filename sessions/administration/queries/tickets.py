"""Who made an entry? A ticket that the server signed for one person and one session, good for one working day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner, b62_decode, b62_encode

SALT: Final = "author-ticket"
VALID_FOR: Final = timedelta(hours=16)


class _SignerAt(TimestampSigner):
    """Signs with a moment that is given, where it is not simply now."""

    def __init__(self, at: datetime) -> None:
        super().__init__(salt=SALT)
        self.at = at

    def timestamp(self) -> str:
        return b62_encode(int(self.at.timestamp()))


def author_ticket(user_id: UUID, session_id: UUID, *, now: datetime | None = None) -> str:
    """A ticket for the sheet of one session, made at a moment."""
    signer = _SignerAt(now) if now is not None else _signer()
    return signer.sign(f"{user_id}:{session_id}")


def author_of(ticket: str, *, session_id: UUID, now: datetime) -> UUID | None:
    """The person the ticket was made for; None when it is forged, too old, or for another session."""
    try:
        named = _signer().unsign(ticket)
        issued_s = b62_decode(ticket.rsplit(":", 2)[1])
        user_id, for_session = (UUID(part) for part in named.split(":"))
    except (BadSignature, ValueError, IndexError, UnicodeError):
        return None
    age = now - datetime.fromtimestamp(issued_s, tz=now.tzinfo)
    return user_id if for_session == session_id and age <= VALID_FOR else None


def newest_tap(
    entries: Sequence[object], *, stored: frozenset[str | None], by: UUID, session_id: UUID, now: datetime
) -> datetime | None:
    """When this person last made one of the entries of a batch that were stored just now; None for other people's."""
    taps = [
        datetime.fromisoformat(str(entry["recorded_at"]))
        for entry in entries
        if isinstance(entry, Mapping)
        and isinstance(entry.get("id"), str)
        and entry["id"] in stored
        and author_of(str(entry.get("author_ticket")), session_id=session_id, now=now) == by
    ]
    return max(taps, default=None)


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=SALT)
