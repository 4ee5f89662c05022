from datetime import date

import pytest

from patients.registration.rules import Known, likeness
from patients.registration.rules.likeness import as_seen, folded, is_similar, slips

BORN = date(1982, 6, 4)
MARIA = Known("Maria", "Ordóñez", "Mia", BORN, "+12025550143", "mia@clinic.example", "1 Elm Street", "45501")


@pytest.mark.parametrize(
    ("other", "score", "words"),
    [
        (MARIA, 100, "same birth date, same name, same phone, same e-mail, same address"),
        (Known("MARIA", "ordonez", birth_date=BORN), 80, "same birth date, same name"),
        (Known("Mаria", "Ordóñez", birth_date=BORN), 80, "same birth date, same name in look-alike letters"),
        (Known("Ordóñez", "Maria", birth_date=BORN), 80, "same birth date, given and family name swapped"),
        (
            Known("Mia", "Ordóñez", birth_date=BORN),
            75,
            "same birth date, preferred name of one is the given name of the other",
        ),
        (Known("Marya", "Ordonez", birth_date=BORN), 70, "same birth date, similar name"),
        (Known("Maria", "Ordóñez Ruiz", birth_date=BORN), 70, "same birth date, similar name"),
        (Known("Maria", "Ordóñez", birth_date=date(1982, 4, 6)), 70, "day and month of birth swapped, same name"),
        (Known("Maria", "Ordóñez", birth_date=date(1982, 6, 14)), 65, "birth dates differ in one digit, same name"),
        (Known("Ana", "Ordóñez", birth_date=BORN), 50, "same birth date, same family name"),
        (Known("Maria", "Baker", birth_date=BORN), 50, "same birth date, same given name"),
        (Known("Tom", "Baker", birth_date=BORN), 40, "same birth date"),
        (Known("Maria", "Ordóñez"), 40, "same name"),
        (Known("Tom", "Baker", phone="+12025550143"), 30, "same phone"),
        (Known("Tom", "Baker", email="Mia@Clinic.example"), 35, "same e-mail"),
        (Known("Ana", "Ordóñez", address="1 ELM Street", postal_code="45501"), 30, "same family name, same address"),
        (Known("Ana", "Ordóñez", address="1 Elm Street", postal_code="10001"), 10, "same family name"),
        (Known("Tom", "Baker", address="1 Elm Street"), 0, ""),
        (Known("Maria", "Ordóñez", birth_date=date(1979, 11, 23)), 0, ""),
        (Known("", ""), 0, ""),
    ],
)
def test_likeness_tells_how_much_and_why(other: Known, score: int, words: str) -> None:
    found = likeness(MARIA, other)

    assert (found.score, found.words) == (score, words)
    assert likeness(other, MARIA) == found


@pytest.mark.parametrize(
    ("other", "is_possible", "is_likely"),
    [
        (Known("Maria", "Ordóñez", birth_date=date(1982, 6, 14)), True, True),
        (Known("Ana", "Ordóñez", birth_date=BORN), True, False),
        (Known("Tom", "Baker", phone="+12025550143"), True, False),
        (Known("Ana", "Ordóñez"), False, False),
    ],
)
def test_likeness_decides_who_is_shown_and_who_is_asked_about(
    other: Known, *, is_possible: bool, is_likely: bool
) -> None:
    found = likeness(MARIA, other)

    assert (found.is_possible, found.is_likely) == (is_possible, is_likely)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Łukasik", "lukasik"),
        ("O’Connell", "oconnell"),
        ("Anne-Sophie", "anne sophie"),
        ("  ÅSE  ", "ase"),
        ("李", "李"),
    ],
)
def test_folded_takes_off_accents_and_marks(name: str, plain: str) -> None:
    assert folded(name) == plain


def test_as_seen_reads_cyrillic_and_greek_letters_as_the_latin_ones_they_look_like() -> None:
    assert as_seen("Аnnа") == "anna"
    assert as_seen("Βετty") == "betty"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Nguyen", "Nguyne", True),
        ("Smith", "Smyth", True),
        ("Kowalski", "Kovalsky", True),
        ("Smith", "Sato", False),
        ("Ann", "Anna", False),
        ("Li", "Lu", False),
        ("Ruiz", "Ordóñez Ruiz", True),
        ("", "Anna", False),
    ],
)
def test_is_similar_allows_a_slip_in_a_word_that_is_long_enough(one: str, other: str, *, same: bool) -> None:
    assert is_similar(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("abc", "abc", 0),
        ("abcd", "abdc", 1),
        ("abc", "abcd", 1),
        ("abcd", "abxd", 1),
        ("abcd", "wxyz", 3),
        ("a", "abcd", 3),
    ],
)
def test_slips_counts_up_to_the_most(one: str, other: str, count: int) -> None:
    assert slips(one, other, most=2) == count
