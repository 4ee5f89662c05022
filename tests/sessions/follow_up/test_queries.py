from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.courses import actions as course_actions
from sessions.administration.models import TreatmentSession
from sessions.follow_up import actions, queries
from tests.scenarios import follow_ups
from tests.scenarios.cast import Cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 24, 16, 0, tzinfo=UTC)  # noon at Ashby Street
NAMES = ("Maria", "Ana", "Bela", "Cleo")


def treated(cast: Cast, *days: int, place: int = 0) -> TreatmentSession:
    """The last of the sessions that a person had so many days before NOW."""
    details = {"given_name": NAMES[place], "preferred_name": "", "family_name": f"Number {place}"}
    course = follow_ups.treated_course(cast, now=NOW, days=days, room=place, **details)
    return course.treatment_sessions.select_related("patient", "course__site").order_by("number").last()


def kinds(rows: tuple[queries.Row, ...]) -> list[tuple[str, str]]:
    return [(row.name, row.kind) for row in rows]


def test_worklist_sorts_check_ins_by_what_they_ask_for(cast: Cast) -> None:
    treated(cast, 1, place=0)  # stopped yesterday at noon: due now
    treated(cast, 7, place=1)  # day 7 is today
    treated(cast, 9, place=2)  # day 7 was two days ago
    treated(cast, 12, place=3)  # all over

    lists = queries.worklist(cast.site.pk, NOW)

    assert kinds(lists.open) == [("Maria Number 0", "h24"), ("Ana Number 1", "day7")]
    assert kinds(lists.late) == [("Bela Number 2", "day7")]
    assert kinds(lists.expired) == [("Cleo Number 3", "day7"), ("Ana Number 1", "h24")]
    assert lists.coming == ()


def test_worklist_tells_what_is_needed_for_a_call(cast: Cast) -> None:
    session = treated(cast, 9)
    tried_at = NOW - timedelta(hours=3)
    actions.note_attempt(session=session, kind="day7", by=cast.nora, now=tried_at)
    actions.note_attempt(session=session, kind="h24", by=cast.nora, now=tried_at)

    row = queries.worklist(cast.site.pk, NOW).late[0]

    assert (row.phone, row.is_voicemail_safe) == ("(202) 555-0143", True)
    assert (row.attempts, row.last_tried_at, row.late_by) == (1, tried_at, "40 h")
    assert (row.session_number, row.label) == (1, "Day 7 check-in")
    assert row.open_tasks == 1  # the deviation that an "already started" opened


def test_worklist_shows_what_opens_within_a_day(cast: Cast) -> None:
    session = treated(cast, 1)
    before_it_opens = session.stopped_at + timedelta(hours=2)

    lists = queries.worklist(cast.site.pk, before_it_opens)

    assert kinds(lists.coming) == [("Maria Number 0", "h24")]


@pytest.mark.parametrize("end", ["answered", "cancelled"])
def test_check_in_that_has_ended_leaves_the_worklist(cast: Cast, end: str) -> None:
    session = treated(cast, 9)

    if end == "answered":
        follow_ups.answered_check_in(cast, session, kind="day7", at=NOW)
    else:
        actions.cancel_check_in(session=session, kind="day7", reason="Moved away", by=cast.nora, now=NOW)

    assert queries.worklist(cast.site.pk, NOW).late == ()


def test_nobody_who_has_died_is_called(cast: Cast) -> None:
    session = treated(cast, 9)

    course_actions.move(course=session.course, to="deceased", by=cast.paula, now=NOW, reason="Told by the family")

    lists = queries.worklist(cast.site.pk, NOW)
    assert (lists.late, lists.expired) == ((), ())


def test_worklist_of_another_site_is_empty(cast: Cast) -> None:
    session = treated(cast, 9)

    assert queries.worklist(session.pk, NOW).patient_ids == set()


def test_worklist_takes_one_query_for_one_or_four(cast: Cast) -> None:
    counts = []

    for place in range(4):
        treated(cast, 9, 7, 1, place=place)
        with CaptureQueriesContext(connection) as captured:
            queries.worklist(cast.site.pk, NOW)
        counts.append(len(captured))

    assert counts == [1, 1, 1, 1]


def test_check_in_of_another_kind_or_session_is_none(cast: Cast) -> None:
    session = treated(cast, 9)

    assert queries.check_in(session.pk, "day99", NOW) is None
    assert queries.check_in(session.patient_id, "day7", NOW) is None


def test_check_in_shows_attempts_newest_first_and_how_it_ended(cast: Cast) -> None:
    session = treated(cast, 9)
    for hours, note in ((5, "first"), (4, "second")):
        actions.note_attempt(session=session, kind="day7", by=cast.nora, now=NOW - timedelta(hours=hours), note=note)
    follow_ups.answered_check_in(cast, session, kind="day7", at=NOW, phq9=follow_ups.PHQ9_8)

    detail = queries.check_in(session.pk, "day7", NOW)

    assert detail is not None
    assert [attempt.note for attempt in detail.attempts] == ["second", "first"]
    assert detail.state == "answered"
    assert detail.ended is not None
    assert (detail.ended.mood_nrs, detail.ended.score, detail.ended.recorded_by) == (6, "8", "Nora Nolan, RN")
