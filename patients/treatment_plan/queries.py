"""Which plan and which consent hold now, and what was there before?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from clinic.kit import written
from patients.assessment.models import Assessment, Decision
from patients.courses import queries as course_queries
from patients.courses.models import Course
from patients.history.models import Weight
from patients.registration import queries as registration_queries
from patients.treatment_plan.models import Consent, TreatmentPlan
from patients.treatment_plan.rules import (
    CONSENT_ELEMENTS,
    Concern,
    HoldLimits,
    Infusion,
    InfusionNotPossible,
    PlanFacts,
    dose_check,
    generated_calendar,
    infusion,
    plan_complete,
)

COMPARED = (
    ("dose_mg_per_kg", "Dose per weight", "mg/kg"),
    ("weight_kg", "Weight", "kg"),
    ("dose_mg", "Dose", "mg"),
    ("infusion_minutes", "Infusion time", "min"),
    ("bag_drug_mg", "Drug in the bag", "mg"),
    ("bag_volume_ml", "Bag volume", "mL"),
    ("rate_ml_h", "Pump rate", "mL/h"),
    ("session_count", "Sessions", ""),
    ("interval_days", "Days between sessions", "days"),
    ("hold_systolic_mmhg", "Hold above systolic", "mmHg"),
    ("hold_diastolic_mmhg", "Hold above diastolic", "mmHg"),
    ("hold_heart_rate_low_bpm", "Hold below heart rate", "/min"),
    ("hold_heart_rate_high_bpm", "Hold above heart rate", "/min"),
    ("hold_spo2_percent", "Hold below SpO₂", "%"),
)


@dataclass(frozen=True)
class Changed:
    """One value that differs between two versions."""

    label: str
    unit: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label} {self.before} to {self.after} {self.unit}".strip()


@dataclass(frozen=True)
class PlanRow:
    """One version in the list of plans, with what it changed in words."""

    plan: TreatmentPlan
    changes: tuple[Changed, ...]
    is_current: bool


@dataclass(frozen=True)
class PlansPage:
    course: Course | None
    rows: tuple[PlanRow, ...]
    draft: TreatmentPlan | None
    current: TreatmentPlan | None
    consent: Consent | None
    eligible_until: date | None


@dataclass(frozen=True)
class PlanPage:
    plan: TreatmentPlan
    order: Infusion
    changes: tuple[Changed, ...]
    calendar: tuple[date, ...]
    missing: tuple[str, ...]
    consent: Consent | None

    @property
    def heading(self) -> str:
        return f"Plan {self.plan.version}"

    @property
    def sign_heading(self) -> str:
        return f"Sign plan {self.plan.version}"

    @property
    def status(self) -> str:
        return f"Signed by {self.plan.signed_by}" if self.plan.is_signed else "Draft, not signed"


@dataclass(frozen=True)
class ConsentPage:
    consent: Consent
    elements: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class PlanStart:
    """What a new plan starts from: the open course, the last version, an open draft, the last weight."""

    course: Course | None
    last: TreatmentPlan | None
    draft: TreatmentPlan | None
    weight_kg: Decimal | None
    weighed_on: date | None

    @property
    def weight(self) -> dict[str, object]:
        """The last weight as typed values; empty when nobody has weighed the person."""
        return {"weight_kg": self.weight_kg, "weighed_on": self.weighed_on} if self.weight_kg else {}


@dataclass(frozen=True)
class Reckoning:
    """The arithmetic of an order with what is to be asked or refused, or why it cannot be worked out."""

    order: Infusion | None
    refused: str
    concerns: tuple[Concern, ...]
    calendar: tuple[date, ...]


def plan_start(patient_id: UUID) -> PlanStart:
    """What a new plan of this person would start from."""
    course = course_queries.open_course_of(patient_id)
    weight = latest_weight(patient_id)
    plans = list(TreatmentPlan.objects.filter(course=course).order_by("-version")[:2]) if course else []
    return PlanStart(
        course=course,
        last=next((plan for plan in plans if plan.is_signed), None),
        draft=next((plan for plan in plans if not plan.is_signed), None),
        weight_kg=weight.weight_kg if weight else None,
        weighed_on=timezone.localdate(weight.measured_at) if weight else None,
    )


def reckon(numbers: Mapping[str, Any], *, today: date) -> Reckoning:
    """Work out what is typed: the order, its concerns, and the days the sessions would fall on."""
    count, interval = numbers.get("session_count"), numbers.get("interval_days")
    calendar = generated_calendar(today, count, interval) if count and interval else ()
    try:
        order = infusion(
            numbers["weight_kg"],
            numbers["dose_mg_per_kg"],
            numbers["infusion_minutes"],
            numbers["bag_drug_mg"],
            numbers["bag_volume_ml"],
        )
    except InfusionNotPossible as refusal:
        return Reckoning(None, str(refusal), (), calendar)
    return Reckoning(order, "", dose_check(numbers["dose_mg_per_kg"], order.dose_mg), calendar)


def current_plan(course_id: UUID) -> TreatmentPlan | None:
    """The latest signed version of the course's plan."""
    return (
        TreatmentPlan.objects.filter(course=course_id, signed_at__isnull=False)
        .select_related("signed_by")
        .order_by("-version")
        .first()
    )


def draft_of(course_id: UUID) -> TreatmentPlan | None:
    return TreatmentPlan.objects.filter(course=course_id, signed_at=None).first()


def current_consent(course_id: UUID, on: date) -> Consent | None:
    """The latest consent of the course that still holds on that day."""
    return Consent.objects.filter(course=course_id, expires_on__gt=on).order_by("-given_at").first()


def eligible_until(course_id: UUID) -> date | None:
    """Until when the last signed assessment says eligible; None when it does not."""
    last = Assessment.objects.filter(course=course_id, signed_at__isnull=False).order_by("-signed_at").first()
    return last.expires_on if last is not None and last.decision == Decision.ELIGIBLE else None


def plans_page(patient_id: UUID, *, today: date) -> PlansPage:
    """Every version of the open course's plan, newest first, with the consent that goes with it."""
    course = course_queries.open_course_of(patient_id)
    if course is None:
        return PlansPage(None, (), None, None, None, None)
    plans = list(
        TreatmentPlan.objects.filter(course=course)
        .select_related("signed_by", "drafted_by", "supersedes")
        .order_by("-version")
    )
    signed = [plan for plan in plans if plan.is_signed]
    return PlansPage(
        course=course,
        rows=tuple(PlanRow(plan, what_changed(plan), is_current=plan in signed[:1]) for plan in plans),
        draft=next((plan for plan in plans if not plan.is_signed), None),
        current=signed[0] if signed else None,
        consent=current_consent(course.pk, today),
        eligible_until=eligible_until(course.pk),
    )


def plan_of(patient_id: UUID, plan_id: UUID) -> TreatmentPlan | None:
    """A plan of this patient; None for anybody else's."""
    return (
        TreatmentPlan.objects.filter(pk=plan_id, patient__person_id=patient_id)
        .select_related("signed_by", "drafted_by", "supersedes", "course", "patient")
        .first()
    )


def plan_page(plan: TreatmentPlan, *, today: date) -> PlanPage:
    """One plan with its arithmetic, its calendar and, for a draft, what still keeps it from being signed."""
    return PlanPage(
        plan=plan,
        order=order_of(plan),
        changes=what_changed(plan),
        calendar=generated_calendar(today, plan.session_count, plan.interval_days),
        missing=() if plan.is_signed else missing_to_sign(plan, today=today),
        consent=current_consent(plan.course_id, today),
    )


def consent_page(patient_id: UUID, consent_id: UUID) -> ConsentPage | None:
    """A consent of this patient with each element and its initials."""
    consent = Consent.objects.filter(pk=consent_id, patient__person_id=patient_id).select_related("recorded_by").first()
    if consent is None:
        return None
    initials = dict(consent.elements.values_list("code", "initials"))
    elements = tuple((each.title, each.text, initials.get(each.code, "")) for each in CONSENT_ELEMENTS)
    return ConsentPage(consent, elements)


def latest_weight(patient_id: UUID) -> Weight | None:
    """The last weight of the person, by any of their records."""
    weights = Weight.objects.filter(patient__person_id__in=registration_queries.person_of(patient_id))
    return weights.order_by("-measured_at", "-id").first()


def order_of(plan: TreatmentPlan) -> Infusion:
    """The plan's infusion worked out again, with the formula spelled out."""
    return infusion(plan.weight_kg, plan.dose_mg_per_kg, plan.infusion_minutes, plan.bag_drug_mg, plan.bag_volume_ml)


def hold_of(plan: TreatmentPlan) -> HoldLimits:
    """The hold limits of the plan, with the shipped values for what a plan does not set."""
    return HoldLimits(
        systolic_mmhg=plan.hold_systolic_mmhg,
        diastolic_mmhg=plan.hold_diastolic_mmhg,
        heart_rate_low_bpm=plan.hold_heart_rate_low_bpm,
        heart_rate_high_bpm=plan.hold_heart_rate_high_bpm,
        spo2_percent=plan.hold_spo2_percent,
    )


def missing_to_sign(plan: TreatmentPlan, *, today: date) -> tuple[str, ...]:
    """What keeps this draft from being signed today, one sentence each."""
    facts = PlanFacts(
        today=today,
        goal=plan.goal,
        weighed_on=plan.weighed_on,
        mg_per_kg=plan.dose_mg_per_kg,
        infusion=order_of(plan),
        session_count=plan.session_count,
        interval_days=plan.interval_days,
        hold=hold_of(plan),
        review_on=plan.review_on,
        eligible_until=eligible_until(plan.course_id),
        phase="induction" if plan.version == 1 else "maintenance",
    )
    return plan_complete(facts)


def what_changed(plan: TreatmentPlan) -> tuple[Changed, ...]:
    """The values that differ from the version before; the caller has read `supersedes` along."""
    before = plan.supersedes
    if before is None:
        return ()
    return tuple(
        Changed(label, unit, written.number(getattr(before, field)), written.number(getattr(plan, field)))
        for field, label, unit in COMPARED
        if getattr(before, field) != getattr(plan, field)
    )
