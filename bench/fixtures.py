"""What does the bench need that a made-up clinic lacks? Full days, a long sheet, sheets to save into: by actions."""

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.demo.actions import intake, treatment
from clinic.demo.actions.house import DEMO_PASSWORD, TIME_ZONE, House, acting
from clinic.demo.actions.intake import Case
from clinic.demo.actions.treatment import Infusion
from clinic.demo.rules import curves, stories
from clinic.demo.rules.diary import Diary, Slot
from clinic.demo.rules.people import Person, people
from clinic.demo.rules.stories import Story
from clinic.rooms.models import Room
from clinic.sites.models import Site
from clinic.staff import actions as staff_actions
from clinic.staff import queries as staff_queries
from clinic.staff.models import User
from clinic.staff.permissions import Role
from patients.merging import actions as merging_actions
from patients.merging import queries as merging_queries
from sessions.administration import actions as session_actions
from sessions.administration import queries as session_queries
from sessions.administration.models import SessionEntry, TreatmentSession

CLIENTS: Final = 16
ROOMS_OF_A_NURSE: Final = 2
VISIT_EVERY: Final = timedelta(minutes=140)  # set-up and turnover included
LONG_READINGS: Final = 300
SHARED: Final = ("phone", "address", "postal_code")
STAFF: Final = ("ada", "fran", "nora", "nils", "paula")


@dataclass(frozen=True)
class Hall(House):
    """A site of the bench's own, with as many rooms and nurses as it takes."""

    def nurse_of(self, room: int) -> User:
        return self.staff[f"nurse {room // ROOMS_OF_A_NURSE}"]


def made_at() -> datetime:
    """The moment at which the made-up clinic was made, which is its today; `world.py` says it in the environment."""
    return datetime.fromisoformat(os.environ["BENCH_MADE_AT"])


def make_once(now: datetime) -> bool:
    """The two full days and the long sheet, unless an earlier run made them; says whether it made any."""
    missing = [make for name, make in ONCE.items() if not Site.objects.filter(name=name).exists()]
    for make in missing:
        with transaction.atomic():
            make(now)
    return bool(missing)


def sheets_to_save_into(now: datetime) -> list[TreatmentSession]:
    """Running infusions for this run alone, one for each client: an earlier run's have grown."""
    number = Site.objects.filter(name__startswith="Bench saving").count() + 1
    hall = _hall(f"Bench saving {number}", rooms=CLIENTS, now=now)
    return [
        treatment.treat(case, Slot(room, now - timedelta(minutes=50)), until=now).session
        for room, case in enumerate(_treated(hall, f"saving {number}", CLIENTS))
    ]


def _thirty(now: datetime) -> None:
    _full_day("Bench thirty", now, rooms=6, each=5, first=timedelta(hours=7))


def _hundreds(now: datetime) -> None:
    _full_day("Bench hundreds", now, rooms=30, each=10, first=timedelta(minutes=10))


def _full_day(name: str, now: datetime, *, rooms: int, each: int, first: timedelta) -> None:
    """Every room of a site booked for tomorrow, one visit after the other, and somebody to look at it."""
    hall = _hall(name, rooms=rooms, now=now)
    _account(name.rsplit(maxsplit=1)[-1], Role.FRONT_DESK, hall.site, now)
    diary = hall.diary
    begins = diary.moment(diary.days_ago(-1), 0) + first
    for place, person in enumerate(people(_seed(name), rooms * each, diary.today)):
        case = _case(hall, person, Story(stories.REFERRED), f"{name} {place}", days_ago=6)
        treatment.book(case, Slot(place % rooms, begins + VISIT_EVERY * (place // rooms)), at=now)


def _long_sheet(now: datetime) -> None:
    """An infusion that is over, whose patient was watched for five hours after it."""
    hall = _hall("Bench sheet", rooms=1, now=now)
    (case,) = _treated(hall, "sheet", 1)
    slot = Slot(0, now - timedelta(minutes=LONG_READINGS + 30))
    infusion = treatment.treat(case, slot, until=slot.starts_at + timedelta(minutes=90))
    missing = LONG_READINGS - SessionEntry.objects.filter(session=infusion.session, kind="vitals").count()
    ticket = session_queries.author_ticket(infusion.nurse.pk, infusion.session.pk, now=slot.starts_at)
    entries = [_reading(case, infusion, ticket, minute) for minute in range(1, missing + 1)]
    with acting(infusion.nurse) as nurse:
        fates = session_actions.take_entries(session_id=infusion.session.pk, entries=entries, caller=nurse, now=now)
    refused = {fate.sentence for fate in fates if fate.fate == "refused"}
    if refused:
        raise RuntimeError(f"the long sheet does not take its readings: {refused}")


def _twins(now: datetime) -> None:
    """One person on the books twice, and declared one."""
    hall = _hall("Bench twins", rooms=1, now=now)
    first, second = (
        intake.register(hall, _stranger(person, f"twin {place}"), at=now - timedelta(hours=2), rng=Random(f"{place}"))
        for place, person in enumerate(people(_seed("twins"), 2, hall.diary.today))
    )
    preview = merging_queries.preview(first.pk, second.pk, now=now)
    if preview is None:
        raise RuntimeError("the twins cannot be compared")
    both = {"kept": preview.kept.id, "other": preview.other.id}
    with acting(hall.staff["ada"]) as ada:
        merging_actions.merge_people(**both, seen=preview.seen, reason="Same person, asked.", by=ada, now=now)


ONCE: Final = {
    "Bench thirty": _thirty,
    "Bench hundreds": _hundreds,
    "Bench sheet": _long_sheet,
    "Bench twins": _twins,
}


def _reading(case: Case, infusion: Infusion, ticket: str, minute: int) -> dict[str, Any]:
    at = infusion.started_at + timedelta(minutes=minute, seconds=20)
    return {
        "id": str(case.key(at)),
        "kind": "vitals",
        "occurred_at": at.isoformat(),
        "recorded_at": (at + timedelta(seconds=8)).isoformat(),
        "seq": 1000 + minute,
        "device": "tablet 1",
        "author_ticket": ticket,
        "data": curves.reading(case.rng, curves.body(Random("one body")), 60),
    }


def _treated(hall: Hall, word: str, count: int) -> list[Case]:
    """People with a signed plan and consent."""
    cases = []
    for place, person in enumerate(people(_seed(word), count, hall.diary.today)):
        case = _case(hall, person, Story(stories.PLANNED), f"{word} {place}", days_ago=intake.INTAKE_DAYS)
        intake.prepare(case)
        cases.append(case)
    return cases


def _case(hall: Hall, person: Person, story: Story, word: str, *, days_ago: int) -> Case:
    first_day = hall.diary.days_ago(days_ago)
    return intake.refer(hall, _stranger(person, word), story, first_day=first_day, rng=Random(f"of the bench, {word}"))


def _stranger(person: Person, word: str) -> Person:
    """Without what somebody of the same name may share with them: nobody here looks registered already."""
    email = f"{word.replace(' ', '-').lower()}@bench.example.org"
    own = {**dict.fromkeys(SHARED, ""), "email": email, "family_name": f"{person.details['family_name']} of {word}"}
    return replace(person, details=person.details | own)


def _hall(name: str, *, rooms: int, now: datetime) -> Hall:
    site = Site.objects.create(name=name, time_zone=TIME_ZONE, phone="+12025550100", requires_second_factor=False)
    places = tuple(Room.objects.create(site=site, label=str(number)) for number in range(1, rooms + 1))
    found = User.objects.filter(email__in=[f"{word}@example.org" for word in STAFF])
    staff = {user.email.partition("@")[0]: staff_queries.with_roles(user) for user in found}
    for number in range((rooms + 1) // ROOMS_OF_A_NURSE):
        word = f"{name.lower().replace(' ', '-')}-nurse-{number}"
        staff[f"nurse {number}"] = _account(word, Role.NURSE, site, now)
    return Hall(site, places, staff, Diary(now, ZoneInfo(TIME_ZONE)))


def _account(word: str, role: Role, site: Site, now: datetime) -> User:
    user = staff_actions.add_user(
        email=f"{word}@example.org",
        full_name=word.replace("-", " ").capitalize(),
        credentials="",
        site=site,
        password=DEMO_PASSWORD,
        now=now,
        is_demo=True,
    )
    staff_actions.grant_role(user=user, role=role, site=site, by=None, now=now)
    return staff_queries.with_roles(user)


def _seed(word: str) -> int:
    return int.from_bytes(word.encode()[-4:], "big")
