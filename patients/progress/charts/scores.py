"""Where are the points and lines of the scores, and which values and names find room beside them?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from patients.progress.charts.frame import CHARACTER, Frame, Rect, n
from patients.progress.charts.shapes import Drawn, Mark, Series, Text

MARK: Final = 7.0
NUMBER_HEIGHT: Final = 13.0


def drawn(frame: Frame, all_series: Sequence[Series]) -> Iterator[Drawn]:
    """Lines and marks, from back to front: the first questionnaire lies on top."""
    seen = Counter(point for series in all_series for point in series.points)
    for series in sorted(all_series, key=lambda one: -one.number):
        yield Drawn(
            number=series.number,
            is_dashed=series.number > 1,
            lines=tuple(
                " ".join(f"{n(frame.x(day))},{n(frame.y(total))}" for day, total in run)
                for run in _runs(series)
                if len(run) > 1
            ),
            marks=tuple(_mark(frame, *point, is_shared=seen[point] > 1) for point in series.points),
        )


def _mark(frame: Frame, day: date, total: int, *, is_shared: bool) -> Mark:
    """A disc or a diamond; where both stand on one place, a small disc in a large diamond."""
    x, y, size = frame.x(day), frame.y(total), 9 if is_shared else 6
    frame.taken.append(Rect(x - MARK, y - MARK, x + MARK, y + MARK))
    radius = 4 if is_shared else 5.5
    diamond = f"M{n(x)} {n(y - size)}l{size} {size}-{size} {size}-{size}-{size}z"
    half = f"a{n(radius)} {n(radius)} 0 1 0"
    disc = f"M{n(x - radius)} {n(y)}{half} {n(2 * radius)} 0{half} {n(-2 * radius)} 0z"
    return Mark(n(x), n(y), diamond, disc)


def _runs(series: Series) -> Iterator[list[tuple[date, int]]]:
    """The points in order, cut wherever an answer is missing between two of them."""
    run: list[tuple[date, int]] = []
    for point in series.points:
        if run and any(run[-1][0] < gap < point[0] for gap in series.gaps):
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def names(frame: Frame, all_series: Sequence[Series]) -> Iterator[Text]:
    """The name of each line at its end; two that end together are moved apart."""
    ends = [(series.points[-1], series.number, series.name) for series in all_series if series.points]
    for (day, total), place, name in sorted(ends, key=lambda end: -end[0][1]):
        x, y = frame.x(day) + 12, frame.y(total)
        length = len(name) * CHARACTER + 4
        for shift in (0, 8, -8, 14, -14, 20, 28):
            rect = Rect(x - 3, y + shift - 6, x + length, y + shift + 7)
            if frame.place(rect):
                yield Text(n(x), n(y + shift + 4), name, f"s{place}")
                break


def numbers(frame: Frame, all_series: Sequence[Series]) -> Iterator[Text]:
    """The values beside their marks: the last and the first before the others, those that find no room left out."""
    values: dict[date, list[tuple[int, int]]] = {}
    for series in all_series:
        for day, total in series.points:
            values.setdefault(day, []).append((total, series.number))
    days = sorted(values)
    in_order = [*days[-1:], *days[:1], *reversed(days[1:-1])]
    for day in dict.fromkeys(in_order):
        yield from _numbers_of_day(frame, day, values[day])


def _numbers_of_day(frame: Frame, day: date, values: list[tuple[int, int]]) -> Iterator[Text]:
    totals = [total for total, _ in values]
    if len(values) > 1 and len(set(totals)) == 1:
        yield from _number(frame, day, totals[0], f"both {totals[0]}", "c s1", above=False)
        return
    top = max(totals)
    for total, place in sorted(values, reverse=True):
        yield from _number(frame, day, total, str(total), f"c s{place}", above=total == top)


def _number(frame: Frame, day: date, total: int, words: str, kind: str, *, above: bool) -> Iterator[Text]:
    x, y = frame.x(day), frame.y(total)
    half = len(words) * CHARACTER / 2 + 1
    for is_above in (above, not above):
        baseline = y - 11 if is_above else y + 20
        if frame.place(Rect(x - half, baseline - NUMBER_HEIGHT + 3, x + half, baseline + 1)):
            yield Text(n(x), n(baseline), words, kind)
            return
