from datetime import date

import pytest

from patients.registration.rules import Wanted, age_years, check_digit, is_minor, record_number, wanted

TODAY = date(2026, 3, 10)
JUNE_4 = (date(1982, 6, 4),)


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(1982, 3, 10), TODAY, 44),
        (date(1982, 3, 11), TODAY, 43),
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
        (TODAY, TODAY, 0),
        (date(1900, 1, 1), TODAY, 126),
    ],
)
def test_age_counts_birthdays(born: date, today: date, years: int) -> None:
    assert age_years(born, today) == years


def test_minor_until_the_18th_birthday() -> None:
    assert is_minor(date(2008, 3, 11), TODAY)
    assert not is_minor(date(2008, 3, 10), TODAY)


# The worked example of ISO/IEC 7812-1 and of most descriptions of the check: 7992739871 takes a 3.
@pytest.mark.parametrize(("digits", "check"), [("7992739871", 3), ("20411", 5), ("0", 0), ("18", 2)])
def test_check_digit(digits: str, check: int) -> None:
    assert check_digit(digits) == check


def test_record_number_has_two_groups_and_no_neighbour_by_one_digit() -> None:
    numbers = {record_number(serial) for serial in range(20411, 21411)}

    assert record_number(20411) == "204-115"
    assert record_number(123456) == "1234-566"
    assert len(numbers) == 1000
    for number in numbers:
        for place in (0, 1, 2, 4, 5, 6):
            wrong = {number[:place] + digit + number[place + 1 :] for digit in "0123456789"} - {number}
            assert not wrong & numbers


@pytest.mark.parametrize(
    ("typed", "reads"),
    [
        ("", Wanted()),
        ("   ", Wanted()),
        ("ordonez", Wanted(names="ordonez")),
        ("Ordóñez, Maria", Wanted(names="Ordóñez, Maria")),
        ("6/4/1982", Wanted(birth_dates=JUNE_4)),
        ("06/04/1982", Wanted(birth_dates=JUNE_4)),
        ("6-4-1982", Wanted(birth_dates=JUNE_4)),
        ("6.4.1982", Wanted(birth_dates=JUNE_4)),
        ("1982-06-04", Wanted(birth_dates=JUNE_4)),
        ("Jun 4 1982", Wanted(birth_dates=JUNE_4)),
        ("june 4th, 1982", Wanted(birth_dates=JUNE_4)),
        ("4 Jun 1982", Wanted(birth_dates=JUNE_4)),
        ("6/4/82", Wanted(birth_dates=JUNE_4)),
        ("6/4/12", Wanted(birth_dates=(date(1912, 6, 4), date(2012, 6, 4)))),
        ("maria 6/4/1982", Wanted(names="maria", birth_dates=JUNE_4)),
        ("6/4/1982 ordonez", Wanted(names="ordonez", birth_dates=JUNE_4)),
        ("2/29/2025", Wanted(phone_digits="2292025", record_number="2292-025")),
        ("13/13/1982", Wanted(phone_digits="13131982", record_number="13131-982")),
        ("6/4/2027", Wanted(phone_digits="642027", record_number="642-027")),
        ("foo 4 1982", Wanted(names="foo 4 1982")),
        ("(202) 555-0143", Wanted(phone_digits="2025550143", record_number="2025550-143")),
        ("+1 202 555 0143", Wanted(phone_digits="12025550143")),
        ("0143", Wanted(phone_digits="0143")),
        ("204-115", Wanted(phone_digits="204115", record_number="204-115")),
        ("204115", Wanted(phone_digits="204115", record_number="204-115")),
        ("204-1", Wanted(phone_digits="2041", record_number="204-1")),
        ("12", Wanted(names="12")),
        ("1" * 16, Wanted(names="1" * 16)),
        ("٦/٤/١٩٨٢", Wanted(names="٦/٤/١٩٨٢")),
        ("' OR 1=1--", Wanted(names="' OR 1=1--")),
    ],
)
def test_search_words_are_read(typed: str, reads: Wanted) -> None:
    assert wanted(typed, TODAY) == reads


def test_nothing_is_wanted_of_blanks() -> None:
    assert wanted(" , ", TODAY).is_nothing
    assert not wanted("a", TODAY).is_nothing
