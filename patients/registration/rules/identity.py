"""What can be said of a person from dates and numbers alone: age, record number, and what somebody is searching for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

ADULT_YEARS: Final = 18
EARLIEST_BIRTH: Final = date(1900, 1, 1)
RECORD_NUMBER_PATTERN: Final = r"^[0-9]{3,7}-[0-9]{3}$"
MOST_SEARCH_WORDS: Final = 6
LEAST_PHONE_DIGITS: Final = 3
MOST_PHONE_DIGITS: Final = 15

MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
ISO_DATE: Final = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)", re.ASCII)
US_DATE: Final = re.compile(
    r"(?<!\d)(?P<month>\d{1,2})(?P<mark>[/.-])(?P<day>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?!\d)", re.ASCII
)
MONTH_FIRST: Final = re.compile(
    r"\b(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)", re.ASCII
)
DAY_FIRST: Final = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})\.?\s+(?P<month>[A-Za-z]{3,9})\.?,?\s+(?P<year>\d{4})(?!\d)", re.ASCII
)
DATE_FORMS: Final = (ISO_DATE, US_DATE, MONTH_FIRST, DAY_FIRST)
CENTURIES: Final = (1900, 2000)
RECORD_TYPED: Final = re.compile(r"[0-9]{3,7}-[0-9]{1,3}")
PHONE_TYPED: Final = re.compile(r"[0-9+()./\s-]+")


@dataclass(frozen=True)
class Wanted:
    """What the words of a search ask for. Empty parts ask for nothing; filled ones must all hold."""

    names: str = ""
    birth_dates: tuple[date, ...] = ()
    phone_digits: str = ""
    record_number: str = ""

    @property
    def is_nothing(self) -> bool:
        return self == Wanted()


def age_years(born: date, today: date) -> int:
    """Whole years lived. Somebody born on February 29 turns a year older on March 1 of a common year."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def is_minor(born: date, today: date) -> bool:
    """Say whether the person is under 18, whom this clinic registers but does not treat."""
    return age_years(born, today) < ADULT_YEARS


def record_number(serial: int) -> str:
    """Write a serial number as a record number: its digits, a Luhn check digit, and a hyphen before the last three.

    One wrong digit, and nearly every swap of two neighbours, gives a number that belongs to nobody. The check is that
    of ISO/IEC 7812-1, annex B.
    """
    digits = f"{serial}{check_digit(str(serial))}"
    return f"{digits[:-3]}-{digits[-3:]}"


def check_digit(digits: str) -> int:
    """Work out the Luhn check digit that belongs after these digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return -total % 10


def wanted(typed: str, today: date) -> Wanted:
    """Read what somebody typed into the search box: a birth date, a record number, a phone number or names.

    A date may stand beside names; digits alone are a phone number, and a record number when they have its length.
    """
    born, rest = _birth_date_in(typed, today)
    rest = rest.strip(" ,;")
    if RECORD_TYPED.fullmatch(rest):
        return Wanted(birth_dates=born, record_number=rest, phone_digits=_phone_digits(rest))
    digits = _phone_digits(rest) if PHONE_TYPED.fullmatch(rest) else ""
    if digits:
        return Wanted(birth_dates=born, phone_digits=digits, record_number=as_record_number(digits))
    return Wanted(birth_dates=born, names=rest)


def _birth_date_in(typed: str, today: date) -> tuple[tuple[date, ...], str]:
    """Find a date, and give back what was typed around it."""
    for form in DATE_FORMS:
        found = form.search(typed)
        if found is None:
            continue
        dates = tuple(_dates_of(found.groupdict(), today))
        if dates:
            return dates, f"{typed[: found.start()]} {typed[found.end() :]}"
    return (), typed


def _dates_of(parts: dict[str, str], today: date) -> Iterator[date]:
    """Give each date of birth that the parts can mean: a year of two digits may be of this century or the last."""
    year = int(parts["year"])
    for each in (year,) if year >= min(CENTURIES) else tuple(century + year for century in CENTURIES):
        try:
            born = date(each, _month(parts["month"]), int(parts["day"]))
        except ValueError:
            continue
        if EARLIEST_BIRTH <= born <= today:
            yield born


def _month(typed: str) -> int:
    """The number of a month given as a number or a word; 0, which is no month, for any other word."""
    if typed.isdigit():
        return int(typed)
    return next((place for place, name in enumerate(MONTHS, 1) if name.startswith(typed.lower())), 0)


def _phone_digits(typed: str) -> str:
    digits = "".join(character for character in typed if character in "0123456789")
    return digits if LEAST_PHONE_DIGITS <= len(digits) <= MOST_PHONE_DIGITS else ""


def as_record_number(digits: str) -> str:
    number = f"{digits[:-3]}-{digits[-3:]}"
    return number if re.fullmatch(RECORD_NUMBER_PATTERN, number) else ""
