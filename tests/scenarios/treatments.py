"""How far is a session? Prepared, running, stopped, discharged, signed: each reached by what is charted."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from patients.courses.models import Course
from sessions.administration import actions, queries
from sessions.administration.models import TreatmentSession
from sessions.scheduling.models import Appointment
from tests.scenarios import assessments, plans, visits
from tests.scenarios.cast import PASSWORD, Cast

START = visits.TODAY_AT_ELEVEN + timedelta(minutes=20)
STOP = START + timedelta(minutes=40)
LEFT = STOP + timedelta(minutes=65)

CHECKS: Mapping[str, Any] = {
    "identity_confirmed": True,
    "allergies_read_back": True,
    "fasting_hours": 8,
    "escort_confirmed": True,
    "suicide_screen": "none",
    "pregnancy": "negative",
    "is_oriented": True,
    "has_urinary_symptoms": False,
    "took_sedatives_or_alcohol": False,
    "emergency_kit_checked": True,
    "weight_kg": "80.0",
}
BASELINE: Mapping[str, Any] = {
    "systolic_mmhg": 124,
    "diastolic_mmhg": 78,
    "heart_rate_bpm": 72,
    "spo2_percent": 98,
    "respiratory_rate_bpm": 14,
    "moaas": 5,
}
AT_THE_DOOR: Mapping[str, Any] = {
    "aldrete_total": 10,
    "is_oriented": True,
    "walks_as_before": True,
    "dissociation_resolved": True,
    "no_nausea": True,
    "iv_out": True,
    "suicide_check_done": True,
    "instructions_given": True,
    "escort_present": True,
    "escort_name": "Robin Escort",
    "prescriber_accepts_vitals": False,
}


def planned_course(cast: Cast, *, course: Course | None = None) -> Course:
    """Eligible, plan signed, consent given."""
    course = assessments.eligible_course(cast, course=course)
    plans.signed_plan(cast, course)
    plans.consented(cast, course)
    return Course.objects.select_related("patient", "site").get(pk=course.pk)


def opened_session(cast: Cast, *, course: Course | None = None, **visit: Any) -> TreatmentSession:
    """An empty sheet: the person is in the room, nothing is charted."""
    appointment = visits.arrived_visit(cast, course or planned_course(cast), **visit)
    return opened(cast, appointment)


def opened(cast: Cast, appointment: Appointment) -> TreatmentSession:
    return actions.open_session(appointment=appointment, by=cast.nora, now=appointment.starts_at)


def charted(
    cast: Cast, session: TreatmentSession, kind: str, data: Mapping[str, Any], at: datetime, **further: Any
) -> uuid.UUID:
    """One entry by Nora, at the moment it happened."""
    further.setdefault("by", cast.nora)
    return actions.record(session=session, kind=kind, data=data, occurred_at=at, now=at, **further)


def wire(
    cast: Cast, session: TreatmentSession, kind: str, data: Mapping[str, Any], at: datetime, **changed: Any
) -> dict[str, Any]:
    """One entry as the tablet sends it, by Nora."""
    return {
        "id": str(uuid.uuid4()),
        "kind": kind,
        "occurred_at": at.isoformat(),
        "recorded_at": at.isoformat(),
        "seq": 1,
        "device": "tablet 1",
        "author_ticket": queries.author_ticket(cast.nora.pk, session.pk),
        "data": dict(data),
        **changed,
    }


def checked_session(cast: Cast, **given: Any) -> TreatmentSession:
    """Checklist done and baseline taken five minutes before the start; no drug drawn yet."""
    session = opened_session(cast, **given)
    at = session.opened_at + timedelta(minutes=15)
    charted(cast, session, "checklist", CHECKS, at)
    charted(cast, session, "vitals", BASELINE, at)
    return session


__all__ = ["PASSWORD"]
