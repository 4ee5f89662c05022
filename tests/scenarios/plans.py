"""Who has a plan? Courses with a signed plan and consent."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from clinic.kit.clock import local_date
from patients.courses.models import Course
from patients.treatment_plan import actions as plan_actions
from patients.treatment_plan.models import Consent, TreatmentPlan
from patients.treatment_plan.rules import CONSENT_ELEMENTS
from tests.scenarios.assessments import eligible_course
from tests.scenarios.cast import NOW, PASSWORD, Cast


def values(*, today: date = date(2026, 3, 10), **changed: Any) -> dict[str, Any]:
    """A usual plan: 0.5 mg/kg of 80 kg over 40 minutes, six sessions three days apart."""
    return {
        "goal": "PHQ-9 under 5 by the last session.",
        "weight_kg": Decimal("80.0"),
        "weighed_on": today,
        "dose_mg_per_kg": Decimal("0.5"),
        "infusion_minutes": 40,
        "bag_drug_mg": Decimal(50),
        "bag_volume_ml": Decimal(50),
        "session_count": 6,
        "interval_days": 3,
        "hold_systolic_mmhg": 160,
        "hold_diastolic_mmhg": 100,
        "hold_heart_rate_low_bpm": 45,
        "hold_heart_rate_high_bpm": 120,
        "hold_spo2_percent": 94,
        "review_on": today + timedelta(days=30),
        "instructions": "",
        "change_reason": "",
        **changed,
    }


def drafted_plan(cast: Cast, course: Course, *, now: datetime = NOW, **changed: Any) -> TreatmentPlan:
    """A draft of the next version, by Paula."""
    return plan_actions.draft_plan(
        course=course, values=values(today=local_date(now, cast.site.time_zone), **changed), by=cast.paula, now=now
    )


def signed_plan(cast: Cast, course: Course, *, now: datetime = NOW, **changed: Any) -> TreatmentPlan:
    """A plan that Paula drafted and signed."""
    plan = drafted_plan(cast, course, now=now, **changed)
    return plan_actions.sign_plan(plan=plan, password=PASSWORD, by=cast.paula, now=now)


def consented(cast: Cast, course: Course, *, now: datetime = NOW) -> Consent:
    """Every element initialled, recorded by Nora."""
    return plan_actions.record_consent(
        course=course,
        initials={element.code: "MO" for element in CONSENT_ELEMENTS},
        signed_name="Maria Ordóñez",
        by=cast.nora,
        now=now,
    )


def planned_course(cast: Cast, *, course: Course | None = None, now: datetime = NOW, **changed: Any) -> TreatmentPlan:
    """The signed plan of a course that is eligible and consented to: it is planned."""
    course = course or eligible_course(cast, now=now)
    plan = signed_plan(cast, course, now=now, **changed)
    consented(cast, course, now=now)
    return plan
