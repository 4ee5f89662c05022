from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.history import actions as history_actions
from patients.progress import queries
from sessions.scheduling import actions as visit_actions
from tests.scenarios import follow_ups, people, plans, treatments, visits
from tests.scenarios.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def rail(person: queries.Person) -> list[tuple[str, str, str]]:
    return [(step.state, step.note, step.url) for step in person.rail]


def test_banner_says_who_the_person_is(cast: Cast) -> None:
    patient = people.registered(cast)

    banner = queries.person(patient.pk, user=cast.nora, now=NOW).banner

    assert (banner.name, banner.preferred_name, banner.age, banner.pronouns) == ("Maria Ordóñez", "Mia", 43, "she/her")
    assert banner.record_number == patient.record_number
    assert (banner.course_state, banner.next_line, banner.alerts) == ("", "", ())


def test_age_goes_up_on_the_birthday_of_the_clinics_calendar(cast: Cast) -> None:
    course = people.referred(cast)
    birthday = NOW.replace(month=6, day=4, hour=4, minute=0)  # midnight at Ashby Street

    before = queries.person(course.patient_id, user=cast.nora, now=birthday - timedelta(minutes=1)).banner.age
    after = queries.person(course.patient_id, user=cast.nora, now=birthday).banner.age

    assert (before, after) == (43, 44)


def test_allergies_are_listed_none_or_not_asked(cast: Cast) -> None:
    patient = people.registered(cast)
    seen = []

    def look() -> None:
        banner = queries.person(patient.pk, user=cast.fran, now=NOW).banner
        seen.append((banner.allergies_known, banner.allergies))

    look()
    history_actions.review_allergies(patient=patient, outcome="none_known", by=cast.nora, now=NOW)
    look()
    allergy = history_actions.add_allergy(patient=patient, substance="Latex", reaction="", by=cast.nora, now=NOW)
    look()
    history_actions.retract_allergy(allergy=allergy, reason="Wrong person", by=cast.nora, now=NOW)
    look()

    assert [known for known, _ in seen[:3]] == ["not asked", "none", "known"]
    assert seen[2][1] == ("Latex",)
    assert seen[3][1] == ()


def test_desk_sees_needs_nurse_and_nurses_see_the_task(cast: Cast) -> None:
    course = people.referred(cast)
    follow_ups.asked(cast, course, at=NOW, answers=follow_ups.PHQ9_RISK)

    for_desk = queries.person(course.patient_id, user=cast.fran, now=NOW).banner.alerts
    for_nurse = queries.person(course.patient_id, user=cast.nora, now=NOW).banner.alerts

    assert [(alert.text, alert.url) for alert in for_desk] == [("Needs nurse", "")]
    assert [(alert.sign, alert.text) for alert in for_nurse] == [("due", "Suicide risk to assess")]
    assert for_nurse[0].url.startswith("/tasks/")


def test_late_task_is_red_and_several_are_one_line(cast: Cast) -> None:
    course = people.referred(cast)
    for hours in (2, 1):
        follow_ups.asked(cast, course, at=NOW - timedelta(hours=hours), answers=follow_ups.PHQ9_RISK)

    alerts = queries.person(course.patient_id, user=cast.nora, now=NOW + timedelta(days=1)).banner.alerts

    assert [(alert.sign, alert.text, alert.url) for alert in alerts] == [
        ("late", "Suicide risk to assess (2)", "/tasks/")
    ]


def test_rail_of_a_new_course_leads_to_the_assessment(cast: Cast) -> None:
    course = people.referred(cast)

    person = queries.person(course.patient_id, user=cast.nora, now=NOW)

    assert person.course_id == course.pk
    assert rail(person)[0] == ("current", "To begin", f"/patients/{course.patient_id}/assessment/")
    assert [state for state, _, _ in rail(person)] == ["current", "blocked", "blocked", "open"]


def test_rail_shows_the_desk_where_but_leads_only_where_it_may_go(cast: Cast) -> None:
    plan = plans.planned_course(cast)
    visit = visits.booked_visit(cast, plan.course)

    person = queries.person(plan.patient_id, user=cast.fran, now=NOW)

    assert rail(person) == [
        ("done", "Eligible since Mar 10", ""),
        ("done", "Version 1, signed Mar 10", ""),
        ("current", "Next visit today", f"/visits/{visit.pk}/"),
        ("open", "After the first session", ""),
    ]
    assert person.banner.next_line == "Session 1, today, 11:00 am"
    assert person.banner.course_state == "Planned, plan 1"


@pytest.mark.parametrize(("minutes", "line"), [(15, "Session 1, waiting since arrival"), (25, "In room 1 now")])
def test_next_line_follows_the_person_through_the_day(cast: Cast, minutes: int, line: str) -> None:
    plan = plans.planned_course(cast)
    visit = visits.arrived_visit(cast, plan.course)
    if minutes > 20:
        visit_actions.to_room(appointment=visit, by=cast.nora, now=visit.starts_at)

    person = queries.person(plan.patient_id, user=cast.fran, now=visit.starts_at + timedelta(minutes=minutes))

    assert person.banner.next_line == line


def test_rail_leads_into_the_open_session(cast: Cast) -> None:
    session = treatments.opened_session(cast)

    step = rail(queries.person(session.patient_id, user=cast.nora, now=visits.TODAY_AT_ELEVEN))[2]

    assert step == ("current", "Session 1 is under way", f"/sessions/{session.pk}/")


@pytest.mark.parametrize(
    ("hours", "note", "state"),
    [
        (2, "24-hour check-in due Mar 11", "open"),
        (19, "24-hour check-in due today, 12:00 pm", "current"),
        (30, "24-hour check-in is late, was due today", "current"),
        (37, "Day 7 check-in due Mar 17", "open"),
        (24 * 7, "Day 7 check-in due today, 8:00 pm", "current"),
        (24 * 12, "After the next session", "open"),
    ],
)
def test_fourth_step_is_the_check_in_that_is_next(cast: Cast, hours: int, note: str, state: str) -> None:
    session = follow_ups.given_session(cast, treatments.planned_course(cast))
    now = session.stopped_at + timedelta(hours=hours)

    step = rail(queries.person(session.patient_id, user=cast.nora, now=now))[3]

    assert step[:2] == (state, note)
    kind = "h24" if hours < 37 else "day7"
    progress = f"/patients/{session.patient_id}/progress/"
    assert step[2] == (f"/sessions/{session.pk}/check-ins/{kind}/" if state == "current" else progress)


def test_visit_of_an_earlier_day_that_nobody_closed_is_not_next(cast: Cast) -> None:
    plan = plans.planned_course(cast)
    visits.booked_visit(cast, plan.course)

    person = queries.person(plan.patient_id, user=cast.fran, now=NOW + timedelta(days=1))

    assert person.banner.next_line == "No visit booked"


def test_banner_and_rail_take_three_queries(cast: Cast) -> None:
    session = follow_ups.given_session(cast, treatments.planned_course(cast))
    follow_ups.asked(cast, session.course, at=NOW + timedelta(hours=6), answers=follow_ups.PHQ9_RISK)

    with CaptureQueriesContext(connection) as captured:
        queries.person(session.patient_id, user=cast.nora, now=NOW + timedelta(days=1))

    assert len(captured) == 3


def test_session_and_visit_name_their_patient(cast: Cast) -> None:
    session = treatments.opened_session(cast)

    for named in ({"session_id": session.pk}, {"appointment_id": session.appointment_id}):
        assert queries.subject_of(**named) == queries.Subject(
            session.patient_id, session.patient_id, (session.patient_id,)
        )
    assert queries.subject_of(patient_id=session.patient_id).record_ids == (session.patient_id,)
    assert queries.subject_of(patient_id=session.pk) is None
    assert queries.subject_of() is None
