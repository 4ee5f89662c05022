"""Which pairs does the list of possible duplicates find, and how many does it look at?"""

from datetime import date
from itertools import combinations

import pytest

from patients.merging.queries import candidates, pairs
from patients.registration import queries as registration_queries
from patients.registration.models import Patient
from patients.registration.rules import likeness
from tests.scenarios import people
from tests.scenarios.cast import Cast

WRITTEN = (
    {"given_name": "Maria", "family_name": "Ordóñez", "email": "mia@clinic.example", "address": "1 Elm Street"},
    {"given_name": "Mia", "family_name": "Ordonez", "birth_date": date(1982, 4, 6), "phone": "+12025550101"},
    {"given_name": "Marya", "family_name": "Ordonyez", "birth_date": date(1990, 1, 30)},
    {"given_name": "Ordonez", "family_name": "Maria", "phone": "+12025550102"},
    {"given_name": "Mаria", "family_name": "Оrdonez", "phone": "+12025550103", "preferred_name": ""},
    {"given_name": "Marie", "family_name": "Ordóñez", "birth_date": date(1982, 6, 5), "phone": "+12025550104"},
    {"given_name": "Tom", "family_name": "Baker", "birth_date": date(1971, 12, 1), "email": "mia@clinic.example"},
    {"given_name": "Ana", "family_name": "Ordonez", "birth_date": date(1955, 2, 3), "address": "1 elm street"},
    {"given_name": "Jane", "family_name": "Kanes", "birth_date": date(1949, 9, 9), "email": "k@clinic.example"},
    {"given_name": "Jone", "family_name": "Kames", "birth_date": date(1961, 7, 8), "email": "K@clinic.example"},
    {"given_name": "Noa", "family_name": "Levi", "birth_date": date(2001, 11, 12), "phone": "+12025550105"},
)


def likely_pairs(records: list[Patient]) -> set[frozenset[object]]:
    """Every pair judged, without any index."""
    known = {record.pk: registration_queries.known_of_record(record) for record in records}
    both = combinations(known, 2)
    return {frozenset(pair) for pair in both if likeness(known[pair[0]], known[pair[1]]).is_likely}


def test_candidates_hold_every_likely_pair(cast: Cast) -> None:
    records = [people.registered(cast, **details) for details in WRITTEN]

    found = {frozenset(pair) for pair in candidates.candidates(pairs.LATEST, stretch=pairs.STRETCH)}

    likely = likely_pairs(records)
    assert len(likely) == 8
    assert likely <= found
    assert all(records[-1].pk not in pair for pair in found)


def test_a_phone_that_a_house_shares_leads_to_no_pair_but_weighs_in_one(cast: Cast) -> None:
    names = ("Berg", "Weiss", "Sato", "Levi", "Novak", "Quist", "Doyle", "Fabre", "Huang", "Ikwue", "Zuber", "Tamm")
    for number, name in enumerate(names):
        people.registered(cast, given_name=name[::-1].title(), family_name=name, birth_date=date(1940 + number, 1, 2))
    sharing = people.registered(cast, given_name="Maria", birth_date=date(1963, 8, 9))
    same_name = people.registered(cast, given_name="Maria", birth_date=date(1975, 3, 4))

    found = candidates.candidates(pairs.LATEST, stretch=pairs.STRETCH)

    assert found == [(same_name.pk, sharing.pk)]
    assert likely_pairs([sharing, same_name])


def test_list_shows_the_likeliest_and_says_that_there_are_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MOST_FOUND", 1)
    for number, given in enumerate(("Elena", "Elena", "Elina")):
        born = date(1950 + 9 * number, 1, 1 + number)
        person = people.registered(cast, given_name=f"{given}{number}", preferred_name="", birth_date=born, phone="")
        Patient.objects.filter(pk=person.pk).update(given_name=given, birth_date=date(1980, 1, 1))

    page = pairs.pairs_page(None)

    assert [(pair.first.given_name, pair.second.given_name) for pair in page.found] == [("Elena", "Elena")]
    assert page.has_more
