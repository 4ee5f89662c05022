import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.audit.models import AccessEvent
from clinic.kit.keys import uuid7
from clinic.staff.models import User
from patients.courses.models import Course
from tests.scenarios import assessments, follow_ups, people, plans, treatments, visits
from tests.scenarios.cast import NOW, Cast

MOST_QUERIES = 12
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def course(cast: Cast) -> Course:
    """PHQ-9 18 and GAD-7 13 before three sessions, 20 to 14 days ago; the last PHQ-9 is 8."""
    course = follow_ups.treated_course(cast, now=NOW, days=(20, 17, 14))
    follow_ups.asked(cast, course, at=follow_ups.days_ago(NOW, 3))
    return course


def page_of(user: User, course: Course, query: str = "") -> str:
    client = Client()
    client.force_login(user)
    return client.get(f"/patients/{course.patient_id}/progress/{query}").content.decode()


def outlines(page: str, kind: str) -> int:
    """How many shapes of a kind the chart draws."""
    drawn = page.split('<svg class="is-wide"', 1)[1].split("</svg>", maxsplit=1)[0]
    (path,) = re.findall(rf'<path class="{kind}" d="([^"]*)"', drawn)
    return path.count("M")


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_page_tells_draws_and_lists_the_course(cast: Cast, course: Course) -> None:
    page = page_of(cast.paula, course)

    text = text_of(page)
    assert "Depression has at least halved and is mild." in text
    assert "PHQ-9 was 18 (moderately severe) on Feb 16 and 8 (mild) on Mar 7 : 56% better." in text
    assert "Three sessions given, 120 mg in all, the last on Feb 24 ." in text
    assert '<a href="#r-20260307">Mar 7</a>' in page
    assert '<tr id="r-20260307">' in page
    assert "Baseline 18" in text
    assert "Response 9" in text
    assert "Dotted lines: Baseline 18, Response 9, Remission: under 5." in text


def test_chart_has_title_description_and_a_captioned_table(cast: Cast, course: Course) -> None:
    page = page_of(cast.paula, course)

    sizes = re.findall(
        r'<svg class="is-(\w+)" viewBox="0 0 (\d+) [\d.]+" role="img" aria-labelledby="chart-title" ', page
    )
    assert sizes == [("wide", "1020"), ("middle", "720"), ("narrow", "288")]
    assert 'id="chart-title">PHQ-9 and GAD-7 with sessions and doses, February 16, 2026 to March 10, 2026</p>' in page
    assert "Every value is in the table below.</p>" in page
    assert "<caption" in page
    assert "style=" not in page
    assert [outlines(page, kind) for kind in ("c-p", "c-h", "c-dose", "c-dose next")] == [2, 1, 3, 0]


def test_check_ins_without_answer_are_ticks_and_rows(cast: Cast, course: Course) -> None:
    page = page_of(cast.paula, course)

    assert outlines(page, "c-gap") == 5  # two of the six were due on one day
    assert "24-hour check-in of session 1 not answered." in page
    assert "Six of six check-ins were not answered" in text_of(page)


def test_days_axis_counts_from_the_first_infusion(cast: Cast, course: Course) -> None:
    page = page_of(cast.paula, course, "?axis=days")

    assert ">Day 0</text>" in page
    assert '<a href="?axis=days" aria-current="true">' in page


@pytest.mark.parametrize("query", ["", "?axis=dates", "?axis=weeks", "?axis=%00", "?axis=days&axis=dates"])
def test_any_other_axis_is_dates(cast: Cast, course: Course, query: str) -> None:
    page = page_of(cast.paula, course, query)

    assert ">Day 0</text>" not in page
    assert '<a href="?axis=dates" aria-current="true">' in page


def test_prescriber_decides_and_others_read_for_whom_it_is(cast: Cast, course: Course) -> None:
    for_paula, for_nora = page_of(cast.paula, course), page_of(cast.nora, course)

    assert "For you to decide" in for_paula
    assert "Revise plan" in for_paula
    assert "For the prescriber to decide" in for_nora
    assert "Revise plan" not in for_nora


def test_plan_change_is_a_line_with_its_words(cast: Cast, course: Course) -> None:
    plans.signed_plan(
        cast, course, now=follow_ups.days_ago(NOW, 5), interval_days=7, change_reason="Response, so less often."
    )

    page = page_of(cast.paula, course)

    assert "Plan 2: every 7 days</text>" in page
    assert "Plan 2: from every 3 days to every 7 days" in page
    assert "Goals in plan 2" in page


def test_planned_visit_is_an_open_bar_and_the_newest_row(cast: Cast, course: Course) -> None:
    visits.booked_visit(cast, course, starts_at=follow_ups.days_ago(NOW, -3))

    page = page_of(cast.paula, course)

    assert outlines(page, "c-dose next") == 1
    assert "Session 4 planned" in page
    assert page.index('id="r-20260313"') < page.index('id="r-20260307"')


def test_corrected_answer_is_left_out(cast: Cast, course: Course) -> None:
    wrong = follow_ups.asked(cast, course, at=NOW - timedelta(days=1), answers=(3,) * 8 + (0,))
    follow_ups.instrument_actions.record_response(
        patient=course.patient,
        course=course,
        code="phq9",
        answers=follow_ups.PHQ9_4,
        mode="interview",
        purpose="follow_up",
        answered_at=wrong.answered_at,
        by=cast.nora,
        now=NOW,
        supersedes=wrong,
        correction_reason="Typed into the wrong line",
    )

    text = text_of(page_of(cast.paula, course))

    assert "Depression is in remission" in text
    assert "and 4 (minimal) on Mar 9" in text


def test_person_without_course_or_score_gets_an_empty_page_that_says_so(cast: Cast) -> None:
    patient = people.registered(cast)
    client = Client()
    client.force_login(cast.paula)

    text = text_of(client.get(f"/patients/{patient.pk}/progress/").content.decode())

    assert "No score is recorded yet." in text
    assert "The first PHQ-9 or GAD-7 starts the chart." in text


def test_course_without_session_shows_its_scores_and_no_baseline(cast: Cast) -> None:
    course = assessments.eligible_course(cast, now=NOW - timedelta(hours=2))

    page = page_of(cast.paula, course)

    assert "No infusion has been given yet." in text_of(page)
    assert "Days since first infusion" not in page
    assert "Baseline" not in page.split('<svg class="is-wide"', 1)[1].split("</svg>")[0]


@pytest.mark.parametrize("who", ["fran", "mika", "ada"])
def test_scores_are_not_for_everybody(cast: Cast, course: Course, who: str) -> None:
    client = Client()
    client.force_login(getattr(cast, who))

    answer = client.get(f"/patients/{course.patient_id}/progress/")

    assert answer.status_code == 403
    assert "PHQ-9" not in answer.content.decode()


def test_page_of_nobody_is_not_found(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.paula)

    assert client.get(f"/patients/{uuid7()}/progress/").status_code == 404


def test_reading_is_logged_with_the_person(cast: Cast, course: Course) -> None:
    page_of(cast.olga, course)

    seen = AccessEvent.objects.latest("occurred_at", "id")
    assert (seen.route, seen.patient_ids, seen.user_id) == ("patients:progress", [course.patient_id], cast.olga.pk)


def test_page_takes_as_many_queries_for_one_score_as_for_thirty(cast: Cast, course: Course) -> None:
    client = Client()
    client.force_login(cast.paula)
    counts = []

    for scores in (0, 30):
        for count in range(scores):
            follow_ups.asked(cast, course, at=NOW - timedelta(hours=count + 1))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/patients/{course.patient_id}/progress/").status_code == 200
        counts.append(sum(not query["sql"].startswith(NOT_COUNTED) for query in captured.captured_queries))

    assert counts[0] == counts[1] <= MOST_QUERIES


def test_infusion_that_is_running_shows_without_a_dose(cast: Cast, course: Course) -> None:
    starts_at = NOW - timedelta(minutes=50)
    session = treatments.opened_session(cast, course=course, starts_at=starts_at, now=starts_at)
    start = {"rate_ml_h": follow_ups.RATE_ML_H, "already_started": True}
    treatments.charted(cast, session, "start", start, starts_at + timedelta(minutes=20))

    page = page_of(cast.paula, course)

    assert "Session 4 is under way" in page
    assert outlines(page, "c-dose next") == 1
    assert "running" in text_of(page)
    assert "Three sessions given" in text_of(page)


def test_blank_suicide_item_is_not_shown_as_zero(cast: Cast, course: Course) -> None:
    follow_ups.asked(cast, course, at=NOW - timedelta(hours=1), answers=(*follow_ups.PHQ9_8[:8], None))

    text = text_of(page_of(cast.paula, course))

    assert "Item 9, self-harm – left blank Mar 10" in text
    assert "PHQ-9: 1 question left blank, prorated" in text
