from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from patients.treatment_plan import actions
from patients.treatment_plan.models import Consent, TreatmentPlan
from patients.treatment_plan.rules import CONSENT_ELEMENTS
from tests.scenarios.assessments import eligible_course
from tests.scenarios.cast import PASSWORD
from tests.scenarios.people import referred, registered
from tests.scenarios.plans import drafted_plan, planned_course, signed_plan, values

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_earlier_tries():
    cache.clear()


@pytest.fixture
def paula(client, cast):
    client.force_login(cast.paula)
    return client


def typed(**changed):
    body = {name: str(value) for name, value in values().items()}
    return {**body, "key": str(uuid4()), **changed}


def address(name, *ids):
    return reverse(f"patients:{name}", args=ids)


def test_new_plan_starts_from_the_usual_infusion_and_works_it_out(paula, cast):
    course = eligible_course(cast)

    response = paula.get(address("plan-new", course.patient_id))

    form = response.context["form"]
    assert (form["dose_mg_per_kg"].value(), form["infusion_minutes"].value(), form["interval_days"].value()) == (
        "0.5",
        40,
        3,
    )
    assert form["hold_systolic_mmhg"].value() == 160


def test_new_plan_saves_a_draft_and_shows_the_formula(paula, cast):
    course = eligible_course(cast)

    response = paula.post(address("plan-new", course.patient_id), typed(), follow=True)

    assert TreatmentPlan.objects.get().course == course
    assert "80 kg × 0.5 mg/kg = 40.0 mg" in response.content.decode()


def test_new_plan_sent_twice_makes_one_draft(paula, cast):
    course, body = eligible_course(cast), typed()

    for _ in range(2):
        paula.post(address("plan-new", course.patient_id), body)

    assert TreatmentPlan.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"weight_kg": "1,5"}, "weight_kg", "Use a point for decimals"),
        ({"weight_kg": "NaN"}, "weight_kg", "Type a number"),
        ({"weight_kg": "70kg"}, "weight_kg", "Type a number"),
        ({"dose_mg_per_kg": "3.5"}, "dose_mg_per_kg", "must be more than 0 and at most 3.0 mg/kg."),
        ({"infusion_minutes": "0"}, "infusion_minutes", "must be from"),
        ({"session_count": "99"}, "session_count", "must be from 1 to 30."),
        ({"bag_drug_mg": "30"}, "bag_drug_mg", "less than the dose"),
        ({"review_on": "9999-12-31"}, "review_on", "Choose a day"),
        ({"goal": "sleep \u202e"}, "goal", "invisible or control character"),
        ({"interval_days": "twice"}, "interval_days", "Type a number"),
    ],
)
def test_new_plan_refuses_next_to_the_field_and_keeps_the_typing(paula, cast, changed, field, sentence):
    course = eligible_course(cast)

    response = paula.post(address("plan-new", course.patient_id), typed(instructions="Ondansetron 4 mg", **changed))

    form = response.context["form"]
    assert response.status_code == 422
    assert sentence in form.errors[field][0]
    assert form["instructions"].value() == "Ondansetron 4 mg"
    assert TreatmentPlan.objects.count() == 0


def test_new_plan_asks_about_an_unusual_dose_and_takes_it_once_confirmed(paula, cast):
    course = eligible_course(cast)
    unusual = typed(dose_mg_per_kg="1.2", bag_drug_mg="100")

    asked = paula.post(address("plan-new", course.patient_id), unusual)
    paula.post(address("plan-new", course.patient_id), {**unusual, "is_confirmed": "on"})

    assert asked.status_code == 422
    assert "above the usual 1.0 mg/kg" in asked.content.decode()
    assert 'type="checkbox"' in asked.content.decode()
    assert str(TreatmentPlan.objects.get().dose_mg_per_kg) == "1.200"


def test_reckon_works_out_what_is_typed_and_stores_nothing(paula, cast):
    course = eligible_course(cast)

    response = paula.post(address("plan-reckon", course.patient_id), typed(weight_kg="67.3", dose_mg_per_kg="0.75"))

    assert "67.3 kg × 0.75 mg/kg = 50.475 mg, ordered as 50.5 mg" in response.content.decode()
    assert "put more drug in it" in response.content.decode()
    assert TreatmentPlan.objects.count() == 0


def test_edit_tells_the_second_person_and_keeps_the_typing(paula, cast):
    plan = drafted_plan(cast, eligible_course(cast))
    body = typed(row_version="1", goal="Back at work")
    paula.post(address("plan-edit", plan.patient_id, plan.pk), body)

    response = paula.post(address("plan-edit", plan.patient_id, plan.pk), {**body, "goal": "Sleeps well"})

    plan.refresh_from_db()
    assert response.status_code == 422
    conflict = response.context["conflict"]
    assert conflict.why.startswith("Paula Petit, MD changed this at ")
    assert [(each.label, each.saved, each.typed, each.is_conflict) for each in conflict.changes] == [
        ("Goal", "Back at work", "Sleeps well", True)
    ]
    assert "Yours: <bdi>Sleeps well</bdi>" in response.content.decode()
    assert response.context["form"]["goal"].value() == "Sleeps well"
    assert plan.goal == "Back at work"


def test_sign_with_the_password_makes_it_final(paula, cast):
    plan = drafted_plan(cast, eligible_course(cast, now=timezone.now()), now=timezone.now())

    response = paula.post(
        address("plan-sign", plan.patient_id, plan.pk), {"password": PASSWORD, "row_version": "1"}, follow=True
    )

    plan.refresh_from_db()
    assert plan.signed_by == cast.paula
    assert "Signed by Paula Petit, MD" in response.content.decode()


def test_sign_with_a_wrong_password_says_so_beside_it(paula, cast):
    plan = drafted_plan(cast, eligible_course(cast, now=timezone.now()), now=timezone.now())

    response = paula.post(address("plan-sign", plan.patient_id, plan.pk), {"password": "a guess", "row_version": "1"})

    plan.refresh_from_db()
    assert response.status_code == 422
    assert "not right" in response.context["form"].errors["password"][0]
    assert plan.signed_at is None


def test_sign_is_refused_once_when_the_plan_was_changed_after_it_was_read(paula, cast):
    plan = drafted_plan(cast, eligible_course(cast, now=timezone.now()), now=timezone.now())
    sign = address("plan-sign", plan.patient_id, plan.pk)
    read = paula.get(sign).context["form"]["row_version"].value()
    days = {"weighed_on": str(plan.weighed_on), "review_on": str(plan.review_on)}
    paula.post(address("plan-edit", plan.patient_id, plan.pk), typed(row_version="1", goal="Another goal", **days))

    refused = paula.post(sign, {"password": PASSWORD, "row_version": read})
    plan.refresh_from_db()
    was_signed = plan.is_signed
    again = refused.context["form"]["row_version"].value()
    paula.post(sign, {"password": PASSWORD, "row_version": again})

    plan.refresh_from_db()
    assert (refused.status_code, was_signed, plan.is_signed) == (422, False, True)
    assert "changed after you opened it" in refused.content.decode()
    assert "Another goal" in refused.content.decode()


def test_edit_shows_no_zeros_that_could_be_read_as_more(paula, cast):
    plan = drafted_plan(cast, eligible_course(cast))

    form = paula.get(address("plan-edit", plan.patient_id, plan.pk)).context["form"]

    assert [form[name].value() for name in ("dose_mg_per_kg", "bag_drug_mg", "bag_volume_ml")] == ["0.5", "50", "50"]


def test_edit_of_a_signed_plan_leads_to_the_plan(paula, cast):
    plan = signed_plan(cast, eligible_course(cast))

    response = paula.get(address("plan-edit", plan.patient_id, plan.pk), follow=True)

    assert response.request["PATH_INFO"] == address("plan", plan.patient_id, plan.pk)
    assert "is signed and stays as it is" in response.content.decode()


def test_sign_names_what_is_missing(paula, cast):
    plan = drafted_plan(cast, referred(cast, now=timezone.now()), now=timezone.now())

    response = paula.post(address("plan-sign", plan.patient_id, plan.pk), {"password": PASSWORD, "row_version": "1"})

    assert response.status_code == 422
    assert "Finish step 1 first" in response.content.decode()


def test_a_plan_is_found_only_under_its_own_person(paula, cast):
    plan = drafted_plan(cast, eligible_course(cast))
    other = registered(cast, given_name="Otto", family_name="Other")
    body = typed(row_version="1", goal="Swapped")

    answers = [
        paula.get(address("plan", other.pk, plan.pk)).status_code,
        paula.get(address("plan-edit", other.pk, plan.pk)).status_code,
        paula.post(address("plan-edit", other.pk, plan.pk), body).status_code,
        paula.post(address("plan-sign", other.pk, plan.pk), {"password": PASSWORD, "row_version": "1"}).status_code,
    ]

    plan.refresh_from_db()
    assert answers == [404, 404, 404, 404]
    assert (plan.goal, plan.signed_at) == (values()["goal"], None)


def test_a_nurse_reads_the_plan_and_is_offered_no_signature(client, cast):
    plan = planned_course(cast)
    client.force_login(cast.nora)

    page = client.get(address("plan", plan.patient_id, plan.pk)).content.decode()

    assert "40.0" in page
    assert address("plan-sign", plan.patient_id, plan.pk) not in page
    assert client.get(address("plan-sign", plan.patient_id, plan.pk)).status_code == 403


def test_consent_asks_for_every_initial(client, cast):
    course = eligible_course(cast)
    client.force_login(cast.nora)

    page = client.get(address("consent-new", course.patient_id)).content.decode()

    assert [element.code for element in CONSENT_ELEMENTS if f'name="initials_{element.code}"' not in page] == []


def test_consent_is_recorded_with_every_initial(client, cast):
    course = eligible_course(cast)
    client.force_login(cast.nora)
    body = {f"initials_{element.code}": "MO" for element in CONSENT_ELEMENTS}

    client.post(
        address("consent-new", course.patient_id), {**body, "signed_name": "Maria Ordóñez", "key": str(uuid4())}
    )

    consent = Consent.objects.get()
    assert (consent.course, consent.elements.count()) == (course, len(CONSENT_ELEMENTS))


def test_consent_refuses_a_missing_initial_and_keeps_the_rest(client, cast):
    course = eligible_course(cast)
    client.force_login(cast.nora)
    body = {f"initials_{element.code}": "MO" for element in CONSENT_ELEMENTS} | {"initials_escort": ""}

    response = client.post(
        address("consent-new", course.patient_id), {**body, "signed_name": "Maria Ordóñez", "key": str(uuid4())}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["initials_escort"]
    assert response.context["form"]["signed_name"].value() == "Maria Ordóñez"
    assert Consent.objects.count() == 0


def test_consent_reads_as_it_was_given(client, cast):
    plan = planned_course(cast)
    client.force_login(cast.olga)

    page = client.get(address("consent", plan.patient_id, Consent.objects.get().pk)).content.decode()

    assert "No driving until the next day" in page
    assert "Recorded by Nora Nolan, RN" in page


def test_the_list_of_plans_says_what_changed(paula, cast):
    course = planned_course(cast).course
    drafted_plan(cast, course, interval_days=14, change_reason="Two stable visits")

    page = paula.get(address("plans", course.patient_id)).content.decode()

    assert "Days between sessions 3 to 14 days" in page
    assert "Two stable visits" in page


@pytest.mark.parametrize("versions", [1, 3])
def test_the_list_of_plans_reads_as_often_for_one_as_for_three(paula, cast, django_assert_max_num_queries, versions):
    course = planned_course(cast).course
    for _ in range(versions - 1):
        plan = drafted_plan(cast, course, change_reason="Again")
        paula_signs(cast, plan)

    with django_assert_max_num_queries(12):
        paula.get(address("plans", course.patient_id))


def paula_signs(cast, plan):
    actions.sign_plan(plan=plan, password=PASSWORD, by=cast.paula, now=plan.drafted_at)
