"""How is a visit booked? Under a lock on the day, and with PostgreSQL itself refusing whatever overlaps."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic.kit import written
from clinic.kit.keys import uuid7
from clinic.kit.refusals import Refusal
from clinic.rooms import actions as room_actions
from clinic.rooms import queries as room_queries
from clinic.rooms.models import Hold, Room
from clinic.rooms.rules import Span, clock, days_touched, first_free, most_at_once, opening_hours, whole_day
from clinic.sites.models import Site
from clinic.staff import queries as staff_queries
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.courses.models import Course
from patients.courses.rules import ENDED_STATES, STATE_LABELS, CourseState
from patients.registration import actions as registration_actions
from patients.registration.models import Patient
from sessions.scheduling import queries, rules
from sessions.scheduling.models import Appointment, VisitMove

OUTSIDE_HOURS = "outside_hours"
TOO_CLOSE = "too_close"


class BookingRefused(Refusal):
    """The course, the moment or the person who should look after the visit cannot be."""


class RoomTaken(Refusal):
    """The room is held for part of the time."""


class PatientTaken(Refusal):
    """The person has another visit at that time."""


class NurseFull(Refusal):
    """The nurse would have more people at once than one person can look after."""


class MustBeConfirmed(Refusal):
    """Unusual, but possible: it is booked when the same is sent again with this code among `confirmed`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Wish:
    """What was asked for, once it is known to make sense: whose visit, where, and the time it takes."""

    patient: Patient
    course: Course
    site: Site
    visit: Span
    room_span: Span

    @property
    def zone(self) -> str:
        return self.site.time_zone


@transaction.atomic
def book(  # noqa: PLR0913 - these are what a booking is, and each is named where it is called
    *,
    patient: Patient,
    course: Course,
    room: Room | None,
    nurse: User | None,
    starts_at: datetime,
    by: User,
    now: datetime,
    key: UUID | None = None,
    minutes: int | None = None,
    confirmed: Collection[str] = (),
) -> Appointment:
    """Book one infusion visit; the same `key` twice gives the visit that was made the first time.

    `minutes` is the planned infusion; without it the signed plan says, or the usual time. With no room or no nurse
    named, the first free one of the signed-in person's site is taken. Refused: a course that has ended or is on hold,
    a moment that is past or too far off, and whatever would put two in a room, one person in two places, or too many
    with one nurse. Outside opening hours, and within a day of another visit, `confirmed` must say that it is meant.
    Writes the visit, its first move, and the holds on room and patient.
    """
    held = registration_actions.hold(patient.pk)
    earlier = queries.booking_with(key)
    if earlier is not None:
        return _the_same(earlier, held)
    _must_be_open(course, held)
    site = room.site if room is not None else by.home_site
    infusion = minutes or queries.planned_infusion_minutes(course.pk)
    visit = rules.patient_span(starts_at, infusion)
    wish = Wish(course.patient, course, site, visit, rules.room_span(visit))
    _must_be_ahead(starts_at, now=now)
    room_actions.lock_days(site, days_touched(wish.room_span, site.time_zone))
    _must_be_meant(wish, confirmed)
    place, person = _room(wish, room), _nurse(wish, nurse)
    appointment = _insert(wish, room=place, nurse=person, by=by, now=now, key=key)
    must_have_nurse_free(wish, person, besides=appointment.pk)
    return appointment


def reference_of(appointment_id: UUID) -> str:
    """What the holds of a visit carry."""
    return f"appointment:{appointment_id}"


def take_time(appointment: Appointment, wish: Wish) -> None:
    """Hold room and patient. What stands against it is said with the next time that would do, never with a name."""
    claims = [
        room_actions.Claim(Hold.Kind.ROOM, appointment.room_id, wish.room_span),
        room_actions.Claim(Hold.Kind.PATIENT, appointment.patient_id, wish.visit),
    ]
    _must_be_free_elsewhere(wish)
    try:
        room_actions.take(claims, reference=reference_of(appointment.pk))
    except room_actions.TimeTaken as refusal:
        when = _from_to(refusal.taken, wish.zone)
        if refusal.claim.kind == Hold.Kind.PATIENT:
            raise PatientTaken(f"This person already has a visit {when}. Choose another time.") from refusal
        raise RoomTaken(f"{appointment.room} is taken {when}. {_next_in(wish, appointment.room)}") from refusal


def _must_be_free_elsewhere(wish: Wish) -> None:
    """A hold is on one record; what the others of the person hold is asked here, while the person is held."""
    records = Patient.objects.filter(person_id=wish.patient.person_id).exclude(pk=wish.patient.pk)
    others = list(records.values_list("pk", flat=True))
    busy = room_queries.taken(Hold.Kind.PATIENT, others, wish.visit) if others else {}
    for span in (span for spans in busy.values() for span in spans):
        raise PatientTaken(f"This person already has a visit {_from_to(span, wish.zone)}. Choose another time.")


def must_have_nurse_free(wish: Wish, nurse: User, *, besides: UUID) -> None:
    """Refuse what would give one nurse more people at once than one person can look after."""
    others = queries.visits_with([nurse.pk], wish.visit, besides=besides)[nurse.pk]
    count, when = most_at_once(others, wish.visit)
    if count >= rules.NURSE_MAY_HAVE:
        raise NurseFull(
            f"{nurse} already looks after {count} people {_from_to(when, wish.zone)}. "
            "Choose another nurse or another time."
        )


def _insert(wish: Wish, *, room: Room, nurse: User, by: User, now: datetime, key: UUID | None) -> Appointment:
    appointment = Appointment.objects.create(
        id=key or uuid7(),
        patient=wish.patient,
        course=wish.course,
        site=wish.site,
        room=room,
        nurse=nurse,
        starts_at=wish.visit.starts_at,
        ends_at=wish.visit.ends_at,
        state=rules.SCHEDULED,
        state_since=now,
        booked_at=now,
        booked_by=by,
    )
    take_time(appointment, wish)
    VisitMove.objects.create(appointment=appointment, to_state=rules.SCHEDULED, moved_at=now, moved_by=by)
    return appointment


def _must_be_open(course: Course, patient: Patient) -> None:
    if course.patient.person_id != patient.pk:
        raise BookingRefused("That course belongs to somebody else. Open the person again and book from there.")
    if course.state in ENDED_STATES:
        label = STATE_LABELS[course.state].lower()
        raise BookingRefused(f"This course is {label}. Open a new course before booking a visit.")
    if course.state == CourseState.ON_HOLD:
        raise BookingRefused("This course is on hold. A prescriber releases it before a visit can be booked.")


def _must_be_ahead(starts_at: datetime, *, now: datetime) -> None:
    if starts_at < now - timedelta(minutes=rules.LATE_ENTRY_MINUTES):
        raise BookingRefused("That time has passed. Choose a time that is still ahead.")
    if starts_at > now + timedelta(days=rules.BOOK_AHEAD_DAYS):
        raise BookingRefused("That is more than a year ahead. Choose a day within the next year.")


def _must_be_meant(wish: Wish, confirmed: Collection[str]) -> None:
    day = days_touched(wish.visit, wish.zone)[0]
    hours = opening_hours(day, wish.zone)
    outside = wish.visit.starts_at < hours.starts_at or wish.visit.ends_at > hours.ends_at
    if outside and OUTSIDE_HOURS not in confirmed:
        raise MustBeConfirmed(
            OUTSIDE_HOURS,
            f"The visit takes {_from_to(wish.visit, wish.zone).removeprefix('from ')}, and the clinic is open "
            f"{_from_to(hours, wish.zone)}. Choose another time, or say that it is meant.",
        )
    near = rules.too_close(wish.visit.starts_at, queries.other_starts(wish.patient.pk, around=wish.visit.starts_at))
    if near is not None and TOO_CLOSE not in confirmed and not _is_clash(wish, near):
        raise MustBeConfirmed(
            TOO_CLOSE,
            f"This person has a visit on {written.day(days_touched(Span(near, near + timedelta(1)), wish.zone)[0])} at "
            f"{clock(near, wish.zone)}, less than a day away. Choose another day, or say that it is meant.",
        )


def _is_clash(wish: Wish, near: datetime) -> bool:
    """At the very time of another visit the hold refuses it; asking first would only add a step."""
    return wish.visit.holds(near) or near <= wish.visit.starts_at < near + (wish.visit.ends_at - wish.visit.starts_at)


def _the_same(earlier: Appointment, patient: Patient) -> Appointment:
    if earlier.patient.person_id != patient.pk:
        raise BookingRefused("This form was already used for another booking. Open it again.")
    return earlier


def _nurse(wish: Wish, nurse: User | None) -> User:
    if nurse is not None:
        staff_queries.with_roles(nurse)
        if nurse.home_site_id != wish.site.pk or not nurse.may(Permission.CHART_SESSION):
            raise BookingRefused(f"{nurse} may not look after a session at {wish.site}. Choose a nurse who may.")
        return nurse
    people = queries.nurses_of(wish.site.pk)
    busy = queries.visits_with([person.pk for person in people], wish.visit)
    load = {person.pk: most_at_once(busy[person.pk], wish.visit)[0] for person in people}
    free = [person for person in people if load[person.pk] < rules.NURSE_MAY_HAVE]
    if not free:
        when = _from_to(wish.visit, wish.zone)
        raise NurseFull(f"No nurse can take one more person {when}. Choose another time.")
    return min(free, key=lambda person: load[person.pk])


def _room(wish: Wish, room: Room | None) -> Room:
    if room is not None:
        if not room.is_active:
            raise BookingRefused(f"{room} is no longer in use. Choose another room.")
        return room
    rooms = room_queries.rooms_of(wish.site.pk)
    busy = room_queries.taken(Hold.Kind.ROOM, [candidate.pk for candidate in rooms], wish.room_span)
    for candidate in rooms:
        if not busy[candidate.pk]:
            return candidate
    when = _from_to(wish.room_span, wish.zone)
    raise RoomTaken(f"Every room is taken for part of the time {when}. {_next_in(wish, *rooms)}")


def _next_in(wish: Wish, *rooms: Room) -> str:
    """When a visit of this length could next start on that day in one of the rooms."""
    day = days_touched(wish.visit, wish.zone)[0]
    closes_at = opening_hours(day, wish.zone).ends_at
    until = closes_at if wish.visit.ends_at <= closes_at else whole_day(day, wish.zone).ends_at
    after = wish.room_span.ends_at - wish.visit.ends_at
    busy = room_queries.taken(
        Hold.Kind.ROOM, [room.pk for room in rooms], Span(wish.room_span.starts_at, until + after)
    )
    found = [first_free(wish.room_span, busy[room.pk], until + after) for room in rooms]
    starts = [span.starts_at + (wish.visit.starts_at - wish.room_span.starts_at) for span in found if span is not None]
    if not starts:
        return "Nothing is free later that day: choose another room or day."
    return f"Free next: {clock(min(starts), wish.zone)}."


def _from_to(span: Span, zone: str) -> str:
    return f"from {clock(span.starts_at, zone)} to {clock(span.ends_at, zone)}"
