"""What stands around the scores: bands, scale, days, goal lines and the words of plan changes?"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from patients.instruments.catalogue import instrument
from patients.progress.charts.frame import CHARACTER, LEFT, PLAN_ROW, RIGHT, WIDTH, Frame, n
from patients.progress.charts.shapes import DAYS, Box, Input, Level, Text
from patients.progress.rules.days import day_number

TOP: Final = 16.0
PLAN_ROWS: Final = 3
GOAL_GAP: Final = 15.0
MOST_TICKS: Final = 12
STEPS_DAYS: Final = (1, 2, 7, 14, 28, 56, 91, 182, 364, 728, 1820, 3640)
SCALE_MARKS: Final = (0, 5, 10, 15, 20, 27)


def bands(frame: Frame) -> Iterator[Box]:
    """Every other band of the PHQ-9 is shaded, from the calmest up."""
    bands = instrument("phq9").bands
    for place, band in enumerate(bands):
        top = frame.y(bands[place + 1].low if place + 1 < len(bands) else band.high)
        if place % 2 == 0:
            yield Box(n(LEFT), n(top), n(RIGHT - LEFT), n(frame.y(band.low) - top))


def band_words(frame: Frame) -> Iterator[Text]:
    bands = instrument("phq9").bands
    for place, band in enumerate(bands):
        top = bands[place + 1].low if place + 1 < len(bands) else band.high
        words = band.label.replace("Moderately", "Mod.")
        yield Text(n(LEFT - 30), n(frame.y((band.low + top) / 2) + 4), words)


def ticks(given: Input, frame: Frame) -> list[date]:
    """Days a round step apart, counted from the first infusion or from the first day shown."""
    span = (frame.last - frame.first).days
    step = next((days for days in STEPS_DAYS if span / days <= MOST_TICKS), STEPS_DAYS[-1])
    origin = given.day_zero if given.axis == DAYS and given.day_zero else frame.first
    start = -((origin - frame.first).days // step)
    days = [origin + timedelta(days=step * count) for count in range(start, start + MOST_TICKS + 2)]
    return [day for day in days if frame.first <= day and frame.x(day) <= RIGHT]


def tick_words(given: Input, frame: Frame) -> Iterator[Text]:
    """The day under each line; one that would touch the one before is left out."""
    y = n(frame.dose_bottom + 38)
    year, end = given.today.year, 0.0
    for day in ticks(given, frame):
        if given.axis == DAYS and given.day_zero:
            words = f"Day {day_number(day, given.day_zero)}"
        else:
            words = f"{day:%b} {day.day}" + ("" if day.year == year else f", {day.year}")
        half = len(words) * CHARACTER / 2
        if frame.x(day) - half >= end:
            end, year = frame.x(day) + half + 4, day.year
            yield Text(n(frame.x(day)), y, words)


def levels(given: Input, frame: Frame) -> Iterator[Level]:
    """Baseline, response and remission; their words are moved apart where the lines nearly meet."""
    wanted: list[tuple[float, str]] = []
    if given.baseline is not None:
        wanted.append((float(given.baseline), f"Baseline {given.baseline}"))
    if given.response_at is not None:
        wanted.append((float(given.response_at), f"Response {given.response_at.normalize():f}"))
    if given.remission_below is not None:
        wanted.append((float(given.remission_below), f"Remission: under {given.remission_below}"))
    floor: float | None = None
    for total, words in sorted(wanted, reverse=True):
        y = frame.y(total)
        label_y = y if floor is None else max(y, floor + GOAL_GAP)
        floor = label_y
        yield Level(n(y), n(label_y + 4), words)


def plan_places(given: Input, first: date, last: date) -> tuple[int, tuple[Text, ...]]:
    """Put the words of plan changes into as few rows above the plot as they need; the rest stay in the table."""
    frame = Frame(first, last, plot_top=0)
    ends = [LEFT - 8] * PLAN_ROWS
    placed: list[Text] = []
    for day, words in sorted(given.plan_changes):
        x, length = frame.x(day), len(words) * CHARACTER
        starts = x + 5 if x + 5 + length <= WIDTH else x - 5 - length
        row = next((row for row, end in enumerate(ends) if end + 8 <= starts), None)
        if row is not None:
            ends[row] = starts + length
            placed.append(Text(n(starts), n(TOP + row * PLAN_ROW + 10), words))
    return sum(end > LEFT for end in ends), tuple(placed)
