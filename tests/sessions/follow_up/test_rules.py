"""Check-ins after a session, over changes of clocks too. Source: docs/clinical/follow_up.md."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions.follow_up.rules import planned_check_ins, state

NEW_YORK = ZoneInfo("America/New_York")
STOP = datetime(2026, 3, 10, 14, 40, tzinfo=UTC)


def test_first_check_in_is_counted_in_hours_from_the_stop():
    first, _ = planned_check_ins(STOP, NEW_YORK)

    assert first.kind == "h24"
    assert first.opens_at == STOP + timedelta(hours=18)
    assert first.due_at == STOP + timedelta(hours=24)
    assert first.closes_at == STOP + timedelta(hours=36)


def test_second_check_in_is_day_seven_of_the_clinic():
    _, second = planned_check_ins(STOP, NEW_YORK)

    assert second.kind == "day7"
    assert second.opens_at.astimezone(NEW_YORK) == datetime(2026, 3, 17, 8, 0, tzinfo=NEW_YORK)
    assert second.due_at.astimezone(NEW_YORK) == datetime(2026, 3, 17, 20, 0, tzinfo=NEW_YORK)
    assert second.closes_at.astimezone(NEW_YORK) == datetime(2026, 3, 20, 20, 0, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    "stop",
    [
        datetime(2026, 3, 7, 20, 0, tzinfo=UTC),  # clocks go forward that night
        datetime(2026, 10, 31, 20, 0, tzinfo=UTC),  # clocks go back that night
    ],
)
def test_check_ins_keep_their_meaning_over_a_change_of_clocks(stop):
    first, second = planned_check_ins(stop, NEW_YORK)

    assert first.due_at - stop == timedelta(hours=24)
    assert second.opens_at.astimezone(NEW_YORK).hour == 8
    assert second.due_at.astimezone(NEW_YORK).hour == 20
    assert (second.opens_at.astimezone(NEW_YORK).date() - stop.astimezone(NEW_YORK).date()).days == 7


def test_day_seven_counts_from_the_local_day_of_the_stop():
    late_evening = datetime(2026, 3, 11, 2, 30, tzinfo=UTC)  # still Mar 10 in New York

    _, second = planned_check_ins(late_evening, NEW_YORK)

    assert second.opens_at.astimezone(NEW_YORK).date().isoformat() == "2026-03-17"


def test_check_ins_do_not_depend_on_the_zone_the_stop_is_given_in():
    assert planned_check_ins(STOP, NEW_YORK) == planned_check_ins(STOP.astimezone(ZoneInfo("Asia/Tokyo")), NEW_YORK)
    assert all(planned.due_at.tzinfo is UTC for planned in planned_check_ins(STOP, NEW_YORK))


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(17.9, "planned"), (18, "open"), (24, "open"), (24.1, "late"), (36, "late"), (36.1, "expired")],
)
def test_check_in_is_read_off_the_clock(hours, expected):
    first, _ = planned_check_ins(STOP, NEW_YORK)

    assert state(first, None, None, STOP + timedelta(hours=hours)) == expected


def test_check_in_that_ended_stays_ended():
    first, _ = planned_check_ins(STOP, NEW_YORK)
    long_after = STOP + timedelta(days=30)

    assert state(first, long_after, None, long_after) == "answered"
    assert state(first, None, STOP, long_after) == "cancelled"
    assert state(first, long_after, STOP, long_after) == "answered"
