"""Booking and moving visits: what is written, what is refused and in which words, what is given back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError

from clinic.rooms.models import Hold, Room, SiteDay
from clinic.rooms.rules import Span
from clinic.sites.models import Site
from patients.courses import actions as course_actions
from patients.courses.rules import CourseState
from sessions.scheduling import actions, rules
from sessions.scheduling.models import Appointment, VisitMove
from tests.scenarios.cast import NOW, Cast
from tests.scenarios.people import referred
from tests.scenarios.visits import TODAY_AT_ELEVEN, arrived_visit, booked_visit

ELEVEN = TODAY_AT_ELEVEN
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def somebody(cast: Cast, number: int = 1):
    return referred(cast, given_name=f"Person{'abcdefghij'[number]}", phone=f"+120255501{number:02}")


def held(appointment: Appointment) -> list[tuple[str, datetime, datetime]]:
    holds = Hold.objects.filter(reference=f"appointment:{appointment.pk}", released_at=None).order_by("kind")
    return [(hold.kind, hold.during.lower, hold.during.upper) for hold in holds]


def test_booking_writes_the_visit_its_holds_and_its_first_move(cast, course):
    appointment = booked_visit(cast, course)

    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.ends_at) == (ELEVEN, ELEVEN + 2 * HOUR)
    assert (appointment.state, appointment.booked_by_id, appointment.site_id) == (
        "scheduled",
        cast.fran.pk,
        cast.site.pk,
    )
    assert held(appointment) == [
        ("patient", ELEVEN, ELEVEN + 2 * HOUR),
        ("room", ELEVEN - 10 * MINUTE, ELEVEN + 2 * HOUR + 10 * MINUTE),
    ]
    move = VisitMove.objects.get(appointment=appointment)
    assert (move.from_state, move.to_state, move.moved_by_id) == ("", "scheduled", cast.fran.pk)
    assert list(SiteDay.objects.values_list("site_id", "day")) == [(cast.site.pk, date(2026, 3, 10))]


def test_booking_the_same_form_twice_makes_one_visit(cast, course):
    key = Appointment._meta.pk.default()

    first = booked_visit(cast, course, key=key)
    second = booked_visit(cast, course, key=key)

    assert first.pk == second.pk == key
    assert Appointment.objects.count() == 1
    assert Hold.objects.count() == 2


def test_booking_with_the_key_of_somebody_elses_form_is_refused(cast, course):
    first = booked_visit(cast, course)

    with pytest.raises(actions.BookingRefused, match="already used for another booking"):
        booked_visit(cast, somebody(cast), key=first.pk, starts_at=ELEVEN + 3 * HOUR)


def test_room_that_is_taken_says_from_when_to_when_and_what_is_free_next(cast, course):
    booked_visit(cast, course)

    with pytest.raises(actions.RoomTaken) as refusal:
        booked_visit(cast, somebody(cast), starts_at=ELEVEN + HOUR)

    assert str(refusal.value) == "Room 1 is taken from 10:50 am to 1:10 pm. Free next: 1:20 pm."
    assert Appointment.objects.count() == 1
    assert Hold.objects.count() == 2


def test_room_that_is_never_free_again_that_day_says_so(cast, course):
    booked_visit(cast, course, starts_at=ELEVEN + 3 * HOUR)

    with pytest.raises(actions.RoomTaken, match=r"Nothing is free later that day: choose another room or day\."):
        booked_visit(cast, somebody(cast), starts_at=ELEVEN + 4 * HOUR)


def test_visits_whose_room_times_touch_are_both_booked(cast, course):
    first = booked_visit(cast, course, starts_at=ELEVEN)

    second = booked_visit(cast, somebody(cast), starts_at=ELEVEN + 2 * HOUR + 20 * MINUTE)

    assert held(first)[1][2] == held(second)[1][1]


def test_person_cannot_be_in_two_rooms_at_once(cast, course):
    booked_visit(cast, course)

    with pytest.raises(actions.PatientTaken) as refusal:
        booked_visit(cast, course, starts_at=ELEVEN + HOUR, room=cast.rooms[1])

    assert str(refusal.value) == "This person already has a visit from 11:00 am to 1:00 pm. Choose another time."
    assert Appointment.objects.count() == 1


def test_nurse_looks_after_two_at_once_but_not_three(cast, course):
    booked_visit(cast, course, room=cast.rooms[0])
    booked_visit(cast, somebody(cast, 1), room=cast.rooms[1], starts_at=ELEVEN + HOUR)

    with pytest.raises(actions.NurseFull) as refusal:
        booked_visit(cast, somebody(cast, 2), room=cast.rooms[2], starts_at=ELEVEN + 30 * MINUTE)

    assert str(refusal.value) == (
        "Nora Nolan, RN already looks after 2 people from 12:00 pm to 1:00 pm. Choose another nurse or another time."
    )
    assert Appointment.objects.count() == 2
    assert booked_visit(cast, somebody(cast, 3), room=cast.rooms[2], nurse=cast.nils).nurse == cast.nils


def test_nurse_whose_two_visits_follow_each_other_can_take_a_third_beside_them(cast, course):
    booked_visit(cast, course, room=cast.rooms[0], starts_at=ELEVEN)
    booked_visit(cast, somebody(cast, 1), room=cast.rooms[1], starts_at=ELEVEN + 2 * HOUR)

    third = booked_visit(cast, somebody(cast, 2), room=cast.rooms[2], starts_at=ELEVEN + HOUR)

    assert third.nurse == cast.nora


def test_any_room_and_any_nurse_are_the_first_that_are_free(cast, course):
    booked_visit(cast, course)

    appointment = actions.book(
        patient=(other := somebody(cast)).patient,
        course=other,
        room=None,
        nurse=None,
        starts_at=ELEVEN,
        by=cast.fran,
        now=NOW,
    )

    assert appointment.room == cast.rooms[1]
    assert appointment.nurse == cast.nils


def test_any_room_is_refused_when_every_room_is_taken(cast, course):
    for number, room in enumerate(cast.rooms):
        nurse = (cast.nora, cast.nils)[number % 2]
        booked_visit(cast, somebody(cast, number), room=room, nurse=nurse, starts_at=ELEVEN + number * 5 * MINUTE)

    with pytest.raises(actions.RoomTaken) as refusal:
        actions.book(
            patient=course.patient, course=course, room=None, nurse=None, starts_at=ELEVEN, by=cast.fran, now=NOW
        )

    assert str(refusal.value) == (
        "Every room is taken for part of the time from 10:50 am to 1:10 pm. Free next: 1:20 pm."
    )


def test_any_nurse_is_refused_when_nobody_can_take_one_more(cast, course):
    for number in range(4):
        nurse = (cast.nora, cast.nora, cast.nils, cast.nils)[number]
        booked_visit(cast, somebody(cast, number), room=cast.rooms[number], nurse=nurse)
    for number in (4, 5):
        room = Room.objects.create(site=cast.site, label=str(number + 1))
        booked_visit(cast, somebody(cast, number), room=room, nurse=cast.paula)
    spare = Room.objects.create(site=cast.site, label="9")

    with pytest.raises(actions.NurseFull, match=r"No nurse can take one more person from 11:00 am to 1:00 pm\."):
        actions.book(
            patient=course.patient, course=course, room=spare, nurse=None, starts_at=ELEVEN, by=cast.fran, now=NOW
        )


def test_cancelled_visit_stands_in_nobodys_way(cast, course):
    first = booked_visit(cast, course)
    actions.cancel(appointment=first, reason="Has a cold", by=cast.fran, now=NOW)

    second = booked_visit(cast, somebody(cast))
    again = booked_visit(cast, course, room=cast.rooms[1])

    assert held(first) == []
    assert len(held(second)) == len(held(again)) == 2


@pytest.mark.parametrize(
    ("starts_at", "sentence"),
    [
        (NOW - 61 * MINUTE, "That time has passed."),
        (NOW + timedelta(days=367), "more than a year ahead"),
    ],
)
def test_booking_outside_the_coming_year_is_refused(cast, course, starts_at, sentence):
    with pytest.raises(actions.BookingRefused, match=sentence):
        actions.book(
            patient=course.patient,
            course=course,
            room=cast.rooms[0],
            nurse=cast.nora,
            starts_at=starts_at,
            by=cast.fran,
            now=NOW,
        )

    assert not Hold.objects.exists()


def test_person_who_came_an_hour_ago_can_still_be_booked(cast, course):
    appointment = actions.book(
        patient=course.patient,
        course=course,
        room=cast.rooms[0],
        nurse=cast.nora,
        starts_at=NOW - 60 * MINUTE,
        by=cast.fran,
        now=NOW,
    )

    assert appointment.state == "scheduled"


@pytest.mark.parametrize("starts_at", [ELEVEN - 4 * HOUR, ELEVEN + 6 * HOUR])
def test_visit_outside_opening_hours_must_be_meant(cast, course, starts_at):
    with pytest.raises(actions.MustBeConfirmed, match="open from 8:00 am to 6:00 pm") as refusal:
        booked_visit(cast, course, starts_at=starts_at, now=starts_at - HOUR)

    booked = booked_visit(cast, course, starts_at=starts_at, now=starts_at - HOUR, confirmed=[refusal.value.code])

    assert booked.starts_at == starts_at


def test_visit_over_midnight_holds_both_days(cast, course):
    late = datetime(2026, 3, 11, 3, 0, tzinfo=UTC)  # 11:00 pm on Mar 10

    booked = booked_visit(cast, course, starts_at=late, confirmed=["outside_hours"])

    assert booked.ends_at == late + 2 * HOUR
    assert list(SiteDay.objects.order_by("day").values_list("day", flat=True)) == [date(2026, 3, 10), date(2026, 3, 11)]


def test_second_visit_within_a_day_must_be_meant(cast, course):
    booked_visit(cast, course, starts_at=ELEVEN)
    next_morning = ELEVEN + 22 * HOUR

    with pytest.raises(actions.MustBeConfirmed, match="a visit on Mar 10, 2026 at 11:00 am, less than a day away"):
        booked_visit(cast, course, starts_at=next_morning)

    assert booked_visit(cast, course, starts_at=next_morning, confirmed=["too_close"]).starts_at == next_morning
    assert booked_visit(cast, course, starts_at=ELEVEN + 72 * HOUR).starts_at == ELEVEN + 72 * HOUR


@pytest.mark.parametrize(
    ("state", "sentence"),
    [(CourseState.ON_HOLD, "on hold. A prescriber"), (CourseState.TRANSFERRED, "This course is transferred. Open a")],
)
def test_course_that_is_held_or_over_takes_no_visit(cast, course, state, sentence):
    course = course_actions.move(course=course, to=state, by=cast.paula, now=NOW, reason="As agreed")

    with pytest.raises(actions.BookingRefused, match=sentence):
        booked_visit(cast, course)


def test_course_of_somebody_else_is_refused(cast, course):
    with pytest.raises(actions.BookingRefused, match="belongs to somebody else"):
        actions.book(
            patient=somebody(cast).patient,
            course=course,
            room=cast.rooms[0],
            nurse=cast.nora,
            starts_at=ELEVEN,
            by=cast.fran,
            now=NOW,
        )


def test_whoever_may_not_chart_a_session_is_no_nurse_for_it(cast, course):
    with pytest.raises(actions.BookingRefused, match="Theo Tamm, PhD may not look after a session at Ashby Street"):
        booked_visit(cast, course, nurse=cast.theo)


def test_room_out_of_use_is_refused(cast, course):
    room = cast.rooms[0]
    room.is_active = False

    with pytest.raises(actions.BookingRefused, match="Room 1 is no longer in use"):
        booked_visit(cast, course, room=room)


def test_booking_is_taken_back_whole_when_its_move_cannot_be_written(cast, course, monkeypatch):
    def fails(**_):
        raise DatabaseError

    monkeypatch.setattr(VisitMove.objects, "create", fails)

    with pytest.raises(DatabaseError):
        booked_visit(cast, course)

    assert not Appointment.objects.exists()
    assert not Hold.objects.exists()


def test_rooms_of_another_site_are_booked_in_its_own_zone(cast, course):
    phoenix = Site.objects.create(name="Camelback", time_zone="America/Phoenix")
    room = Room.objects.create(site=phoenix, label="1")

    with pytest.raises(actions.BookingRefused, match="may not look after a session at Camelback"):
        booked_visit(cast, course, room=room)


def test_day_goes_from_arrival_to_leaving_and_each_move_is_kept(cast, course):
    appointment = arrived_visit(cast, course)
    actions.to_room(appointment=appointment, by=cast.mika, now=ELEVEN)
    gone = actions.leave(appointment=appointment, by=cast.nora, now=ELEVEN + 90 * MINUTE)

    assert (gone.state, gone.state_since, gone.row_version) == ("gone", ELEVEN + 90 * MINUTE, 5)
    assert list(gone.moves.order_by("moved_at", "id").values_list("from_state", "to_state")) == [
        ("", "scheduled"),
        ("scheduled", "arrived"),
        ("arrived", "in_room"),
        ("in_room", "gone"),
    ]


def test_leaving_early_gives_back_the_rest_of_the_time_after_the_turnover(cast, course):
    appointment = arrived_visit(cast, course)

    actions.leave(appointment=appointment, by=cast.nora, now=ELEVEN + 33 * MINUTE)

    assert held(appointment) == [
        ("patient", ELEVEN, ELEVEN + 35 * MINUTE),
        ("room", ELEVEN - 10 * MINUTE, ELEVEN + 45 * MINUTE),
    ]


def test_leaving_before_the_time_of_the_visit_holds_the_patient_no_longer(cast, course):
    appointment = arrived_visit(cast, course)

    actions.leave(appointment=appointment, by=cast.nora, now=ELEVEN - 5 * MINUTE)

    assert held(appointment) == [("room", ELEVEN - 10 * MINUTE, ELEVEN + 5 * MINUTE)]


def test_leaving_late_keeps_the_time_that_was_booked(cast, course):
    appointment = arrived_visit(cast, course)

    actions.leave(appointment=appointment, by=cast.nora, now=ELEVEN + 5 * HOUR)

    assert held(appointment)[0] == ("patient", ELEVEN, ELEVEN + 2 * HOUR)


@pytest.mark.parametrize("act", [actions.arrive, actions.to_room, actions.leave])
def test_move_made_twice_counts_once(cast, course, act):
    appointment = arrived_visit(cast, course)
    act(appointment=appointment, by=cast.nora, now=ELEVEN)
    moves = appointment.moves.count()

    again = act(appointment=appointment, by=cast.nora, now=ELEVEN + MINUTE)

    assert appointment.moves.count() == moves
    assert again.state_since != ELEVEN + MINUTE


def test_missed_visit_gives_back_its_time_after_a_quarter_of_an_hour(cast, course):
    appointment = booked_visit(cast, course)
    with pytest.raises(actions.MoveRefused, match=r"Wait until 11:15 am\."):
        actions.miss(appointment=appointment, by=cast.fran, now=ELEVEN + 14 * MINUTE)

    missed = actions.miss(appointment=appointment, by=cast.fran, now=ELEVEN + 15 * MINUTE)
    twice = actions.miss(appointment=appointment, by=cast.fran, now=ELEVEN + 16 * MINUTE)

    assert (missed.state, twice.state_since) == ("no_show", ELEVEN + 15 * MINUTE)
    assert held(appointment) == []


def test_person_who_comes_after_being_missed_takes_the_time_again(cast, course):
    appointment = booked_visit(cast, course)
    actions.miss(appointment=appointment, by=cast.fran, now=ELEVEN + 20 * MINUTE)

    came = actions.arrive(appointment=appointment, by=cast.fran, now=ELEVEN + 25 * MINUTE)

    assert came.state == "arrived"
    assert len(held(appointment)) == 2


def test_person_who_comes_after_the_room_was_given_away_is_told(cast, course):
    appointment = booked_visit(cast, course)
    actions.miss(appointment=appointment, by=cast.fran, now=ELEVEN + 20 * MINUTE)
    booked_visit(cast, somebody(cast), starts_at=ELEVEN + 30 * MINUTE, now=ELEVEN + 20 * MINUTE)

    with pytest.raises(actions.RoomTaken, match=r"Room 1 is taken from 11:20 am to 1:40 pm\."):
        actions.arrive(appointment=appointment, by=cast.fran, now=ELEVEN + 25 * MINUTE)

    appointment.refresh_from_db()
    assert appointment.state == "no_show"
    assert held(appointment) == []


def test_cancelling_needs_a_reason_and_is_final(cast, course):
    appointment = booked_visit(cast, course)
    with pytest.raises(actions.MoveRefused, match="Say why"):
        actions.cancel(appointment=appointment, reason="  ", by=cast.fran, now=NOW)

    cancelled = actions.cancel(appointment=appointment, reason="Has a cold", by=cast.fran, now=NOW)
    actions.cancel(appointment=appointment, reason="Has a cold", by=cast.fran, now=NOW + MINUTE)
    with pytest.raises(actions.MoveRefused, match="cancelled already: “Has a cold”"):
        actions.cancel(appointment=appointment, reason="Something else", by=cast.fran, now=NOW + MINUTE)

    cancelled.refresh_from_db()
    assert (cancelled.state, cancelled.cancel_reason) == ("cancelled", "Has a cold")
    with pytest.raises(actions.MoveRefused, match="Book a new one"):
        actions.arrive(appointment=appointment, by=cast.fran, now=ELEVEN)
    with pytest.raises(actions.MoveRefused, match="no move of this visit to take back"):
        actions.take_back(appointment=appointment, by=cast.fran, now=NOW)
    with pytest.raises(actions.MoveRefused, match="Book a new one"):
        actions.name_escort(appointment=appointment, name="Robin", phone="1", by=cast.fran, now=NOW)


@pytest.mark.parametrize(
    ("moves", "back_to"),
    [
        (["arrive"], "scheduled"),
        (["miss"], "scheduled"),
        (["miss", "arrive"], "scheduled"),
        (["arrive", "to_room"], "arrived"),
        (["arrive", "to_room", "leave"], "in_room"),
        (["arrive", "leave"], "arrived"),
        (["arrive", "to_room", "take_back"], "scheduled"),
    ],
)
def test_last_move_can_be_taken_back(cast, course, moves, back_to):
    appointment = booked_visit(cast, course)
    at = ELEVEN + 20 * MINUTE
    for name in moves:
        getattr(actions, name)(appointment=appointment, by=cast.fran, now=at)

    back = actions.take_back(appointment=appointment, by=cast.fran, now=at + MINUTE)

    assert back.state == back_to
    assert len(held(appointment)) == 2
    assert held(appointment)[0][2] == ELEVEN + 2 * HOUR


def test_undo_takes_back_only_what_it_was_shown_for(cast, course):
    appointment = booked_visit(cast, course)
    arrived = actions.arrive(appointment=appointment, by=cast.fran, now=ELEVEN)
    actions.to_room(appointment=appointment, by=cast.nora, now=ELEVEN + MINUTE)

    with pytest.raises(actions.MoveRefused, match="Somebody changed this visit after that"):
        actions.take_back(appointment=appointment, by=cast.fran, now=ELEVEN, seen_version=arrived.row_version)

    appointment.refresh_from_db()
    assert appointment.state == "in_room"


def test_nothing_is_taken_back_before_a_move_or_a_day_after_it(cast, course):
    appointment = booked_visit(cast, course)
    with pytest.raises(actions.MoveRefused, match="no move of this visit"):
        actions.take_back(appointment=appointment, by=cast.fran, now=NOW)
    actions.arrive(appointment=appointment, by=cast.fran, now=ELEVEN)

    with pytest.raises(actions.MoveRefused, match="too long ago"):
        actions.take_back(appointment=appointment, by=cast.fran, now=ELEVEN + 13 * HOUR)


def test_person_does_not_arrive_for_the_visit_of_another_day(cast, course):
    appointment = booked_visit(cast, course, starts_at=ELEVEN + timedelta(days=2))

    with pytest.raises(actions.MoveRefused, match="This visit is not today"):
        actions.arrive(appointment=appointment, by=cast.fran, now=NOW)


def test_person_goes_to_the_room_only_after_arriving(cast, course):
    appointment = booked_visit(cast, course)

    with pytest.raises(actions.MoveRefused, match="has not arrived yet"):
        actions.to_room(appointment=appointment, by=cast.nora, now=ELEVEN)


def test_escort_is_named_with_a_phone(cast, course):
    appointment = booked_visit(cast, course)

    named = actions.name_escort(
        appointment=appointment, name=" Robin Ride ", phone="+1 202-555-0123", by=cast.fran, now=NOW
    )

    named.refresh_from_db()
    assert (named.escort_name, named.escort_phone, named.row_version) == ("Robin Ride", "+1 202-555-0123", 2)


def test_visit_takes_as_long_as_the_infusion_that_is_given_for_it(cast, course):
    appointment = booked_visit(cast, course, minutes=90)

    assert appointment.ends_at - appointment.starts_at == timedelta(minutes=170)
    assert rules.phases(Span(appointment.starts_at, appointment.ends_at))[2].minutes == 90
