"""What can be done to a session: open it, chart in it, account for the drug, sign it, add to it."""

from sessions.administration.actions.checks import discharge
from sessions.administration.actions.doses import LabelsDiffer, Proof, draw_drug, move_drug
from sessions.administration.actions.entries import Fate, record, stored_now, take_entries
from sessions.administration.actions.session import (
    AddendumRefused,
    NotCosigned,
    SessionNotComplete,
    SessionNotOpened,
    add_addendum,
    cosign_session,
    open_session,
    sign_session,
)
from sessions.administration.rules.charting import EntryRefused

__all__ = [
    "AddendumRefused",
    "EntryRefused",
    "Fate",
    "LabelsDiffer",
    "NotCosigned",
    "Proof",
    "SessionNotComplete",
    "SessionNotOpened",
    "add_addendum",
    "cosign_session",
    "discharge",
    "draw_drug",
    "move_drug",
    "open_session",
    "record",
    "sign_session",
    "stored_now",
    "take_entries",
]
