"""Impossible, unlikely and worrying readings, on both sides of each boundary. Source: docs/clinical/plausibility.md."""

from decimal import Decimal

import pytest

from sessions.administration.rules.plausibility import IV_ALERTS, LIMITS, AlertLimits, check_vitals


def levels(**values):
    """The levels a set of readings gives, in order."""
    return [concern.level for concern in check_vitals(values)]


@pytest.mark.parametrize(
    ("field", "refused", "taken"),
    [
        ("heart_rate_bpm", ("19.9", "250.1"), ("20", "250")),
        ("spo2_percent", ("39.9", "100.1"), ("40", "100")),
        ("respiratory_rate_bpm", ("1.9", "70.1"), ("2", "70")),
        ("etco2_mmhg", ("4.9", "120.1"), ("5", "120")),
        ("temperature_c", ("29.9", "43.6"), ("30", "43.5")),
        ("oxygen_l_min", ("-0.1", "60.1"), ("0", "60")),
        ("moaas", ("-1", "6"), ("0", "5")),
        ("rass", ("-6", "5"), ("-5", "4")),
        ("pain_nrs", ("-1", "11"), ("0", "10")),
        ("mood_nrs", ("-1", "11"), ("0", "10")),
        ("anxiety_nrs", ("-1", "11"), ("0", "10")),
    ],
)
def test_reading_is_refused_outside_what_can_be(field, refused, taken):
    for value in refused:
        assert levels(**{field: Decimal(value)}) == ["reject"]
    for value in taken:
        assert "reject" not in levels(**{field: Decimal(value)})


@pytest.mark.parametrize(
    ("systolic", "diastolic", "refused"),
    [
        ("40", "20", False),
        ("39.9", "20", True),
        ("300", "150", False),
        ("300.1", "150", True),
        ("60", "19.9", True),
        ("250", "200", False),
        ("250", "200.1", True),
        ("112.5", "57", False),
        ("80", "80", True),
        ("80", "120", True),
        ("120.5", "120.4", False),
    ],
)
def test_pressure_is_refused_outside_what_can_be(systolic, diastolic, refused):
    concerns = check_vitals({"systolic_mmhg": Decimal(systolic), "diastolic_mmhg": Decimal(diastolic)})

    assert any(concern.level == "reject" for concern in concerns) is refused


@pytest.mark.parametrize(
    ("field", "asked", "passed"),
    [
        ("heart_rate_bpm", ("44.9", "140.1"), ("45", "140")),
        ("spo2_percent", ("84.9",), ("85", "100")),
        ("respiratory_rate_bpm", ("7.9", "30.1"), ("8", "30")),
        ("etco2_mmhg", ("24.9", "60.1"), ("25", "60")),
        ("temperature_c", ("34.9", "38.6"), ("35", "38.5")),
        ("oxygen_l_min", ("10.1",), ("10",)),
    ],
)
def test_reading_is_asked_about_when_unlikely(field, asked, passed):
    for value in asked:
        assert "confirm" in levels(**{field: Decimal(value)})
    for value in passed:
        assert "confirm" not in levels(**{field: Decimal(value)})


@pytest.mark.parametrize(
    ("systolic", "diastolic", "asked"),
    [
        (80, 60, []),
        ("79.9", 60, ["systolic_mmhg"]),
        (200, 100, []),
        ("200.1", 100, ["systolic_mmhg"]),
        (100, 45, []),
        (100, "44.9", ["diastolic_mmhg"]),
        (150, 120, []),
        (150, "120.1", ["diastolic_mmhg"]),
        (100, 85, []),
        (100, "85.1", ["diastolic_mmhg"]),  # pulse pressure under 15
        (190, 80, []),
        (190, "79.9", ["diastolic_mmhg"]),  # pulse pressure over 110
    ],
)
def test_pressure_is_asked_about_when_unlikely(systolic, diastolic, asked):
    concerns = check_vitals({"systolic_mmhg": Decimal(systolic), "diastolic_mmhg": Decimal(diastolic)})

    assert [concern.field for concern in concerns if concern.level == "confirm"] == asked


@pytest.mark.parametrize(
    ("field", "alerts", "passes"),
    [
        ("heart_rate_bpm", ("44", "121"), ("45", "120")),
        ("spo2_percent", ("91.9",), ("92",)),
        ("respiratory_rate_bpm", ("7",), ("8",)),
        ("etco2_mmhg", ("55.1",), ("55",)),
        ("temperature_c", ("38.1",), ("38",)),
        ("moaas", ("3",), ("4",)),
        ("rass", ("-4",), ("-3",)),
    ],
)
def test_reading_alerts_when_worrying(field, alerts, passes):
    for value in alerts:
        assert "alert" in levels(**{field: Decimal(value)})
    for value in passes:
        assert "alert" not in levels(**{field: Decimal(value)})


def test_pressure_alerts_above_180_over_110():
    assert levels(systolic_mmhg=180, diastolic_mmhg=110) == []
    assert levels(systolic_mmhg=181, diastolic_mmhg=110) == ["alert"]
    assert levels(systolic_mmhg=180, diastolic_mmhg=111) == ["alert"]


def test_pulse_of_76_point_5_is_taken():
    assert check_vitals({"heart_rate_bpm": Decimal("76.5")}) == ()
    assert check_vitals({"heart_rate_bpm": Decimal("76.50")}) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [("heart_rate_bpm", "76.55"), ("systolic_mmhg", "112.55"), ("moaas", "4.5"), ("pain_nrs", "3.1")],
)
def test_reading_with_too_many_decimals_is_refused(field, value):
    (concern, *_) = check_vitals({field: Decimal(value)})

    assert concern.level == "reject"
    assert "decimal" in concern.sentence or "whole number" in concern.sentence


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), 76.5, "76", True, [76]])
def test_reading_that_is_no_plain_number_is_refused(value):
    (concern,) = check_vitals({"heart_rate_bpm": value})

    assert (concern.level, "plain number" in concern.sentence) == ("reject", True)


def test_reading_with_a_huge_exponent_is_refused():
    (concern,) = check_vitals({"heart_rate_bpm": Decimal("1e999999")})

    assert "from 20 to 250 per minute" in concern.sentence


@pytest.mark.parametrize(("typed", "celsius"), [("86", "30.0"), ("98.6", "37.0"), ("110.3", "43.5")])
def test_temperature_in_fahrenheit_is_refused_with_the_celsius_value(typed, celsius):
    (concern,) = check_vitals({"temperature_c": Decimal(typed)})

    assert (concern.level, "Fahrenheit" in concern.sentence, celsius in concern.sentence) == ("reject", True, True)


@pytest.mark.parametrize("lone", ["systolic_mmhg", "diastolic_mmhg"])
def test_pressure_with_one_number_is_refused(lone):
    (concern,) = check_vitals({lone: Decimal(100)})

    assert (concern.level, "both numbers" in concern.sentence) == ("reject", True)


def test_readings_may_be_partial_but_not_all_missing():
    assert check_vitals({"systolic_mmhg": None, "diastolic_mmhg": None, "heart_rate_bpm": 70}) == ()
    assert levels(systolic_mmhg=None, heart_rate_bpm=None) == ["reject"]
    assert check_vitals({}) == ()


def test_reading_of_an_unknown_field_is_refused():
    (concern,) = check_vitals({"pulse": 70})

    assert (concern.field, concern.level) == ("pulse", "reject")


def test_reading_uses_the_alert_limits_of_the_protocol():
    strict = {"heart_rate_bpm": AlertLimits(high=Decimal(100))}

    (concern,) = check_vitals({"heart_rate_bpm": 101}, strict)

    assert (concern.level, concern.sentence) == (
        "alert",
        "Heart rate 101 per minute is above 100. Tell the prescriber.",
    )
    assert set(IV_ALERTS) <= set(LIMITS)
