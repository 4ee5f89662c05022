"""The states of a course and the moves between them. Source: docs/clinical/courses.md."""

from itertools import pairwise

import pytest

from patients.courses.rules import (
    ACTIVE_STATES,
    ENDED_STATES,
    STATE_LABELS,
    TRANSITIONS,
    CourseState,
    guards,
    may_move,
    next_states,
)

PATHWAY = [
    "",
    "referred",
    "intake_in_progress",
    "intake_complete",
    "under_review",
    "eligible",
    "planned",
    "induction",
    "evaluation",
    "maintenance",
    "evaluation",
    "completed",
]


@pytest.mark.parametrize(("from_state", "to_state"), list(pairwise(PATHWAY)))
def test_course_moves_along_the_pathway(from_state, to_state):
    assert may_move(from_state, to_state) == ()


@pytest.mark.parametrize(
    ("from_state", "to_state"),
    [
        ("under_review", "more_info"),
        ("more_info", "under_review"),
        ("under_review", "declined"),
        ("planned", "maintenance"),  # a transfer of care
        ("referred", "on_hold"),
        ("induction", "discontinued"),
        ("on_hold", "discontinued"),
        ("completed", "transferred"),
        ("completed", "deceased"),
        ("transferred", "deceased"),
    ],
)
def test_course_may_leave_the_pathway(from_state, to_state):
    assert may_move(from_state, to_state) == ()


@pytest.mark.parametrize(
    ("from_state", "to_state"),
    [
        ("", "planned"),
        ("referred", "eligible"),
        ("under_review", "planned"),
        ("eligible", "induction"),
        ("planned", "eligible"),
        ("induction", "maintenance"),
        ("completed", "induction"),
        ("discontinued", "planned"),
        ("declined", "on_hold"),
        ("on_hold", "on_hold"),
        ("referred", "referred"),
        ("deceased", "transferred"),
    ],
)
def test_course_refuses_every_other_move_and_says_what_is_possible(from_state, to_state):
    (reason,) = may_move(from_state, to_state)

    assert "cannot go from" in reason
    assert ("From here it may become" in reason) is bool(next_states(from_state))


def test_course_returns_from_a_hold_to_where_it_was():
    assert may_move("on_hold", "induction", held_from="induction") == ()
    assert may_move("on_hold", "discontinued", held_from="induction") == ()
    assert may_move("on_hold", "maintenance", held_from="induction") == (
        "The hold began in “Induction”: release the course to that state.",
    )


@pytest.mark.parametrize(("from_state", "to_state"), [("asleep", "planned"), ("planned", "asleep")])
def test_course_refuses_a_state_that_does_not_exist(from_state, to_state):
    assert may_move(from_state, to_state) == ("This is not a state a course can be in. Choose one from the list.",)


def test_course_states_are_active_or_ended_and_all_named():
    assert set(STATE_LABELS) == {state.value for state in CourseState}
    assert set(STATE_LABELS) == ACTIVE_STATES | ENDED_STATES
    assert not ACTIVE_STATES & ENDED_STATES


def test_course_ended_never_becomes_active_again():
    for from_state, to_state in TRANSITIONS:
        assert not (from_state in ENDED_STATES and to_state in ACTIVE_STATES)


def test_course_moves_name_who_and_what_must_be_true():
    assert all(move.who for move in TRANSITIONS.values())
    assert TRANSITIONS["under_review", "eligible"].who == ("prescriber",)
    assert "The plan is signed." in guards("eligible", "planned")
    assert guards("planned", "eligible") == ()
