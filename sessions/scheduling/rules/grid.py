"""How is one day of a site laid out as rooms by time, and where in it could another visit begin?

Everything is counted in real minutes between moments; only the labels are clock times. So a day on which the clocks
change is as long as it is, and a visit over midnight shows on both days.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.rooms.rules import STEP, STEP_MINUTES, Span, opening_hours, round_down, round_up, whole_day
from sessions.scheduling.rules.visits import SET_UP_MINUTES, TURNOVER_MINUTES, Shape

BUSY: Final = "busy"
FREE: Final = "free"
SHUT: Final = "shut"
OFFER_EVERY: Final = timedelta(minutes=15)
FEWEST_HOURS: Final = timedelta(hours=6)


@dataclass(frozen=True)
class Busy:
    """The time that one visit takes in a room, set-up and turnover included."""

    key: UUID
    span: Span


@dataclass(frozen=True)
class Cell:
    """One field of a room's row. `book_at` is when a visit of the usual length could begin in a free one."""

    kind: str
    span: Span
    columns: int
    key: UUID | None = None
    book_at: datetime | None = None


@dataclass(frozen=True)
class HourMark:
    """One hour at the top of the day, or what of it belongs to the day."""

    label: str
    columns: int


def frame(day: date, zone_name: str, busy: Iterable[Span], *, now: datetime | None = None) -> Span:
    """From opening to closing, widened to whatever is booked, on full hours of the clock.

    A visit that begins on this day is shown to its end, past midnight too; what is left of one that began the day
    before starts at midnight. Hours of today that have gone by with nobody booked in them leave their width to the
    others, down to a few hours.
    """
    limits, hours = whole_day(day, zone_name), opening_hours(day, zone_name)
    booked = list(busy)
    start = max(limits.starts_at, round_down(min(span.starts_at for span in (hours, *booked))))
    end = round_up(max(span.ends_at for span in (hours, *booked)))
    if now is not None and limits.holds(now):
        used = min((span.starts_at for span in booked), default=now)
        start = max(start, min(round_down(min(used, now)), end - FEWEST_HOURS))
    zone = ZoneInfo(zone_name)
    while start > limits.starts_at and start.astimezone(zone).minute:
        start -= STEP
    while end.astimezone(zone).minute:
        end += STEP
    return Span(start, end)


def hour_marks(within: Span, zone_name: str) -> tuple[HourMark, ...]:
    """The hours of the clock over a stretch of a day. An hour that comes twice says which of the two it is."""
    zone = ZoneInfo(zone_name)
    shown = [moment.astimezone(zone) for moment in _steps(within)]
    starts = [
        index
        for index, moment in enumerate(shown)
        if index == 0 or not moment.minute or moment.hour != shown[index - 1].hour
    ]
    labels = [f"{shown[index]:%I %p}".lstrip("0").lower() for index in starts]
    return tuple(
        HourMark(
            label=f"{label} {shown[index]:%Z}" if labels.count(label) > 1 else label,
            columns=(end - index),
        )
        for label, (index, end) in zip(labels, pairwise([*starts, len(shown)]), strict=True)
    )


def lane(within: Span, hours: Span, busy: Sequence[Busy], *, now: datetime, shape: Shape, zone_name: str) -> list[Cell]:
    """One room's row: its visits, and between them what is free by the hour, past or outside opening hours."""
    cells: list[Cell] = []
    cursor = within.starts_at
    for taken in sorted(busy, key=lambda item: item.span):
        span = Span(max(cursor, round_down(taken.span.starts_at)), min(within.ends_at, round_down(taken.span.ends_at)))
        if span.ends_at <= span.starts_at:
            continue
        cells += _gap(Span(cursor, span.starts_at), within, hours, now=now, shape=shape, zone_name=zone_name)
        cells.append(Cell(BUSY, span, _columns(span), key=taken.key))
        cursor = span.ends_at
    cells += _gap(Span(cursor, within.ends_at), within, hours, now=now, shape=shape, zone_name=zone_name)
    return cells


def starts_in(hours: Span, shape: Shape, *, now: datetime) -> list[datetime]:
    """The times at which a visit could begin in a day's opening hours, every quarter of an hour from now on."""
    last = hours.ends_at - timedelta(minutes=shape.patient_minutes)
    count = int((last - hours.starts_at) / OFFER_EVERY) + 1 if last >= hours.starts_at else 0
    offered = (hours.starts_at + OFFER_EVERY * number for number in range(count))
    return [moment for moment in offered if moment >= now]


def _gap(gap: Span, within: Span, hours: Span, *, now: datetime, shape: Shape, zone_name: str) -> Iterator[Cell]:
    """The fields of a stretch in which a room is not booked."""
    if gap.ends_at <= gap.starts_at:
        return
    zone = ZoneInfo(zone_name)
    open_from = max(hours.starts_at, round_up(now))
    edges = {gap.starts_at, gap.ends_at}
    edges |= {moment for moment in (open_from, hours.ends_at) if gap.holds(moment)}
    edges |= {
        moment for moment in _steps(gap) if open_from <= moment < hours.ends_at and not moment.astimezone(zone).minute
    }
    for start, end in pairwise(sorted(edges)):
        piece = Span(start, end)
        if start < open_from or start >= hours.ends_at:
            yield Cell(SHUT, piece, _columns(piece))
        else:
            yield Cell(FREE, piece, _columns(piece), book_at=_first_start(piece, gap, within, hours, shape))


def _first_start(piece: Span, gap: Span, within: Span, hours: Span, shape: Shape) -> datetime | None:
    """When a visit could begin in this piece of a gap; at the edge of the day set-up and turnover may lie outside."""
    first = gap.starts_at if gap.starts_at == within.starts_at else gap.starts_at + timedelta(minutes=SET_UP_MINUTES)
    end = gap.ends_at if gap.ends_at == within.ends_at else gap.ends_at - timedelta(minutes=TURNOVER_MINUTES)
    start = max(piece.starts_at, first)
    last = min(end, hours.ends_at) - timedelta(minutes=shape.patient_minutes)
    return start if start < piece.ends_at and start <= last else None


def _steps(span: Span) -> Iterator[datetime]:
    moment = span.starts_at
    while moment < span.ends_at:
        yield moment
        moment += STEP


def _columns(span: Span) -> int:
    return span.minutes // STEP_MINUTES
