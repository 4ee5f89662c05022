"""Infusion arithmetic, limits, consent and completeness. Sources: docs/clinical/dosing.md, docs/clinical/consent.md."""

import decimal
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from patients.treatment_plan.rules import (
    CONSENT_ELEMENTS,
    HoldLimits,
    InfusionNotPossible,
    PlanFacts,
    consent_expires_on,
    consent_is_current,
    consent_missing,
    dose_check,
    generated_calendar,
    hold_limits_check,
    infusion,
    plan_complete,
    pounds_slip,
    schedule_check,
    to_kg,
    weight_age_check,
    weight_change_check,
)

TODAY = date(2026, 3, 10)


def number(text):
    return Decimal(text)


@pytest.mark.parametrize(
    ("order", "dose", "concentration", "volume", "rate", "left"),
    [
        # 80 kg, 0.5 mg/kg, 40 min: the whole dose in 50 mL, then a bag of 1 mg/mL
        (("80.0", "0.5", 40, "40", "50"), "40.0", "0.8", "50.00", "75.0", "0"),
        (("80.0", "0.5", 40, "50", "50"), "40.0", "1", "40.00", "60.0", "10"),
        # the concentration does not come out even, the volume still does
        (("70", "0.5", 40, "50", "60"), "35.0", "0.8333", "42.00", "63.0", "15"),
        # halves go up: 0.25 mL/h steps and 0.05 mg steps
        (("67.3", "0.75", 40, "100", "100"), "50.5", "1", "50.50", "75.8", "49.5"),
        (("50.1", "0.5", 40, "50", "50"), "25.1", "1", "25.10", "37.7", "24.9"),
    ],
)
def test_infusion_is_worked_out_as_on_paper(order, dose, concentration, volume, rate, left):
    weight, per_kg, minutes, drug, bag = order

    result = infusion(number(weight), number(per_kg), minutes, number(drug), number(bag))

    assert (result.dose_mg, result.concentration_mg_ml) == (number(dose), number(concentration))
    assert (result.volume_ml, result.rate_ml_h, result.left_in_bag_mg) == (number(volume), number(rate), number(left))
    assert result.bag_is_enough


def test_infusion_gives_micrograms_per_kilogram_and_minute():
    assert infusion(number("80.0"), number("0.5"), 40, number(50), number(50)).mcg_kg_min == number("12.5")


def test_infusion_keeps_the_exact_dose_beside_the_order():
    result = infusion(number("67.3"), number("0.75"), 40, number(100), number(100))

    assert (result.dose_mg_exact, result.dose_mg) == (number("50.475"), number("50.5"))
    assert result.lines[0] == "67.3 kg × 0.75 mg/kg = 50.475 mg, ordered as 50.5 mg"


def test_infusion_spells_out_its_arithmetic():
    result = infusion(number("80.0"), number("0.5"), 40, number(50), number(50))

    assert result.lines == (
        "80 kg × 0.5 mg/kg = 40.0 mg",
        "50 mg in 50 mL = 1 mg/mL",
        "40.0 mg ÷ 1 mg/mL = 40.00 mL",
        "40.00 mL over 40 min = 60.0 mL/h",
        "40.0 mg ÷ 80 kg ÷ 40 min = 12.5 mcg/kg/min",
        "The bag holds 50 mg: 10 mg is left over",
    )


def test_infusion_says_when_the_bag_does_not_hold_the_dose():
    result = infusion(number("67.3"), number("0.75"), 40, number(50), number(50))

    assert not result.bag_is_enough
    assert result.rate_ml_h == number("75.8")
    assert result.lines[-1] == "The bag holds 50 mg, which is less than the dose of 50.5 mg: put more drug in it"


@pytest.mark.parametrize(("dead", "enough"), [("10.00", True), ("10.01", False)])
def test_infusion_needs_the_line_filled_on_top_of_the_dose(dead, enough):
    result = infusion(number("80.0"), number("0.5"), 40, number(50), number(50), number(dead))

    assert result.bag_is_enough is enough
    assert enough or "use a larger bag" in result.lines[-1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weight_kg", number("24.9")),
        ("weight_kg", number("350.1")),
        ("weight_kg", number("70.25")),
        ("weight_kg", number("NaN")),
        ("weight_kg", number("Infinity")),
        ("weight_kg", 70.5),
        ("weight_kg", "70"),
        ("weight_kg", None),
        ("mg_per_kg", number(0)),
        ("mg_per_kg", number("-0.5")),
        ("mg_per_kg", number("3.001")),
        ("mg_per_kg", number("0.5001")),
        ("minutes", 0),
        ("minutes", 601),
        ("minutes", True),
        ("drug_mg_in_bag", number(0)),
        ("drug_mg_in_bag", number("1000.01")),
        ("bag_volume_ml", number(0)),
        ("bag_volume_ml", number("1000.01")),
        ("dead_volume_ml", number(-1)),
    ],
)
def test_infusion_refuses_a_number_that_cannot_be_and_names_the_field(field, value):
    order = {
        "weight_kg": number(70),
        "mg_per_kg": number("0.5"),
        "minutes": 40,
        "drug_mg_in_bag": number(50),
        "bag_volume_ml": number(50),
    }

    with pytest.raises(InfusionNotPossible) as refused:
        infusion(**{**order, field: value})

    assert refused.value.field == field
    assert str(refused.value).endswith(".")


def test_infusion_that_rounds_to_nothing_is_refused():
    with pytest.raises(InfusionNotPossible, match="no drug at all"):
        infusion(number(25), number("0.001"), 40, number(50), number(50))


def test_infusion_does_not_depend_on_the_precision_of_the_thread():
    with decimal.localcontext(decimal.Context(prec=4, rounding=decimal.ROUND_DOWN)):
        result = infusion(number("67.3"), number("0.75"), 40, number(100), number(100))

    assert (result.dose_mg_exact, result.rate_ml_h) == (number("50.475"), number("75.8"))


@example(number("25.0"), number("0.250"), 188, number("50.00"), number("33.54"))
@given(
    st.decimals(25, 350, places=1),
    st.decimals("0.1", "3", places=3),
    st.integers(1, 600),
    st.decimals("50", "1000", places=2),
    st.decimals("10", "1000", places=2),
)
def test_infusion_gives_the_order_back_within_rounding(weight, per_kg, minutes, drug, bag):
    result = infusion(weight, per_kg, minutes, drug, bag)

    assert abs(result.dose_mg - result.dose_mg_exact) <= number("0.05")
    # Multiplied out: a quotient of the test's own would be rounded too.
    assert abs(result.volume_ml * drug - result.dose_mg * bag) <= number("0.005") * drug
    assert abs(result.rate_ml_h * minutes - result.volume_ml * 60) <= number("0.05") * minutes


def test_pounds_become_kilograms():
    assert to_kg(number("176.4")) == number("80.01")
    assert to_kg(number(1)) == number("0.45")


@pytest.mark.parametrize(
    ("per_kg", "dose", "expected"),
    [
        ("0.1", "10", []),
        ("0.099", "10", ["ask"]),
        ("1.0", "100", []),
        ("1.001", "80", ["ask"]),
        ("1.5", "80", ["ask"]),
        ("1.501", "80", ["second_signature"]),
        ("3.0", "80", ["second_signature"]),
        ("3.001", "80", ["refuse"]),
        ("0", "80", ["refuse"]),
        ("-1", "80", ["refuse"]),
        ("NaN", "80", ["refuse"]),
        ("0.5", "100.1", ["ask"]),
        ("0.5", "150", ["ask"]),
        ("0.5", "150.1", ["second_signature"]),
        ("0.5", "400", ["second_signature"]),
        ("0.5", "400.1", ["refuse"]),
        ("0.5", "0", ["refuse"]),
        ("1.2", "160", ["ask", "second_signature"]),
    ],
)
def test_dose_is_asked_about_or_refused(per_kg, dose, expected):
    assert [concern.level for concern in dose_check(number(per_kg), number(dose))] == expected


def test_hold_limits_as_shipped_are_fine():
    hold = HoldLimits.default_iv()

    assert hold_limits_check(hold) == ()
    assert (hold.systolic_mmhg, hold.diastolic_mmhg, hold.spo2_percent) == (160, 100, 94)


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({"systolic_mmhg": 180}, "ask"),
        ({"systolic_mmhg": 181}, "refuse"),
        ({"diastolic_mmhg": 111}, "refuse"),
        ({"heart_rate_low_bpm": 29}, "refuse"),
        ({"heart_rate_low_bpm": 44}, "ask"),
        ({"heart_rate_high_bpm": 161}, "refuse"),
        ({"spo2_percent": 87}, "refuse"),
        ({"spo2_percent": 91}, "ask"),
    ],
)
def test_hold_limits_beyond_bounds_are_refused(change, level):
    (concern,) = hold_limits_check(replace(HoldLimits.default_iv(), **change))

    assert concern.level == level


@pytest.mark.parametrize(
    ("count", "days", "expected"),
    [
        (6, 3, []),
        (1, 2, []),
        (7, 3, ["ask"]),
        (6, 1, ["ask"]),
        (6, 28, []),
        (6, 29, ["ask"]),
        (30, 3, ["ask"]),
        (31, 3, ["refuse"]),
        (0, 3, ["refuse"]),
        (6, 0, ["refuse"]),
        (6, 91, ["refuse"]),
        (0, 0, ["refuse", "refuse"]),
    ],
)
def test_schedule_is_asked_about_or_refused(count, days, expected):
    assert [concern.level for concern in schedule_check(count, days)] == expected


@pytest.mark.parametrize(
    ("weighed_on", "phase", "level"),
    [
        (date(2026, 3, 10), "induction", None),
        (date(2026, 3, 3), "induction", None),
        (date(2026, 3, 2), "induction", "ask"),
        (date(2026, 3, 2), "maintenance", None),
        (date(2026, 2, 8), "maintenance", None),
        (date(2026, 2, 7), "maintenance", "ask"),
        (date(2026, 3, 11), "induction", "refuse"),
    ],
)
def test_weight_gets_too_old(weighed_on, phase, level):
    concerns = weight_age_check(weighed_on, TODAY, phase)

    assert [concern.level for concern in concerns] == ([level] if level else [])


@pytest.mark.parametrize(
    ("today_kg", "level"),
    [("80", None), ("84", None), ("84.1", "ask"), ("88", "ask"), ("88.1", "refuse"), ("76", None), ("71.9", "refuse")],
)
def test_weight_change_is_confirmed_then_ordered_again(today_kg, level):
    concerns = weight_change_check(number(80), number(today_kg))

    assert [concern.level for concern in concerns] == ([level] if level else [])


def test_weight_change_says_which_way():
    assert "10.1 % more" in weight_change_check(number(80), number("88.1"))[0].sentence
    assert "10.1 % less" in weight_change_check(number(80), number("71.9"))[0].sentence


@pytest.mark.parametrize(
    ("weight", "last", "slip"),
    [
        ("176.4", "80", True),
        ("82", "80", False),
        ("110", "80", False),
        ("111", "80", True),
        ("180", None, False),
        ("180.1", None, True),
    ],
)
def test_weight_typed_in_pounds_is_noticed(weight, last, slip):
    sentence = pounds_slip(number(weight), number(last) if last else None)

    assert (sentence is not None) is slip


def test_weight_in_pounds_is_told_in_kilograms():
    assert pounds_slip(number("176.4"), number(80)) == "Is 176.4 in pounds? That would be 80.0 kg. Enter kilograms."


def test_calendar_keeps_its_interval_over_the_change_of_clocks():
    assert generated_calendar(date(2026, 3, 6), 4, 3) == (
        date(2026, 3, 6),
        date(2026, 3, 9),
        date(2026, 3, 12),
        date(2026, 3, 15),
    )
    assert generated_calendar(TODAY, 0, 3) == ()


@pytest.mark.parametrize(
    ("given_on", "expires_on"),
    [
        (date(2026, 3, 10), date(2027, 3, 10)),
        (date(2028, 2, 29), date(2029, 3, 1)),
        (date(2027, 2, 28), date(2028, 2, 28)),
    ],
)
def test_consent_lasts_twelve_months(given_on, expires_on):
    assert consent_expires_on(given_on) == expires_on


@pytest.mark.parametrize(("today", "current"), [(date(2027, 3, 9), True), (date(2027, 3, 10), False)])
def test_consent_ends_on_its_last_day(today, current):
    assert consent_is_current(date(2027, 3, 10), today) is current


def test_consent_names_the_elements_not_yet_initialled():
    codes = [element.code for element in CONSENT_ELEMENTS]

    assert consent_missing(frozenset(codes)) == ()
    assert consent_missing(frozenset(codes) - {"no_driving"}) == ("No driving until the next day",)
    assert len(set(codes)) == len(codes)


READY = PlanFacts(
    today=TODAY,
    goal="PHQ-9 from 18 to 9 or less by May 1",
    weighed_on=date(2026, 3, 9),
    mg_per_kg=number("0.5"),
    infusion=infusion(number("80.0"), number("0.5"), 40, number(50), number(50)),
    session_count=6,
    interval_days=3,
    hold=HoldLimits.default_iv(),
    review_on=date(2026, 4, 10),
    eligible_until=date(2026, 6, 1),
)


def test_plan_that_has_everything_is_complete():
    assert plan_complete(READY) == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"eligible_until": None}, "Finish step 1"),
        ({"eligible_until": TODAY}, "has expired"),
        ({"goal": "  "}, "goal is empty"),
        ({"weighed_on": None}, "no weight"),
        ({"weighed_on": date(2026, 3, 2)}, "Weigh again"),
        ({"mg_per_kg": None}, "not worked out"),
        ({"infusion": None}, "not worked out"),
        ({"mg_per_kg": number("1.6")}, "second prescriber"),
        ({"infusion": infusion(number("80.0"), number("0.75"), 40, number(50), number(50))}, "put more drug in it"),
        ({"session_count": None}, "how many sessions"),
        ({"interval_days": None}, "how many days"),
        ({"session_count": 31}, "Number of sessions"),
        ({"hold": None}, "hold limits are empty"),
        ({"hold": replace(HoldLimits.default_iv(), systolic_mmhg=200)}, "Hold above systolic"),
        ({"review_on": None}, "no review date"),
        ({"review_on": TODAY}, "within three months"),
        ({"review_on": date(2026, 6, 11)}, "within three months"),
    ],
)
def test_plan_that_lacks_something_says_what(change, says):
    (sentence,) = plan_complete(replace(READY, **change))

    assert says in sentence


def test_plan_with_a_high_dose_is_complete_once_signed_by_two():
    high = replace(READY, mg_per_kg=number("1.6"))

    assert len(plan_complete(high)) == 1
    assert plan_complete(replace(high, has_second_signature=True)) == ()


def test_plan_may_be_reviewed_on_the_last_day_of_three_months():
    assert plan_complete(replace(READY, review_on=date(2026, 6, 10))) == ()
