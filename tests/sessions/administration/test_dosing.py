"""What has been given, from charted steps. Source: docs/clinical/dosing.md."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.administration.rules.dosing import (
    Step,
    balance,
    delivered,
    next_steps,
    rate_check,
    second_concentration_check,
    segments,
    started_at,
    stopped_at,
)

START = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
ONE = Decimal(1)


def at(minutes, seconds=0):
    return START + timedelta(minutes=minutes, seconds=seconds)


def step(kind, minutes, rate=None, seq=0):
    return Step(kind, at(minutes), seq, None if rate is None else Decimal(rate))


STOPPED_EARLY = (step("start", 0, 60), step("stop", 25))
PAUSED = (step("start", 0, 75), step("pause", 10), step("resume", 20))


def test_infusion_stopped_at_25_minutes_has_given_25_mg():
    # The worked example: 1 mg/mL, 40 mL ordered at 60 mL/h, stopped at 25 min.
    result = delivered(segments(STOPPED_EARLY), ONE, at(60), ended_at=stopped_at(STOPPED_EARLY), ordered_ml=Decimal(40))

    assert (result.volume_ml, result.mg, result.remaining_ml) == (Decimal("25.00"), Decimal("25.00"), Decimal("15.00"))
    assert (result.running, result.paused, result.ended_at, result.projected_end) == (False, False, at(25), None)


@pytest.mark.parametrize(
    ("minutes", "volume", "mg", "running", "paused", "ends"),
    [
        (-1, "0.00", "0.00", False, False, None),
        (0, "0.00", "0.00", True, False, 40),
        (5, "6.25", "5.00", True, False, 40),
        (10, "12.50", "10.00", False, True, None),
        (19, "12.50", "10.00", False, True, None),
        (20, "12.50", "10.00", True, False, 50),
        (30, "25.00", "20.00", True, False, 50),
        (50, "50.00", "40.00", True, False, 50),
    ],
)
def test_infusion_with_a_pause_at_each_moment(minutes, volume, mg, running, paused, ends):
    charted = [one for one in PAUSED if one.occurred_at <= at(minutes)]

    result = delivered(segments(charted), Decimal("0.8"), at(minutes), ordered_ml=Decimal(50))

    assert (result.volume_ml, result.mg) == (Decimal(volume), Decimal(mg))
    assert (result.running, result.paused) == (running, paused)
    assert result.projected_end == (None if ends is None else at(ends))


def test_infusion_counts_no_more_than_the_pump_was_set_to_give():
    result = delivered(segments([step("start", 0, 60)]), ONE, at(55), ordered_ml=Decimal(40))

    assert (result.volume_ml, result.remaining_ml, result.running) == (Decimal("40.00"), Decimal("0.00"), True)


def test_infusion_without_an_ordered_volume_has_no_remainder():
    result = delivered(segments([step("start", 0, 60)]), ONE, at(10))

    assert (result.volume_ml, result.remaining_ml, result.projected_end) == (Decimal("10.00"), None, None)


def test_infusion_at_rate_zero_never_ends():
    result = delivered(segments([step("start", 0, 0)]), ONE, at(10), ordered_ml=Decimal(40))

    assert (result.volume_ml, result.projected_end) == (Decimal("0.00"), None)


def test_rate_change_makes_a_new_segment():
    found = segments([step("start", 0, 60), step("rate", 20, 30), step("stop", 40)])

    assert [(one.start, one.end, one.rate_ml_h) for one in found] == [
        (at(0), at(20), Decimal(60)),
        (at(20), at(40), Decimal(30)),
    ]
    assert delivered(found, ONE, at(40), ended_at=at(40)).volume_ml == Decimal("30.00")


def test_rate_set_while_paused_holds_from_the_resume():
    found = segments([step("start", 0, 60), step("pause", 10), step("rate", 15, 30), step("resume", 20)])

    assert [(one.start, one.end, one.rate_ml_h) for one in found] == [
        (at(0), at(10), Decimal(60)),
        (at(20), None, Decimal(30)),
    ]


def test_resume_may_bring_a_rate_of_its_own():
    found = segments([step("start", 0, 60), step("pause", 10), step("resume", 20, 45)])

    assert found[-1].rate_ml_h == Decimal(45)


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (step("stop", 5),),
        (step("rate", 0, 60), step("pause", 3), step("resume", 4, 60)),
    ],
)
def test_steps_without_a_start_give_nothing(steps):
    assert segments(steps) == ()
    assert started_at(steps) is None
    assert stopped_at(steps) is None
    assert not delivered((), ONE, at(10)).paused


@pytest.mark.parametrize(
    "extra",
    [
        step("start", 10, 999),
        step("resume", 10, 999),
        step("rate", 31, 999),
        step("start", 31, 999),
        step("stop", 40),
        step("pause", -5),
        step("stop", -5),
    ],
)
def test_step_that_cannot_be_changes_nothing(extra):
    steps = [step("start", 0, 60), step("stop", 30)]

    assert segments([*steps, extra]) == segments(steps)
    assert stopped_at([*steps, extra]) == at(30)


def test_steps_of_one_moment_count_in_the_order_of_the_tablet():
    steps = [step("rate", 10, 30, seq=3), step("start", 0, 60, seq=1), step("rate", 10, 45, seq=2)]

    found = segments(steps)

    assert [(one.end, one.rate_ml_h) for one in found] == [(at(10), Decimal(60)), (None, Decimal(30))]


@given(
    st.permutations(
        [step("start", 0, 75), step("rate", 5, 60), step("pause", 10), step("resume", 20), step("stop", 33)]
    )
)
def test_steps_may_arrive_in_any_order(steps):
    given_ml = delivered(segments(steps), ONE, at(60), ended_at=stopped_at(steps)).volume_ml

    assert given_ml == Decimal("24.25")
    assert (started_at(steps), stopped_at(steps)) == (at(0), at(33))


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), {"start"}),
        (("start",), {"rate", "pause", "stop"}),
        (("start", "pause"), {"rate", "resume", "stop"}),
        (("start", "pause", "resume"), {"rate", "pause", "stop"}),
        (("start", "stop"), set()),
    ],
)
def test_next_steps_are_those_the_pump_can_take(kinds, expected):
    steps = [step(kind, minutes, 60) for minutes, kind in enumerate(kinds)]

    assert next_steps(steps) == expected


def test_amounts_are_exact_to_the_hundredth_over_odd_seconds():
    result = delivered(segments([step("start", 0, "75.8")]), Decimal("0.8333"), at(13, 7))

    assert (result.volume_ml, result.mg) == (Decimal("16.57"), Decimal("13.81"))


@pytest.mark.parametrize(
    ("drawn", "given_mg", "wasted", "returned", "difference", "balances"),
    [
        ("50", "25.0", "25.0", "0", "0.00", True),
        ("50", "40.00", "10.00", "0", "0.00", True),
        ("100", "40", "10", "50", "0.00", True),
        ("50", "24.99", "25.00", "0", "0.01", False),
        ("50", "25.01", "25.00", "0", "-0.01", False),
        ("50", "25.004", "25.00", "0", "0.00", True),
        ("50", "25.005", "25.00", "0", "-0.01", False),
        ("0", "0", "0", "0", "0.00", True),
    ],
)
def test_drug_balances_to_a_hundredth_of_a_milligram(drawn, given_mg, wasted, returned, difference, balances):
    result = balance(Decimal(drawn), Decimal(given_mg), Decimal(wasted), Decimal(returned))

    assert (result.difference_mg, result.balances) == (Decimal(difference), balances)


def test_drug_balance_says_what_is_missing():
    short = balance(Decimal(50), Decimal(25), Decimal(20))
    over = balance(Decimal(50), Decimal(40), Decimal(20))

    assert "5.00 mg not accounted for" in short.sentence
    assert "10.00 mg too much" in over.sentence


def test_second_concentration_must_be_the_same():
    assert second_concentration_check(Decimal("1.0"), Decimal("1.00")) is None
    assert "Read the label again" in second_concentration_check(Decimal(1), Decimal(10))


@pytest.mark.parametrize(
    ("rate", "computed", "level"),
    [
        ("60", "60", None),
        ("63", "60", None),
        ("63.1", "60", "confirm"),
        ("57", "60", None),
        ("56.9", "60", "confirm"),
        ("250", None, None),
        ("250.1", None, "confirm"),
        ("1200", "1200", "confirm"),
        ("1200.1", None, "reject"),
        ("0", None, "reject"),
        ("60.55", "60", "reject"),
        ("NaN", "60", "reject"),
    ],
)
def test_rate_is_asked_about_or_refused(rate, computed, level):
    found = rate_check(Decimal(rate), Decimal(computed) if computed else None)

    assert (found[0] if found else None) == level
