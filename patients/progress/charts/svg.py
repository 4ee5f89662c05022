"""How does a drawing become markup? In one piece, because a template takes several times as long for each of its parts.

Numbers stand in attributes, colours come from classes. Everything that is filled in is escaped.
"""

import html
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from patients.progress.charts.shapes import Chart, Drawn, Text

DRAWING = """<svg class="is-{size}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="chart-title"\
 aria-describedby="chart-words">
<path class="c-band" d="{bands}" />
<path class="c-grid" d="{ticks}" />
<path class="c-goal" d="{levels}" />
<path class="c-plan" d="{plans}" />
{plan_words}
<path class="c-gap" d="{unanswered}" />
<path class="c-axis" d="{lane}" />
<path class="c-dose" d="{given}" />
<path class="c-dose next" d="{to_come}" />
<path class="c-rule" d="{rules}" />
<path class="c-now" d="{today}" />
{words}
{series}
{numbers}
<path class="c-nowflag" d="{flag}" />
<text class="c-nowtext" x="{today_x}" y="{today_y}">Today</text>
</svg>"""
SERIES = '<g class="s{}"><path class="c-l{}" d="{}" /><path class="{}" d="{}" /></g>'


@dataclass(frozen=True)
class Picture:
    """One drawing as markup; `shows` and `goals` are for its caption."""

    size: str
    markup: SafeString
    shows: str
    goals: str


def picture(chart: Chart) -> Picture:
    return Picture(chart.size, _markup(chart), chart.shows, chart.goals)


def _markup(chart: Chart) -> SafeString:
    """One drawing, described by what stands under the ids chart-title and chart-words."""
    around = (*chart.scale, *chart.level_words, *chart.band_words, *chart.lane_words, *chart.tick_words)
    return format_html(
        DRAWING,
        size=chart.size,
        width=chart.width,
        height=chart.height,
        bands=chart.bands_path,
        ticks=chart.ticks_path,
        levels=chart.levels_path,
        plans=chart.plans_path,
        plan_words=_texts("c-t m i", chart.plan_words),
        unanswered=chart.unanswered_path,
        lane=chart.lane_path,
        given=chart.given_path,
        to_come=chart.to_come_path,
        rules=chart.rules_path,
        today=chart.today_path,
        words=_texts("c-t", (*around, *chart.dose_words)),
        series=format_html_join("", SERIES, (_series(one) for one in chart.series)),
        numbers=_texts("c-n", (*chart.numbers, *chart.names)),
        flag=chart.flag_path,
        today_x=chart.today.x,
        today_y=chart.today_words_y,
    )


def _series(one: Drawn) -> tuple[str, str, str, str, str]:
    dashes, marks = (" dash", "c-h") if one.is_dashed else ("", "c-p")
    return str(one.number), dashes, "".join(f"M{line}" for line in one.lines), marks, one.marks_path


def _texts(look: str, texts: Iterable[Text]) -> SafeString:
    """Looks and places are numbers and names of ours; the words are escaped."""
    rows = (
        f'<text class="{look} {text.kind}" x="{text.x}" y="{text.y}">{html.escape(text.words)}</text>' for text in texts
    )
    return SafeString("".join(rows))
