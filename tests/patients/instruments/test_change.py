"""Response, remission, relapse and warning at every boundary. Source: docs/clinical/change.md."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from patients.instruments.rules.change import (
    baseline_score,
    change,
    deterioration,
    early_warning,
    overlapping_recall,
    relapse,
    sustained,
)

FIRST_DOSE = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def on_day(*scores):
    """Turn (day, total) pairs into (moment, total) pairs; day 0 is the first dose."""
    return [(FIRST_DOSE + timedelta(days=day), total) for day, total in scores]


@pytest.mark.parametrize(
    ("code", "baseline", "current", "percent", "status", "remission"),
    [
        ("phq9", 18, 9, "50.0", "response", False),
        ("phq9", 17, 9, "47.1", "partial", False),
        ("phq9", 18, 0, "100.0", "response", True),
        ("phq9", 18, 4, "77.8", "response", True),
        ("phq9", 18, 5, "72.2", "response", False),
        ("phq9", 10, 5, "50.0", "response", False),
        ("phq9", 20, 15, "25.0", "partial", False),
        ("phq9", 20, 16, "20.0", "none", False),
        ("phq9", 20, 20, "0.0", "none", False),
        ("phq9", 20, 24, "-20.0", "none", False),
        ("phq9", 20, 25, "-25.0", "worse", False),
        ("phq9", 9, 4, "55.6", "not_evaluable", True),
        ("phq9", 9, 13, "-44.4", "not_evaluable", False),
        ("phq9", 9, 14, "-55.6", "worse", False),
        ("phq9", 4, 2, "50.0", "not_evaluable", False),
        ("phq9", 0, 0, None, "not_evaluable", False),
        ("phq9", 0, 5, None, "worse", False),
        ("gad7", 12, 6, "50.0", "response", False),
        ("gad7", 11, 6, "45.5", "partial", False),
        ("gad7", 8, 4, "50.0", "response", True),
        ("gad7", 8, 11, "-37.5", "none", False),
        ("gad7", 8, 12, "-50.0", "worse", False),
        ("gad7", 0, 3, None, "not_evaluable", False),
    ],
)
def test_change_at_each_boundary(code, baseline, current, percent, status, remission):
    result = change(code, baseline, current)

    assert result.percent == (None if percent is None else Decimal(percent))
    assert (result.status, result.remission) == (status, remission)


def test_change_shows_its_working():
    assert change("phq9", 18, 9).working == "PHQ-9 18 before treatment, 9 now: 50.0% better."
    assert change("phq9", 18, 18).working == "PHQ-9 18 before treatment, 18 now: no change."
    assert change("phq9", 18, 20).working == "PHQ-9 18 before treatment, 20 now: 11.1% worse."
    assert change("phq9", 18, 23).working == "PHQ-9 18 before treatment, 23 now: 5 points worse."
    assert "under 10 is not evaluable" in change("phq9", 8, 2).working


def test_change_without_a_score_or_a_baseline_is_not_evaluable():
    nothing_now = change("phq9", 18, None)
    no_baseline = change("phq9", None, 3)

    assert (nothing_now.status, nothing_now.percent, nothing_now.remission) == ("not_evaluable", None, False)
    assert (no_baseline.status, no_baseline.percent, no_baseline.remission) == ("not_evaluable", None, True)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], None),
        ([(-14, 20)], 20),
        ([(-15, 20)], None),
        ([(0, 19)], 19),
        ([(1, 12)], None),
        ([(-10, 20), (-2, 18), (3, 9)], 18),
        ([(-2, 18), (-10, 20)], 18),
    ],
)
def test_baseline_is_the_last_score_of_two_weeks_before_the_first_dose(scores, expected):
    found = baseline_score(on_day(*scores), FIRST_DOSE)

    assert (found[1] if found else None) == expected


@pytest.mark.parametrize(
    ("scores", "since"),
    [
        ([(7, 9), (21, 8)], 7),
        ([(7, 9), (20, 8)], None),
        ([(7, 9), (14, 10), (21, 8)], None),
        ([(7, 10), (14, 9), (21, 8), (28, 9)], 14),
        ([(7, 9), (21, 8), (28, 12)], None),
        ([(7, 9)], None),
        ([], None),
    ],
)
def test_response_is_sustained_when_unbroken_for_two_weeks(scores, since):
    found = sustained("phq9", 18, on_day(*scores))

    assert (found.since if found else None) == (None if since is None else FIRST_DOSE + timedelta(days=since))


@pytest.mark.parametrize(
    ("scores", "since", "why"),
    [
        ([(7, 14), (14, 16)], None, None),  # never responded
        ([(7, 8), (14, 12)], None, None),  # 4 above the best
        ([(7, 4), (14, 10), (20, 10)], None, None),  # high twice, but 6 days apart
        ([(7, 4), (14, 10), (21, 10)], 14, "at least a week apart"),
        ([(7, 4), (14, 10), (18, 9), (25, 10)], None, None),  # came down in between
        ([(7, 4), (14, 12)], 14, "half of the gain"),  # 8 of 16 lost
        ([(7, 4), (14, 11)], None, None),  # 7 of 16 lost
        ([(7, 9), (14, 4), (21, 12)], 21, "half of the gain"),
        ([(7, 4), (14, 12), (21, 11)], 14, "then 12"),  # no response yet
        ([(7, 4), (14, 12), (21, 10)], 14, "half of the gain"),  # a response, but still high
        ([(7, 4), (14, 12), (21, 9)], None, None),  # over with the next response
        ([(7, 4), (14, 10), (21, 10), (28, 10)], 14, "at least a week apart"),
        ([(7, 4), (14, 12), (21, 4)], None, None),  # back at the best
        ([(7, 4), (14, 12), (21, 6), (28, 13)], 28, "then 13"),  # and a second one
    ],
)
def test_relapse_after_response(scores, since, why):
    found = relapse("phq9", 20, on_day(*scores))

    assert (found.since if found else None) == (None if since is None else FIRST_DOSE + timedelta(days=since))
    assert why is None or why in found.working


@pytest.mark.parametrize(("latest", "warned"), [(10, False), (11, True)])
def test_early_warning_from_five_points_above_the_best(latest, warned):
    warnings = early_warning(on_day((7, 12), (14, 6), (21, latest)))

    assert bool(warnings) is warned


@pytest.mark.parametrize(
    ("answers", "warned"), [([0], False), ([0, 0], False), ([0, 1], True), ([2, 1], False), ([2, 1, 2], True)]
)
def test_early_warning_when_the_suicide_answer_rises(answers, warned):
    warnings = early_warning([], on_day(*enumerate(answers)))

    assert bool(warnings) is warned


@pytest.mark.parametrize(("missed", "warned"), [(0, False), (1, False), (2, True), (3, True)])
def test_early_warning_after_two_missed_check_ins(missed, warned):
    assert bool(early_warning([], missed_check_ins=missed)) is warned


def test_deterioration_is_the_first_score_five_points_over_the_baseline():
    found = deterioration("phq9", 15, on_day((7, 19), (14, 20), (21, 24)))

    assert found.since == FIRST_DOSE + timedelta(days=14)
    assert "5 points worse" in found.working
    assert deterioration("phq9", 15, on_day((7, 19))) is None


def test_overlapping_recall_is_less_than_a_week_apart():
    days = [FIRST_DOSE + timedelta(days=day) for day in (0, 7, 13)]

    assert overlapping_recall(days) == (days[2],)
