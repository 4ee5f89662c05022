"""A day as rooms by time: on ordinary days, on days the clocks change, over midnight, full and empty."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from clinic.rooms.rules import Span, clock, moments, opening_hours, whole_day
from sessions.scheduling import rules
from sessions.scheduling.rules import Busy, Shape

NEW_YORK = "America/New_York"
DAY = date(2026, 3, 10)
BEFORE_ALL = datetime(2020, 1, 1, tzinfo=UTC)
USUAL = Shape(40)


def at(hour: int, minute: int = 0, day: date = DAY, zone: str = NEW_YORK) -> datetime:
    return moments(day, time(hour, minute), zone)[0]


def lane(*busy: Span, now: datetime = BEFORE_ALL, within: Span | None = None, day: date = DAY) -> list[rules.Cell]:
    hours = opening_hours(day, NEW_YORK)
    taken = [Busy(uuid4(), span) for span in busy]
    return rules.lane(within or hours, hours, taken, now=now, shape=USUAL, zone_name=NEW_YORK)


def drawn(cells: list[rules.Cell]) -> list[tuple[str, str, str]]:
    return [
        (cell.kind, clock(cell.span.starts_at, NEW_YORK), clock(cell.book_at, NEW_YORK) if cell.book_at else "")
        for cell in cells
    ]


def test_empty_room_offers_each_hour_in_which_a_visit_still_fits():
    cells = lane()

    assert [cell.columns for cell in cells] == [12] * 10
    assert [shown for _, _, shown in drawn(cells)] == [
        *("8:00 am", "9:00 am", "10:00 am", "11:00 am", "12:00 pm", "1:00 pm", "2:00 pm", "3:00 pm", "4:00 pm"),
        "",
    ]


def test_visit_stands_between_what_is_free_before_and_after_it():
    cells = lane(Span(at(10, 50), at(13, 10)))

    assert drawn(cells) == [
        ("free", "8:00 am", "8:00 am"),
        ("free", "9:00 am", ""),
        ("free", "10:00 am", ""),
        ("busy", "10:50 am", ""),
        ("free", "1:10 pm", "1:20 pm"),
        ("free", "2:00 pm", "2:00 pm"),
        ("free", "3:00 pm", "3:00 pm"),
        ("free", "4:00 pm", "4:00 pm"),
        ("free", "5:00 pm", ""),
    ]


def test_gap_offers_a_start_only_with_set_up_and_turnover_in_it():
    fits = lane(Span(at(8), at(10)), Span(at(12, 20), at(18)))
    too_short = lane(Span(at(8), at(10)), Span(at(12, 15), at(18)))

    assert [cell.book_at for cell in fits if cell.book_at] == [at(10, 10)]
    assert [cell.book_at for cell in too_short if cell.book_at] == []


def test_what_has_passed_is_not_offered():
    cells = lane(now=at(10, 42))

    assert drawn(cells)[:3] == [
        ("shut", "8:00 am", ""),
        ("free", "10:45 am", "10:45 am"),
        ("free", "11:00 am", "11:00 am"),
    ]


@pytest.mark.parametrize("now", [at(18), at(23)])
def test_day_that_is_over_offers_nothing(now):
    assert {cell.kind for cell in lane(now=now)} == {"shut"}


def test_time_outside_opening_hours_is_shut():
    cells = lane(within=Span(at(7), at(19)))

    assert drawn(cells)[0] == ("shut", "7:00 am", "")
    assert drawn(cells)[-1] == ("shut", "6:00 pm", "")


def test_cells_fill_the_frame_whatever_is_booked():
    within = rules.frame(DAY, NEW_YORK, [])
    for busy in ([], [Span(at(7), at(9))], [Span(at(9, 2), at(10, 58))], [Span(at(17), at(23))], [Span(at(8), at(18))]):
        cells = lane(*busy, within=within)

        assert sum(cell.columns for cell in cells) == within.minutes // 5
        assert cells[0].span.starts_at == within.starts_at
        assert all(left.span.ends_at == right.span.starts_at for left, right in pairwise(cells))


def test_frame_is_the_opening_hours_and_grows_with_what_is_booked():
    assert rules.frame(DAY, NEW_YORK, []) == opening_hours(DAY, NEW_YORK)
    assert rules.frame(DAY, NEW_YORK, [Span(at(6, 50), at(9))]).starts_at == at(6)
    assert rules.frame(DAY, NEW_YORK, [Span(at(17), at(20, 10))]).ends_at == at(21)


def test_frame_shows_a_visit_over_midnight_to_its_end_and_begins_the_next_day_with_the_rest():
    visit = Span(at(23), at(23) + timedelta(hours=1, minutes=40))

    assert rules.frame(DAY, NEW_YORK, [visit]).ends_at == at(23) + timedelta(hours=2)
    assert rules.frame(date(2026, 3, 11), NEW_YORK, [visit]).starts_at == whole_day(DAY, NEW_YORK).ends_at


@pytest.mark.parametrize(
    ("now", "booked", "starts", "ends"),
    [
        (at(9, 30), [], 9, 18),
        (at(12, 30), [Span(at(8, 50), at(10))], 8, 18),
        (at(16), [], 12, 18),
        (at(22), [Span(at(19, 20), at(21)), Span(at(21), at(23))], 17, 23),
        (at(7), [], 8, 18),
    ],
)
def test_hours_of_today_that_went_by_empty_leave_their_width_to_the_others(now, booked, starts, ends):
    assert rules.frame(DAY, NEW_YORK, booked, now=now) == Span(at(starts), at(ends))


def test_another_day_keeps_its_opening_hours_whatever_the_time_is():
    assert rules.frame(DAY, NEW_YORK, [], now=at(16, day=date(2026, 3, 9))) == opening_hours(DAY, NEW_YORK)


@pytest.mark.parametrize(
    ("zone", "day", "labels"),
    [
        (NEW_YORK, date(2026, 3, 8), ["12 am", "1 am", "3 am", "4 am"]),
        (NEW_YORK, date(2026, 11, 1), ["12 am", "1 am EDT", "1 am EST", "2 am"]),
        ("America/Phoenix", date(2026, 3, 8), ["12 am", "1 am", "2 am", "3 am"]),
        ("Asia/Kolkata", date(2026, 3, 8), ["12 am", "1 am", "2 am", "3 am"]),
        ("Australia/Lord_Howe", date(2026, 10, 4), ["12 am", "1 am", "2 am", "3 am"]),
    ],
)
def test_hours_on_top_are_those_of_the_clock(zone, day, labels):
    within = whole_day(day, zone)

    marks = rules.hour_marks(within, zone)

    assert [mark.label for mark in marks][:4] == labels
    assert sum(mark.columns for mark in marks) == within.minutes // 5


def test_half_an_hour_is_missing_where_the_clocks_skip_half_an_hour():
    marks = rules.hour_marks(whole_day(date(2026, 10, 4), "Australia/Lord_Howe"), "Australia/Lord_Howe")

    assert [mark.columns for mark in marks][:4] == [12, 12, 6, 12]


def test_starts_are_offered_every_quarter_of_an_hour_until_a_visit_no_longer_fits():
    hours = opening_hours(DAY, NEW_YORK)

    starts = rules.starts_in(hours, USUAL, now=BEFORE_ALL)

    assert (starts[0], starts[1], starts[-1], len(starts)) == (at(8), at(8, 15), at(16), 33)
    assert rules.starts_in(hours, USUAL, now=at(15, 50)) == [at(16)]
    assert rules.starts_in(hours, Shape(600), now=BEFORE_ALL) == []


@pytest.mark.parametrize(
    ("state", "minutes", "standing"),
    [
        ("scheduled", -10, ("open", "Expected")),
        ("scheduled", 0, ("open", "Expected")),
        ("scheduled", 5, ("due", "5 min late")),
        ("scheduled", 15, ("late", "15 min late")),
        ("scheduled", 120, ("unknown", "Not marked")),
        ("arrived", 30, ("done", "Arrived")),
        ("in_room", 30, ("now", "In room")),
        ("no_show", 30, ("skipped", "Did not come")),
    ],
)
def test_standing_says_who_is_late(state, minutes, standing):
    visit = Span(at(10), at(12))

    assert rules.standing(state, visit, at(10) + timedelta(minutes=minutes)) == standing
