"""What did the people who are told step by step go through, and in which rooms on which days?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from clinic.demo.actions.house import House
from clinic.demo.rules import growth
from clinic.demo.rules.diary import STARTS, SUNDAY
from clinic.demo.rules.growth import DAYS_OF_HISTORY, Lived, Made
from clinic.demo.rules.stories import Story
from patients.registration.models import Patient
from sessions.administration.models import TreatmentSession
from sessions.scheduling.models import Appointment


def read(house: House, people: Sequence[UUID], stories: Sequence[Story]) -> Made:
    """Each of them by number, in the order of `people`; a room of their own tells that the story has ended."""
    first = house.diary.today - timedelta(days=DAYS_OF_HISTORY)
    places, counted = _places(house, first), _sessions()
    registered = dict(Patient.objects.values_list("pk", "registered_at"))
    everybody = [
        Lived(
            person=number,
            first_day=(registered[pk].astimezone(house.diary.zone).date() - first).days,
            sessions=counted[pk],
            room=story.room or 0,
            places=places[pk],
        )
        for number, (pk, story) in enumerate(zip(people, stories, strict=True))
    ]
    is_over = [story.is_over for story in stories]
    closed = growth.whole_days(
        day for day in range(DAYS_OF_HISTORY) if (first + timedelta(days=day)).weekday() == SUNDAY
    )
    return Made(
        ended=[one for one, over in zip(everybody, is_over, strict=True) if over],
        of_today=[one for one, over in zip(everybody, is_over, strict=True) if not over],
        closed=closed,
    )


def sessions(made: Made) -> int:
    return sum(one.sessions for one in (*made.ended, *made.of_today))


def _places(house: House, first: date) -> Mapping[UUID, int]:
    """The places that each person took. What lies around this moment is at no usual hour, and is never moved."""
    rooms = {room.pk: number for number, room in enumerate(house.rooms)}
    found: dict[UUID, int] = defaultdict(int)
    for patient, room, starts_at in Appointment.objects.values_list("patient_id", "room_id", "starts_at"):
        local = starts_at.astimezone(house.diary.zone)
        if local.time() in STARTS:
            found[patient] |= growth.place((local.date() - first).days, rooms[room], STARTS.index(local.time()))
    return found


def _sessions() -> Mapping[UUID, int]:
    counted: dict[UUID, int] = defaultdict(int)
    for patient in TreatmentSession.objects.values_list("patient_id", flat=True):
        counted[patient] += 1
    return counted
