"""How far is a session? Prepared, running, stopped, discharged, signed: each reached by what is charted."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from patients.courses.models import Course
from sessions.administration import actions, queries
from sessions.administration.models import TreatmentSession
from sessions.scheduling.models import Appointment
from tests.scenarios import assessments, people, plans, visits
from tests.scenarios.cast import NOW, PASSWORD, Cast

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


def another_referral(cast: Cast) -> Course:
    """A course of a second person, Jamie Chen."""
    details = {"given_name": "Jamie", "family_name": "Chen", "preferred_name": "", "phone": "+12025550177"}
    return people.referred(cast, now=NOW - timedelta(hours=1), **details)


def session_now(cast: Cast, build: Callable[..., TreatmentSession], *, minutes_ago: int) -> TreatmentSession:
    """A session as one of these builds it, on the clock of the wall: its visit began that long ago."""
    now = datetime.now(UTC)
    starts_at, yesterday = now - timedelta(minutes=minutes_ago), now - timedelta(days=1)
    course = assessments.eligible_course(cast, now=yesterday)
    plans.signed_plan(cast, course, now=yesterday)
    plans.consented(cast, course, now=yesterday)
    course.refresh_from_db()
    booked = starts_at - timedelta(hours=1)
    return build(cast, course=course, starts_at=starts_at, now=booked, confirmed=["outside_hours", "too_close"])


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


def prepared_session(cast: Cast, **given: Any) -> TreatmentSession:
    """Everything green: checked, baseline taken, 50 mg drawn before Nils."""
    session = checked_session(cast, **given)
    at = session.opened_at + timedelta(minutes=16)
    drawn = {"amount_mg": "50.00", "concentration_mg_ml": "50.00", "lot": "KT-2231", "expires_on": "2027-12-31"}
    charted(cast, session, "draw", drawn, at, witness=cast.nils)
    return session


def running_session(cast: Cast, **given: Any) -> TreatmentSession:
    """Started twenty minutes after the appointed time, at 60 mL/h."""
    session = prepared_session(cast, **given)
    charted(cast, session, "start", {"rate_ml_h": "60.0"}, started(session))
    return fresh(session)


def stopped_session(cast: Cast, *, minutes: int = 40, **given: Any) -> TreatmentSession:
    """Stopped after the planned time, with a reading every ten minutes."""
    session = running_session(cast, **given)
    start = started(session)
    for minute in range(10, minutes, 10):
        charted(cast, session, "vitals", BASELINE, start + timedelta(minutes=minute))
    charted(cast, session, "stop", {}, start + timedelta(minutes=minutes))
    return fresh(session)


def discharged_session(cast: Cast, **given: Any) -> TreatmentSession:
    """Every criterion met, gone 65 minutes after the stop; what was left over is wasted before Nils."""
    session = stopped_session(cast, **given)
    stop = session.stopped_at
    for minute in (0, 15, 30, 45, 60):
        charted(cast, session, "vitals", BASELINE, stop + timedelta(minutes=minute))
    left = queries.sheet_of(session.pk, now=stop).drug.balance.difference_mg
    if left:
        wasted = {"amount_mg": left, "concentration_mg_ml": "50.00", "lot": "KT-2231"}
        charted(cast, session, "waste", wasted, stop + timedelta(minutes=5), witness=cast.nils)
    charted(cast, session, "discharge", AT_THE_DOOR, stop + timedelta(minutes=65))
    return fresh(session)


def signed_session(cast: Cast, **given: Any) -> TreatmentSession:
    """Signed by Nora an hour after the person left."""
    session = discharged_session(cast, **given)
    at = session.discharged_at + timedelta(hours=1)
    return actions.sign_session(session=session, password=PASSWORD, by=cast.nora, now=at)


def started(session: TreatmentSession) -> datetime:
    """When the scenarios start the pump: twenty minutes after the appointed time."""
    return session.opened_at + timedelta(minutes=20)


def fresh(session: TreatmentSession) -> TreatmentSession:
    return TreatmentSession.objects.select_related("plan", "patient", "course").get(pk=session.pk)
