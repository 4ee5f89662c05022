"""How high is the bar of each session, and where do its number and its milligrams fit?"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

from clinic.kit import written
from patients.progress.charts.frame import CHARACTER, Frame, n
from patients.progress.charts.shapes import Box, Dose, Input, Text

DOSE_HEIGHT: Final = 46.0
DOSE_WIDTH: Final = 10.0
BESIDE_NUMBER: Final = 4.0  # the numbers are bold, and two that touch read as one


def _bar_width(given: Input, frame: Frame) -> float:
    places = sorted({frame.x(dose.day) for dose in given.doses})
    nearest = min((right - left for left, right in pairwise(places)), default=DOSE_WIDTH * 2)
    return max(2.0, min(DOSE_WIDTH, nearest - 2))


def _most_mg(doses: Iterable[Dose]) -> Decimal:
    return max((dose.mg for dose in doses if dose.mg), default=Decimal(1))


def _bar_height(dose: Dose, most: Decimal) -> float:
    if dose.mg is None:
        return DOSE_HEIGHT
    return max(1.0, DOSE_HEIGHT * float(dose.mg / most))


def doses(given: Input, frame: Frame) -> Iterator[Box]:
    width, most = _bar_width(given, frame), _most_mg(given.doses)
    for dose in given.doses:
        height = _bar_height(dose, most)
        yield Box(
            n(frame.x(dose.day) - width / 2),
            n(frame.dose_bottom - height),
            n(width),
            n(height),
            "next" if dose.mg is None else "",
        )


def dose_words(given: Input, frame: Frame) -> Iterator[Text]:
    """The number of a session above its bar; beneath it the milligrams, where they change."""
    most = _most_mg(given.doses)
    number_end = mg_end = 0.0
    before: Decimal | None = None
    for dose in given.doses:
        x, number = frame.x(dose.day), str(dose.number)
        half = len(number) * CHARACTER / 2 + BESIDE_NUMBER
        if x - half >= number_end:
            number_end = x + half
            y = frame.dose_bottom - _bar_height(dose, most) - 6
            yield Text(n(x), n(y), number, "m c" if dose.mg is None else "m c b")
        words = "planned" if dose.is_planned else "" if dose.mg is None else f"{written.number(dose.mg)} mg"
        if words and (dose.mg is None or dose.mg != before) and x - DOSE_WIDTH / 2 >= mg_end:
            mg_end = x + len(words) * CHARACTER + 2
            yield Text(n(x - DOSE_WIDTH / 2), n(frame.dose_bottom + 15), words)
        before = dose.mg
