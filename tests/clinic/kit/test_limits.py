"""Is a number possible, and is it likely?"""

from decimal import Decimal

import pytest

from clinic.kit.limits import decimal_places, limits

PULSE = limits("Pulse", "per minute", "20..250", "45..140", decimals=1)
RATE = limits("Rate", "mL/h", ">0..1200", "..250", decimals=1)


@pytest.mark.parametrize("value", ["19.9", "250.1", "76.55", "NaN", "sNaN", "Infinity", "-Infinity", "1e999999", "-20"])
def test_limits_refuse_what_cannot_be(value):
    assert PULSE.rejects(Decimal(value))


@pytest.mark.parametrize("value", ["20", "250", "76.5", "76.50", "76.500000", "2E+1"])
def test_limits_take_both_ends_and_trailing_zeros(value):
    assert not PULSE.rejects(Decimal(value))


@pytest.mark.parametrize(
    ("value", "refused"), [("0", True), ("-0", True), ("0.1", False), ("1200", False), ("1200.1", True)]
)
def test_limits_above_zero_leave_zero_out(value, refused):
    assert RATE.rejects(Decimal(value)) is refused


@pytest.mark.parametrize(("value", "asked"), [("44.9", True), ("45", False), ("140", False), ("140.1", True)])
def test_limits_ask_outside_the_inner_range(value, asked):
    assert PULSE.asks(Decimal(value)) is asked


def test_limits_without_a_lower_question_ask_only_above():
    assert not RATE.asks(Decimal("0.1"))
    assert RATE.asks(Decimal(251))


def test_limits_say_their_range_in_words():
    assert PULSE.span == "from 20 to 250 per minute"
    assert RATE.span == "more than 0 and at most 1200 mL/h"
    assert limits("Scale", "", "0..5").span == "from 0 to 5"


def test_decimal_places_never_round_the_value():
    assert decimal_places(Decimal("1." + "0" * 40 + "1")) == 41
    assert decimal_places(Decimal("1.500")) == 1
    assert decimal_places(Decimal("NaN")) == 0
    assert decimal_places(Decimal("0.000")) == 0
