"""The calendar, booking and one visit, as each role sees and uses them."""

import re
from datetime import date, timedelta
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.kit.keys import uuid7
from clinic.rooms.models import Hold, Room
from sessions.scheduling import actions, queries
from sessions.scheduling.models import Appointment
from tests.scenarios.cast import NOW
from tests.scenarios.people import referred, registered
from tests.scenarios.plans import planned_course
from tests.scenarios.visits import TODAY_AT_ELEVEN, arrived_visit, booked_visit

HOUR = timedelta(hours=1)


def words(response) -> str:
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def posted(client, route, /, *ids, **data):
    return client.post(reverse(f"sessions:{route}", args=ids), data)


def booking(**changed):
    return {"key": str(uuid7()), "day": "2026-03-12", "time": "10:00", "room": "", "nurse": "", **changed}


def another(cast, number=1):
    return referred(cast, given_name=f"Person {'abcdefghij'[number]}", phone=f"+120255501{number:02}")


def test_day_shows_each_visit_in_its_room_with_its_shape(cast, course, as_user):
    booked_visit(cast, course, room=cast.rooms[1])

    response = as_user(cast.fran).get(reverse("sessions:day"))

    page = response.context["page"]
    fields = [(line.room.label, field.columns) for line in page.lines for field in line.fields if field.card]
    assert fields == [("2", 28)]
    assert "Mia Ordóñez 11:00 am to 1:00 pm Infusion 1, no plan yet Nora Nolan, RN Expected" in words(response)
    assert "10:42 am. 0 here, 1 expected, 0 gone." in words(response)
    assert response.content.decode().count('class="cal-infusion" x="30" width="40"') == 1


def test_day_offers_free_times_to_whom_may_book_and_to_nobody_else(cast, as_user):
    offered = as_user(cast.fran).get(reverse("sessions:day"))
    shown = as_user(cast.nora).get(reverse("sessions:day"))

    link = f"{reverse('sessions:waiting')}?day=2026-03-10&time=11:00&room={cast.rooms[0].pk}"
    assert link in unescape(offered.content.decode())
    assert reverse("sessions:waiting") not in shown.content.decode()
    assert "Nobody is booked on this day" in words(shown)


def test_day_lists_what_was_called_off_apart_from_the_rooms(cast, course, as_user):
    appointment = booked_visit(cast, course)
    actions.cancel(appointment=appointment, reason="Has a cold", by=cast.fran, now=NOW)

    response = as_user(cast.fran).get(reverse("sessions:day"))

    assert response.context["page"].is_empty
    assert "Called off these hold no room any more 11:00 am to 1:00 pm Mia Ordóñez Cancelled Has a cold" in words(
        response
    )


def test_day_says_which_day_it_is_and_leads_to_the_next_ones(cast, as_user):
    response = as_user(cast.olga).get(reverse("sessions:day"), {"day": "2026-12-31"})

    assert "Thursday, December 31 2026" in words(response)
    assert 'href="?day=2026-12-30"' in response.content.decode()
    assert 'href="?day=2027-01-01"' in response.content.decode()


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "1999-12-31", "2100-01-01", "\x00", "٢٠٢٦-٠٣-١٠"])
def test_day_that_does_not_exist_is_refused_and_today_is_shown(cast, as_user, day):
    response = as_user(cast.fran).get(reverse("sessions:day"), {"day": day})

    assert response.status_code == 400
    assert "That is not a day this calendar has." in words(response)
    assert "Tuesday, March 10" in words(response)


@pytest.mark.parametrize("day", ["2000-01-01", "2099-12-31", "2026-03-08", "2026-11-01"])
def test_first_last_and_changing_days_are_shown(cast, as_user, day):
    response = as_user(cast.fran).get(reverse("sessions:day"), {"day": day})

    assert response.status_code == 200
    assert response.context["page"].minutes == 600


def test_visit_over_midnight_is_on_both_days(cast, course, as_user):
    late = TODAY_AT_ELEVEN + 12 * HOUR
    booked_visit(cast, course, starts_at=late, confirmed=["outside_hours"])
    desk = as_user(cast.fran)

    first = desk.get(reverse("sessions:day"), {"day": "2026-03-10"}).context["page"]
    second = desk.get(reverse("sessions:day"), {"day": "2026-03-11"}).context["page"]

    assert [field.columns for field in first.lines[0].fields if field.card] == [26]
    assert [field.card for field in second.lines[0].fields if field.card] == []
    assert [card.times for card in second.carried] == ["11:00 pm to 1:00 am"]
    assert second.minutes == 600


def test_day_writes_down_whose_names_it_showed(cast, course, as_user):
    booked_visit(cast, course)

    as_user(cast.fran).get(reverse("sessions:day"))

    assert AccessEvent.objects.get(route="sessions:day").patient_ids == [course.patient_id]


def test_room_out_of_use_stays_while_somebody_is_booked_in_it(cast, course, as_user):
    booked_visit(cast, course)
    Room.objects.filter(pk=cast.rooms[0].pk).update(is_active=False)

    page = as_user(cast.fran).get(reverse("sessions:day")).context["page"]

    line = page.lines[-1]
    assert line.room.label == "1"
    assert {field.kind for field in line.fields} == {"busy", "shut"}


@pytest.mark.parametrize(
    ("name", "by_person", "count"), [("day", False, 2), ("waiting", False, 2), ("book", True, 4), ("visit", True, 2)]
)
def test_pages_ask_the_same_few_questions_for_one_visit_and_for_three(cast, course, as_user, name, by_person, count):
    desk = as_user(cast.fran)
    appointment = booked_visit(cast, course)
    address = reverse(f"sessions:{name}", args=[appointment.pk if name == "visit" else course.patient_id] * by_person)
    desk.get(address)

    with CaptureQueriesContext(connection) as one:
        desk.get(address)
    for number in (1, 2):
        booked_visit(cast, another(cast, number), room=cast.rooms[number], nurse=cast.nils)
        another(cast, number + 4)
    with CaptureQueriesContext(connection) as three:
        desk.get(address)

    own = [query["sql"] for query in three if "clinic_room" in query["sql"] or "_appointment" in query["sql"]]
    assert len(one) == len(three)
    assert len(three) <= 12
    assert len(own) >= count


def test_booking_page_offers_what_is_free_for_room_nurse_and_person(cast, course, as_user):
    for number, room in enumerate(cast.rooms):
        booked_visit(cast, another(cast, number), room=room, nurse=(cast.nora, cast.nils)[number % 2])

    page = as_user(cast.fran).get(reverse("sessions:book", args=[course.patient_id])).context["page"]

    assert page.day == date(2026, 3, 10)
    assert [free.at for free in page.free][:2] == [TODAY_AT_ELEVEN + 2.5 * HOUR, TODAY_AT_ELEVEN + 2.75 * HOUR]
    assert page.free[0].rooms == cast.rooms
    assert [free.at - TODAY_AT_ELEVEN for free in page.next_free] == [21 * HOUR, 45 * HOUR, 69 * HOUR]


def test_booking_page_offers_nothing_on_a_day_that_is_full_for_the_person(cast, course, as_user):
    for number, hours in enumerate((-3, 0, 3)):
        starts_at = TODAY_AT_ELEVEN + timedelta(days=1, hours=hours)
        booked_visit(cast, course, starts_at=starts_at, room=cast.rooms[number], confirmed=["too_close"], minutes=90)

    response = as_user(cast.fran).get(reverse("sessions:book", args=[course.patient_id]), {"day": "2026-03-11"})

    assert "Nothing is free on this day." in words(response)


def test_booking_page_says_when_the_plan_wants_the_next_visit(cast, as_user):
    course = planned_course(cast).course
    booked_visit(cast, course)

    response = as_user(cast.fran).get(reverse("sessions:book", args=[course.patient_id]))

    page = response.context["page"]
    due = date(2026, 3, 10) + timedelta(days=page.interval_days)
    assert (page.has_plan, page.due_on, page.day) == (True, due, due)
    assert f"After Mar 10 the next is due on {due:%a %b} {due.day}." in words(response)


def test_booking_page_without_a_course_says_what_comes_first(cast, as_user):
    patient = registered(cast)

    response = as_user(cast.fran).get(reverse("sessions:book", args=[patient.pk]))
    refused = posted(as_user(cast.fran), "book", patient.pk, **booking())

    assert "There is no open course" in words(response)
    assert refused.status_code == 422
    assert not Appointment.objects.exists()


def test_free_time_of_the_calendar_fills_the_form(cast, course, as_user):
    response = as_user(cast.fran).get(
        reverse("sessions:book", args=[course.patient_id]),
        {"day": "2026-03-12", "time": "13:30", "room": cast.rooms[2].pk},
    )

    page = response.content.decode()
    assert 'value="2026-03-12"' in page
    assert 'value="13:30"' in page
    assert f'value="{cast.rooms[2].pk}" selected' in page


def test_address_that_makes_no_sense_counts_as_not_said(cast, course, as_user):
    response = as_user(cast.fran).get(
        reverse("sessions:book", args=[course.patient_id]), {"day": "x", "time": "99", "room": "\x00", "which": "third"}
    )

    assert response.status_code == 200
    assert response.context["page"].day == date(2026, 3, 10)


def test_booking_leads_to_the_visit(cast, course, as_user):
    response = posted(as_user(cast.fran), "book", course.patient_id, **booking(room=cast.rooms[1].pk))

    appointment = Appointment.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("sessions:visit", args=[appointment.pk])
    assert (appointment.room, appointment.nurse, appointment.booked_by) == (cast.rooms[1], cast.nils, cast.fran)
    assert appointment.starts_at.isoformat() == "2026-03-12T14:00:00+00:00"


@pytest.mark.parametrize("typed", ["10:30", "10:30 am", "10:30AM", "10:30:00"])
def test_time_is_read_as_people_type_it(cast, course, as_user, typed):
    posted(as_user(cast.fran), "book", course.patient_id, **booking(time=typed))

    assert Appointment.objects.get().starts_at.isoformat() == "2026-03-12T14:30:00+00:00"


def test_booking_form_sent_twice_books_once(cast, course, as_user):
    desk, form = as_user(cast.fran), booking()

    first = posted(desk, "book", course.patient_id, **form)
    second = posted(desk, "book", course.patient_id, **form)

    assert first["Location"] == second["Location"]
    assert Appointment.objects.count() == 1


def test_taken_room_is_said_beside_the_time_and_nothing_typed_is_lost(cast, course, as_user):
    booked_visit(cast, another(cast), starts_at=TODAY_AT_ELEVEN + 47 * HOUR)

    response = posted(
        as_user(cast.fran),
        "book",
        course.patient_id,
        **booking(room=cast.rooms[0].pk, nurse=cast.nils.pk, time="10:30"),
    )

    assert response.status_code == 422
    assert response.context["form"].errors["time"] == ["Room 1 is taken from 9:50 am to 12:10 pm. Free next: 12:20 pm."]
    assert f'value="{cast.nils.pk}" selected' in response.content.decode()
    assert 'value="10:30"' in response.content.decode()
    assert Appointment.objects.count() == 1
    assert Hold.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"time": ""}, "time", "Enter the time."),
        ({"time": "25:00"}, "time", "Type a time such as 10:30 am."),
        ({"time": "NaN"}, "time", "Type a time such as 10:30 am."),
        ({"time": "10:02"}, "time", "Choose a time on the five minutes, such as 10:05 am."),
        ({"day": "2026-02-30"}, "day", "There is no such day. Type it as month/day/year: 03/10/2026."),
        ({"day": "2026-03-09"}, "__all__", "That time has passed. Choose a time that is still ahead."),
        ({"day": "2028-03-09"}, "__all__", "That is more than a year ahead. Choose a day within the next year."),
        ({"room": "not-a-room"}, "room", "This room is not on the list any more. Choose another."),
        ({"nurse": str(uuid4())}, "nurse", "This nurse is not on the list any more. Choose another."),
        ({"key": "x"}, "key", "Reload the page and type it again."),
    ],
)
def test_booking_that_cannot_be_is_refused_in_place(cast, course, as_user, changed, field, sentence):
    response = posted(as_user(cast.fran), "book", course.patient_id, **booking(**changed))

    assert response.status_code == 422
    assert response.context["form"].errors[field] == [sentence]
    assert not Appointment.objects.exists()


def test_visit_outside_opening_hours_is_asked_about_and_booked_when_meant(cast, course, as_user):
    desk = as_user(cast.fran)
    asked = posted(desk, "book", course.patient_id, **booking(time="07:00"))

    posted(desk, "book", course.patient_id, **booking(time="07:00", outside_hours="on"))

    assert asked.status_code == 422
    assert "Yes, outside opening hours" in words(asked)
    assert Appointment.objects.get().starts_at.isoformat() == "2026-03-12T11:00:00+00:00"


def test_time_that_the_clocks_skip_is_refused(cast, course, as_user):
    with time_machine.travel(NOW - timedelta(days=5), tick=False):
        response = posted(
            as_user(cast.fran), "book", course.patient_id, **booking(day="2026-03-08", time="02:30", outside_hours="on")
        )

    assert response.context["form"].errors["time"] == [
        "The clocks skip that time on Mar 8, 2026. Choose 3:00 am or later."
    ]


@pytest.mark.parametrize(("which", "moment"), [("first", "05:30"), ("second", "06:30")])
def test_time_that_the_clocks_show_twice_is_asked_about(cast, course, as_user, which, moment):
    form = booking(day="2026-11-01", time="01:30", outside_hours="on")
    desk = as_user(cast.fran)
    asked = posted(desk, "book", course.patient_id, **form)

    posted(desk, "book", course.patient_id, **{**form, "which": which})

    assert asked.status_code == 422
    assert "The clocks show this time twice on Nov 1, 2026. Say which one is meant." in words(asked)
    assert "The first" in words(asked)
    assert Appointment.objects.get().starts_at.isoformat() == f"2026-11-01T{moment}:00+00:00"


def test_people_on_a_course_without_a_visit_are_offered_for_a_free_time(cast, course, as_user):
    waiting = planned_course(cast).course

    response = as_user(cast.fran).get(
        reverse("sessions:waiting"), {"day": "2026-03-12", "time": "10:00", "room": cast.rooms[0].pk}
    )

    rows = response.context["page"].rows
    assert [(row.patient_id, row.course_state, row.last_at) for row in rows] == [(waiting.patient_id, "Planned", None)]
    link = f"{reverse('sessions:book', args=[waiting.patient_id])}?day=2026-03-12&time=10%3A00&room={cast.rooms[0].pk}"
    assert link in unescape(response.content.decode())
    assert "Thursday, March 12, 2026 at 10:00 am in Room 1." in words(response)
    assert AccessEvent.objects.get(route="sessions:waiting").patient_ids == [waiting.patient_id]


def test_nobody_waits_who_has_a_visit_ahead(cast, as_user):
    booked_visit(cast, planned_course(cast).course)

    response = as_user(cast.fran).get(reverse("sessions:waiting"))

    assert response.context["page"].rows == ()
    assert "Nobody on a course is without a visit" in words(response)


def test_visit_shows_when_where_with_whom_and_what_happened(cast, course, as_user):
    appointment = arrived_visit(cast, course)

    with time_machine.travel(TODAY_AT_ELEVEN, tick=False):
        response = as_user(cast.fran).get(reverse("sessions:visit", args=[appointment.pk]))

    said = words(response)
    assert "Tuesday, March 10, 11:00 am Arrived" in said
    assert "When Mar 10, 2026, 11:00 am to 1:00 pm Where Room 1 Nurse Nora Nolan, RN" in said
    assert "Ride home Robin Escort, (202) 555-0123" in said
    assert "Mar 10, 2026, 10:42 am Booked Fran Feld Mar 10, 2026, 10:55 am Arrived Fran Feld" in said


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("fran", {"Cancel visit", "Left untreated", "To room 1", "Take back “Arrived”", "Book another visit"}),
        ("nora", {"Left untreated", "To room 1", "Take back “Arrived”", "Open the sheet"}),
        ("ada", {"Cancel visit", "Book another visit"}),
        ("paula", {"Open the sheet"}),
        ("olga", set()),
    ],
)
def test_visit_offers_each_role_what_it_may_do(cast, course, as_user, who, offered):
    appointment = arrived_visit(cast, course)

    with time_machine.travel(TODAY_AT_ELEVEN, tick=False):
        response = as_user(getattr(cast, who)).get(reverse("sessions:visit", args=[appointment.pk]))

    every = {
        "Cancel visit",
        "Left untreated",
        "To room 1",
        "Take back “Arrived”",
        "Open the sheet",
        "Book another visit",
    }
    assert {label for label in every if label in words(response)} == offered


@pytest.mark.parametrize(
    ("name", "state", "minutes"),
    [("visit-arrived", "arrived", -10), ("visit-no-show", "no_show", 20)],
)
def test_expected_person_is_marked_from_the_page_or_from_a_list(cast, course, as_user, name, state, minutes):
    appointment = booked_visit(cast, course)

    with time_machine.travel(TODAY_AT_ELEVEN + timedelta(minutes=minutes), tick=False):
        response = posted(as_user(cast.fran), name, appointment.pk, back="day")

    appointment.refresh_from_db()
    assert appointment.state == state
    assert response["Location"] == reverse("sessions:day")


@pytest.mark.parametrize(
    ("name", "state"), [("visit-to-room", "in_room"), ("visit-left", "gone"), ("visit-take-back", "scheduled")]
)
def test_person_who_is_here_is_moved_on(cast, course, as_user, name, state):
    appointment = arrived_visit(cast, course)

    with time_machine.travel(TODAY_AT_ELEVEN, tick=False):
        response = posted(as_user(cast.nora), name, appointment.pk, back="https://elsewhere.example")

    appointment.refresh_from_db()
    assert appointment.state == state
    assert response["Location"] == reverse("sessions:visit", args=[appointment.pk])


def test_toast_of_a_move_offers_to_undo_it(cast, course, as_user):
    appointment = booked_visit(cast, course)
    with time_machine.travel(TODAY_AT_ELEVEN, tick=False):
        desk = as_user(cast.fran)
        posted(desk, "visit-arrived", appointment.pk, back="day")
        shown = desk.get(reverse("sessions:visit", args=[appointment.pk])).content.decode()
        seen = re.search(r'name="seen" value="(\d+)"', shown)[1]

        answer = posted(desk, "visit-take-back", appointment.pk, seen=seen, back="visit")
        after = desk.get(answer["Location"]).content.decode()

    appointment.refresh_from_db()
    assert appointment.state == "scheduled"
    assert ">Undo<" in shown
    assert ">Undo<" not in after


def test_move_that_is_refused_says_so_and_changes_nothing(cast, course, as_user):
    appointment = booked_visit(cast, course)

    response = posted(as_user(cast.fran), "visit-no-show", appointment.pk)

    appointment.refresh_from_db()
    assert (response.status_code, appointment.state) == (422, "scheduled")
    assert "It is too early to say that nobody came. Wait until 11:15 am." in words(response)


def test_visit_is_cancelled_with_a_reason_and_its_page_says_it(cast, course, as_user):
    appointment = booked_visit(cast, course)
    desk = as_user(cast.fran)
    empty = posted(desk, "visit-cancel", appointment.pk, reason=" ")

    response = desk.post(reverse("sessions:visit-cancel", args=[appointment.pk]), {"reason": "Has a cold"}, follow=True)

    assert empty.status_code == 422
    assert "Why cancelled Has a cold" in words(response)
    assert queries.next_visit(course.patient_id, now=NOW) is None


def test_cancelling_what_is_over_is_refused_on_its_form(cast, course, as_user):
    appointment = arrived_visit(cast, course)
    actions.leave(appointment=appointment, by=cast.nora, now=TODAY_AT_ELEVEN)

    response = posted(as_user(cast.fran), "visit-cancel", appointment.pk, reason="Mistake")

    assert response.status_code == 422
    assert "This person has already gone." in words(response)


def test_ride_is_offered_as_usual_and_named_for_this_visit(cast, course, as_user):
    appointment = booked_visit(cast, course)
    desk = as_user(cast.fran)
    form = desk.get(reverse("sessions:visit-escort", args=[appointment.pk])).context["form"]

    posted(desk, "visit-escort", appointment.pk, name="Robin Ride", phone="(202) 555-0123")

    appointment.refresh_from_db()
    assert form["name"].value() == "Luis Ordóñez"
    assert (appointment.escort_name, appointment.escort_phone) == ("Robin Ride", "+1 202-555-0123")


@pytest.mark.parametrize("phone", ["", "12", "call me", "\x00"])
def test_ride_without_a_number_that_rings_is_refused(cast, course, as_user, phone):
    appointment = booked_visit(cast, course)

    response = posted(as_user(cast.fran), "visit-escort", appointment.pk, name="Robin Ride", phone=phone)

    appointment.refresh_from_db()
    assert response.status_code == 422
    assert "phone" in response.context["form"].errors
    assert appointment.escort_name == ""


def test_ride_for_a_visit_that_is_over_is_refused(cast, course, as_user):
    appointment = arrived_visit(cast, course)
    actions.leave(appointment=appointment, by=cast.nora, now=TODAY_AT_ELEVEN)

    response = posted(as_user(cast.fran), "visit-escort", appointment.pk, name="Robin Ride", phone="(202) 555-0123")

    assert response.status_code == 422
    assert "This person has already gone." in words(response)


def test_visit_that_does_not_exist_is_not_found(cast, as_user):
    desk = as_user(cast.fran)

    for name in ("visit", "visit-cancel", "visit-escort"):
        assert desk.get(reverse(f"sessions:{name}", args=[uuid4()])).status_code == 404
    assert posted(desk, "visit-arrived", uuid4()).status_code == 404
    assert desk.get(reverse("sessions:book", args=[uuid4()])).status_code == 404


def test_moves_are_never_made_by_following_a_link(cast, course, as_user):
    appointment = booked_visit(cast, course)

    for name in ("arrived", "no-show", "to-room", "left", "take-back"):
        assert as_user(cast.nora).get(reverse(f"sessions:visit-{name}", args=[appointment.pk])).status_code == 405


def test_rows_of_visits_count_sessions_of_the_plan(cast):
    course = planned_course(cast).course
    for days in (0, 3, 6):
        booked_visit(cast, course, starts_at=TODAY_AT_ELEVEN + timedelta(days=days))
    actions.cancel(appointment=Appointment.objects.order_by("starts_at")[1], reason="Away", by=cast.fran, now=NOW)

    rows = queries.visits_of(course.patient_id)

    assert [row.title for row in rows] == ["Infusion 2 of 6", "Infusion", "Infusion 1 of 6"]
    assert queries.next_visit(course.patient_id, now=NOW).id == rows[2].id
    assert [row.id for row in queries.visits_on(cast.site, date(2026, 3, 10))] == [rows[2].id]
