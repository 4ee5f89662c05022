from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.home import rules

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
READY = rules.VisitFacts(
    state="arrived",
    starts_at=NOW,
    state_since=NOW - timedelta(minutes=5),
    session_state="",
    has_plan=True,
    consent_until=date(2027, 3, 1),
    has_forms=True,
    scale_at=NOW - timedelta(days=7),
    fasting_hours=None,
    has_ride=True,
    needs_nurse=False,
)


def signs(facts):
    return {dot.label: dot.sign for dot in rules.dots(facts, TODAY)}


@pytest.mark.parametrize(
    ("changed", "text", "sign"),
    [
        ({}, "Ready", "done"),
        ({"has_ride": False, "needs_nurse": True}, "No ride named", "late"),
        ({"needs_nurse": True}, "Needs nurse", "due"),
        ({"has_plan": False}, "Waits for order", "due"),
        ({"consent_until": TODAY, "has_forms": False}, "Waits for consent and forms", "due"),
        ({"scale_at": NOW - timedelta(days=7, seconds=1)}, "Waits for scale", "due"),
        ({"fasting_hours": 5}, "Waits for fasting", "due"),
        ({"state": "in_room"}, "Preparing", ""),
        ({"state": "in_room", "session_state": "paused"}, "Paused", "due"),
        ({"state": "in_room", "session_state": "recovery"}, "Recovery", ""),
        ({"state": "gone"}, "Gone", ""),
        ({"state": "cancelled"}, "Cancelled", ""),
    ],
)
def test_status_says_what_stands_in_the_way(changed, text, sign):
    status = rules.status(replace(READY, **changed), NOW, TODAY)

    assert (status.text, status.sign) == (text, sign)


@pytest.mark.parametrize(
    ("minutes", "text", "sign"),
    [(-1, "Expected", ""), (0, "Expected", ""), (14, "14 min late", "due"), (15, "15 min late", "late")],
)
def test_somebody_expected_is_late_after_a_quarter_of_an_hour(minutes, text, sign):
    facts = replace(READY, state="scheduled")

    status = rules.status(facts, NOW + timedelta(minutes=minutes), TODAY)

    assert (status.text, status.sign) == (text, sign)


def test_a_visit_that_is_over_asks_for_nothing():
    facts = replace(READY, state="no_show", has_ride=False, scale_at=None, fasting_hours=3)

    found = signs(facts)

    assert set(found.values()) == {"done", ""}


def test_before_arrival_a_ride_is_unknown_and_the_scale_not_yet_due():
    found = signs(replace(READY, state="scheduled", has_ride=False, scale_at=None))

    assert (found["Ride"], found["Scale"]) == ("unknown", "open")


@pytest.mark.parametrize(
    ("left_s", "state", "tone", "text", "dash"),
    [
        (96, "upcoming", "", "1:36", 16),
        (600, "upcoming", "", "10:00", 100),
        (1200, "upcoming", "", "20:00", 100),
        (-60, "due", "due", "due", 0),
        (-240, "late", "late", "+4", 0),
        (-700, "escalate", "late", "+11", 0),
    ],
)
def test_the_clock_turns_from_ring_to_diamond_to_octagon(left_s, state, tone, text, dash):
    ring = rules.ring(NOW + timedelta(seconds=left_s), state, NOW)

    assert (ring.tone, ring.text, ring.dash) == (tone, text, dash)


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (2879, "47 h"), (2880, "2 days")]
)
def test_time_is_said_in_its_largest_unit(minutes, words):
    assert rules.how_long(timedelta(minutes=minutes)) == words


def test_only_opening_hours_count_as_booked():
    opens, closes = NOW, NOW + timedelta(hours=10)
    spans = [(opens - timedelta(hours=1), opens + timedelta(minutes=30)), (closes, closes + timedelta(hours=1))]

    assert rules.booked_minutes(spans, opens, closes) == 30


@pytest.mark.parametrize(("part", "whole", "share"), [(0, 0, 0), (1, 3, 33), (2, 3, 67), (1, 2, 50)])
def test_a_share_is_rounded_to_whole_percent(part, whole, share):
    assert rules.percent(part, whole) == share


CALL = rules.Happening(NOW, is_call=True)
SEVERE = rules.Happening(NOW, is_call=False, grade=3)
MODERATE = rules.Happening(NOW, is_call=False, grade=2)
MILD = rules.Happening(NOW, is_call=False, grade=1)
BEFORE, AFTER = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("happened", "last_reading_at", "tone", "text"),
    [
        ([CALL], None, "late", "Help called 3:00 pm"),
        ([CALL], BEFORE, "late", "Help called 3:00 pm"),
        ([SEVERE], BEFORE, "late", "Severe event 3:00 pm"),
        ([SEVERE], AFTER, "due", "Watched since a severe event 3:00 pm"),
        ([MODERATE], BEFORE, "due", "Event 3:00 pm"),
        ([MODERATE, SEVERE], BEFORE, "late", "Severe event 3:00 pm"),
        ([replace(SEVERE, at=BEFORE), replace(MODERATE, at=AFTER)], NOW, "due", "Event 3:01 pm"),
    ],
)
def test_what_happened_asks_until_vitals_are_charted_after_it(happened, last_reading_at, tone, text):
    alarm = rules.alarm(happened, last_reading_at, "UTC")

    assert alarm == rules.Alarm(tone, text)


@pytest.mark.parametrize(
    ("happened", "last_reading_at"), [([], None), ([MILD], None), ([CALL], AFTER), ([MODERATE], AFTER)]
)
def test_what_was_looked_after_or_is_mild_asks_for_nobody(happened, last_reading_at):
    assert rules.alarm(happened, last_reading_at, "UTC") is None


@pytest.mark.parametrize(
    ("name", "said"), [("Ulrich Blackwood", "U. B."), ("Mia de la Cruz", "M. C."), ("Óscar", "Ó."), ("Ana Ana", "A.")]
)
def test_initials_are_those_of_the_first_and_the_last_name(name, said):
    assert rules.initials(name) == said
