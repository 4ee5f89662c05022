import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.audit.models import AccessEvent
from clinic.kit.keys import uuid7
from patients.registration.models import Patient
from tests.scenarios import people
from tests.scenarios.cast import Cast

MOST_QUERIES = 12
SEARCH = "/patients/"
# Savepoints are no work for the database, and a test's client runs inside one transaction more.
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def queries_of(client: Client, method: str, path: str, data: dict[str, str] | None = None) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = getattr(client, method)(path, data or {})
    assert answer.status_code == 200
    return sum(not query["sql"].startswith(NOT_COUNTED) for query in captured.captured_queries)


@pytest.fixture
def fran(client: Client, cast: Cast) -> Client:
    client.force_login(cast.fran)
    return client


def test_search_lists_who_is_meant(fran: Client, cast: Cast) -> None:
    course = people.referred(cast)
    people.registered(cast, given_name="Tom", family_name="Baker", preferred_name="", phone="")

    page = fran.post(SEARCH, {"q": "ordonez"}).content.decode()

    assert f'<a href="/patients/{course.patient_id}/"><bdi>Maria Ordóñez</bdi></a>' in page
    assert "Referred" in page
    assert "1 person found." in page
    assert "Baker" not in page
    assert 'value="ordonez"' in page


def test_search_as_typed_answers_with_the_list_alone(fran: Client, cast: Cast) -> None:
    people.registered(cast)

    page = fran.post(SEARCH, {"q": "ordo"}, headers={"HX-Request": "true"}).content.decode()

    assert "Maria Ordóñez" in page
    assert "<html" not in page


def test_search_puts_on_the_trail_whom_it_showed(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast)

    fran.post(SEARCH, {"q": "ordonez"})

    assert AccessEvent.objects.get(route="patients:search").patient_ids == [patient.pk]


def test_search_page_says_what_may_be_typed(fran: Client, cast: Cast) -> None:
    people.registered(cast)

    page = fran.get(SEARCH).content.decode()

    assert "Type to find a person" in page
    assert "Maria" not in page


def test_search_reads_no_words_from_the_address(fran: Client, cast: Cast) -> None:
    people.registered(cast)

    assert "Maria" not in fran.get(SEARCH, {"q": "ordonez"}).content.decode()


def test_search_without_result_offers_to_register(fran: Client) -> None:
    page = fran.post(SEARCH, {"q": "nobody at all"}).content.decode()

    assert "Nobody was found" in page
    assert 'href="/patients/new/"' in page


def test_search_by_somebody_who_may_not_register_offers_nothing(client: Client, cast: Cast) -> None:
    client.force_login(cast.nora)

    page = client.post(SEARCH, {"q": "nobody at all"}).content.decode()

    assert "Nobody was found" in page
    assert 'href="/patients/new/"' not in page


@pytest.mark.parametrize(
    "odd",
    ["\x00", "a\x00b", "%", "_", "\\", "x" * 10_000, "' OR 1=1--", "👩🏽‍⚕️", "\u202e", "%00", "a.*(b+)+$", "{{7*7}}"],
)
def test_search_for_odd_words_finds_nobody(fran: Client, cast: Cast, odd: str) -> None:
    people.registered(cast)

    answer = fran.post(SEARCH, {"q": odd})

    assert answer.status_code == 200
    assert "Maria" not in answer.content.decode()


def test_search_in_bytes_that_are_not_utf_8_is_refused(fran: Client, cast: Cast) -> None:
    people.registered(cast)

    answer = fran.generic("POST", SEARCH, b"q=%ff%fe", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 400
    assert "Maria" not in answer.content.decode()


def test_search_takes_the_same_queries_for_1_and_30_people(fran: Client, cast: Cast) -> None:
    people.referred(cast)
    for_one = queries_of(fran, "post", SEARCH, {"q": "ordonez"})
    for _ in range(34):
        people.referred(cast)

    for_many = queries_of(fran, "post", SEARCH, {"q": "ordonez"})

    assert for_many == for_one
    assert for_many <= MOST_QUERIES


def test_detail_shows_how_to_reach_a_person(fran: Client, cast: Cast) -> None:
    course = people.referred(cast)

    page = fran.get(f"/patients/{course.patient_id}/").content.decode()

    assert "(202) 555-0143" in page
    assert "Yes, may name the clinic" in page
    assert "Luis Ordóñez (Brother)" in page
    assert "Referred" in page
    assert "<title>Contacts and visits</title>" in page


def test_detail_keeps_the_diagnosis_from_the_desk(client: Client, cast: Cast) -> None:
    course = people.referred(cast)
    pages = {}
    for who in (cast.fran, cast.mika, cast.ada, cast.nora, cast.paula, cast.theo):
        client.force_login(who)
        pages[who.full_name] = "Major depression" in client.get(f"/patients/{course.patient_id}/").content.decode()

    assert pages == {
        "Fran Feld": False,
        "Mika Mori": False,
        "Ada Abel": False,
        "Nora Nolan": True,
        "Paula Petit": True,
        "Theo Tamm": True,
    }


def test_detail_offers_what_the_reader_may_do(client: Client, cast: Cast) -> None:
    patient = people.registered(cast)
    base = f"/patients/{patient.pk}/"
    offered = {}
    for who in (cast.fran, cast.nora, cast.olga):
        client.force_login(who)
        page = client.get(base).content.decode()
        offered[who.full_name] = [
            path for path in ("edit/", "courses/new/", "allergies/") if f'href="{base}{path}"' in page
        ]

    assert offered == {
        "Fran Feld": ["edit/", "courses/new/", "allergies/"],
        "Nora Nolan": ["allergies/"],
        "Olga Ortiz": [],
    }


def test_detail_is_on_the_trail(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast)

    fran.get(f"/patients/{patient.pk}/")

    assert AccessEvent.objects.get(route="patients:detail").patient_ids == [patient.pk]


def test_detail_takes_at_most_12_queries(fran: Client, cast: Cast) -> None:
    course = people.referred(cast)

    assert queries_of(fran, "get", f"/patients/{course.patient_id}/") <= MOST_QUERIES


def test_detail_of_nobody_is_not_found(fran: Client) -> None:
    assert fran.get(f"/patients/{uuid7()}/").status_code == 404


def test_detail_isolates_names_written_from_right_to_left(fran: Client, cast: Cast) -> None:
    people.registered(cast, family_name="محمد")

    assert "<bdi>Maria محمد</bdi>" in fran.post(SEARCH, {"q": "محمد"}).content.decode()
    assert Patient.objects.get().family_name == "محمد"


def test_every_page_of_a_person_but_their_own_leads_to_it(client: Client, cast: Cast) -> None:
    course = people.referred(cast)
    client.force_login(cast.paula)
    own = f"/patients/{course.patient_id}/"
    link = f'<a class="sw-noprint" href="{own}">Contacts and visits</a>'

    pages = [client.get(own + page).content.decode() for page in ("progress/", "assessment/", "plans/", "")]

    assert [link in page for page in pages] == [True, True, True, False]
