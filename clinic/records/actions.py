"""How does a document become signed? The one way, for every clinical document."""

from datetime import datetime

from clinic.kit.refusals import Refusal
from clinic.records.models import SignableRecord
from clinic.staff import actions as staff_actions
from clinic.staff.models import User


class AlreadySigned(Refusal):
    """A signed document is not signed again or changed; it gets an addendum."""


class ChangedMeanwhile(Refusal):
    """Somebody else saved the document after this form was opened."""


class ReadAgain(Refusal):
    """Nobody signs what they have not read: something was changed while it lay open for signing."""


def must_be_as_read(*, seen: int | None, stands: int, what: str) -> None:
    """Refuse a signature under another state than the one that was on the page; None where nothing was shown."""
    if seen not in {None, stands}:
        raise ReadAgain(f"{what} was changed after you opened it. Read it as it stands here now, then sign.")


def must_be_draft(record: SignableRecord) -> None:
    """Refuse to change what is signed."""
    if record.is_signed:
        message = "This is signed and can no longer be changed. Add an addendum, or make a new version."
        raise AlreadySigned(message)


def must_be_current(record: SignableRecord, seen_version: int) -> None:
    """Refuse a form that was opened before somebody else's change."""
    if record.row_version != seen_version:
        message = (
            "Somebody else changed this after you opened it. What you typed is still here: compare, then save again."
        )
        raise ChangedMeanwhile(message)


def sign(record: SignableRecord, *, by: User, password: str, now: datetime) -> None:
    """Put name and moment under a draft that the caller has locked, after the person proved who they are."""
    must_be_draft(record)
    staff_actions.prove(user=by, password=password)
    put_signature(record, by=by, now=now)


def put_signature(record: SignableRecord, *, by: User, now: datetime) -> None:
    """The same for a caller who has had the proof already, outside the transaction, so that a wrong try is counted."""
    must_be_draft(record)
    record.signed_at, record.signed_by = now, by
    record.save(update_fields=["signed_at", "signed_by"])
