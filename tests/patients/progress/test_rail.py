from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from patients.courses.rules import STATE_LABELS
from patients.progress.rules import rail as rules

TODAY = date(2026, 3, 10)
NOTHING = rules.Facts(today=TODAY)
REFERRED = replace(NOTHING, state="referred")
ELIGIBLE = replace(NOTHING, state="eligible", eligible_since=date(2026, 3, 1), eligible_until=date(2026, 5, 30))
PLANNED = replace(
    ELIGIBLE,
    state="planned",
    plan_version=1,
    plan_signed_on=date(2026, 3, 2),
    plan_session_count=6,
    consent_until=date(2027, 3, 2),
)
TREATED = replace(PLANNED, state="induction", sessions_given=3)


def states(facts: rules.Facts) -> str:
    return " ".join(step.state for step in rules.rail(facts))


def notes(facts: rules.Facts) -> list[str]:
    return [step.note for step in rules.rail(facts)]


def test_rail_has_four_numbered_steps() -> None:
    steps = rules.rail(NOTHING)

    assert [(step.number, step.title) for step in steps] == [
        (1, "Assessment"),
        (2, "Plan"),
        (3, "Administration"),
        (4, "Follow-up"),
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (NOTHING, "open open open open"),
        (REFERRED, "current blocked blocked open"),
        (replace(REFERRED, state="under_review"), "current blocked blocked open"),
        (ELIGIBLE, "done current blocked open"),
        (replace(PLANNED, consent_until=None), "done current blocked open"),
        (replace(PLANNED, consent_until=date(2026, 3, 9)), "done current blocked open"),
        (replace(PLANNED, consent_until=TODAY), "done done current open"),
        (PLANNED, "done done current open"),
        (TREATED, "done done current open"),
        (replace(TREATED, check_in="24-hour check-in", is_check_in_due=True), "done done open current"),
        (replace(TREATED, check_in="24-hour check-in", is_check_in_due=True, session_now=4), "done done current open"),
        (replace(TREATED, eligible_until=date(2026, 3, 9)), "current done blocked open"),
        (replace(TREATED, eligible_until=TODAY), "done done current open"),
        (replace(TREATED, state="on_hold"), "done done blocked open"),
        (replace(TREATED, state="evaluation", sessions_given=6), "done done done current"),
        (replace(TREATED, state="completed", sessions_given=6), "done done done done"),
        (replace(REFERRED, state="declined"), "done blocked blocked blocked"),
        (replace(REFERRED, state="discontinued"), "blocked blocked blocked blocked"),
    ],
)
def test_steps_follow_from_the_facts(facts: rules.Facts, expected: str) -> None:
    assert states(facts) == expected


@pytest.mark.parametrize("state", [None, *STATE_LABELS])
@pytest.mark.parametrize("facts", [NOTHING, ELIGIBLE, PLANNED, TREATED])
def test_at_most_one_step_is_current_and_every_step_says_something(facts: rules.Facts, state: str | None) -> None:
    steps = rules.rail(replace(facts, state=state, is_check_in_due=True, check_in="Day 7 check-in due today"))

    assert sum(step.state == rules.CURRENT for step in steps) <= 1
    assert all(step.note for step in steps)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            REFERRED,
            ["To begin", "Waits for the assessment", "Waits for assessment and plan", "After the first session"],
        ),
        (
            replace(ELIGIBLE, has_plan_draft=True),
            ["Eligible since Mar 1", "Draft waits for signing", "Waits for plan", "After the first session"],
        ),
        (
            PLANNED,
            ["Eligible since Mar 1", "Version 1, signed Mar 2", "No visit booked", "After the first session"],
        ),
        (
            replace(TREATED, next_visit_at=datetime(2026, 3, 20, 15, tzinfo=UTC)),
            ["Eligible since Mar 1", "Version 1, signed Mar 2", "3 of 6 given, next Mar 20", "After the next session"],
        ),
        (
            replace(TREATED, next_visit_at=datetime(2026, 3, 10, 15, tzinfo=UTC), check_in="Day 7 check-in due Mar 12"),
            [
                "Eligible since Mar 1",
                "Version 1, signed Mar 2",
                "3 of 6 given, next visit today",
                "Day 7 check-in due Mar 12",
            ],
        ),
        (
            replace(TREATED, eligible_until=date(2026, 3, 9), session_now=4),
            [
                "Ran out Mar 9, assess again",
                "Version 1, signed Mar 2",
                "Session 4 is under way",
                "After the next session",
            ],
        ),
    ],
)
def test_notes_say_what_was_done_or_is_waited_for(facts: rules.Facts, expected: list[str]) -> None:
    assert notes(facts) == expected


def test_more_sessions_than_this_plan_has_are_only_counted() -> None:
    facts = replace(TREATED, state="maintenance", sessions_given=9, plan_version=2, plan_session_count=6)

    assert notes(facts)[2] == "9 given, no visit booked"


def test_day_far_away_carries_its_year() -> None:
    facts = replace(ELIGIBLE, eligible_since=date(2024, 12, 18))

    assert notes(facts)[0] == "Eligible since Dec 18, 2024"


def test_course_under_review_again_after_its_assessment_ran_out_waits_for_the_prescriber() -> None:
    facts = replace(ELIGIBLE, state="under_review", eligible_until=date(2026, 3, 9))

    step = rules.rail(facts)[0]

    assert (step.state, step.note) == ("current", "Waits for the prescriber's decision")
