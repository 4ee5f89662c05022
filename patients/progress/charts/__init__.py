"""Where on the page does each score, session and plan change stand? Geometry from plain values; nothing is smoothed.

The template draws what is here: numbers as attributes, colours by class. Every text is at least 12 px high at full
width, labels that would cover each other are moved or left to the table, and equal values share one label.
"""

from datetime import date, timedelta

from patients.progress.charts import axes, doses, scores
from patients.progress.charts.frame import LEFT, PLAN_ROW, RIGHT, WIDTH, Frame, Rect, n
from patients.progress.charts.shapes import AXES, DATES, DAYS, Box, Chart, Dose, Input, Series, Text, Upright

__all__ = ["AXES", "DATES", "DAYS", "Chart", "Dose", "Input", "Series", "chart"]


def chart(given: Input) -> Chart:
    """Lay out scores, sessions, plan changes and what was not answered on one time axis."""
    first, last = _span(given)
    plan_rows, plan_places = axes.plan_places(given, first, last)
    frame = Frame(first, last, plot_top=axes.TOP + plan_rows * PLAN_ROW)
    today_x = frame.x(given.today)
    frame.taken.append(Rect(today_x - 24, frame.plot_bottom, today_x + 24, frame.plot_bottom + 24))
    today_bottom = frame.lane_bottom if any(dose.day == given.today for dose in given.doses) else frame.dose_bottom + 20
    drawn = tuple(scores.drawn(frame, given.series))
    names = tuple(scores.names(frame, given.series))
    return Chart(
        width=WIDTH,
        height=n(frame.dose_bottom + 50),
        left=n(LEFT),
        right=n(RIGHT),
        plot_top=n(frame.plot_top),
        plot_bottom=n(frame.plot_bottom),
        lane_bottom=n(frame.lane_bottom),
        dose_bottom=n(frame.dose_bottom),
        lane_words_y=n(frame.plot_bottom + 27),
        dose_words_y=n(frame.dose_bottom - 28),
        dose_unit_y=n(frame.dose_bottom - 12),
        today_words_y=n(frame.plot_bottom + 17),
        bands=tuple(axes.bands(frame)),
        band_words=tuple(axes.band_words(frame)),
        scale=tuple(Text(n(LEFT - 8), n(frame.y(mark) + 4), str(mark)) for mark in axes.SCALE_MARKS),
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
            Box(n(frame.x(day) - 3.5), n(frame.plot_bottom + 13), "7", "18") for day in sorted(set(given.unanswered))
        ),
        doses=tuple(doses.doses(given, frame)),
        dose_words=tuple(doses.dose_words(given, frame)),
        series=drawn,
        numbers=tuple(scores.numbers(frame, given.series)),
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
