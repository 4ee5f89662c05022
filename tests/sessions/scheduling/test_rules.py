"""The shape of a visit, its moves, and when a person may be said to have come or not."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.rooms.rules import Span
from sessions.scheduling import rules
from sessions.scheduling.models import VisitState

TEN = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)  # 10:00 am in New York


def test_visit_of_forty_minutes_takes_two_hours_and_the_room_twenty_minutes_more():
    patient = rules.patient_span(TEN, 40)
    room = rules.room_span(patient)

    assert patient == Span(TEN, TEN + timedelta(hours=2))
    assert room == Span(TEN - timedelta(minutes=10), TEN + timedelta(hours=2, minutes=10))
    assert room.minutes == rules.Shape(40).room_minutes


def test_visit_ends_on_the_step_of_the_calendar():
    assert rules.patient_span(TEN, 43).ends_at == TEN + timedelta(hours=2, minutes=5)


@pytest.mark.parametrize(
    ("minutes", "shape"),
    [
        (120, [("setup", 10), ("arrival", 20), ("infusion", 40), ("recovery", 60), ("turnover", 10)]),
        (100, [("setup", 10), ("arrival", 20), ("infusion", 20), ("recovery", 60), ("turnover", 10)]),
        (60, [("setup", 10), ("arrival", 20), ("recovery", 40), ("turnover", 10)]),
        (15, [("setup", 10), ("arrival", 15), ("turnover", 10)]),
    ],
)
def test_phases_fill_the_visit_exactly(minutes, shape):
    span = Span(TEN, TEN + timedelta(minutes=minutes))

    found = rules.phases(span)

    assert [(phase.code, phase.minutes) for phase in found] == shape
    assert sum(phase.minutes for phase in found) == rules.room_span(span).minutes


def test_moves_speak_of_every_state_and_no_other():
    assert set(rules.MOVES) == set(VisitState.values)
    assert set(rules.WHY_NOT) == set(VisitState.values)
    assert set().union(*rules.MOVES.values()) <= set(VisitState.values)


@pytest.mark.parametrize("from_state", VisitState.values)
@pytest.mark.parametrize("to_state", VisitState.values)
def test_moves_are_those_of_the_day(from_state, to_state):
    allowed = {
        ("scheduled", "arrived"),
        ("scheduled", "no_show"),
        ("scheduled", "cancelled"),
        ("arrived", "in_room"),
        ("arrived", "gone"),
        ("arrived", "cancelled"),
        ("in_room", "gone"),
        ("no_show", "arrived"),
    }

    refusals = rules.may_move(from_state, to_state)

    assert (refusals == ()) is ((from_state, to_state) in allowed)
    assert all(sentence.endswith(".") for sentence in refusals)


@pytest.mark.parametrize(("minutes", "may"), [(-1, False), (14, False), (15, True), (300, True)])
def test_nobody_is_missed_before_a_quarter_of_an_hour(minutes, may):
    said = rules.may_be_missed(TEN, TEN + timedelta(minutes=minutes), "America/New_York")

    assert (said == ()) is may
    assert said == () or "Wait until 10:15 am." in said[0]


@pytest.mark.parametrize(("hours", "may"), [(-12.1, False), (-12, True), (0, True), (12, True), (12.1, False)])
def test_a_person_arrives_for_the_visit_of_the_day(hours, may):
    assert (rules.may_arrive(TEN, TEN + timedelta(hours=hours)) == ()) is may


@pytest.mark.parametrize(("hours", "is_near"), [(-24, False), (-23.9, True), (2, True), (23.9, True), (24, False)])
def test_another_visit_within_a_day_is_too_close(hours, is_near):
    other = TEN + timedelta(hours=hours)

    assert rules.too_close(TEN, [other]) == (other if is_near else None)
