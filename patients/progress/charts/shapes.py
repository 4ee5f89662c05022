"""What is to be drawn, and what is drawn: plain values on both sides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

DATES: Final = "dates"
DAYS: Final = "days"
AXES: Final = (DATES, DAYS)


@dataclass(frozen=True)
class Series:
    """The scores of one questionnaire; the line stops between two points when a day in `gaps` lies between them.

    `number` is 1 for the PHQ-9 (a line with discs) and 2 for the GAD-7 (dashes and diamonds).
    """

    number: int
    name: str
    points: tuple[tuple[date, int], ...]
    gaps: tuple[date, ...] = ()


@dataclass(frozen=True)
class Dose:
    """A session with the milligrams given; a planned one has none yet."""

    day: date
    number: int
    mg: Decimal | None
    is_planned: bool = False


@dataclass(frozen=True)
class Input:
    """What is to be drawn."""

    today: date
    axis: str = DATES
    day_zero: date | None = None
    series: tuple[Series, ...] = ()
    doses: tuple[Dose, ...] = ()
    plan_changes: tuple[tuple[date, str], ...] = ()
    unanswered: tuple[date, ...] = ()
    baseline: int | None = None
    response_at: Decimal | None = None
    remission_below: int | None = None


@dataclass(frozen=True)
class Text:
    """Words at a place; `kind` names the classes that tell their look: c centred, e ending here, s1 of the PHQ-9."""

    x: str
    y: str
    words: str
    kind: str = ""


@dataclass(frozen=True)
class Box:
    x: str
    y: str
    width: str
    height: str
    kind: str = ""


@dataclass(frozen=True)
class Upright:
    """A line from top to bottom."""

    x: str
    top: str
    bottom: str


@dataclass(frozen=True)
class Level:
    """A line from left to right, with what it stands for at its end."""

    y: str
    label_y: str
    words: str


@dataclass(frozen=True)
class Mark:
    x: str
    y: str
    diamond: str
    disc: str


@dataclass(frozen=True)
class Drawn:
    """One questionnaire as drawn: `number` tells the look of line and mark."""

    number: int
    is_dashed: bool
    lines: tuple[str, ...]
    marks: tuple[Mark, ...]

    @property
    def marks_path(self) -> str:
        """All marks as one outline: what the template repeats costs more than what is joined here."""
        return "".join(mark.diamond if self.is_dashed else mark.disc for mark in self.marks)


@dataclass(frozen=True)
class Chart:
    """Everything the template draws, from back to front.

    `shows` says in words how much of the time this is, when it is not all; `goals` what the dotted lines stand for.
    """

    size: str
    shows: str
    goals: str
    width: int
    height: str
    left: str
    right: str
    plot_top: str
    plot_bottom: str
    lane_bottom: str
    dose_bottom: str
    today_words_y: str
    bands: tuple[Box, ...]
    level_words: tuple[Text, ...]
    band_words: tuple[Text, ...]
    lane_words: tuple[Text, ...]
    scale: tuple[Text, ...]
    ticks: tuple[Upright, ...]
    tick_words: tuple[Text, ...]
    levels: tuple[Level, ...]
    plans: tuple[Upright, ...]
    plan_words: tuple[Text, ...]
    unanswered: tuple[Box, ...]
    doses: tuple[Box, ...]
    dose_words: tuple[Text, ...]
    series: tuple[Drawn, ...]
    numbers: tuple[Text, ...]
    names: tuple[Text, ...]
    today: Upright
    today_flag: Box

    @property
    def bands_path(self) -> str:
        return _boxes(self.bands)

    @property
    def ticks_path(self) -> str:
        return _uprights(self.ticks)

    @property
    def plans_path(self) -> str:
        return _uprights(self.plans)

    @property
    def levels_path(self) -> str:
        return "".join(self._across(level.y) for level in self.levels)

    @property
    def rules_path(self) -> str:
        return self._across(self.plot_bottom) + self._across(self.dose_bottom)

    @property
    def lane_path(self) -> str:
        return self._across(self.lane_bottom)

    @property
    def today_path(self) -> str:
        return _uprights((self.today,))

    @property
    def flag_path(self) -> str:
        return _boxes((self.today_flag,))

    @property
    def unanswered_path(self) -> str:
        return _boxes(self.unanswered)

    @property
    def given_path(self) -> str:
        return _boxes(dose for dose in self.doses if not dose.kind)

    @property
    def to_come_path(self) -> str:
        return _boxes(dose for dose in self.doses if dose.kind)

    def _across(self, y: str) -> str:
        return f"M{self.left} {y}H{self.right}"


def _boxes(boxes: Iterable[Box]) -> str:
    return "".join(f"M{box.x} {box.y}h{box.width}v{box.height}h-{box.width}z" for box in boxes)


def _uprights(lines: Iterable[Upright]) -> str:
    return "".join(f"M{line.x} {line.top}V{line.bottom}" for line in lines)
