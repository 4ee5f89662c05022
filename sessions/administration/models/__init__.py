"""Step 3: what happened in the room? The session, its entries, and one typed row for each entry."""

from sessions.administration.models.checks import DischargeCheck, GateOverride, PreSessionCheck
from sessions.administration.models.doses import DrugRecord, InfusionStep
from sessions.administration.models.events import AdverseEvent, Experience, HelpCall, SessionNote
from sessions.administration.models.session import (
    OPEN_STATES,
    EntryKind,
    SessionAddendum,
    SessionEntry,
    SessionState,
    TreatmentSession,
)
from sessions.administration.models.vitals import SkippedReading, VitalSigns

__all__ = [
    "OPEN_STATES",
    "AdverseEvent",
    "DischargeCheck",
    "DrugRecord",
    "EntryKind",
    "Experience",
    "GateOverride",
    "HelpCall",
    "InfusionStep",
    "PreSessionCheck",
    "SessionAddendum",
    "SessionEntry",
    "SessionNote",
    "SessionState",
    "SkippedReading",
    "TreatmentSession",
    "VitalSigns",
]
