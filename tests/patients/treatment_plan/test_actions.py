from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DatabaseError

from clinic.records.actions import AlreadySigned, ChangedMeanwhile, ReadAgain
from clinic.staff.actions import ProofRefused
from patients.courses.models import Course
from patients.history.models import Weight
from patients.treatment_plan import actions, queries
from patients.treatment_plan.models import Consent, TreatmentPlan
from patients.treatment_plan.rules import CONSENT_ELEMENTS
from tests.as_application import run_as_application
from tests.scenarios.assessments import eligible_course
from tests.scenarios.cast import NOW, PASSWORD
from tests.scenarios.people import referred
from tests.scenarios.plans import consented, drafted_plan, planned_course, signed_plan, values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_earlier_tries():
    cache.clear()


def test_draft_plan_works_out_the_order(cast):
    plan = drafted_plan(cast, eligible_course(cast))

    assert (plan.version, plan.supersedes, plan.is_signed) == (1, None, False)
    assert (plan.dose_mg_exact, plan.dose_mg, plan.rate_ml_h) == (Decimal("40.0000"), Decimal("40.0"), Decimal("60.0"))


def test_draft_plan_keeps_the_exact_dose_beside_the_rounded_one(cast):
    plan = drafted_plan(
        cast,
        eligible_course(cast),
        weight_kg=Decimal("67.3"),
        dose_mg_per_kg=Decimal("0.75"),
        bag_drug_mg=Decimal(100),
        bag_volume_ml=Decimal(100),
    )

    assert (plan.dose_mg_exact, plan.dose_mg, plan.rate_ml_h) == (Decimal("50.4750"), Decimal("50.5"), Decimal("75.8"))


def test_draft_plan_puts_a_new_weight_on_the_record(cast):
    course = eligible_course(cast)

    drafted_plan(cast, course, weight_kg=Decimal("81.5"))

    assert Weight.objects.filter(patient=course.patient_id).latest("measured_at").weight_kg == Decimal("81.5")


def test_draft_plan_sent_twice_makes_one(cast):
    course, key = eligible_course(cast), uuid4()

    for _ in range(2):
        actions.draft_plan(course=course, values=values(), by=cast.paula, now=NOW, key=key)

    assert TreatmentPlan.objects.count() == 1


def test_draft_plan_refuses_a_second_draft(cast):
    course = eligible_course(cast)
    drafted_plan(cast, course)

    with pytest.raises(actions.DraftOpen, match="already open"):
        drafted_plan(cast, course)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"dose_mg_per_kg": Decimal("3.1")}, "3"),
        ({"bag_drug_mg": Decimal(30)}, "less than the dose"),
        ({"interval_days": 91}, "Days between sessions"),
        ({"session_count": 31}, "Number of sessions"),
        ({"hold_systolic_mmhg": 190}, "Hold above systolic"),
        ({"weight_kg": Decimal("NaN")}, "Weight"),
    ],
)
def test_draft_plan_refuses_what_no_plan_may_hold(cast, changed, sentence):
    with pytest.raises(actions.PlanRefused, match=sentence):
        drafted_plan(cast, eligible_course(cast), is_confirmed=True, **changed)

    assert TreatmentPlan.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"dose_mg_per_kg": Decimal("1.2"), "bag_drug_mg": Decimal(100)}, "above the usual 1.0 mg/kg"),
        ({"dose_mg_per_kg": Decimal("0.09")}, "below the usual"),
        ({"interval_days": 60}, "unusual"),
        ({"weight_kg": Decimal("176.0"), "bag_drug_mg": Decimal(100)}, "in pounds"),
    ],
)
def test_draft_plan_asks_before_it_takes_the_unusual(cast, changed, sentence):
    course = eligible_course(cast)
    actions.history_actions.record_weight(
        patient=course.patient, weight_kg=Decimal("80.0"), measured_at=NOW, by=cast.nora, now=NOW
    )

    with pytest.raises(actions.PlanToConfirm, match=sentence):
        drafted_plan(cast, course, **changed)

    assert drafted_plan(cast, course, is_confirmed=True, **changed).version == 1


def test_change_draft_refuses_a_form_opened_before_another_change(cast):
    plan = drafted_plan(cast, eligible_course(cast))
    actions.change_draft(plan=plan, values=values(goal="Back at work"), seen_version=1, by=cast.paula, now=NOW)

    with pytest.raises(ChangedMeanwhile):
        actions.change_draft(plan=plan, values=values(goal="Sleeps well"), seen_version=1, by=cast.paula, now=NOW)

    plan.refresh_from_db()
    assert (plan.goal, plan.row_version) == ("Back at work", 2)


def test_sign_plan_locks_it(cast):
    plan = signed_plan(cast, eligible_course(cast))

    assert (plan.signed_by, plan.signed_at) == (cast.paula, NOW)
    with pytest.raises(AlreadySigned):
        actions.change_draft(plan=plan, values=values(), seen_version=1, by=cast.paula, now=NOW)
    with pytest.raises(AlreadySigned):
        actions.sign_plan(plan=plan, password=PASSWORD, by=cast.paula, now=NOW)


def test_sign_plan_refuses_what_was_not_read(cast):
    plan = drafted_plan(cast, eligible_course(cast))
    actions.change_draft(plan=plan, values=values(goal="Back at work"), seen_version=1, by=cast.paula, now=NOW)

    with pytest.raises(ReadAgain, match="Read it as it stands"):
        actions.sign_plan(plan=plan, password=PASSWORD, by=cast.paula, now=NOW, seen_version=1)

    plan.refresh_from_db()
    assert plan.signed_at is None


def test_sign_plan_refuses_a_wrong_password(cast):
    plan = drafted_plan(cast, eligible_course(cast))

    with pytest.raises(ProofRefused):
        actions.sign_plan(plan=plan, password="not this one", by=cast.paula, now=NOW)

    plan.refresh_from_db()
    assert plan.signed_at is None


def test_sign_plan_refuses_without_an_eligible_assessment(cast):
    plan = drafted_plan(cast, referred(cast))

    with pytest.raises(actions.PlanNotComplete, match="Finish step 1"):
        actions.sign_plan(plan=plan, password=PASSWORD, by=cast.paula, now=NOW)


def test_sign_plan_refuses_once_the_assessment_has_expired(cast):
    course = eligible_course(cast)
    later = NOW + timedelta(days=400)
    plan = drafted_plan(cast, course, now=later)

    with pytest.raises(actions.PlanNotComplete, match="expired"):
        actions.sign_plan(plan=plan, password=PASSWORD, by=cast.paula, now=later)


def test_sign_plan_asks_for_a_second_prescriber_above_one_and_a_half(cast):
    plan = drafted_plan(
        cast,
        eligible_course(cast),
        dose_mg_per_kg=Decimal("1.6"),
        bag_drug_mg=Decimal(200),
        bag_volume_ml=Decimal(100),
        is_confirmed=True,
    )

    with pytest.raises(actions.PlanNotComplete, match="second prescriber"):
        actions.sign_plan(plan=plan, password=PASSWORD, by=cast.paula, now=NOW)


def test_plan_and_consent_together_make_the_course_planned(cast):
    course = eligible_course(cast)

    signed_plan(cast, course)
    between = Course.objects.get(pk=course.pk).state
    consented(cast, course)

    assert (between, Course.objects.get(pk=course.pk).state) == ("eligible", "planned")


def test_a_new_version_says_what_changed(cast):
    course = planned_course(cast).course

    second = signed_plan(cast, course, dose_mg_per_kg=Decimal("0.6"), change_reason="19 % better after 3")

    assert second.version == 2
    assert [str(change) for change in queries.what_changed(second)] == [
        "Dose per weight 0.5 to 0.6 mg/kg",
        "Dose 40 to 48 mg",
        "Pump rate 60 to 72 mL/h",
    ]
    assert queries.current_plan(course.pk) == second


def test_record_consent_names_what_is_not_initialled(cast):
    initials = {element.code: "MO" for element in CONSENT_ELEMENTS}
    initials["no_driving"] = " "

    with pytest.raises(actions.ConsentIncomplete, match="No driving until the next day"):
        actions.record_consent(
            course=eligible_course(cast), initials=initials, signed_name="Maria Ordóñez", by=cast.nora, now=NOW
        )

    assert Consent.objects.count() == 0


def test_a_consent_holds_for_twelve_months(cast):
    course = planned_course(cast).course

    last_day = queries.current_consent(course.pk, NOW.date().replace(year=2027) - timedelta(days=1))

    assert last_day is not None
    assert queries.current_consent(course.pk, NOW.date().replace(year=2027)) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patients_treatmentplan SET dose_mg = 45",
        "UPDATE patients_treatmentplan SET signed_at = NULL, signed_by_id = NULL",
        "DELETE FROM patients_treatmentplan",
        "TRUNCATE patients_treatmentplan CASCADE",
        "UPDATE patients_consent SET signed_name = 'Somebody Else'",
        "DELETE FROM patients_consentelement",
    ],
)
def test_the_application_cannot_change_a_signed_plan(cast, statement):
    plan = planned_course(cast)

    with pytest.raises(DatabaseError):
        run_as_application(statement)

    plan.refresh_from_db()
    assert (plan.dose_mg, plan.signed_by) == (Decimal("40.0"), cast.paula)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("dose_mg_per_kg", "3.001"),
        ("dose_mg_per_kg", "0"),
        ("weight_kg", "24.9"),
        ("infusion_minutes", "601"),
        ("bag_drug_mg", "39.99"),
        ("interval_days", "0"),
        ("hold_spo2_percent", "87"),
        ("rate_ml_h", "'NaN'"),
        ("dose_mg", "'NaN'"),
    ],
)
def test_postgresql_refuses_an_impossible_plan(cast, column, value):
    drafted_plan(cast, eligible_course(cast))

    with pytest.raises(DatabaseError):
        run_as_application(f"UPDATE patients_treatmentplan SET {column} = {value}")  # noqa: S608 - a test's own words
