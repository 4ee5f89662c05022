"""What does a session answer over HTTP? The charting screen and its JSON, plain forms beside it, and the record."""

from sessions.administration.views.charting import entries, sheet, sheet_state
from sessions.administration.views.forms import checklist, confirm, discharge, draw, drug, move_drug, override, retract
from sessions.administration.views.record import addendum, cosign, record, session_open, sign

__all__ = [
    "addendum",
    "checklist",
    "confirm",
    "cosign",
    "discharge",
    "draw",
    "drug",
    "entries",
    "move_drug",
    "override",
    "record",
    "retract",
    "session_open",
    "sheet",
    "sheet_state",
    "sign",
]
