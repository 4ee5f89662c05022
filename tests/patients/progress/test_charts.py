import itertools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from patients.progress import charts
from tests.patients.progress.made import TODAY, day

PHQ9 = charts.Series(1, "PHQ-9", ((day(-1), 21), (day(7), 17), (day(14), 13), (day(21), 9), (day(59), 4)))
GAD7 = charts.Series(2, "GAD-7", ((day(-1), 16), (day(7), 14), (day(14), 12), (day(21), 9), (day(59), 7)))
DOSES = tuple(charts.Dose(day(number), place, Decimal("40.5")) for place, number in enumerate((0, 3, 7), start=1))
USUAL = charts.Input(
    today=TODAY,
    day_zero=day(0),
    series=(PHQ9, GAD7),
    doses=DOSES,
    baseline=21,
    response_at=Decimal("10.5"),
    remission_below=5,
)


def words(texts: tuple) -> list[str]:
    return [text.words for text in texts]


def boxes(drawn: charts.Chart) -> list[tuple[str, float, float, float, float]]:
    """Where each value and name stands, as a browser would measure it at 13 px."""
    found = []
    for text in drawn.numbers:
        half = len(text.words) * 3.6
        found.append((text.words, float(text.x) - half, float(text.y) - 10, float(text.x) + half, float(text.y)))
    for text in drawn.names:
        length = len(text.words) * 7.2
        found.append((text.words, float(text.x), float(text.y) - 10, float(text.x) + length, float(text.y)))
    return found


def standing(drawn: charts.Chart) -> list[tuple[str, float, float, float, float]]:
    """The words inside the plot of a drawing without margins, at 12 px."""
    found = []
    for text in (*drawn.level_words, *drawn.band_words):
        length = len(text.words) * 7.2
        left = float(text.x) - (length if text.kind == "e" else 0)
        found.append((text.words, left, float(text.y) - 9, left + length, float(text.y) + 2))
    return found


def overlapping(drawn: charts.Chart) -> list[tuple[str, str]]:
    return [
        (first[0], second[0])
        for first, second in itertools.combinations(
            boxes(drawn) + (standing(drawn) if drawn.size == "narrow" else []), 2
        )
        if first[1] < second[3] and second[1] < first[3] and first[2] < second[4] and second[2] < first[4]
    ]


def test_points_stand_where_day_and_total_put_them() -> None:
    drawn = charts.chart(replace(USUAL, series=(charts.Series(1, "PHQ-9", ((day(0), 0), (day(60), 27))),), doses=()))

    low, high = drawn.series[0].marks

    assert low.y == drawn.plot_bottom
    assert high.y == drawn.plot_top
    assert float(low.x) < float(high.x) < float(drawn.today.x)


def test_time_is_linear_on_the_axis() -> None:
    evenly = charts.Series(1, "PHQ-9", tuple((day(number), 10) for number in (0, 10, 20, 30)))

    places = [float(mark.x) for mark in charts.chart(replace(USUAL, series=(evenly,))).series[0].marks]

    steps = [round(right - left, 0) for left, right in itertools.pairwise(places)]
    assert len(set(steps)) == 1


def test_line_joins_the_points_as_they_are() -> None:
    drawn = charts.chart(USUAL)

    for one in drawn.series:
        assert one.lines == (" ".join(f"{mark.x},{mark.y}" for mark in one.marks),)


def test_line_stops_at_a_missing_answer() -> None:
    gap = replace(PHQ9, gaps=(day(10),))

    drawn = charts.chart(replace(USUAL, series=(gap, GAD7), unanswered=(day(10), day(10))))

    lines = {one.number: len(one.lines) for one in drawn.series}
    assert lines == {1: 2, 2: 1}
    assert len(drawn.unanswered) == 1


def test_answer_on_the_day_of_a_missing_one_keeps_the_line() -> None:
    gap = replace(PHQ9, gaps=(day(7), day(-30), day(80)))

    drawn = charts.chart(replace(USUAL, series=(gap,)))

    assert len(drawn.series[0].lines) == 1


def test_single_point_between_two_gaps_is_a_mark_without_a_line() -> None:
    gap = replace(PHQ9, gaps=(day(3), day(10)))

    drawn = charts.chart(replace(USUAL, series=(gap,)))

    assert [line.count(",") for line in drawn.series[0].lines] == [3]
    assert len(drawn.series[0].marks) == 5


def test_equal_values_share_one_label_and_one_place() -> None:
    drawn = charts.chart(USUAL)

    assert "both 9" in words(drawn.numbers)
    assert words(drawn.numbers).count("9") == 0
    assert ["a4 4" in mark.disc for mark in drawn.series[1].marks] == [False, False, False, True, False]


def test_values_and_names_do_not_cover_each_other() -> None:
    drawn = charts.chart(USUAL)

    assert overlapping(drawn) == []
    assert sorted(words(drawn.names)) == ["GAD-7", "PHQ-9"]


@pytest.mark.parametrize("seed", range(6))
def test_many_scores_leave_out_labels_rather_than_cover_them(seed: int) -> None:
    def series(number: int, name: str) -> charts.Series:
        totals = ((seed * 7 + count * count * (number + 2)) % 22 for count in range(70))
        return charts.Series(number, name, tuple((day(7 * count), total) for count, total in enumerate(totals)))

    drawn = charts.chart(replace(USUAL, today=day(500), series=(series(1, "PHQ-9"), series(2, "GAD-7"))))

    assert overlapping(drawn) == []
    assert len(drawn.series[0].marks) == 70
    assert 20 < len(drawn.numbers) < 140


def test_names_of_lines_that_end_together_are_moved_apart() -> None:
    ends = (charts.Series(1, "PHQ-9", ((day(0), 4),)), charts.Series(2, "GAD-7", ((day(0), 4),)))

    drawn = charts.chart(replace(USUAL, series=ends))

    assert len(drawn.names) == 2
    assert overlapping(drawn) == []


def test_last_value_of_zero_is_still_named() -> None:
    low = (charts.Series(1, "PHQ-9", ((day(0), 10), (day(50), 0))), charts.Series(2, "GAD-7", ((day(50), 1),)))

    drawn = charts.chart(replace(USUAL, series=low))

    assert {"0", "1"} <= set(words(drawn.numbers))
    assert len(drawn.names) == 2


def test_goal_lines_say_baseline_response_and_remission() -> None:
    drawn = charts.chart(USUAL)

    assert [level.words for level in drawn.levels] == ["Baseline 21", "Response 10.5", "Remission: under 5"]
    assert [level.label_y for level in drawn.levels] == [
        f"{float(level.y) + 4:.1f}".removesuffix(".0") for level in drawn.levels
    ]


def test_goal_words_are_moved_apart_where_lines_meet() -> None:
    drawn = charts.chart(replace(USUAL, baseline=10, response_at=Decimal(5)))

    response, remission = drawn.levels[1:]
    assert response.y == remission.y
    assert float(remission.label_y) - float(response.label_y) >= 14


def test_without_baseline_only_remission_is_drawn() -> None:
    drawn = charts.chart(replace(USUAL, baseline=None, response_at=None))

    assert [level.words for level in drawn.levels] == ["Remission: under 5"]


def test_bands_of_the_phq9_are_named_and_every_other_one_is_shaded() -> None:
    drawn = charts.chart(USUAL)

    assert words(drawn.band_words) == ["Minimal", "Mild", "Moderate", "Mod. severe", "Severe"]
    assert len(drawn.bands) == 3
    assert float(drawn.bands[0].y) + float(drawn.bands[0].height) == pytest.approx(float(drawn.plot_bottom), abs=0.2)
    assert float(drawn.bands[2].y) == pytest.approx(float(drawn.plot_top), abs=0.2)


def test_days_axis_counts_from_the_first_infusion() -> None:
    drawn = charts.chart(replace(USUAL, axis=charts.DAYS))

    assert words(drawn.tick_words)[:3] == ["Day 0", "Day 7", "Day 14"]


def test_dates_axis_names_days_and_the_year_where_it_changes() -> None:
    old = charts.Series(1, "PHQ-9", ((date(2025, 6, 1), 20),))

    drawn = charts.chart(replace(USUAL, series=(old, PHQ9), doses=()))

    assert words(drawn.tick_words)[0] == "Jun 1, 2025"
    assert sum(", 20" in text for text in words(drawn.tick_words)) == 2


def test_days_axis_without_infusion_shows_dates() -> None:
    drawn = charts.chart(replace(USUAL, axis=charts.DAYS, day_zero=None, doses=()))

    assert words(drawn.tick_words)[0] == "Jan 5"


@pytest.mark.parametrize("days", [1, 20, 90, 400, 2000, 9000])
def test_ticks_stay_few_and_inside(days: int) -> None:
    long = charts.Series(1, "PHQ-9", ((TODAY - timedelta(days=days), 10),))

    drawn = charts.chart(replace(USUAL, series=(long,), doses=(), day_zero=None))

    assert 2 <= len(drawn.ticks) <= 14
    assert all(float(drawn.left) <= float(tick.x) <= float(drawn.right) for tick in drawn.ticks)


def test_doses_are_numbered_and_milligrams_stand_where_they_change() -> None:
    more = (*DOSES, charts.Dose(day(30), 4, Decimal("48.6")), charts.Dose(day(70), 5, None, is_planned=True))

    drawn = charts.chart(replace(USUAL, doses=more))

    assert words(drawn.dose_words) == ["1", "40.5 mg", "2", "3", "4", "48.6 mg", "5", "planned"]
    heights = [float(bar.height) for bar in drawn.doses]
    assert heights[0] < heights[3] == 46
    assert [bar.kind for bar in drawn.doses] == ["", "", "", "", "next"]


def test_thirty_sessions_close_together_do_not_touch() -> None:
    close = tuple(charts.Dose(day(2 * count), count + 1, Decimal(40)) for count in range(30))

    drawn = charts.chart(replace(USUAL, doses=close, series=(), today=day(60)))

    ends = [(float(bar.x), float(bar.x) + float(bar.width)) for bar in drawn.doses]
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(ends))


def test_plan_changes_get_rows_above_the_plot_and_no_words_run_together() -> None:
    changes = tuple((day(5 * count), f"Plan {count + 2}: 0.{count} mg/kg") for count in range(8))

    drawn = charts.chart(replace(USUAL, plan_changes=changes))

    assert len(drawn.plans) == 8
    rows: dict[str, list[tuple[float, float]]] = {}
    for text in drawn.plan_words:
        rows.setdefault(text.y, []).append((float(text.x), float(text.x) + 7.2 * len(text.words)))
    assert len(rows) == 3
    assert all(left[1] < right[0] for row in rows.values() for left, right in itertools.pairwise(sorted(row)))
    assert float(drawn.plot_top) > max(float(y) for y in rows)


def test_chart_without_scores_draws_the_sessions() -> None:
    drawn = charts.chart(replace(USUAL, series=()))

    assert (drawn.series, drawn.numbers, drawn.names) == ((), (), ())
    assert len(drawn.doses) == 3


def test_chart_of_one_score_today_is_drawn() -> None:
    one = charts.Series(1, "PHQ-9", ((TODAY, 12),))

    drawn = charts.chart(charts.Input(today=TODAY, series=(one,), remission_below=5))

    assert words(drawn.numbers) == ["12"]
    assert drawn.series[0].lines == ()
    assert len(drawn.tick_words) > 1


def test_gad7_alone_keeps_its_own_look() -> None:
    drawn = charts.chart(replace(USUAL, series=(GAD7,)))

    assert [(one.number, one.is_dashed) for one in drawn.series] == [(2, True)]
    assert drawn.names[0].kind == "s2"


def test_joined_outlines_hold_every_mark_bar_and_line() -> None:
    more = (*DOSES, charts.Dose(day(70), 4, None, is_planned=True))

    drawn = charts.chart(replace(USUAL, doses=more, plan_changes=((day(9), "Plan 2"),), unanswered=(day(28), day(52))))

    assert [one.marks_path.count("M") for one in drawn.series] == [5, 5]
    assert (drawn.given_path.count("M"), drawn.to_come_path.count("M")) == (3, 1)
    assert (drawn.plans_path.count("M"), drawn.unanswered_path.count("M"), drawn.bands_path.count("M")) == (1, 2, 3)
    assert drawn.ticks_path.count("V") == len(drawn.ticks)


def weekly(count: int) -> charts.Input:
    """A score and a session each week, with the first infusion on day 0."""
    totals = tuple((day(7 * week), 20 - week % 15) for week in range(count))
    doses = tuple(charts.Dose(day(7 * week), week + 1, Decimal(40)) for week in range(count))
    return replace(USUAL, today=day(7 * count), series=(charts.Series(1, "PHQ-9", totals),), doses=doses)


@pytest.mark.parametrize("paper", [charts.WIDE, charts.MIDDLE, charts.NARROW])
@pytest.mark.parametrize("weeks", [1, 6, 30, 120])
def test_every_drawing_stays_on_its_paper_and_covers_nothing(paper: charts.Paper, weeks: int) -> None:
    drawn = charts.chart(weekly(weeks), paper)

    texts = (*drawn.numbers, *drawn.tick_words, *drawn.names)
    halves = {"c": 0.5, "e": 1.0}
    for text in texts:
        share = next((halves[kind] for kind in text.kind.split() if kind in halves), 0.0)
        left = float(text.x) - share * 7.2 * len(text.words)
        assert left >= -0.1
        assert left + 7.2 * len(text.words) <= drawn.width + 0.1
    assert overlapping(drawn) == []


def test_narrow_drawing_opens_at_its_newest_weeks_and_says_so() -> None:
    drawn = charts.chart(weekly(61), charts.NARROW)

    assert drawn.shows == "The newest 12 weeks of 62; every day is in the table below."
    assert len(drawn.series[0].marks) == 12
    assert int(words(drawn.dose_words)[0]) == 50


def test_narrow_drawing_of_a_short_course_shows_all_of_it() -> None:
    drawn = charts.chart(weekly(14), charts.NARROW)

    assert drawn.shows == ""
    assert len(drawn.series[0].marks) == 14


def test_narrow_drawing_goes_back_until_there_is_something_to_see() -> None:
    silent = replace(weekly(20), today=day(7 * 40))

    drawn = charts.chart(silent, charts.NARROW)

    assert drawn.shows == "The newest 26 weeks of 41; every day is in the table below."
    assert len(drawn.series[0].marks) == 6


def test_narrow_drawing_shows_of_what_is_planned_only_the_next() -> None:
    planned = tuple(charts.Dose(day(61 + 7 * count), 4 + count, None, is_planned=True) for count in range(6))

    drawn = charts.chart(replace(USUAL, doses=(*DOSES, *planned)), charts.NARROW)

    assert words(drawn.dose_words).count("planned") == 1
    assert len(drawn.doses) == 4


def test_narrow_drawing_keeps_the_words_of_goals_and_bands_inside() -> None:
    drawn = charts.chart(USUAL, charts.NARROW)

    assert {"Baseline 21", "Severe"} <= set(words((*drawn.level_words, *drawn.band_words)))
    assert drawn.goals == "Baseline 21, Response 10.5, Remission: under 5"
    assert words(drawn.lane_words) == ["Not answered", "Session and dose, mg"]


def test_plan_change_without_room_for_its_words_is_named_short() -> None:
    changes = ((day(20), "Plan 2: from every 3 days to every 21 days; from 6 to 12 sessions"),)

    drawn = charts.chart(replace(USUAL, plan_changes=changes), charts.NARROW)

    assert words(drawn.plan_words) == ["Plan 2"]


def test_markup_holds_every_word_escaped() -> None:
    changes = ((day(20), "Plan 2: <b>&"),)

    wide, middle, narrow = charts.drawings(replace(USUAL, plan_changes=changes))

    assert [one.size for one in (wide, middle, narrow)] == ["wide", "middle", "narrow"]
    assert ">Plan 2: &lt;b&gt;&amp;</text>" in wide.markup
    assert wide.markup.count("<text") > narrow.markup.count("<text") > 10
    assert 'class="c-n c s1"' in wide.markup
