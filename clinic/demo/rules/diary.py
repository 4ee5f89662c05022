"""Which room is free when? The diary of the demonstration clinic, and how today lies around this moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from clinic.demo.rules import stories

ROOM_LABELS: Final = ("1", "2", "3", "4", "5")
STARTS: Final = (time(8, 15), time(10, 35), time(12, 55), time(15, 15))
STEP: Final = timedelta(minutes=5)
SUNDAY: Final = 6
WORTH_SHOWING: Final = timedelta(hours=1)

# Where each visit of today lies: the room, and minutes from this moment to its start. A visit holds its room from
# 10 minutes before to 130 minutes after its start.
TODAY: Final[Mapping[str, tuple[tuple[int, int], ...]]] = {
    stories.RUNNING: ((0, -45),),
    stories.RUNNING_DUE: ((1, -35),),
    stories.RECOVERING: ((2, -105),),
    stories.WAITING: ((3, 0),),
    stories.NO_RIDE: ((2, 35),),
    stories.LATE: ((4, -25),),
    stories.MISSED: ((4, -165),),
    stories.GONE: ((0, -185), (3, -140)),
    stories.GONE_UNSIGNED: ((1, -175),),
    stories.HELD: ((2, -245),),
    stories.LATER: ((0, 95), (1, 105), (4, 115), (3, 140), (2, 175), (0, 235)),
}
# Minutes from the appointed time to the start of the infusion, where it matters to the minute.
STARTED_AFTER: Final[Mapping[str, int]] = {stories.RUNNING: 23, stories.RUNNING_DUE: 24, stories.RECOVERING: 25}
USUALLY_STARTED_AFTER: Final = 20


@dataclass(frozen=True)
class Slot:
    """A room and the moment at which somebody is expected in it."""

    room: int
    starts_at: datetime


class Diary:
    """What is still free, on days before and after today and around this moment."""

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        self.now, self.zone = now, zone
        self.today = now.astimezone(zone).date()
        self._taken: set[tuple[date, int, time]] = set()
        self._used_today: dict[str, int] = {}

    def moment(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A time by the clock of the clinic, as a moment."""
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(self.now.tzinfo)

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def past(self, rng: Random, day: date, room: int | None = None) -> Slot:
        """Something free on a day in the past, or on the nearest one before it; the clinic is closed on Sundays."""
        rooms = range(len(ROOM_LABELS)) if room is None else (room,)
        while True:
            slot = None if day.weekday() == SUNDAY else self._free(rng, day, rooms)
            if slot is not None:
                return slot
            day -= timedelta(days=1)

    def ahead(self, rng: Random, day: date) -> Slot:
        """Something free on a day to come, or on the nearest one after it."""
        while True:
            slot = None if day.weekday() == SUNDAY else self._free(rng, day)
            if slot is not None:
                return slot
            day += timedelta(days=1)

    def around_now(self, role: str) -> Slot | None:
        """The next place of today for this kind of visit; nothing when it would lie on another day."""
        places = TODAY[role]
        used = self._used_today.get(role, 0)
        self._used_today[role] = used + 1
        if used >= len(places):
            return None
        room, minutes = places[used]
        starts_at = self._on_step() + timedelta(minutes=minutes)
        # A visit that is still ahead and would lie almost whole on tomorrow is better booked for tomorrow.
        until = starts_at + WORTH_SHOWING if role == stories.LATER else starts_at
        days = {moment.astimezone(self.zone).date() for moment in (starts_at, until)}
        return Slot(room, starts_at) if days == {self.today} else None

    def _free(self, rng: Random, day: date, rooms: Sequence[int] = range(len(ROOM_LABELS))) -> Slot | None:
        free = [(start, room) for start in STARTS for room in rooms if (day, room, start) not in self._taken]
        if not free:
            return None
        start, room = rng.choice(free)
        self._taken.add((day, room, start))
        return Slot(room, self.moment(day, start.hour, start.minute))

    def _on_step(self) -> datetime:
        """The last moment that the calendar knows: now, or a few minutes before."""
        past = timedelta(minutes=self.now.minute % 5, seconds=self.now.second, microseconds=self.now.microsecond)
        return self.now - past
