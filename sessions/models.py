"""Table of contents for Django. Import a model from its slice, never from here."""

from sessions.administration.models import (
    AdverseEvent,
    DischargeCheck,
    DrugRecord,
    Experience,
    GateOverride,
    HelpCall,
    InfusionStep,
    PreSessionCheck,
    SessionAddendum,
    SessionEntry,
    SessionNote,
    SkippedReading,
    TreatmentSession,
    VitalSigns,
)
from sessions.follow_up.models import CheckIn, ContactAttempt
from sessions.scheduling.models import Appointment, VisitMove

__all__ = [
    "AdverseEvent",
    "Appointment",
    "CheckIn",
    "ContactAttempt",
    "DischargeCheck",
    "DrugRecord",
    "Experience",
    "GateOverride",
    "HelpCall",
    "InfusionStep",
    "PreSessionCheck",
    "SessionAddendum",
    "SessionEntry",
    "SessionNote",
    "SkippedReading",
    "TreatmentSession",
    "VisitMove",
    "VitalSigns",
]
