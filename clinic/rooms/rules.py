"""When is the clinic open, when is a thing free, and what does a clock time mean on a day the clocks change?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from clinic.kit import written

OPENS: Final = time(8, 0)
CLOSES: Final = time(18, 0)
STEP_MINUTES: Final = 5
STEP: Final = timedelta(minutes=STEP_MINUTES)


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of time from a moment up to, not including, another. Two that touch do not overlap."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def holds(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


def moments(day: date, at: time, zone_name: str) -> tuple[datetime, ...]:
    """The moments at which the clocks of a zone show this time on this day.

    One on almost every day; none when the clocks skip it in spring; two when they show it twice in autumn.
    """
    zone = ZoneInfo(zone_name)
    shown = datetime.combine(day, at.replace(tzinfo=None))
    found: list[datetime] = []
    for fold in (0, 1):
        moment = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment not in found and moment.astimezone(zone).replace(tzinfo=None) == shown:
            found.append(moment)
    return tuple(found)


def first_moment(day: date, at: time, zone_name: str) -> datetime:
    """The first moment at or after a clock time: where the clocks skip it, the moment they have moved on."""
    found = moments(day, at, zone_name)
    if found:
        return found[0]
    zone = ZoneInfo(zone_name)
    skipped = datetime.combine(day, at.replace(tzinfo=None)).replace(tzinfo=zone, fold=1)
    moment = skipped.astimezone(UTC)
    before = moment.astimezone(zone).utcoffset()
    while moment.astimezone(zone).utcoffset() == before:
        moment += timedelta(minutes=1)
    return moment


def whole_day(day: date, zone_name: str) -> Span:
    """From midnight to midnight at the site: 23, 24 or 25 hours, or what its zone makes of them."""
    return Span(first_moment(day, time(0), zone_name), first_moment(day + timedelta(days=1), time(0), zone_name))


def opening_hours(day: date, zone_name: str) -> Span:
    """When the clinic is open on a day, by its own clocks."""
    return Span(first_moment(day, OPENS, zone_name), first_moment(day, CLOSES, zone_name))


def days_touched(span: Span, zone_name: str) -> tuple[date, ...]:
    """The calendar days at a site that a stretch of time touches, in order."""
    zone = ZoneInfo(zone_name)
    first = span.starts_at.astimezone(zone).date()
    last = (span.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def first_free(wanted: Span, taken: Iterable[Span], until: datetime) -> Span | None:
    """The wanted stretch, or the first of the same length after it that overlaps nothing and ends in time."""
    length = wanted.ends_at - wanted.starts_at
    candidate = wanted
    for other in sorted(taken):
        if candidate.overlaps(other):
            starts_at = round_up(other.ends_at)
            candidate = Span(starts_at, starts_at + length)
    return candidate if candidate.ends_at <= until else None


def most_at_once(spans: Sequence[Span], within: Span) -> tuple[int, Span]:
    """How many stretches run at the same time at most, and when that is first so, within another stretch."""
    inside = [span for span in spans if span.overlaps(within)]
    edges = {within.starts_at, within.ends_at}
    for span in inside:
        edges |= {max(span.starts_at, within.starts_at), min(span.ends_at, within.ends_at)}
    busiest, when = 0, within
    for start, end in pairwise(sorted(edges)):
        count = sum(1 for span in inside if span.holds(start))
        if count > busiest:
            busiest, when = count, Span(start, end)
    return busiest, when


def round_up(moment: datetime) -> datetime:
    """The same moment, or the next that lies on the step of the calendar."""
    past = timedelta(minutes=moment.minute % STEP_MINUTES, seconds=moment.second, microseconds=moment.microsecond)
    return moment + STEP - past if past else moment


def round_down(moment: datetime) -> datetime:
    """The same moment, or the last before it that lies on the step of the calendar."""
    past = timedelta(minutes=moment.minute % STEP_MINUTES, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past


def clock(moment: datetime, zone_name: str) -> str:
    """As the clock on the wall of a site shows it: 10:42 am."""
    return written.clock(moment.astimezone(ZoneInfo(zone_name)))
