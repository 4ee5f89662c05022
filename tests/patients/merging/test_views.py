from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.kit.keys import uuid7
from clinic.worklist.models import Task
from patients.history import actions as history_actions
from patients.history.models import Allergy
from patients.merging import queries
from patients.merging.models import Merge
from patients.registration.forms import RegisterForm
from patients.registration.models import DuplicateNote, Patient
from sessions.administration.models import TreatmentSession
from tests.architecture.people import one_of_everything
from tests.digest import digest_of_everything
from tests.scenarios import assessments, follow_ups, people, treatments, visits
from tests.scenarios.cast import NOW, Cast
from tests.scenarios.duplicates import BECAUSE, NOT_ONE, TWIN, merged, twice_registered, undone

LIST, COMPARE = "/patients/duplicates/", "/patients/duplicates/compare/"
MERGE, DIFFERENT = "/patients/duplicates/merge/", "/patients/duplicates/different/"


@pytest.fixture
def ada(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ada)
    return client


def sent(kept: Patient, other: Patient, **more: str) -> dict[str, str]:
    preview = queries.preview(kept.pk, other.pk, now=NOW)
    return {"kept": str(kept.pk), "other": str(other.pk), "seen": preview.seen, "reason": BECAUSE, **more}


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# ---------------------------------------------------------------- the list
def test_list_shows_pairs_with_why_and_who_registered_anyway(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    people.registered(cast, given_name="Tom", family_name="Baker", preferred_name="", phone="", birth_date=NOW.date())

    page = text(ada.get(LIST))

    assert "Day and month of birth swapped, preferred name of one is the given name of the other" in page
    assert "Registered anyway by Fran Feld" in page
    assert f"{COMPARE}?kept={maria.pk}&amp;other={mia.pk}" in page
    assert "Tom Baker" not in page
    assert AccessEvent.objects.filter(route="patients:duplicates").latest("id").patient_ids == sorted(
        [maria.pk, mia.pk]
    )


def test_list_finds_pairs_that_nobody_reported(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    Patient.objects.filter(pk=mia.pk).update(given_name="Maria", family_name="Ordoñes", birth_date=maria.birth_date)
    other = people.registered(cast, given_name="Noa", family_name="Levi", phone="", birth_date=NOW.date())
    Patient.objects.filter(pk=other.pk).update(given_name="Ordoñes", family_name="Maria", birth_date=maria.birth_date)

    page = text(ada.get(LIST))

    assert "Same birth date, similar name" in page
    assert "Same birth date, given and family name swapped" in page


def test_list_leaves_out_who_was_told_apart_and_who_was_merged(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    third = people.registered(cast, given_name="Marie")
    merged(cast, maria, third)

    ada.post(DIFFERENT, {"kept": maria.pk, "other": mia.pk, "reason": NOT_ONE})

    page = text(ada.get(LIST))
    assert "No two of these records look like one person" in page
    assert "Reported" not in page
    assert DuplicateNote.objects.latest("noted_at").verdict == "different"


def test_list_for_the_desk_offers_no_comparison(client: Client, cast: Cast) -> None:
    twice_registered(cast)
    client.force_login(cast.fran)

    page = text(client.get(LIST))

    assert "Mia Ordonez" in page
    assert "Compare" not in page


def test_list_goes_on_where_the_page_ended(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)

    assert "0 records compared" in text(ada.get(f"{LIST}?before={maria.pk}"))
    assert "1 record compared" in text(ada.get(f"{LIST}?before={mia.pk}"))
    assert "2 records compared" in text(ada.get(f"{LIST}?before=nonsense"))


@pytest.mark.parametrize("pairs", [1, 3])
def test_list_asks_as_much_for_one_pair_as_for_three(ada: Client, cast: Cast, pairs: int) -> None:
    for number in range(pairs):
        for _ in range(2):
            people.registered(cast, given_name=f"Eva{number}", family_name="Mann", phone=f"+1202555018{number}")

    with CaptureQueriesContext(connection) as captured:
        ada.get(LIST)

    assert len(captured) <= 9


# ---------------------------------------------------------------- the comparison
def test_comparison_shows_what_differs_and_what_each_has_and_nothing_clinical(ada: Client, cast: Cast) -> None:
    session = follow_ups.given_session(cast, treatments.planned_course(cast))
    mia = people.registered(cast, **TWIN)
    history_actions.add_allergy(patient=mia, substance="Latex", reaction="", by=cast.fran, now=NOW)

    page = text(ada.get(f"{COMPARE}?kept={session.patient_id}&other={mia.pk}"))

    assert "The birth dates differ" in page
    assert "Allergies shown: Latex." in page
    assert "Jun 4, 1982" in page
    assert "Apr 6, 1982" in page
    assert '<th scope="row">Sessions</th> <td>1</td> <td>0</td>' in page
    for hidden in ("F33.2", "PHQ", "severe"):
        assert hidden not in page
    assert AccessEvent.objects.latest("id").patient_ids == sorted([session.patient_id, mia.pk])


def test_comparison_calls_each_detail_as_the_form_does(cast: Cast) -> None:
    first, second = people.registered(cast), people.registered(cast, **TWIN)
    form = RegisterForm(today=NOW.date())

    page = queries.preview(first.pk, second.pk, now=NOW)

    assert page is not None
    assert {line.label for line in page.details} <= set(form.labels.values())


def test_comparison_of_nobody_is_not_found(ada: Client, cast: Cast) -> None:
    maria = people.registered(cast)

    for asked in ("", f"?kept={maria.pk}", f"?kept={maria.pk}&other={maria.pk}", f"?kept={maria.pk}&other={uuid7()}"):
        assert ada.get(f"{COMPARE}{asked}").status_code == 404


def test_comparison_asks_for_twelve_queries_at_most(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)

    with CaptureQueriesContext(connection) as captured:
        ada.get(f"{COMPARE}?kept={maria.pk}&other={mia.pk}")

    assert len(captured) <= 12


def test_undoing_asks_for_twelve_queries_at_most(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merge = merged(cast, maria, mia)

    with CaptureQueriesContext(connection) as captured:
        page = ada.get(reverse("patients:merge-undo", args=[maria.pk, merge.pk]))

    assert page.context["undoing"].row.id == merge.pk
    assert len(captured) <= 12


def test_merge_leads_to_the_record_that_stands_and_is_on_both_trails(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)

    answer = ada.post(MERGE, sent(maria, mia), follow=True)

    assert answer.redirect_chain == [(f"/patients/{maria.pk}/", 302)]
    assert f"Merged with <bdi>Mia Ordonez, record {mia.record_number}</bdi>" in answer.content.decode()
    assert AccessEvent.objects.get(route="patients:merge").patient_ids == sorted([maria.pk, mia.pk])


def test_merge_of_what_changed_is_refused_with_the_typing_kept(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    body = sent(maria, mia)
    people.referred(cast, patient=maria)

    answer = ada.post(MERGE, body)

    assert answer.status_code == 422
    assert "This changed after you opened the page: courses of treatment" in answer.content.decode()
    assert f'value="{BECAUSE}"' in answer.content.decode()
    assert not Merge.objects.exists()


def test_merge_that_cannot_be_offers_no_button(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    people.referred(cast, patient=maria)
    people.referred(cast, patient=mia)

    page = text(ada.get(f"{COMPARE}?kept={maria.pk}&other={mia.pk}"))

    assert "Both have an open course" in page
    assert "Merge the records" not in page


def test_telling_apart_without_a_reason_is_refused(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)

    answer = ada.post(DIFFERENT, {"kept": maria.pk, "other": mia.pk, "reason": ""})

    assert answer.status_code == 422
    assert DuplicateNote.objects.filter(verdict="different").count() == 0


def test_two_who_were_merged_meanwhile_leave_only_the_form_that_was_refused(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merged(cast, maria, mia)

    answer = ada.post(DIFFERENT, {"kept": maria.pk, "other": mia.pk, "reason": "Two sisters"})

    page = text(answer)
    assert answer.status_code == 422
    assert "no longer, two people" in page
    assert "Two sisters" in page
    assert "Merge the records" not in page


def test_report_by_the_desk_is_on_the_list(client: Client, cast: Cast) -> None:
    maria = people.registered(cast)
    other = people.registered(cast, given_name="Noa", family_name="Levi", phone="", birth_date=NOW.date())
    client.force_login(cast.fran)

    client.post(
        f"/patients/{maria.pk}/duplicate/", {"record_number": other.record_number, "reason": "Same handwriting"}
    )
    refused = client.post(f"/patients/{maria.pk}/duplicate/", {"record_number": "999-999"})

    page = text(client.get(LIST))
    assert "Nothing in the records" in page
    assert "“<bdi>Same handwriting</bdi>”" in page
    assert refused.status_code == 422


# ---------------------------------------------------------------- undoing
def test_undo_says_before_what_stays_and_leads_to_the_record(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merge = merged(cast, maria, mia)
    people.weighed(cast, maria, now=NOW + timedelta(hours=1))
    address = f"/patients/{maria.pk}/merges/{merge.pk}/undo/"

    asked = text(ada.get(address))
    answer = ada.post(address, {"reason": NOT_ONE})

    assert "kept by this record: 1 weights." in asked
    assert "going with it: nothing." in asked
    assert answer.url == f"/patients/{mia.pk}/"
    assert Patient.objects.get(pk=mia.pk).person_id == mia.pk
    assert "Undone" in text(ada.get(f"/patients/{maria.pk}/merges/"))


def test_undo_again_is_refused_in_words(ada: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merge = undone(cast, merged(cast, maria, mia))

    answer = ada.post(f"/patients/{maria.pk}/merges/{merge.pk}/undo/", {"reason": "Other"})

    assert answer.status_code == 422
    assert "already undone" in answer.content.decode()


# ---------------------------------------------------------------- every page about the two
@pytest.fixture
def otto(cast: Cast) -> Mapping[str, Any]:
    return one_of_everything(cast, room=1, given_name="Otto", family_name="Other", phone="+12025550177")


PAGES = (
    ("patients:detail", ("patient_id",)),
    ("patients:edit", ("patient_id",)),
    ("patients:allergies", ("patient_id",)),
    ("patients:allergy-retract", ("patient_id", "allergy_id")),
    ("patients:questionnaires", ("patient_id",)),
    ("patients:questionnaire", ("patient_id", "response_id")),
    ("patients:questionnaire-correct", ("patient_id", "response_id")),
    ("patients:assessment", ("patient_id",)),
    ("patients:assessment-record", ("patient_id", "assessment_id")),
    ("patients:plans", ("patient_id",)),
    ("patients:plan", ("patient_id", "plan_id")),
    ("patients:consent", ("patient_id", "consent_id")),
    ("patients:progress", ("patient_id",)),
    ("patients:merges", ("patient_id",)),
    ("sessions:book", ("patient_id",)),
)


def somebody_for(client: Client, cast: Cast, name: str) -> Client:
    desk = {"patients:edit", "sessions:book"}
    client.force_login(cast.fran if name in desk else cast.olga if name == "patients:merges" else cast.nora)
    return client


@pytest.mark.parametrize(("name", "parameters"), PAGES, ids=lambda value: value if isinstance(value, str) else "")
def test_pages_of_a_merged_record_lead_to_the_one_that_stands_and_show_its_rows(
    client: Client, cast: Cast, otto: Mapping[str, Any], name: str, parameters: tuple[str, ...]
) -> None:
    maria = people.registered(cast)
    _finish(otto)
    merged(cast, maria, Patient.objects.get(pk=otto["patient_id"]))
    at_otto = reverse(name, kwargs={each: otto[each] for each in parameters})
    at_maria = reverse(name, kwargs={each: otto[each] for each in parameters} | {"patient_id": maria.pk})

    led = somebody_for(client, cast, name).get(f"{at_otto}?axis=days")
    shown = client.get(at_maria)

    assert (led.status_code, led.url) == (302, f"{at_maria}?axis=days")
    assert shown.status_code == 200
    assert f"Merged with <bdi>Otto Other, record {Patient.objects.get(pk=otto['patient_id']).record_number}</bdi>" in (
        shown.content.decode()
    )
    assert {maria.pk, otto["patient_id"]} < set(AccessEvent.objects.latest("id").patient_ids)


@pytest.mark.parametrize(
    ("name", "parameters"), [page for page in PAGES if len(page[1]) > 1], ids=lambda value: str(value)[:40]
)
def test_rows_of_a_third_person_stay_out_of_reach_of_merged_people(
    client: Client, cast: Cast, otto: Mapping[str, Any], name: str, parameters: tuple[str, ...]
) -> None:
    maria, mia = twice_registered(cast)
    merged(cast, maria, mia)
    before = digest_of_everything()

    for record in (maria, mia):
        path = reverse(name, kwargs={each: otto[each] for each in parameters} | {"patient_id": record.pk})
        answer = somebody_for(client, cast, name).get(path, follow=True)
        assert answer.status_code == 404

    assert digest_of_everything() == before


def test_what_is_sent_to_a_merged_record_is_refused_and_given_back(client: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merged(cast, maria, mia)
    client.force_login(cast.nora)
    before = digest_of_everything()

    answer = client.post(
        f"/patients/{mia.pk}/allergies/", {"key": str(uuid7()), "substance": "Latex", "reaction": "Hives"}
    )

    page = text(answer)
    assert answer.status_code == 409
    assert f"merged into record {maria.record_number}. Nothing was saved." in page
    assert "<dt>Substance</dt><dd><bdi>Latex</bdi></dd>" in page
    assert digest_of_everything() == before
    assert not Allergy.objects.exists()


def test_banner_and_lists_name_the_one_that_stands(client: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    history_actions.add_allergy(patient=maria, substance="Latex", reaction="", by=cast.nora, now=NOW)
    history_actions.add_allergy(patient=mia, substance="LATEX", reaction="", by=cast.nora, now=NOW)
    course = treatments.planned_course(cast, course=people.referred(cast, patient=mia))
    assessments.answered(cast, course, answers=(2,) * 8 + (3,))
    visit = visits.arrived_visit(cast, course)
    merged(cast, maria, mia)
    client.force_login(cast.nora)

    page = text(client.get(f"/visits/{visit.pk}/"))
    tasks = text(client.get("/tasks/"))
    task = text(client.get(f"/tasks/{Task.objects.latest('opened_at').pk}/"))
    day = text(client.get(f"{reverse('sessions:day')}?day=2026-03-10"))

    assert page.count("Latex") == 1
    assert "LATEX" not in page
    assert "Maria Ordóñez" in page
    assert f"Merged with <bdi>Mia Ordonez, record {mia.record_number}</bdi>" in page
    assert maria.record_number in tasks
    assert mia.record_number not in tasks
    assert "Maria Ordóñez" in task
    assert "Mia Ordóñez" in day
    assert "Mia Ordonez" not in day


def test_search_finds_both_names_before_during_and_after(client: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    client.force_login(cast.fran)

    def found(words: str) -> list[tuple[Any, tuple[str, ...]]]:
        page = client.post("/patients/", {"q": words}).context["found"]
        return [(row.person.id, row.person.also) for row in page.rows]

    assert {row[0] for row in found("ordonez")} == {maria.pk, mia.pk}
    merge = merged(cast, maria, mia)
    also = (f"Mia Ordonez, record {mia.record_number}",)
    for words in ("ordonez", "maria", mia.record_number, "4/6/1982", "555 0177"):
        assert found(words) == [(maria.pk, also)]
    undone(cast, merge)
    assert {row[0] for row in found("ordonez")} == {maria.pk, mia.pk}


def test_pages_of_merged_people_ask_as_much_as_of_one_record(client: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    course = treatments.planned_course(cast, course=people.referred(cast, patient=mia))
    pages = ("patients:detail", "patients:assessment", "patients:progress", "patients:plans", "patients:questionnaires")
    client.force_login(cast.nora)

    def asked(record: Patient) -> list[int]:
        counts = []
        for name in pages:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse(name, args=[record.pk])).status_code == 200
            counts.append(len(captured))
        return counts

    alone = asked(course.patient)
    merged(cast, maria, mia)

    assert asked(maria) == alone


def test_trail_of_the_one_that_stands_holds_what_was_done_to_both(client: Client, cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    client.force_login(cast.fran)
    client.get(f"/patients/{mia.pk}/")
    merged(cast, maria, mia)
    client.force_login(cast.olga)

    looks = text(client.get(f"/trail/?patient={maria.pk}"))
    changes = text(client.get(f"/trail/changes/?patient={maria.pk}"))
    found = client.post("/trail/find/", {"record_number": mia.record_number.replace("-", "")})

    assert mia.record_number in looks
    assert "Merge" in changes
    assert found.url == f"/trail/?patient={mia.pk}"


def _finish(person: Mapping[str, Any]) -> None:
    """The session of this person is over, so that a merge may be."""
    TreatmentSession.objects.filter(pk=person["session_id"]).update(state="not_treated")
