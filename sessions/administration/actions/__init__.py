"""What can be done to a session: open it, chart in it, account for the drug, sign it, add to it."""

from sessions.administration.actions.entries import Fate, record, take_entries
from sessions.administration.actions.session import (
    AddendumRefused,
    NotCosigned,
    SessionNotComplete,
    SessionNotOpened,
    add_addendum,
    cosign_session,
    missing_to_sign,
    open_session,
    sign_session,
)
from sessions.administration.rules.charting import EntryRefused

__all__ = [
    "AddendumRefused",
    "EntryRefused",
    "Fate",
    "NotCosigned",
    "SessionNotComplete",
    "SessionNotOpened",
    "add_addendum",
    "cosign_session",
    "missing_to_sign",
    "open_session",
    "record",
    "sign_session",
    "take_entries",
]
