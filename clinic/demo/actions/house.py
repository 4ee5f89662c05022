"""Who works at the demonstration clinic, and where? One site, five rooms, somebody in every role."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pghistory
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, reset_hashers

from clinic.demo.rules.diary import ROOM_LABELS, Diary
from clinic.demo.rules.people import colleague, house_name
from clinic.rooms.models import Room
from clinic.sites.models import Site
from clinic.staff import actions as staff_actions
from clinic.staff import queries as staff_queries
from clinic.staff.models import User
from clinic.staff.permissions import Role

# Everybody may know it: these accounts exist only in a clinic without real people.
DEMO_PASSWORD: Final = "quiet water stairs"  # noqa: S105 - printed on every start
SITE_NAME: Final = "Ashby Street"
TIME_ZONE: Final = "America/New_York"
OPENED_DAYS_AGO: Final = 1200
PEOPLE: Final = (
    ("fran", "Fran Feld", "", Role.FRONT_DESK),
    ("nora", "Nora Nolan", "RN", Role.NURSE),
    ("nils", "Nils Nyberg", "RN", Role.NURSE),
    ("nadia", "Nadia Noor", "RN", Role.NURSE),
    ("mika", "Mika Mori", "MA", Role.MEDICAL_ASSISTANT),
    ("paula", "Paula Petit", "MD", Role.PRESCRIBER),
    ("dirk", "Dirk Dorn", "MD", Role.MEDICAL_DIRECTOR),
    ("theo", "Theo Tamm", "PhD", Role.THERAPIST),
    ("ada", "Ada Abel", "", Role.ADMINISTRATOR),
    ("olga", "Olga Ortiz", "", Role.AUDITOR),
)
# Rooms 1 and 2, 3 and 4, and 5: nobody looks after more than two people at once.
NURSE_OF_ROOM: Final = ("nora", "nora", "nils", "nils", "nadia")


class QuickHasher(Argon2PasswordHasher):
    """The real algorithm at its smallest cost, for a password that is printed anyway and proved hundreds of times."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


@dataclass(frozen=True)
class House:
    """The clinic with its people, and the diary they work by."""

    site: Site
    rooms: tuple[Room, ...]
    staff: Mapping[str, User]
    diary: Diary

    @property
    def now(self) -> datetime:
        return self.diary.now

    def nurse_of(self, room: int) -> User:
        return self.staff[NURSE_OF_ROOM[room]]

    def witness_for(self, nurse: User) -> User:
        """A second nurse."""
        return self.staff["nils" if nurse.pk == self.staff["nora"].pk else "nora"]


def open_house(*, now: datetime) -> House:
    """The site, its rooms and an account for everybody, each with a role."""
    names = {word: (f"{word}@example.org", full_name) for word, full_name, _, _ in PEOPLE}
    return _open(SITE_NAME, names, Diary(now, ZoneInfo(TIME_ZONE)))


def open_further_house(first: House, number: int) -> House:
    """One more site with rooms and roles like the first one, and people of its own."""
    rng = Random(f"house {number}")
    names = {word: (f"{word}.{number}@example.org", colleague(rng)) for word, _, _, _ in PEOPLE}
    return _open(house_name(number), names, first.diary)


def _open(name: str, names: Mapping[str, tuple[str, str]], diary: Diary) -> House:
    opened_at = diary.now - timedelta(days=OPENED_DAYS_AGO)
    site = Site.objects.create(name=name, time_zone=TIME_ZONE, phone="+12025550100", requires_second_factor=False)
    rooms = tuple(Room.objects.create(site=site, label=label) for label in ROOM_LABELS)
    staff = {}
    for word, _, credentials, role in PEOPLE:
        email, full_name = names[word]
        user = staff_actions.add_user(
            email=email,
            full_name=full_name,
            credentials=credentials,
            site=site,
            password=DEMO_PASSWORD,
            now=opened_at,
            is_demo=True,
        )
        staff_actions.grant_role(user=user, role=role, site=site, by=None, now=opened_at)
        staff[word] = staff_queries.with_roles(user)
    return House(site, rooms, staff, diary)


@contextmanager
def acting(user: User) -> Iterator[User]:
    """Whatever is changed inside was changed by this person, and the history of the rows says so."""
    with pghistory.context(user=str(user.pk)):
        yield user


@contextmanager
def quick_proofs() -> Iterator[None]:
    """Passwords are made and proved at the smallest cost inside; signing in for the first time stores a full one."""
    usual = settings.PASSWORD_HASHERS
    settings.PASSWORD_HASHERS = [f"{__name__}.{QuickHasher.__name__}"]
    reset_hashers(setting="PASSWORD_HASHERS")
    try:
        yield
    finally:
        settings.PASSWORD_HASHERS = usual
        reset_hashers(setting="PASSWORD_HASHERS")
