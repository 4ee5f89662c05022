"""Check-ins after a session, over changes of clocks too. Source: docs/clinical/follow_up.md."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions.follow_up.rules import ALL_OVER_AFTER, how_late, may_record, planned_check_ins, state

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


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-5, ""),
        (0, ""),
        (1, "1 min"),
        (59, "59 min"),
        (60, "1 h"),
        (47 * 60 + 59, "47 h"),
        (48 * 60, "2 days"),
        (9 * 1440, "9 days"),
    ],
)
def test_lateness_is_said_in_the_unit_that_fits(minutes, words):
    assert how_late(STOP, STOP + timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(("hours", "expected"), [(17.99, False), (18, True), (24 * 60, True)])
def test_check_in_may_be_recorded_from_its_opening_on(hours, expected):
    first, _ = planned_check_ins(STOP, NEW_YORK)

    assert may_record(first, STOP + timedelta(hours=hours)) is expected


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("day", range(1, 366, 13))
def test_every_window_is_over_when_the_worklist_stops_looking(zone, day):
    stop = datetime(2026, 1, 1, 3, 30, tzinfo=UTC) + timedelta(days=day)

    assert all(one.closes_at < stop + ALL_OVER_AFTER for one in planned_check_ins(stop, ZoneInfo(zone)))
