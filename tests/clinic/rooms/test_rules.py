"""Clock times, opening hours and free time, on ordinary days and on days the clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from clinic.rooms import rules
from clinic.rooms.rules import Span

NEW_YORK, PHOENIX, LORD_HOWE, KOLKATA = "America/New_York", "America/Phoenix", "Australia/Lord_Howe", "Asia/Kolkata"


def utc(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (NEW_YORK, date(2026, 3, 7), 24),
        (NEW_YORK, date(2026, 3, 8), 23),
        (NEW_YORK, date(2026, 3, 9), 24),
        (NEW_YORK, date(2026, 10, 31), 24),
        (NEW_YORK, date(2026, 11, 1), 25),
        (NEW_YORK, date(2026, 11, 2), 24),
        (NEW_YORK, date(2028, 2, 29), 24),
        (NEW_YORK, date(2026, 12, 31), 24),
        (PHOENIX, date(2026, 3, 8), 24),
        (PHOENIX, date(2026, 11, 1), 24),
        (LORD_HOWE, date(2026, 4, 5), 24.5),
        (LORD_HOWE, date(2026, 10, 4), 23.5),
        (KOLKATA, date(2026, 3, 29), 24),
        ("Pacific/Apia", date(2011, 12, 29), 24),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # the clocks skipped midnight itself
    ],
)
def test_whole_day_is_as_long_as_the_clocks_make_it(zone, day, hours):
    assert rules.whole_day(day, zone).minutes == hours * 60


@pytest.mark.parametrize("zone", [NEW_YORK, PHOENIX, LORD_HOWE, KOLKATA])
@pytest.mark.parametrize(
    "day", [date(2026, 3, 7), date(2026, 3, 8), date(2026, 4, 5), date(2026, 10, 4), date(2026, 11, 1)]
)
def test_opening_hours_are_wall_time_on_every_day(zone, day):
    hours = rules.opening_hours(day, zone)

    assert rules.clock(hours.starts_at, zone) == "8:00 am"
    assert rules.clock(hours.ends_at, zone) == "6:00 pm"
    assert hours.minutes == 600


@pytest.mark.parametrize(
    ("zone", "day", "at", "found"),
    [
        (NEW_YORK, date(2026, 3, 10), time(10, 0), (utc(10, 14),)),
        (NEW_YORK, date(2026, 3, 8), time(1, 59), (utc(8, 6, 59),)),
        (NEW_YORK, date(2026, 3, 8), time(2, 0), ()),
        (NEW_YORK, date(2026, 3, 8), time(2, 59), ()),
        (NEW_YORK, date(2026, 3, 8), time(3, 0), (utc(8, 7),)),
        (NEW_YORK, date(2026, 11, 1), time(1, 30), (utc(1, 5, 30, 11), utc(1, 6, 30, 11))),
        (NEW_YORK, date(2026, 11, 1), time(2, 0), (utc(1, 7, 0, 11),)),
        (PHOENIX, date(2026, 3, 8), time(2, 30), (utc(8, 9, 30),)),
        (LORD_HOWE, date(2026, 10, 4), time(2, 15), ()),
        (LORD_HOWE, date(2026, 4, 5), time(1, 45), (utc(4, 14, 45, 4), utc(4, 15, 15, 4))),
        (KOLKATA, date(2026, 3, 10), time(10, 0), (utc(10, 4, 30),)),
    ],
)
def test_moments_of_a_clock_time_are_none_one_or_two(zone, day, at, found):
    assert rules.moments(day, at, zone) == found


def test_first_moment_of_a_skipped_time_is_when_the_clocks_moved_on():
    assert rules.first_moment(date(2026, 3, 8), time(2, 30), NEW_YORK) == utc(8, 7)


def test_spans_that_touch_do_not_overlap():
    first, second = Span(utc(10, 10), utc(10, 12)), Span(utc(10, 12), utc(10, 14))

    assert not first.overlaps(second)
    assert not second.overlaps(first)
    assert Span(utc(10, 11, 59), utc(10, 13)).overlaps(first)


@pytest.mark.parametrize(
    ("span", "days"),
    [
        (Span(utc(10, 14), utc(10, 16)), (date(2026, 3, 10),)),
        (Span(utc(11, 3), utc(11, 5)), (date(2026, 3, 10), date(2026, 3, 11))),
        (Span(utc(11, 2), utc(11, 4)), (date(2026, 3, 10),)),  # ends at midnight, which belongs to the next day
    ],
)
def test_days_touched_are_those_of_the_site(span, days):
    assert rules.days_touched(span, NEW_YORK) == days


@pytest.mark.parametrize(
    ("taken", "found"),
    [
        ([], utc(10, 10)),
        ([Span(utc(10, 8), utc(10, 10))], utc(10, 10)),
        ([Span(utc(10, 9), utc(10, 10, 2))], utc(10, 10, 5)),
        ([Span(utc(10, 10), utc(10, 12)), Span(utc(10, 12, 30), utc(10, 14))], utc(10, 14)),
        ([Span(utc(10, 12, 30), utc(10, 14)), Span(utc(10, 10), utc(10, 10, 30))], utc(10, 10, 30)),
        ([Span(utc(10, 11), utc(10, 17))], None),
    ],
)
def test_first_free_is_the_next_gap_that_is_long_enough(taken, found):
    wanted = Span(utc(10, 10), utc(10, 12))

    free = rules.first_free(wanted, taken, until=utc(10, 18))

    assert (free.starts_at if free else None) == found


def test_most_at_once_counts_what_runs_together_inside():
    spans = [Span(utc(10, 9), utc(10, 11)), Span(utc(10, 10), utc(10, 12)), Span(utc(10, 11), utc(10, 13))]

    count, when = rules.most_at_once(spans, Span(utc(10, 10, 30), utc(10, 14)))

    assert count == 2
    assert when == Span(utc(10, 10, 30), utc(10, 11))
    assert rules.most_at_once(spans, Span(utc(10, 13), utc(10, 14)))[0] == 0


@pytest.mark.parametrize(("minute", "second", "up", "down"), [(0, 0, 0, 0), (1, 0, 5, 0), (5, 0, 5, 5), (4, 59, 5, 0)])
def test_rounding_keeps_to_the_step(minute, second, up, down):
    moment = utc(10, 10, minute) + timedelta(seconds=second)

    assert rules.round_up(moment) == utc(10, 10, up)
    assert rules.round_down(moment) == utc(10, 10, down)


@pytest.mark.parametrize(
    ("hour", "shown"), [(4, "12:00 am"), (13, "9:00 am"), (16, "12:00 pm"), (17, "1:00 pm"), (3, "11:00 pm")]
)
def test_clock_reads_as_on_the_wall(hour, shown):
    assert rules.clock(utc(10, hour), NEW_YORK) == shown
