"""On how wide a paper is the chart drawn? Three drawings of the same facts; the page shows the one that fits."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from patients.progress.charts.shapes import Input

WEEK: Final = timedelta(days=7)
FEWEST_POINTS: Final = 3


@dataclass(frozen=True)
class Paper:
    """What one drawing has room for, in its own pixels.

    With margins, the words of bands, goals and lanes stand beside the plot; without, they stand inside it wherever
    nothing else does, and the chart opens at its newest weeks.
    """

    size: str
    width: int
    left: float
    right: float
    plot_height: float
    plan_rows: int
    room_for_names: float
    room_before: float
    most_ticks: int
    lane_heading: float = 0.0
    newest_weeks: tuple[int, ...] = ()

    @property
    def has_margins(self) -> bool:
        return not self.newest_weeks


WIDE: Final = Paper("wide", 1020, 112, 880, 254, 3, room_for_names=66, room_before=24, most_ticks=12)
MIDDLE: Final = Paper("middle", 720, 104, 586, 254, 3, room_for_names=62, room_before=16, most_ticks=8)
NARROW: Final = Paper(
    "narrow",
    288,
    24,
    286,
    230,
    2,
    room_for_names=46,
    room_before=10,
    most_ticks=5,
    lane_heading=18,
    newest_weeks=(12, 26, 52),
)
PAPERS: Final = (WIDE, MIDDLE, NARROW)


def newest(given: Input, paper: Paper) -> tuple[Input, str]:
    """What of the facts this paper shows, and how much that is in words; nothing is said when it is everything."""
    days = [day for series in given.series for day, _ in series.points]
    days += [dose.day for dose in given.doses if not dose.is_planned]
    weeks = (given.today - min(days, default=given.today)) // WEEK + 1
    for shown in paper.newest_weeks:
        start = given.today - shown * WEEK
        if 3 * weeks >= 4 * shown and sum(day >= start for day in days) >= FEWEST_POINTS:
            return _since(given, start), f"The newest {shown} weeks of {weeks}; every day is in the table below."
    return (_since(given, None) if paper.newest_weeks else given), ""


def _since(given: Input, start: date | None) -> Input:
    """From this day on, and of what is planned only what comes next."""
    first = start or date.min
    planned = [dose for dose in given.doses if dose.is_planned][:1]
    return replace(
        given,
        series=tuple(
            replace(series, points=tuple(point for point in series.points if point[0] >= first))
            for series in given.series
        ),
        doses=(*(dose for dose in given.doses if not dose.is_planned and dose.day >= first), *planned),
        plan_changes=tuple(change for change in given.plan_changes if change[0] >= first),
        unanswered=tuple(day for day in given.unanswered if day >= first),
    )
