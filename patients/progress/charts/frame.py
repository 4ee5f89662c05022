"""Where is a day, where is a total, and which places are taken?"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from patients.instruments.catalogue import instrument

WIDTH: Final = 1020
LEFT: Final = 112.0
RIGHT: Final = 880.0
PLOT_HEIGHT: Final = 254.0
PLAN_ROW: Final = 18.0
LANE: Final = 40.0
DOSE_LANE: Final = 70.0
ROOM_FOR_NAMES: Final = 66.0
ROOM_BEFORE: Final = 24.0
CHARACTER: Final = 7.2
UNDER_THE_RULE: Final = 22.0  # the number of a total of 0 may stand below the line


class Rect(NamedTuple):
    """A place that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def hits(self, other: "Rect") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass
class Frame:
    """The scales: from a day to x, from a total to y."""

    first: date
    last: date
    plot_top: float
    taken: list[Rect] = field(default_factory=list)

    @property
    def plot_bottom(self) -> float:
        return self.plot_top + PLOT_HEIGHT

    @property
    def lane_bottom(self) -> float:
        return self.plot_bottom + LANE

    @property
    def dose_bottom(self) -> float:
        return self.lane_bottom + DOSE_LANE

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        inner = RIGHT - ROOM_FOR_NAMES - LEFT - ROOM_BEFORE
        return LEFT + ROOM_BEFORE + inner * (day - self.first).days / span

    def y(self, total: float) -> float:
        return self.plot_bottom - PLOT_HEIGHT * total / instrument("phq9").maximum

    def place(self, rect: Rect) -> bool:
        """Take a place if it is free and inside the plot."""
        if rect.top < self.plot_top - PLAN_ROW or rect.bottom > self.plot_bottom + UNDER_THE_RULE:
            return False
        if any(rect.hits(other) for other in self.taken):
            return False
        self.taken.append(rect)
        return True


def n(value: float) -> str:
    """A number as SVG takes it, short and always with a point."""
    return f"{value:.1f}".removesuffix(".0")
