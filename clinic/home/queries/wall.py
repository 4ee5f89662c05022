"""What hangs on the wall of the nurses’ room? Every room at this moment, without a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from clinic.home import rules
from clinic.home.queries.floor import Floor, SessionNow, floor, room_line
from clinic.rooms.models import Room
from clinic.rooms.rules import clock
from clinic.staff.models import User
from sessions.administration.models import SessionState

MINUTE: Final = timedelta(minutes=1)
STATES: Final[Mapping[str, str]] = {
    SessionState.RUNNING.value: "Infusing",
    SessionState.PAUSED.value: "Paused",
    SessionState.RECOVERY.value: "Recovery",
}


@dataclass(frozen=True)
class WallRoom:
    """One room as it is read from four metres away."""

    plate: str
    who: str
    line: str
    state: str = ""
    minutes: int | None = None
    sign: str = ""
    tone: str = ""
    ring: rules.Ring | None = None

    @property
    def is_free(self) -> bool:
        return not self.state


@dataclass(frozen=True)
class Wall:
    """The board on the wall, and whose rooms it shows."""

    at: str
    site: str
    rooms: tuple[WallRoom, ...]
    patient_ids: frozenset[UUID]

    @property
    def asks(self) -> int:
        """How many rooms ask for somebody now."""
        return sum(bool(room.tone) for room in self.rooms)


def wall(user: User, *, now: datetime) -> Wall:
    """Every room of the reader’s site."""
    house = floor(user, now=now)
    by_room = {session.room_id: session for session in house.sessions}
    return Wall(
        at=clock(now, house.zone),
        site=user.home_site.name,
        rooms=tuple(
            _taken(room, by_room[room.pk], house) if room.pk in by_room else _free(room, house) for room in house.rooms
        ),
        patient_ids=house.patient_ids,
    )


def _taken(room: Room, session: SessionNow, house: Floor) -> WallRoom:
    ring = rules.ring(session.due.due_at, session.due.state, house.now) if session.due else None
    tones = {one.tone for one in (session.alarm, ring) if one}
    tone = next((one for one in ("late", "due") if one in tones), "")
    return WallRoom(
        plate=room.label,
        who=rules.initials(session.name),
        state=STATES.get(session.state, "Preparing"),
        minutes=_minutes(session, house.now),
        line=session.alarm.text if session.alarm else room_line(session, ring, house),
        sign=session.alarm.tone if session.alarm else "",
        tone=tone,
        ring=ring,
    )


def _minutes(session: SessionNow, now: datetime) -> int:
    """Since the start while it runs, since the stop in recovery, since the sheet was opened before."""
    if session.state == SessionState.RECOVERY and session.stopped_at:
        since = session.stopped_at
    else:
        since = session.started_at or session.opened_at
    return max(0, (now - since) // MINUTE)


def _free(room: Room, house: Floor) -> WallRoom:
    following = next(
        (seat.visit for seat in house.inside(rules.DESK, rules.EXPECTED) if seat.visit.room_id == room.pk), None
    )
    words = "Nobody else today"
    if following is not None:
        is_here = following.state == "arrived"
        who = rules.initials(following.patient_name)
        words = f"{who} {'is here' if is_here else 'next'}, {clock(following.starts_at, house.zone)}"
    return WallRoom(plate=room.label, who="Free", line=words)
