"""How did somebody come to be treated? Registered, asked, decided about, planned for: steps 1 and 2."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from clinic.demo.actions.house import DEMO_PASSWORD, House, acting
from clinic.demo.rules import curves, stories
from clinic.demo.rules.people import Person, key
from clinic.demo.rules.stories import Story
from clinic.worklist import actions as worklist_actions
from clinic.worklist.models import Task
from patients.assessment import actions as assessment_actions
from patients.assessment import rules as assessment_rules
from patients.assessment.models import Assessment, Decision
from patients.courses import actions as course_actions
from patients.courses.models import Course, Indication
from patients.history import actions as history_actions
from patients.history.models import AllergyReview
from patients.instruments import actions as instrument_actions
from patients.instruments.models import Mode, Purpose, QuestionnaireResponse
from patients.registration import actions as registration_actions
from patients.registration.models import Patient
from patients.treatment_plan import actions as plan_actions
from patients.treatment_plan.models import TreatmentPlan
from patients.treatment_plan.rules import CONSENT_ELEMENTS

INTAKE_DAYS: Final = 11  # from the first call to the first session
ALLERGIES: Final = (("Penicillin", "Rash"), ("Latex", "Hives"), ("Sulfonamides", "Swelling of the lips"))
INDICATIONS: Final = (
    Indication.DEPRESSION_RECURRENT,
    Indication.DEPRESSION_RECURRENT,
    Indication.DEPRESSION_SINGLE,
    Indication.PTSD,
    Indication.ANXIETY,
)
GOALS: Final = (
    "PHQ-9 under 5 by the last session.\nBack at work three days a week.",
    "PHQ-9 halved by session 6.\nSleeps six hours in a row.",
    "Goes out with friends once a week.\nPHQ-9 under 10.",
)
TO_DECIDE: Final = {
    "bipolar_disorder": "Type II, stable on lamotrigine since 2023; letter from the referring psychiatrist.",
    "raised_eye_pressure": "Open-angle glaucoma, treated; last eye examination six weeks ago.",
}
BY_HAND: Final = tuple(each.code for each in assessment_rules.CONTRAINDICATIONS if not each.is_computed)
UNASKED: Final = 6
ONE_VIAL_TO_KG: Final = 98  # 50 mg at 0.5 mg/kg, with a little room for today's weight


@dataclass
class Case:
    """One person on their way: what is known so far, and the dice that belong to them alone."""

    house: House
    person: Person
    story: Story
    rng: Random
    first_score: int
    first_day: date
    patient: Patient
    course: Course
    plan: TreatmentPlan | None = None

    @property
    def weight_kg(self) -> Decimal:
        return Decimal(self.person.weight_kg_tenths) / 10

    def key(self, at: datetime) -> UUID:
        return key(self.rng, int(at.timestamp() * 1000))

    def fresh_course(self) -> Course:
        return Course.objects.select_related("patient", "site").get(pk=self.course.pk)


def register(house: House, person: Person, *, at: datetime, rng: Random) -> Patient:
    """Onto the books, by the front desk."""
    with acting(house.staff["fran"]) as fran:
        return registration_actions.register(
            details=person.details, by=fran, now=at, key=key(rng, int(at.timestamp() * 1000))
        )


def refer(house: House, person: Person, story: Story, *, first_day: date, rng: Random) -> Case:
    """Registered and referred on the first day; asked about allergies."""
    at = min(house.diary.moment(first_day, rng.randrange(9, 16), rng.randrange(60)), house.now - timedelta(minutes=50))
    patient = register(house, person, at=at, rng=rng)
    opened_at = at + timedelta(minutes=6)
    with acting(house.staff["fran"]) as fran:
        course = course_actions.open_course(
            patient=patient,
            indication=rng.choice(INDICATIONS).value,
            referrer=person.referrer,
            site=house.site,
            by=fran,
            now=opened_at,
            key=key(rng, int(opened_at.timestamp() * 1000)),
        )
        if story.stage != stories.REFERRED:
            _ask_about_allergies(house, patient, story, rng, opened_at + timedelta(minutes=3))
    score = rng.randrange(12, 15) if story.path == curves.WORSENING else rng.randrange(15, 23)
    return Case(house, person, story, rng, score, first_day, patient, course)


def answer(
    case: Case, code: str, answers: Sequence[int], *, at: datetime, purpose: str = Purpose.INTAKE.value
) -> QuestionnaireResponse:
    """One questionnaire, asked by a nurse."""
    with acting(case.house.staff["nora"]) as nora:
        return instrument_actions.record_response(
            patient=case.patient,
            course=case.course,
            code=code,
            answers=answers,
            mode=Mode.INTERVIEW.value if purpose == Purpose.INTAKE else Mode.SELF.value,
            purpose=purpose,
            answered_at=at,
            by=nora,
            now=at + timedelta(minutes=2),
            key=case.key(at),
        )


def ask_baseline(case: Case, *, at: datetime, suicide_item: int = 0) -> QuestionnaireResponse:
    """PHQ-9 and GAD-7 before anything else."""
    response = answer(case, "phq9", curves.phq9(case.first_score, case.rng, suicide_item), at=at)
    total = curves.gad7_total(case.first_score, case.rng)
    answer(case, "gad7", curves.gad7(total, case.rng), at=at + timedelta(minutes=6))
    return response


def close_risk(case: Case, *, at: datetime) -> None:
    """Somebody has spoken to the person and written down how it stands."""
    with acting(case.house.staff["nora"]) as nora:
        for task in _open(case, Task.Kind.SUICIDE_RISK).order_by("opened_at", "id"):
            worklist_actions.acknowledge_task(task=task, by=nora, now=at)
            note = "Spoke with the person. Passive thoughts, no plan, no means; safety plan gone through together."
            spoken, next_at = at + timedelta(minutes=25), at + timedelta(days=1)
            agreed = "Calls the clinic or 988 if the thoughts get stronger; we call tomorrow."
            contact = worklist_actions.Contact("The person, by themselves", agreed, next_at)
            worklist_actions.close_task(task=task, note=note, contact=contact, by=nora, now=spoken)
            _keep_contact(case, at=next_at + timedelta(minutes=8))


def _open(case: Case, kind: Task.Kind) -> QuerySet[Task]:
    return Task.objects.filter(patient_id=case.patient.pk, kind=kind, closed_at=None)


def _keep_contact(case: Case, *, at: datetime) -> None:
    """The call that was agreed, when its day has come."""
    if at >= case.house.now:
        return
    with acting(case.house.staff["nora"]) as nora:
        task = _open(case, Task.Kind.SAFETY_CONTACT).get()
        contact = worklist_actions.Contact(
            "The person, by phone", "No further call needed; asked again at the next visit."
        )
        note = "Slept well, no such thoughts since. Knows whom to call."
        worklist_actions.close_task(task=task, note=note, contact=contact, by=nora, now=at)


def ask_conditions(case: Case, *, at: datetime, leave_out: int = 0) -> Assessment:
    """The conditions of step 1, asked by a nurse; `leave_out` of them not yet."""
    met = _conditions_met(case.story)
    asked = BY_HAND[: len(BY_HAND) - leave_out]
    day = at.astimezone(case.house.diary.zone)
    said = f"Asked on {day:%b} {day.day}"
    with acting(case.house.staff["nora"]) as nora:
        assessment = assessment_actions.start_assessment(course=case.course, by=nora, now=at)
        assessment_actions.record_findings(
            assessment=assessment,
            findings={
                code: assessment_rules.NewFinding(assessment_rules.MET, met[code], "chart")
                if code in met
                else assessment_rules.NewFinding(assessment_rules.NOT_MET, said, "patient")
                for code in asked
            },
            by=nora,
            now=at + timedelta(minutes=14),
        )
        pressure = assessment_rules.RestingPressure(
            Decimal(case.rng.randrange(112, 136)), Decimal(case.rng.randrange(68, 84)), at + timedelta(minutes=5)
        )
        assessment_actions.record_resting_pressure(
            assessment=assessment, readings=[pressure], by=nora, now=at + timedelta(minutes=15)
        )
        if not leave_out:
            assessment_actions.ready_for_review(assessment=assessment, by=nora, now=at + timedelta(minutes=20))
    return assessment


def decide(case: Case, assessment: Assessment, *, at: datetime, decision: str, note: str = "") -> None:
    """The prescriber decides, with a reason for each condition that is theirs to accept."""
    with acting(case.house.staff["paula"]) as paula:
        if decision == Decision.ELIGIBLE:
            for code in _conditions_met(case.story):
                reason = "Benefit outweighs the risk; the treating physician agrees and follows it."
                assessment_actions.give_reason(assessment=assessment, code=code, reason=reason, by=paula, now=at)
        assessment_actions.sign_assessment(
            assessment=assessment,
            decision=decision,
            note=note,
            password=DEMO_PASSWORD,
            by=paula,
            now=at + timedelta(minutes=9),
        )


def write_plan(case: Case, *, at: datetime, is_signed: bool = True, **changed: Any) -> TreatmentPlan:
    """A plan of 0.5 mg/kg over 40 minutes, drafted and, unless it still waits, signed."""
    today = at.astimezone(case.house.diary.zone).date()
    values = _plan_values(case, today) | changed
    with acting(case.house.staff["paula"]) as paula:
        plan = plan_actions.draft_plan(course=case.course, values=values, by=paula, now=at, key=case.key(at))
        if is_signed:
            plan = plan_actions.sign_plan(plan=plan, password=DEMO_PASSWORD, by=paula, now=at + timedelta(minutes=12))
    case.plan = plan
    return plan


def consent(case: Case, *, at: datetime) -> None:
    """Every element initialled and signed by name, gone through with a nurse."""
    with acting(case.house.staff["nora"]) as nora:
        plan_actions.record_consent(
            course=case.course,
            initials={element.code: case.person.initials for element in CONSENT_ELEMENTS},
            signed_name=case.patient.legal_name,
            by=nora,
            now=at,
            key=case.key(at),
        )


def prepare(case: Case) -> None:
    """From the referral to a signed plan with consent, over a week."""
    moment = case.house.diary.moment
    baseline_at = moment(case.first_day + timedelta(days=1), 10, case.rng.randrange(50))
    ask_baseline(case, at=baseline_at)
    assessment = ask_conditions(case, at=baseline_at + timedelta(minutes=25))
    decided_at = moment(case.first_day + timedelta(days=3), 11, case.rng.randrange(50))
    decide(case, assessment, at=decided_at, decision=Decision.ELIGIBLE.value)
    planned_at = moment(case.first_day + timedelta(days=5), 13, case.rng.randrange(40))
    write_plan(case, at=planned_at)
    consent(case, at=planned_at + timedelta(minutes=35))


def _ask_about_allergies(house: House, patient: Patient, story: Story, rng: Random, at: datetime) -> None:
    fran = house.staff["fran"]
    if stories.ALLERGIC in story.special:
        substance, reaction = rng.choice(ALLERGIES)
        history_actions.add_allergy(patient=patient, substance=substance, reaction=reaction, by=fran, now=at)
    else:
        outcome = AllergyReview.Outcome.NONE_KNOWN.value
        history_actions.review_allergies(patient=patient, outcome=outcome, by=fran, now=at)


def _conditions_met(story: Story) -> dict[str, str]:
    if stories.HARD_STOP in story.special:
        return {"recent_cardiac_event": "Unstable angina five weeks ago; discharge letter in the chart."}
    return dict(TO_DECIDE) if stories.TO_DECIDE in story.special else {}


def _plan_values(case: Case, today: date) -> dict[str, Any]:
    weight = case.weight_kg
    bag = Decimal(50) if weight < ONE_VIAL_TO_KG else Decimal(75)
    return {
        "goal": case.rng.choice(GOALS),
        "weight_kg": weight,
        "weighed_on": today,
        "dose_mg_per_kg": Decimal("0.5"),
        "infusion_minutes": 40,
        "bag_drug_mg": bag,
        "bag_volume_ml": bag,
        "session_count": stories.INDUCTION_SESSIONS,
        "interval_days": stories.INDUCTION_INTERVAL,
        "hold_systolic_mmhg": 160,
        "hold_diastolic_mmhg": 100,
        "hold_heart_rate_low_bpm": 45,
        "hold_heart_rate_high_bpm": 120,
        "hold_spo2_percent": 94,
        "review_on": today + timedelta(days=30),
        "instructions": "",
        "change_reason": "",
    }
