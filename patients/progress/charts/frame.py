"""Where is a day, where is a total, and which places are taken?"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from patients.instruments.catalogue import instrument
from patients.progress.charts.paper import Paper

PLAN_ROW: Final = 18.0
LANE: Final = 40.0
DOSE_LANE: Final = 70.0
CHARACTER: Final = 7.2
UNDER_THE_RULE: Final = 22.0  # the number of a total of 0 may stand below the line


class Rect(NamedTuple):
    """A place that is taken."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass
class Frame:
    """The scales: from a day to x, from a total to y."""

    paper: Paper
    first: date
    last: date
    plot_top: float
    taken: list[Rect] = field(default_factory=list)

    def __post_init__(self) -> None:
        paper = self.paper
        self.left, self.right = paper.left, paper.right
        self.plot_bottom = self.plot_top + paper.plot_height
        self.lane_bottom = self.plot_bottom + LANE + paper.lane_heading
        self.dose_bottom = self.lane_bottom + DOSE_LANE + paper.lane_heading
        self._start = paper.left + paper.room_before
        inner = paper.right - paper.room_for_names - self._start
        self._per_day = inner / max((self.last - self.first).days, 1)
        self._per_point = paper.plot_height / instrument("phq9").maximum

    def x(self, day: date) -> float:
        return self._start + self._per_day * (day - self.first).days

    def y(self, total: float) -> float:
        return self.plot_bottom - self._per_point * total

    def place(self, rect: Rect) -> bool:
        """Take a place if it is free and inside the plot."""
        if rect.top < self.plot_top - PLAN_ROW or rect.bottom > self.plot_bottom + UNDER_THE_RULE:
            return False
        left, top, right, bottom = rect
        for other_left, other_top, other_right, other_bottom in self.taken:
            if left < other_right and other_left < right and top < other_bottom and other_top < bottom:
                return False
        self.taken.append(rect)
        return True


def n(value: float) -> str:
    """A number as SVG takes it, short and always with a point."""
    return f"{value:.1f}".removesuffix(".0")
