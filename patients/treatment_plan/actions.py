"""How does a plan come to be drafted, changed and signed, and how is consent recorded?"""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.kit.clock import local_date
from clinic.kit.keys import uuid7
from clinic.kit.once import sent_before
from clinic.kit.refusals import Refusal
from clinic.records import actions as records
from clinic.staff import actions as staff_actions
from clinic.staff.models import User
from patients.courses import actions as course_actions
from patients.courses.models import Course
from patients.courses.rules import ACTIVE_STATES, CourseState
from patients.history import actions as history_actions
from patients.treatment_plan import queries
from patients.treatment_plan.models import Consent, ConsentElement, TreatmentPlan
from patients.treatment_plan.rules import (
    ASK,
    CONSENT_TEXT_VERSION,
    REFUSE,
    Concern,
    HoldLimits,
    Infusion,
    InfusionNotPossible,
    consent_expires_on,
    consent_missing,
    dose_check,
    hold_limits_check,
    infusion,
    pounds_slip,
    schedule_check,
    weight_change_check,
)

TYPED: Final = (
    "goal",
    "dose_mg_per_kg",
    "weight_kg",
    "weighed_on",
    "infusion_minutes",
    "bag_drug_mg",
    "bag_volume_ml",
    "session_count",
    "interval_days",
    "hold_systolic_mmhg",
    "hold_diastolic_mmhg",
    "hold_heart_rate_low_bpm",
    "hold_heart_rate_high_bpm",
    "hold_spo2_percent",
    "review_on",
    "instructions",
    "change_reason",
)
WORKED_OUT: Final = ("dose_mg_exact", "dose_mg", "rate_ml_h")
# How the rules name what the form and the table name otherwise.
FIELD_OF_RULE: Final = {"mg_per_kg": "dose_mg_per_kg", "minutes": "infusion_minutes", "drug_mg_in_bag": "bag_drug_mg"}


class PlanRefused(Refusal):
    """A value that no plan may hold; `field` names it where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class PlanToConfirm(Refusal):
    """Unusual values that somebody has to say yes to; `sentences` holds each of them."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class DraftOpen(Refusal):
    """A course has one draft at a time."""


class PlanNotComplete(Refusal):
    """Something is missing before the plan can be signed; `sentences` holds each of them."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(sentences[0])
        self.sentences = sentences


class CourseEnded(Refusal):
    """A course that has ended takes no plan and no consent."""


class ConsentIncomplete(Refusal):
    """Every element is initialled and the whole is signed by name, or there is no consent."""


@transaction.atomic
def draft_plan(
    *, course: Course, values: Mapping[str, Any], by: User, now: datetime, key: UUID | None = None
) -> TreatmentPlan:
    """Draft the next version of a course's plan. Sending the same form twice drafts one.

    Refused while another draft is open, for impossible values, and for unusual ones until `is_confirmed` is true.
    """
    held = _open_course(course)
    earlier = sent_before(TreatmentPlan.objects.filter(course=held), key)
    if earlier is not None:
        return earlier
    if queries.draft_of(held.pk) is not None:
        message = "A draft of this plan is already open. Change or sign that one."
        raise DraftOpen(message)
    order = _checked_order(held, values)
    last = TreatmentPlan.objects.filter(course=held).order_by("-version").first()
    plan = TreatmentPlan(
        id=key or uuid7(),
        patient_id=held.patient_id,
        course=held,
        version=last.version + 1 if last else 1,
        supersedes=last,
        drafted_at=now,
        drafted_by=by,
    )
    _fill(plan, values, order)
    plan.save(force_insert=True)
    _keep_weight(plan, by=by, now=now)
    return plan


@transaction.atomic
def change_draft(
    *, plan: TreatmentPlan, values: Mapping[str, Any], seen_version: int, by: User, now: datetime
) -> TreatmentPlan:
    """Change a draft. Refused when it is signed, or was changed by somebody else since it was opened."""
    held = TreatmentPlan.objects.select_for_update().select_related("course").get(pk=plan.pk)
    records.must_be_draft(held)
    records.must_be_current(held, seen_version)
    order = _checked_order(held.course, values)
    _fill(held, values, order)
    held.row_version += 1
    held.save(update_fields=[*TYPED, *WORKED_OUT, "row_version"])
    _keep_weight(held, by=by, now=now)
    return held


def sign_plan(
    *, plan: TreatmentPlan, password: str, by: User, now: datetime, seen_version: int | None = None
) -> TreatmentPlan:
    """Sign a draft; from then on only a new version can change anything.

    Refused while something is missing (each named), when it was changed after it was read, and without the right
    password. With a consent that holds, an eligible course becomes planned.
    """
    # Outside the transaction: a wrong password counts although nothing else of this act stays.
    staff_actions.prove(user=by, password=password)
    return _sign_plan(plan, by=by, now=now, seen_version=seen_version)


@transaction.atomic
def _sign_plan(plan: TreatmentPlan, *, by: User, now: datetime, seen_version: int | None) -> TreatmentPlan:
    course = Course.objects.select_for_update().get(pk=plan.course_id)
    held = TreatmentPlan.objects.select_for_update().get(pk=plan.pk)
    records.must_be_draft(held)
    records.must_be_as_read(seen=seen_version, stands=held.row_version, what="This plan")
    today = local_date(now, by.home_site.time_zone)
    missing = queries.missing_to_sign(held, today=today)
    if missing:
        raise PlanNotComplete(missing)
    records.put_signature(held, by=by, now=now)
    _become_planned(course, by=by, now=now, today=today)
    return held


@transaction.atomic
def record_consent(
    *,
    course: Course,
    initials: Mapping[str, str],
    signed_name: str,
    by: User,
    now: datetime,
    key: UUID | None = None,
) -> Consent:
    """Record the person's consent: every element initialled, then signed by name. It holds for twelve months."""
    held = _open_course(course)
    earlier = sent_before(Consent.objects.filter(course=held), key)
    if earlier is not None:
        return earlier
    given = {code: text.strip() for code, text in initials.items() if text.strip()}
    missing = consent_missing(frozenset(given))
    if missing:
        message = f"Not initialled yet: {', '.join(missing)}."
        raise ConsentIncomplete(message)
    if not signed_name.strip():
        message = "The person signs by typing their name."
        raise ConsentIncomplete(message)
    today = local_date(now, by.home_site.time_zone)
    consent = Consent(
        id=key or uuid7(),
        patient_id=held.patient_id,
        course=held,
        text_version=CONSENT_TEXT_VERSION,
        signed_name=signed_name.strip(),
        given_at=now,
        expires_on=consent_expires_on(today),
        recorded_by=by,
    )
    consent.save(force_insert=True)
    ConsentElement.objects.bulk_create(
        ConsentElement(consent=consent, code=code, initials=text) for code, text in sorted(given.items())
    )
    _become_planned(held, by=by, now=now, today=today)
    return consent


def concerns(values: Mapping[str, Any], order: Infusion) -> tuple[Concern, ...]:
    """Everything to refuse or ask about in the typed values of a plan."""
    hold = HoldLimits(
        systolic_mmhg=values["hold_systolic_mmhg"],
        diastolic_mmhg=values["hold_diastolic_mmhg"],
        heart_rate_low_bpm=values["hold_heart_rate_low_bpm"],
        heart_rate_high_bpm=values["hold_heart_rate_high_bpm"],
        spo2_percent=values["hold_spo2_percent"],
    )
    return (
        *dose_check(values["dose_mg_per_kg"], order.dose_mg),
        *schedule_check(values["session_count"], values["interval_days"]),
        *hold_limits_check(hold),
    )


def _open_course(course: Course) -> Course:
    held = Course.objects.select_for_update().get(pk=course.pk)
    if held.state not in ACTIVE_STATES:
        message = "This course has ended. Open a new course first."
        raise CourseEnded(message)
    return held


def _checked_order(course: Course, values: Mapping[str, Any]) -> Infusion:
    """The infusion worked out, once nothing in the values is impossible or unconfirmed."""
    try:
        order = infusion(
            values["weight_kg"],
            values["dose_mg_per_kg"],
            values["infusion_minutes"],
            values["bag_drug_mg"],
            values["bag_volume_ml"],
        )
    except InfusionNotPossible as refusal:
        raise PlanRefused(str(refusal), FIELD_OF_RULE.get(refusal.field, refusal.field)) from refusal
    if not order.bag_is_enough:
        raise PlanRefused(f"{order.lines[-1]}.", "bag_drug_mg")
    found = concerns(values, order)
    refused = [concern.sentence for concern in found if concern.level == REFUSE]
    if refused:
        raise PlanRefused(refused[0])
    asked = [concern.sentence for concern in found if concern.level == ASK]
    asked += _weight_questions(course, values["weight_kg"])
    if asked and not values.get("is_confirmed"):
        raise PlanToConfirm(tuple(asked))
    return order


def _weight_questions(course: Course, weight_kg: Decimal) -> list[str]:
    last = queries.latest_weight(course.patient_id)
    slip = pounds_slip(weight_kg, last.weight_kg if last else None)
    if slip:
        return [slip]
    return [concern.sentence for concern in weight_change_check(last.weight_kg, weight_kg)] if last else []


def _fill(plan: TreatmentPlan, values: Mapping[str, Any], order: Infusion) -> None:
    for field in TYPED:
        setattr(plan, field, values.get(field, ""))
    for field in WORKED_OUT:
        setattr(plan, field, getattr(order, field))


def _keep_weight(plan: TreatmentPlan, *, by: User, now: datetime) -> None:
    """A weight that is newer or other than the last on record goes onto the record."""
    last = queries.latest_weight(plan.patient_id)
    zone = by.home_site.time_zone
    if last is not None:
        last_on = local_date(last.measured_at, zone)
        if (last.weight_kg, last_on) == (plan.weight_kg, plan.weighed_on) or last_on > plan.weighed_on:
            return
    measured_at = min(_noon(plan.weighed_on, zone), now)
    history_actions.record_weight(
        patient=plan.patient, weight_kg=plan.weight_kg, measured_at=measured_at, by=by, now=now
    )


def _noon(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone))


def _become_planned(course: Course, *, by: User, now: datetime, today: date) -> None:
    """Signed plan and consent together make an eligible course a planned one, whichever came second."""
    if course.state != CourseState.ELIGIBLE:
        return
    if queries.current_plan(course.pk) and queries.current_consent(course.pk, today):
        course_actions.move(course=course, to=CourseState.PLANNED, by=by, now=now)
