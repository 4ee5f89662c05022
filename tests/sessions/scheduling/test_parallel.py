"""Many people book at the same moment, each over a connection of their own."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from random import Random
from threading import Barrier

import pytest
from django.db import connection

from clinic.kit.refusals import Refusal
from clinic.rooms.models import Hold
from patients.courses.models import Course
from sessions.scheduling import actions
from sessions.scheduling.models import Appointment
from tests.scenarios.cast import NOW, Cast, clinic_cast
from tests.scenarios.people import referred
from tests.scenarios.visits import TODAY_AT_ELEVEN, booked_visit

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 50


def people(cast: Cast, count: int) -> list[Course]:
    return [
        referred(cast, given_name=f"P{number}", family_name="Quick", phone=f"+120255501{number:02}")
        for number in range(count)
    ]


def all_at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each act gave back, or its refusal; every act starts when all threads stand ready."""
    ready = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        try:
            ready.wait(timeout=30)
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as threads:
        return list(threads.map(one, acts))


@pytest.fixture
def cast() -> Iterator[Cast]:
    yield clinic_cast()
    connection.close()


def test_fifty_people_want_one_room_at_one_time_and_one_gets_it(cast):
    courses = people(cast, AT_ONCE)

    answers = all_at_once([lambda course=course: booked_visit(cast, course) for course in courses])

    booked = [answer for answer in answers if isinstance(answer, Appointment)]
    said = Counter(str(answer) for answer in answers if not isinstance(answer, Appointment))
    assert len(booked) == 1
    assert said == {"Room 1 is taken from 10:50 am to 1:10 pm. Free next: 1:20 pm.": AT_ONCE - 1}
    assert Appointment.objects.count() == 1
    assert Counter(Hold.objects.values_list("kind", flat=True)) == {"room": 1, "patient": 1}


def test_fifty_people_want_overlapping_times_and_no_two_share_a_room(cast):
    random = Random(26)
    courses = people(cast, AT_ONCE)
    times = [TODAY_AT_ELEVEN + timedelta(minutes=5 * random.randrange(50)) for _ in courses]

    answers = all_at_once(
        [
            lambda course=course, at=at: actions.book(
                patient=course.patient,
                course=course,
                room=cast.rooms[0],
                nurse=None,
                starts_at=at,
                by=cast.fran,
                now=NOW,
            )
            for course, at in zip(courses, times, strict=True)
        ]
    )

    booked = [answer for answer in answers if isinstance(answer, Appointment)]
    held = sorted(Hold.objects.filter(kind="room").values_list("during", flat=True))
    assert 1 <= len(booked) <= 3
    assert all(isinstance(answer, actions.RoomTaken) for answer in answers if answer not in booked)
    assert len(held) == len(booked) == Appointment.objects.count()
    assert all(before.upper <= after.lower for before, after in pairwise(held))


def test_one_person_wanted_in_many_rooms_gets_one(cast):
    course = referred(cast)

    answers = all_at_once([lambda room=room: booked_visit(cast, course, room=room) for room in cast.rooms])

    booked = [answer for answer in answers if isinstance(answer, Appointment)]
    assert len(booked) == 1
    assert Hold.objects.count() == 2
    assert {type(answer) for answer in answers} == {Appointment, actions.PatientTaken}


def test_one_form_sent_many_times_at_once_makes_one_visit(cast):
    course, key = referred(cast), Appointment._meta.pk.default()

    answers = all_at_once([lambda: booked_visit(cast, course, key=key) for _ in range(10)])

    assert {answer.pk for answer in answers} == {key}
    assert Appointment.objects.count() == 1


def test_one_nurse_wanted_by_many_looks_after_two(cast):
    courses = people(cast, len(cast.rooms))

    answers = all_at_once(
        [
            lambda course=course, room=room: booked_visit(cast, course, room=room)
            for course, room in zip(courses, cast.rooms, strict=True)
        ]
    )

    assert Counter(type(answer) for answer in answers) == {Appointment: 2, actions.NurseFull: 2}
    assert Appointment.objects.filter(nurse=cast.nora).count() == 2
