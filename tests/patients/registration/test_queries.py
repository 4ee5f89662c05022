import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from patients.registration import actions, queries
from patients.registration.models import Patient
from patients.registration.queries.statements import MOST_COMPARED
from patients.registration.rules import Known, record_number
from tests.scenarios import people
from tests.scenarios.cast import NOW, Cast
from tests.scenarios.people import DETAILS

TODAY = date(2026, 3, 10)
FAMILIES = ("Smith", "Garcia", "Kowalski", "Sato", "Ibrahim", "Novak", "Baker", "Weiss", "Lindqvist", "Moreau")


def names(typed: str) -> list[str]:
    return [row.name for row in queries.search(typed, today=TODAY)]


@pytest.fixture
def waiting_room(cast: Cast) -> Cast:
    """Six people whose names, dates and numbers have nothing in common."""
    people.registered(cast)
    for given, family, preferred, born, phone in (
        ("Sean", "O'Connell", "", date(1974, 1, 30), "+12125550101"),
        ("Thi Mai", "Nguyễn", "May", date(1990, 12, 1), "+12125550102"),
        ("Anne-Sophie", "Łukasik", "Annie", date(1961, 6, 14), "+12125550103"),
        ("李", "小龙", "Bruce", date(1955, 11, 27), "+12125550104"),
        ("Per", "100%_Berg", "", date(2001, 2, 2), ""),
    ):
        people.registered(
            cast, given_name=given, family_name=family, preferred_name=preferred, birth_date=born, phone=phone
        )
    return cast


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ordonez", "Maria Ordóñez"),
        ("Ordóñez", "Maria Ordóñez"),
        ("ORDÓÑEZ, maria", "Maria Ordóñez"),
        ("ordonyez", "Maria Ordóñez"),
        ("ordonz maria", "Maria Ordóñez"),
        ("ordo", "Maria Ordóñez"),
        ("doñe", "Maria Ordóñez"),
        ("mia", "Maria Ordóñez"),
        ("oconnell", "Sean O'Connell"),
        ("o'conel", "Sean O'Connell"),
        ("O’Connell", "Sean O'Connell"),
        ("o connell", "Sean O'Connell"),
        ("nguyen", "Thi Mai Nguyễn"),
        ("nguyne", "Thi Mai Nguyễn"),
        ("may", "Thi Mai Nguyễn"),
        ("anne sophie", "Anne-Sophie Łukasik"),
        ("lukasik", "Anne-Sophie Łukasik"),
        ("annie", "Anne-Sophie Łukasik"),
        ("李", "李 小龙"),
        ("小龙", "李 小龙"),
        ("bruce", "李 小龙"),
        ("6/4/1982", "Maria Ordóñez"),
        ("1982-06-04", "Maria Ordóñez"),
        ("Jun 4 1982", "Maria Ordóñez"),
        ("mar 6/4/1982", "Maria Ordóñez"),
        ("202 555 0143", "Maria Ordóñez"),
        ("(202) 555-0143", "Maria Ordóñez"),
        ("+1 202-555-0143", "Maria Ordóñez"),
        ("0103", "Anne-Sophie Łukasik"),
        ("100%", "Per 100%_Berg"),
        ("berg", "Per 100%_Berg"),
    ],
)
def test_search_finds_first(waiting_room: Cast, typed: str, found: str) -> None:
    assert names(typed)[:1] == [found]


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "_", "\\", "*", "zzzz", "'", "maria ' \\", "6/4/1983", "mia 1/1/1990", "555 9999"]
)
def test_search_finds_nobody(waiting_room: Cast, typed: str) -> None:
    assert names(typed) == []


def test_search_by_record_number_finds_that_person_first(waiting_room: Cast) -> None:
    patient = Patient.objects.get(family_name="Nguyễn")

    assert names(patient.record_number)[0] == "Thi Mai Nguyễn"
    assert names(patient.record_number.replace("-", "")) == ["Thi Mai Nguyễn"]


def test_search_ranks_the_beginning_of_a_name_before_its_middle(cast: Cast) -> None:
    for family in ("Rosemann", "Mannheim", "Mann"):
        people.registered(cast, given_name="Eva", family_name=family, preferred_name="")

    assert names("mann") == ["Eva Mann", "Eva Mannheim", "Eva Rosemann"]


def test_search_leaves_out_who_was_merged_into_another(cast: Cast) -> None:
    kept, merged = people.registered(cast), people.registered(cast)
    Patient.objects.filter(pk=merged.pk).update(merged_into=kept)

    assert [row.id for row in queries.search("ordonez", today=TODAY)] == [kept.pk]


def many(cast: Cast, count: int) -> None:
    Patient.objects.bulk_create(
        Patient(
            record_number=record_number(500_000 + number),
            given_name=f"Ada{number % 97}",
            family_name=f"{FAMILIES[number % len(FAMILIES)]}{number % 89}",
            birth_date=date(1940 + number % 60, 1 + number % 12, 1 + number % 28),
            sex_at_birth="unknown",
            phone=f"+1212{2_000_000 + number * 31}",
            registered_at=datetime(2026, 1, 1, tzinfo=UTC),
            registered_by=cast.fran,
        )
        for number in range(count)
    )


def test_search_lists_one_more_than_it_shows(cast: Cast) -> None:
    many(cast, 40)

    assert len(queries.search("ada", today=TODAY)) == queries.MOST_FOUND + 1


def test_search_that_fits_a_crowd_begins_with_those_called_exactly_so(cast: Cast) -> None:
    many(cast, 2 * MOST_COMPARED)
    people.registered(cast, given_name="Zoe", family_name="Ada", preferred_name="")

    found = names("ada")

    assert found[0] == "Zoe Ada"
    assert found[1:] == sorted(found[1:], key=lambda name: (name.split()[1], name.split()[0]))
    assert len(found) == queries.MOST_FOUND + 1


def test_search_that_fits_a_crowd_called_exactly_so_goes_by_name(cast: Cast) -> None:
    many(cast, 2 * MOST_COMPARED)
    Patient.objects.update(given_name="Ada")

    assert names("ada") == [
        f"Ada {family}"
        for family in Patient.objects.order_by("family_name", "id").values_list("family_name", flat=True)[:31]
    ]


@pytest.mark.parametrize(
    ("typed", "index"),
    [
        ("ordonez", "patient_search_text"),
        ("maria ordonyez", "patient_search_parts"),
        ("5550143", "patient_search_phone"),
        ("6/4/1982", "patient_by_birth_date"),
    ],
)
def test_search_uses_an_index_among_20_000_people(cast: Cast, typed: str, index: str) -> None:
    many(cast, 20_000)
    people.registered(cast)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE patients_patient")

    with CaptureQueriesContext(connection) as captured:
        found = queries.search(typed, today=TODAY)
    plan = plans_of(captured)

    assert found[0].name == "Maria Ordóñez"
    assert index in plan
    assert "Seq Scan" not in plan


def test_search_that_fits_a_crowd_compares_a_part_of_it(cast: Cast) -> None:
    many(cast, 3_000)

    for typed in ("ada", "n", "ada1 no", "212200", "kowalsky"):
        with CaptureQueriesContext(connection) as captured:
            found = queries.search(typed, today=TODAY)

        assert found, typed
        assert most_sorted(captured) <= MOST_COMPARED + 1, typed


def plans_of(captured: CaptureQueriesContext, how: str = "EXPLAIN") -> str:
    """The plans of everything that was asked about people, as it was asked."""
    lines = []
    with transaction.atomic(), connection.cursor() as cursor:
        for query in captured.captured_queries:
            if query["sql"].startswith("SELECT set_config"):
                cursor.execute(query["sql"])
            elif "patients_patient" in query["sql"]:
                cursor.execute(f"{how} {query['sql']}")
                lines += [line for (line,) in cursor.fetchall()]
    return "\n".join(lines)


def most_sorted(captured: CaptureQueriesContext) -> int:
    """The most people that were put into an order, in any of the statements."""
    plan = plans_of(captured, "EXPLAIN (ANALYZE, TIMING OFF)")
    return max(int(float(rows)) for rows in re.findall(r"WindowAgg.*actual rows=([0-9.]+)", plan))


def test_look_tells_why_somebody_may_be_the_same(cast: Cast) -> None:
    maria = people.registered(cast)
    luis = people.registered(cast, given_name="Luis", birth_date=date(1979, 1, 1))
    people.registered(cast, given_name="Tom", family_name="Baker", preferred_name="", phone="")

    seen = queries.look(Known("Marya", "Ordonez", birth_date=date(1982, 6, 4), phone="+12025550143"), today=TODAY)

    assert (seen.age_years, seen.is_minor) == (43, False)
    assert [(row.id, row.why) for row in seen.alike] == [
        (maria.pk, "same birth date, similar name, same phone"),
        (luis.pk, "same family name, same phone"),
    ]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (Known("Ordóñez", "Maria", birth_date=date(1982, 6, 4)), "same birth date, given and family name swapped"),
        (Known("Mаria", "Оrdonez", birth_date=date(1982, 6, 4)), "same birth date, same name in look-alike letters"),
        (
            Known("Mia", "Ordonez", birth_date=date(1982, 4, 6)),
            "day and month of birth swapped, preferred name of one is the given name of the other",
        ),
        (Known("Maria", "Ordonez", birth_date=date(1982, 6, 5)), "birth dates differ in one digit, same name"),
        (Known("Marie", "", email="MIA@clinic.example"), "similar given name, same e-mail"),
        (
            Known("Ana", "Ordonez", address="1 elm street", email="mia@clinic.example"),
            "same family name, same e-mail, same address",
        ),
    ],
)
def test_look_finds_the_same_person_written_otherwise(cast: Cast, typed: Known, why: str) -> None:
    maria = people.registered(cast, email="mia@clinic.example", address="1 Elm Street")

    assert [(row.id, row.why) for row in queries.look(typed, today=TODAY).alike] == [(maria.pk, why)]


def test_look_without_anything_typed_shows_nobody(cast: Cast) -> None:
    people.registered(cast, phone="")

    seen = queries.look(Known("", ""), today=TODAY)

    assert (seen.age_years, seen.alike) == (None, ())


def test_look_says_that_somebody_is_under_18(cast: Cast) -> None:
    seen = queries.look(Known("", "", birth_date=date(2010, 1, 1)), today=TODAY)

    assert (seen.age_years, seen.is_minor) == (16, True)


def test_look_uses_indexes_among_20_000_people(cast: Cast) -> None:
    many(cast, 20_000)
    maria = people.registered(cast, email="mia@clinic.example", address="1 Elm Street")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE patients_patient")
    typed = queries.known_of(queries.details_of(maria))

    with CaptureQueriesContext(connection) as captured:
        found = queries.look(typed, today=TODAY).alike
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {captured.captured_queries[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert [row.id for row in found] == [maria.pk]
    for index in ("phone", "email", "address", "name_keys", "birth_date"):
        assert f"patient_by_{index}" in plan
    assert "Seq Scan" not in plan


def test_compare_takes_over_what_was_not_touched_and_keeps_the_typing(cast: Cast) -> None:
    patient = people.registered(cast)
    theirs = {**DETAILS, "city": "Troy", "payer": "Blue Plan", "is_voicemail_safe": False}
    actions.edit(patient=patient, details=theirs, seen_version=1, by=cast.ada, now=NOW)
    mine = {**queries.details_of(patient), "payer": "Green Plan", "address": "1 Elm Street"}

    compared = queries.compare(
        patient, seen_version=1, typed=mine, labels={name: name for name in mine}, why="Changed."
    )

    assert [(row.label, row.was, row.saved, row.typed, row.is_conflict) for row in compared.changes] == [
        ("is_voicemail_safe", "Yes", "No", "Yes", False),
        ("city", "", "Troy", "", False),
        ("payer", "", "Blue Plan", "Green Plan", True),
    ]
    assert compared.merged["city"] == "Troy"
    assert compared.merged["payer"] == "Green Plan"
    assert compared.merged["address"] == "1 Elm Street"
    assert compared.merged["row_version"] == 2
