import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal

from patients.progress.rules import table as rules
from patients.progress.rules.days import short_day
from tests.patients.progress.made import asked, day, journey, plan, scores, sessions


def test_rows_are_newest_first_with_day_dose_and_change() -> None:
    made = journey({-1: 20, 7: 10}, {-1: 12, 7: 12}, given=(0, 7))

    rows = rules.rows(made)

    assert [(row.anchor, row.number, row.session, row.dose_mg) for row in rows] == [
        ("r-20260113", "7", "2", "40.5"),
        ("r-20260106", "0", "1", "40.5"),
        ("r-20260105", "−1", "", ""),
    ]
    assert [[(cell.total, cell.better) if cell else None for cell in row.cells] for row in rows] == [
        [("10", "50%"), ("12", "0%")],
        [None, None],
        [("20", ""), ("12", "")],
    ]


def test_rows_say_when_a_status_begins_and_not_again() -> None:
    made = journey({-1: 20, 7: 10, 14: 9, 21: 4, 35: 4}, given=(0,))

    happened = {row.when: row.happened for row in rules.rows(made)}

    assert happened == {
        "Feb 10": ("PHQ-9 remission, sustained (14 days)",),
        "Jan 27": ("PHQ-9 remission",),
        "Jan 20": (),
        "Jan 13": ("PHQ-9 response",),
        "Jan 6": (),
        "Jan 5": ("PHQ-9 baseline, frozen",),
    }


def test_two_answers_on_one_day_are_two_rows() -> None:
    twice = (*scores("phq9", {7: 10}), *scores("phq9", {7: 12}))

    rows = rules.rows(journey(scores=twice))

    assert [(row.anchor, row.cells[0].total) for row in rows] == [("r-20260113", "10"), ("r-20260113-2", "12")]


def test_what_was_not_answered_has_its_row_with_the_attempts() -> None:
    missed = (asked(28, "expired", attempts=2), asked(1, "expired", kind="h24", attempts=1))

    rows = rules.rows(journey(given=(0,), asked=missed))

    assert [row.unanswered for row in rows if row.unanswered] == [
        ("Day 7 check-in of session 1 not answered. Tried 2 times.",),
        ("24-hour check-in of session 1 not answered. Tried once.",),
    ]


def test_answered_check_in_tells_the_mood() -> None:
    rows = rules.rows(journey(given=(0,), asked=(asked(1, "answered", kind="h24", mood_nrs=0),)))

    assert rows[0].happened == ("24-hour check-in of session 1: mood 0 of 10",)


def test_plan_versions_say_what_changed() -> None:
    plans = (
        plan(1, -2),
        plan(2, 9, mg_per_kg=Decimal("0.600"), dose_mg=Decimal("48.6")),
        plan(3, 28, mg_per_kg=Decimal("0.600"), dose_mg=Decimal("48.6"), interval_days=14, session_count=8, minutes=60),
        plan(4, 30, mg_per_kg=Decimal("0.600"), dose_mg=Decimal("50.0"), interval_days=14, session_count=8, minutes=60),
        plan(5, 31, mg_per_kg=Decimal("0.600"), dose_mg=Decimal("50.0"), interval_days=14, session_count=8, minutes=60),
    )

    told = ["; ".join(words) for _, words in rules.plan_changes(plans)]

    assert told == [
        "0.5 mg/kg, 6 sessions, every 3 days",
        "from 0.5 to 0.6 mg/kg",
        "from every 3 days to every 14 days; from 40 to 60 min; from 6 to 8 sessions",
        "from 48.6 to 50 mg",
        "no change to dose or rhythm",
    ]
    assert [rules.plan_label(*pair) for pair in itertools.pairwise(plans)] == [
        "Plan 2: 0.6 mg/kg",
        "Plan 3: every 14 days",
        "Plan 4",
        "Plan 5",
    ]


def test_planned_visits_are_ahead_and_numbered_on() -> None:
    made = journey(given=(0, 3), visits=(date(2026, 3, 20), date(2026, 3, 27)))

    rows = rules.rows(made)

    assert [(row.happened, row.is_ahead) for row in rows[:2]] == [
        (("Session 4 planned",), True),
        (("Session 3 planned",), True),
    ]


def test_blanks_are_told_beside_the_score() -> None:
    rows = rules.rows(journey({7: None}))

    assert rows[0].happened == ("PHQ-9: 4 questions left blank, no score",)
    assert rows[0].cells[0] is not None
    assert rows[0].cells[0].total == "no score"


def test_far_days_carry_their_year() -> None:
    rows = rules.rows(journey({-400: 12}))

    assert rows[0].when == f"{day(-400):%b} {day(-400).day}, 2024"


def test_plan_label_names_the_minutes_where_nothing_else_changed() -> None:
    assert rules.plan_label(plan(1, 0), plan(2, 9, minutes=60)) == "Plan 2: 60 min"


def test_running_session_has_no_dose_yet() -> None:
    running = replace(sessions((0,))[0], is_over=False, given_mg=None)

    rows = rules.rows(journey(sessions=(running,), first_dose_on=day(0)))

    assert (rows[0].session, rows[0].dose_mg) == ("1", "running")


def test_day_that_is_not_known_is_not_written() -> None:
    assert short_day(None, day(0)) == ""


def test_score_that_cannot_be_judged_gets_no_status() -> None:
    rows = rules.rows(journey({-1: 8, 7: 6}, given=(0,)))

    assert rows[0].happened == ()
    assert rows[0].cells[0] is not None
    assert rows[0].cells[0].better == "25%"
