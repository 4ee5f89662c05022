"""How does a clinic of thousands fit into its rooms? Who was like whom, in which house, how many days earlier.

Somebody of the crowd lived through the same as a person whose story has ended, so many days before them, in one room of
one house: hours and distances stay believable, no room is taken twice, and nobody comes on a Sunday.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from clinic.demo.rules.diary import ROOM_LABELS, STARTS

DAYS_OF_HISTORY: Final = 3 * 365
# A place is one start in one room on one day, and one bit of a mask.
PLACES_A_DAY: Final = len(ROOM_LABELS) * len(STARTS)
USUAL_CLINIC: Final = 10_000
LARGE_CLINIC: Final = 200_000
# Sessions for each hundred people: a clinic has many people because it has treated for long, so each has had more.
SESSIONS_OF_USUAL: Final = 600
SESSIONS_OF_LARGE: Final = 1000
# However many rooms are free.
PEOPLE_OF_A_HOUSE: Final = 1000
# The houses that are looked at for room; the ones before them are as good as full.
HOUSES_LOOKED_AT: Final = 8


@dataclass(frozen=True)
class Lived:
    """What a person went through: their first day in the history, how many sessions, and the places these took."""

    person: int
    first_day: int
    sessions: int = 0
    room: int = 0
    places: int = 0

    def in_room(self, room: int) -> int:
        """The same places in another room."""
        ahead = (room - self.room) * len(STARTS)
        return self.places << ahead if ahead >= 0 else self.places >> -ahead


@dataclass(frozen=True)
class Copy:
    """One of the crowd: like whom, in which house (0 is the first) and room, and how many days before them."""

    like: Lived
    house: int
    room: int
    days: int


@dataclass
class House:
    """One house and its places so far."""

    number: int
    taken: int
    people: int
    # The next room and day to try for each person to be like; what did not fit once never fits later.
    tried: dict[int, int] = field(default_factory=dict)

    def place(self, like: Lived) -> Copy | None:
        """Take the latest days and the first room at which every place is free."""
        if self.people >= PEOPLE_OF_A_HOUSE:
            return None
        rooms = len(ROOM_LABELS)
        for step in range(self.tried.get(like.person, 0), rooms * like.first_day):
            days, room = divmod(step, rooms)
            places = like.in_room(room) >> (days * PLACES_A_DAY)
            self.tried[like.person] = step + 1
            if not places & self.taken:
                self.taken |= places
                self.people += 1
                return Copy(like, self.number, room, days)
        return None


def sessions_per_hundred(people: int) -> int:
    """600 up to ten thousand people, 1,000 from two hundred thousand on, in proportion between them."""
    beyond = min(max(people - USUAL_CLINIC, 0), LARGE_CLINIC - USUAL_CLINIC)
    return SESSIONS_OF_USUAL + (SESSIONS_OF_LARGE - SESSIONS_OF_USUAL) * beyond // (LARGE_CLINIC - USUAL_CLINIC)


def place(day: int, room: int, start: int) -> int:
    """The bit of one place."""
    return 1 << (day * PLACES_A_DAY + room * len(STARTS) + start)


def whole_days(days: Iterable[int]) -> int:
    """Every place of these days."""
    return together((1 << PLACES_A_DAY) - 1 << day * PLACES_A_DAY for day in days)


def together(masks: Iterable[int]) -> int:
    """Every place that is in one of them."""
    taken = 0
    for mask in masks:
        taken |= mask
    return taken


@dataclass(frozen=True)
class Made:
    """What the people who are told step by step went through: those whose story has ended, and those of today."""

    ended: Sequence[Lived]
    of_today: Sequence[Lived]
    closed: int

    def first_house(self) -> House:
        everybody = (*self.ended, *self.of_today)
        return House(0, self.closed | together(one.places for one in everybody), len(everybody))

    def further_house(self, number: int) -> House:
        return House(number, self.closed | together(one.places for one in self.of_today), len(self.of_today))


def crowd(count: int, made: Made, *, sessions: int, seed: int) -> list[Copy]:
    """So many people with about so many sessions in all, in as many houses as it takes.

    Each further house begins with people like those of today, so that it has a day and a list of tasks of its own.
    """
    rng = Random(f"crowd {seed}")
    longer = [one for one in made.ended if one.sessions * count > sessions] or made.ended
    shorter = [one for one in made.ended if one.sessions * count <= sessions] or made.ended
    houses, found, had = [made.first_house()], list[Copy](), 0
    while len(found) < count:
        like = rng.choice(longer if had * count < sessions * len(found) else shorter)
        copy = next((copy for house in houses if (copy := house.place(like))), None)
        if copy is None:
            number = houses[-1].number + 1
            houses = [*houses, made.further_house(number)][-HOUSES_LOOKED_AT:]
            moved_in = [Copy(one, number, one.room, 0) for one in made.of_today]
        else:
            moved_in = [copy]
        found += moved_in
        had += sum(one.like.sessions for one in moved_in)
    return found[:count]
