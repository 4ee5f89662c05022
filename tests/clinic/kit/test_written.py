from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from clinic.kit import written


def test_days_name_the_month_in_letters():
    day = date(2026, 3, 1)

    assert (written.day(day), written.short_day(day), written.weekday(day)) == ("Mar 1, 2026", "Mar 1", "Sun Mar 1")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0, 5), "12:05 am"),
        (time(9, 0), "9:00 am"),
        (time(11, 59), "11:59 am"),
        (time(12, 0), "12:00 pm"),
        (time(23, 30), "11:30 pm"),
    ],
)
def test_clock_has_twelve_hours(at, words):
    assert written.clock(at) == words
    assert written.when(datetime.combine(date(2026, 3, 10), at, tzinfo=UTC)) == f"Mar 10, 2026, {words}"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("0.500"), "0.5"),
        (Decimal("50.00"), "50"),
        (Decimal(100), "100"),
        (Decimal("1E+2"), "100"),
        (Decimal("0.0"), "0"),
        (Decimal("-1.50"), "-1.5"),
        (120, "120"),
    ],
)
def test_number_has_no_zeros_at_its_end_and_no_exponent(value, words):
    assert written.number(value) == words
