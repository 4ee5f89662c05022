from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.home.queries.pages import today
from clinic.home.queries.parts import Need
from clinic.home.queries.tasks import task_list
from clinic.staff import actions as staff_actions
from clinic.staff.permissions import Role
from clinic.worklist import actions as worklist_actions
from tests.scenarios import assessments, people, treatments, visits
from tests.scenarios.cast import NOW

MOST_QUERIES = 12


def sections(page):
    return {part.anchor: part for part in page.sections}


def row_of(page, label):
    return next(group for group in page.board if group.label == label).rows[0]


@pytest.mark.django_db
@pytest.mark.parametrize("place", range(9))
def test_every_role_has_its_own_page_on_an_empty_day(client, cast, place):
    person = cast.everybody[place]
    client.force_login(person)

    response = client.get(reverse("clinic:home"))

    assert response.status_code == 200
    assert response.context["page"].role == person.roles[0]
    assert "Needs you" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("place", range(9))
def test_every_page_stays_within_its_queries(client, cast, place):
    visits.arrived_visit(cast, treatments.planned_course(cast))
    client.force_login(cast.everybody[place])
    client.get(reverse("clinic:home"))

    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("clinic:home"))

    assert len(captured) <= MOST_QUERIES


@pytest.mark.django_db
def test_nobody_without_a_role_sees_a_list(client, cast):
    cast.fran.grants.update(ended_at=NOW, ended_by=cast.ada)
    client.force_login(cast.fran)

    response = client.get(reverse("clinic:home"))

    assert "You hold no role at this site" in response.text


@pytest.mark.django_db
def test_a_visit_without_a_ride_leads_the_desk(cast):
    visits.arrived_visit(cast, treatments.planned_course(cast), has_escort=False)

    page = today(cast.fran, role="", now=visits.TODAY_AT_ELEVEN)

    row = row_of(page, "At the desk")
    assert (row.status.text, row.status.tone) == ("No ride named", "is-late")
    assert [act.label for act in row.acts] == ["Add ride"]
    assert page.needs[0].text == "Mia Ordóñez has no ride home and cannot start."


@pytest.mark.django_db
def test_a_person_who_is_ready_can_be_taken_to_the_room(cast):
    visits.arrived_visit(cast, treatments.planned_course(cast))

    row = row_of(today(cast.fran, role="", now=visits.TODAY_AT_ELEVEN), "At the desk")

    assert row.status.text == "Ready"
    assert [act.label for act in row.acts] == ["To room 1"]


@pytest.mark.django_db
def test_somebody_who_is_late_is_named(cast):
    visits.booked_visit(cast, treatments.planned_course(cast))

    page = today(cast.fran, role="", now=visits.TODAY_AT_ELEVEN + timedelta(minutes=27))

    assert row_of(page, "Expected").status.text == "27 min late"
    assert page.needs[0].text == "Mia Ordóñez was due at 11:00 am and is not here."


@pytest.mark.django_db
def test_the_desk_reads_needs_nurse_and_never_why(client, cast):
    course = treatments.planned_course(cast)
    visits.arrived_visit(cast, course)
    assessments.answered(cast, course, answers=(1, 1, 1, 1, 1, 1, 1, 1, 2))

    page = today(cast.fran, role="", now=visits.TODAY_AT_ELEVEN)

    assert row_of(page, "At the desk").status.text == "Needs nurse"
    assert "suicide" not in str(page).lower()


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["nora", "mika"])
def test_a_call_for_help_comes_first_until_a_reading_follows(cast, reader):
    session = treatments.running_session(cast)
    called_at = treatments.started(session) + timedelta(minutes=2)
    treatments.charted(cast, session, "help", {}, called_at)

    during = today(getattr(cast, reader), role="", now=called_at + timedelta(minutes=1))
    treatments.charted(cast, session, "vitals", treatments.BASELINE, called_at + timedelta(minutes=2))
    after = today(getattr(cast, reader), role="", now=called_at + timedelta(minutes=3))

    assert (during.needs[0].sign, during.needs[0].text) == ("late", "Room 1, Mia Ordóñez: help called 11:22 am.")
    assert during.needs[0].url == reverse("sessions:sheet", args=[session.pk])
    assert not any("help" in need.text for need in after.needs)


@pytest.mark.django_db
def test_a_person_in_the_room_stands_on_the_wall(cast):
    session = treatments.checked_session(cast)

    page = today(cast.nora, role="", now=session.opened_at + timedelta(minutes=16))

    first = page.rooms[0]
    assert (first.plate, first.is_free, first.name) == ("1", False, "Mia Ordóñez")
    assert first.line == "Preparing since 11:00 am"


@pytest.mark.django_db
def test_an_assessment_under_review_waits_for_the_prescriber(cast):
    assessments.under_review(cast)

    page = today(cast.paula, role="", now=NOW + timedelta(hours=3))

    line = sections(page)["decide"].lines[0]
    assert (line.name, line.what, line.when) == ("Mia Ordóñez", "PHQ-9 18, nothing stands against it", "3 h")


@pytest.mark.django_db
def test_a_hard_stop_that_is_met_waits_for_the_director(cast):
    assessments.under_review(cast, met=("pregnancy",))

    page = today(cast.dirk, role="", now=NOW)

    assert page.words.startswith("1 hard stop,")
    assert page.needs[0].text == "Mia Ordóñez: Pregnancy. Only you may let it pass."


@pytest.mark.django_db
def test_a_positive_answer_is_a_task_on_the_page_of_the_nurse(cast):
    course = people.referred(cast)
    assessments.answered(cast, course, answers=(1, 1, 1, 1, 1, 1, 1, 1, 3))

    page = today(cast.nora, role="", now=NOW + timedelta(hours=5))

    line = sections(page)["tasks"].lines[0]
    assert (line.sign, line.what) == ("late", "Suicide risk to assess")
    assert page.needs[0].text.startswith("Mia Ordóñez: suicide risk to assess")


@pytest.mark.django_db
def test_a_risk_to_assess_goes_before_what_is_late_for_longer(cast):
    course = people.referred(cast)
    worklist_actions.open_task(
        kind="deviation",
        level="low",
        site=cast.site,
        patient_id=course.patient_id,
        source="entry:1",
        detail="Started before the checklist was complete.",
        by=cast.nora,
        now=NOW - timedelta(days=9),
    )
    assessments.answered(cast, course, answers=(1, 1, 1, 1, 1, 1, 1, 1, 1))

    said = [line.what for line in sections(today(cast.nora, role="", now=NOW))["tasks"].lines]
    listed = [line.task.title for line in task_list(cast.site.pk, now=NOW).open]

    assert said == listed == ["Suicide risk to assess", "Deviation to explain"]


@pytest.mark.django_db
def test_the_administrator_reads_how_full_the_rooms_are(cast):
    visits.booked_visit(cast, treatments.planned_course(cast))

    page = today(cast.ada, role="", now=NOW)

    assert [(figure.label, figure.value) for figure in page.figures][:2] == [
        ("Visits today", "1"),
        ("Rooms booked", "6"),
    ]
    assert sections(page)["use"].lines[0].what == "23 % booked"


@pytest.mark.django_db
def test_the_auditor_reads_who_was_refused(client, cast):
    client.force_login(cast.fran)
    client.get(reverse("clinic:trail"))
    client.force_login(cast.olga)

    response = client.get(reverse("clinic:home"))

    refused = sections(response.context["page"])["refused"].lines
    assert [(line.name, line.what) for line in refused] == [("Fran Feld", "asked for: Trail")]


@pytest.mark.django_db
def test_people_on_the_page_are_in_the_trail(client, cast):
    course = treatments.planned_course(cast)
    assessments.answered(cast, course, answers=(1, 1, 1, 1, 1, 1, 1, 1, 3))
    client.force_login(cast.nora)

    client.get(reverse("clinic:home"))

    assert AccessEvent.objects.latest("occurred_at").patient_ids == [course.patient_id]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", Role.NURSE), ("prescriber", Role.PRESCRIBER), ("auditor", Role.NURSE), ("\x00' OR 1=1", Role.NURSE)],
)
def test_who_holds_two_roles_chooses_between_their_pages(client, cast, asked, shown):
    staff_actions.grant_role(user=cast.nora, role=Role.PRESCRIBER, site=cast.site, by=cast.ada, now=NOW)
    client.force_login(cast.nora)

    response = client.get(reverse("clinic:home"), {"role": asked})

    assert response.context["page"].role == shown
    assert response.text.count('href="?role=') == 2


@pytest.mark.django_db
def test_a_sign_leads_to_what_fixes_it_where_the_reader_may(cast):
    visit = visits.arrived_visit(cast, treatments.planned_course(cast), has_escort=False)

    signs = {
        dot.label: dot for dot in row_of(today(cast.fran, role="", now=visits.TODAY_AT_ELEVEN), "At the desk").dots
    }

    assert signs["Ride"].url == reverse("sessions:visit-escort", args=[visit.pk])
    assert (signs["Consent"].sign, signs["Consent"].url) == ("done", "")
    assert (signs["Fasting"].sign, signs["Fasting"].url) == ("open", "")


def test_a_long_list_of_needs_is_folded_after_the_most_urgent():
    needs = [Need("late", f"Person {number} is not here.", "/", "Open") for number in range(10)]

    shown, folded = render_to_string("clinic/home/_needs.html", {"needs": needs}).split("<summary>")

    assert "Person 7" in shown
    assert "Person 8" not in shown
    assert folded.startswith("2 more need you</summary>")
    assert "Person 9" in folded


def test_a_short_list_of_needs_is_not_folded():
    needs = [Need("late", f"Person {number} is not here.", "/", "Open") for number in range(8)]

    assert "<details" not in render_to_string("clinic/home/_needs.html", {"needs": needs})
