"""What stands around the scores: bands, scale, days, goal lines and the words of plan changes?"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from clinic.kit import written
from patients.instruments.catalogue import instrument
from patients.progress.charts.frame import CHARACTER, PLAN_ROW, Frame, Rect, n
from patients.progress.charts.paper import Paper
from patients.progress.charts.shapes import DAYS, Box, Input, Level, Text
from patients.progress.rules.days import day_number

TOP: Final = 16.0
GOAL_GAP: Final = 15.0
STEPS_DAYS: Final = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1820, 3640)
SCALE_MARKS: Final = (0, 5, 10, 15, 20, 27)


def bands(frame: Frame) -> Iterator[Box]:
    """Every other band of the PHQ-9 is shaded, from the calmest up."""
    bands = instrument("phq9").bands
    for place, band in enumerate(bands):
        top = frame.y(bands[place + 1].low if place + 1 < len(bands) else band.high)
        if place % 2 == 0:
            yield Box(n(frame.left), n(top), n(frame.right - frame.left), n(frame.y(band.low) - top))


def band_words(frame: Frame) -> Iterator[Text]:
    """The name of each band: in the margin, or inside the plot on whichever side nothing else stands."""
    bands = instrument("phq9").bands
    for place, band in enumerate(bands):
        top = bands[place + 1].low if place + 1 < len(bands) else band.high
        words = band.label.replace("Moderately", "Mod.")
        y = frame.y((band.low + top) / 2) + 4
        if frame.paper.has_margins:
            yield Text(n(frame.left - 30), n(y), words, "e")
        else:
            yield from _inside(frame, words, [y, y - 5, y + 5, y - 10, y + 10])


def _inside(frame: Frame, words: str, baselines: list[float]) -> Iterator[Text]:
    """At the right end of the plot or at its left, where nothing stands yet; else nowhere."""
    length = len(words) * CHARACTER
    for y in baselines:
        for left, kind, x in ((frame.right - length - 4, "e", frame.right - 4), (frame.left + 4, "", frame.left + 4)):
            if frame.place(Rect(left, y - 10, left + length, y + 3)):
                yield Text(n(x), n(y), words, kind)
                return


def ticks(given: Input, frame: Frame) -> list[date]:
    """Days a round step apart, counted from the first infusion or from the first day shown."""
    span = (frame.last - frame.first).days
    most = frame.paper.most_ticks
    step = next((days for days in STEPS_DAYS if span / days <= most), STEPS_DAYS[-1])
    origin = given.day_zero if given.axis == DAYS and given.day_zero else frame.first
    start = -((origin - frame.first).days // step)
    days = [origin + timedelta(days=step * count) for count in range(start, start + most + 2)]
    return [day for day in days if frame.first <= day and frame.x(day) <= frame.right]


def tick_words(given: Input, frame: Frame) -> Iterator[Text]:
    """The day under each line; one that would touch the one before is left out."""
    y = n(frame.dose_bottom + 38)
    year, end = given.today.year, 0.0
    for day in ticks(given, frame):
        if given.axis == DAYS and given.day_zero:
            words = f"Day {day_number(day, given.day_zero)}"
        else:
            words = written.short_day(day) if day.year == year else written.day(day)
        half = len(words) * CHARACTER / 2
        x = min(max(frame.x(day), half), frame.paper.width - half)
        if x - half >= end:
            end, year = x + half + 4, day.year
            yield Text(n(x), y, words, "c")


def goals(given: Input) -> list[tuple[float, str]]:
    """Baseline, response and remission with the totals they stand at, from the top down."""
    wanted: list[tuple[float, str]] = []
    if given.baseline is not None:
        wanted.append((float(given.baseline), f"Baseline {given.baseline}"))
    if given.response_at is not None:
        wanted.append((float(given.response_at), f"Response {written.number(given.response_at)}"))
    if given.remission_below is not None:
        wanted.append((float(given.remission_below), f"Remission: under {given.remission_below}"))
    return sorted(wanted, reverse=True)


def levels(given: Input, frame: Frame) -> Iterator[Level]:
    """The goal lines; beside the plot their words are moved apart where the lines nearly meet."""
    floor: float | None = None
    for total, words in goals(given):
        y = frame.y(total)
        label_y = y if floor is None else max(y, floor + GOAL_GAP)
        floor = label_y
        yield Level(n(y), n(label_y + 4), words)


def level_words(given: Input, frame: Frame) -> Iterator[Text]:
    """What each goal line stands for: in the margin, or inside the plot just above or below its line."""
    if frame.paper.has_margins:
        yield from (Text(n(frame.right + 8), level.label_y, level.words) for level in levels(given, frame))
        return
    heights = [(frame.y(total), words) for total, words in goals(given)]
    frame.taken.extend(Rect(frame.left, y - 1, frame.right, y + 1) for y, _ in heights)
    for y, words in heights:
        yield from _inside(frame, words, [y - 5, y + 12])


def lane_words(frame: Frame, today_x: float) -> Iterator[Text]:
    """What the two lanes below the plot hold: beside them, or as a heading clear of the flag of today."""
    x = n(frame.left - 8)
    if frame.paper.has_margins:
        yield Text(x, n(frame.plot_bottom + 27), "Not answered", "e")
        yield Text(x, n(frame.dose_bottom - 28), "Session", "e")
        yield Text(x, n(frame.dose_bottom - 12), "dose, mg", "e")
        return
    words = "Not answered"
    length = len(words) * CHARACTER
    is_clear = today_x - 28 > frame.left + length
    left = frame.left if is_clear else frame.right - length
    frame.taken.append(Rect(left, frame.plot_bottom, left + length, frame.plot_bottom + frame.paper.lane_heading))
    yield Text(n(frame.left if is_clear else frame.right), n(frame.plot_bottom + 15), words, "" if is_clear else "e")
    yield Text(n(frame.left), n(frame.lane_bottom + 15), "Session and dose, mg")


def plan_places(given: Input, first: date, last: date, paper: Paper) -> tuple[int, tuple[Text, ...]]:
    """Put the words of plan changes into as few rows above the plot as they need; the rest stay in the table."""
    frame = Frame(paper, first, last, plot_top=0)
    ends = [paper.left - 8] * paper.plan_rows
    placed: list[Text] = []
    for day, words in sorted(given.plan_changes):
        for said in dict.fromkeys((words, words.partition(":")[0])):
            starts = _starts(frame.x(day), len(said) * CHARACTER, paper)
            row = next((row for row, end in enumerate(ends) if end + 8 <= starts), None)
            if row is not None:
                ends[row] = starts + len(said) * CHARACTER
                placed.append(Text(n(starts), n(TOP + row * PLAN_ROW + 10), said))
                break
    return sum(end > paper.left for end in ends), tuple(placed)


def _starts(x: float, length: float, paper: Paper) -> float:
    """Right of the line, or left of it where the paper ends."""
    return x + 5 if x + 5 + length <= paper.width else x - 5 - length
