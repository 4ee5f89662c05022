"""Where on the page does each score, session and plan change stand? Geometry from plain values; nothing is smoothed.

`svg` makes markup of what is here: numbers as attributes, colours by class. Every text is at least 12 px high where its
drawing is shown, labels that would cover each other are moved or left to the table, and equal values share one label.
"""

from datetime import date, timedelta

from patients.progress.charts import axes, doses, paper, scores, svg
from patients.progress.charts.frame import PLAN_ROW, Frame, Rect, n
from patients.progress.charts.paper import MIDDLE, NARROW, WIDE, Paper
from patients.progress.charts.shapes import AXES, DATES, DAYS, Box, Chart, Dose, Input, Series, Text, Upright
from patients.progress.charts.svg import Picture

__all__ = [
    "AXES",
    "DATES",
    "DAYS",
    "MIDDLE",
    "NARROW",
    "WIDE",
    "Chart",
    "Dose",
    "Input",
    "Paper",
    "Picture",
    "Series",
    "chart",
    "drawings",
]


def drawings(given: Input) -> tuple[svg.Picture, ...]:
    """The same facts drawn for a desk, a tablet and a phone, widest first."""
    return tuple(svg.picture(chart(given, one)) for one in paper.PAPERS)


def chart(everything: Input, on: Paper = WIDE) -> Chart:
    """Lay out scores, sessions, plan changes and what was not answered on one time axis."""
    given, shows = paper.newest(everything, on)
    first, last = _span(given)
    plan_rows, plan_places = axes.plan_places(given, first, last, on)
    frame = Frame(on, first, last, plot_top=axes.TOP + plan_rows * PLAN_ROW)
    today_x = frame.x(given.today)
    frame.taken.append(Rect(today_x - 24, frame.plot_bottom, today_x + 24, frame.plot_bottom + 24))
    today_bottom = frame.lane_bottom if any(dose.day == given.today for dose in given.doses) else frame.dose_bottom + 20
    lane_words = tuple(axes.lane_words(frame, today_x))
    drawn = tuple(scores.drawn(frame, given.series))
    names = tuple(scores.names(frame, given.series))
    numbers = tuple(scores.numbers(frame, given.series))
    return Chart(
        size=on.size,
        shows=shows,
        goals=", ".join(words for _, words in axes.goals(given)),
        width=on.width,
        height=n(frame.dose_bottom + 50),
        left=n(frame.left),
        right=n(frame.right),
        plot_top=n(frame.plot_top),
        plot_bottom=n(frame.plot_bottom),
        lane_bottom=n(frame.lane_bottom),
        dose_bottom=n(frame.dose_bottom),
        today_words_y=n(frame.plot_bottom + 17),
        bands=tuple(axes.bands(frame)),
        level_words=tuple(axes.level_words(given, frame)),
        band_words=tuple(axes.band_words(frame)),
        lane_words=lane_words,
        scale=tuple(Text(n(frame.left - 8), n(frame.y(mark) + 4), str(mark), "e") for mark in axes.SCALE_MARKS),
        ticks=tuple(
            Upright(n(frame.x(day)), n(frame.plot_top), n(frame.dose_bottom + 20)) for day in axes.ticks(given, frame)
        ),
        tick_words=tuple(axes.tick_words(given, frame)),
        levels=tuple(axes.levels(given, frame)),
        plans=tuple(
            Upright(n(frame.x(day)), n(frame.plot_top - 4), n(frame.dose_bottom + 20)) for day, _ in given.plan_changes
        ),
        plan_words=plan_places,
        unanswered=tuple(
            Box(n(frame.x(day) - 3.5), n(frame.plot_bottom + 13 + on.lane_heading), "7", "18")
            for day in sorted(set(given.unanswered))
        ),
        doses=tuple(doses.doses(given, frame)),
        dose_words=tuple(doses.dose_words(given, frame)),
        series=drawn,
        numbers=numbers,
        names=names,
        today=Upright(n(today_x), n(frame.plot_bottom), n(today_bottom)),
        today_flag=Box(n(today_x - 22), n(frame.plot_bottom + 4), "44", "18"),
    )


def _span(given: Input) -> tuple[date, date]:
    days = [given.today, *given.unanswered, *(day for day, _ in given.plan_changes)]
    days += [dose.day for dose in given.doses]
    days += [day for series in given.series for day, _ in series.points]
    first, last = min(days), max(days)
    return first, max(last, first + timedelta(days=7))
