"""How long is a visit and what is it made of, which moves can it make, and how many people may a nurse look after?

The shape and the numbers are the clinic's own design (docs/clinical/visits.md): the hour of recovery is the least
time before an IV patient may go home, the moves follow the states of a session.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from clinic.rooms.rules import Span, clock, round_up

SET_UP_MINUTES: Final = 10
ARRIVAL_MINUTES: Final = 20
RECOVERY_MINUTES: Final = 60
TURNOVER_MINUTES: Final = 10
USUAL_INFUSION_MINUTES: Final = 40

NURSE_MAY_HAVE: Final = 2
NO_SHOW_AFTER_MINUTES: Final = 15
LATE_ENTRY_MINUTES: Final = 60
BOOK_AHEAD_DAYS: Final = 366
ARRIVES_WITHIN_HOURS: Final = 12
HOURS_BETWEEN_SESSIONS: Final = 24

SCHEDULED: Final = "scheduled"
ARRIVED: Final = "arrived"
IN_ROOM: Final = "in_room"
GONE: Final = "gone"
NO_SHOW: Final = "no_show"
CANCELLED: Final = "cancelled"
# Visits that take time of a room, a patient and a nurse.
TAKES_TIME: Final = frozenset({SCHEDULED, ARRIVED, IN_ROOM, GONE})
# Visits that are still ahead or under way.
STILL_TO_END: Final = frozenset({SCHEDULED, ARRIVED, IN_ROOM})

MOVES: Final[Mapping[str, frozenset[str]]] = {
    SCHEDULED: frozenset({ARRIVED, NO_SHOW, CANCELLED}),
    ARRIVED: frozenset({IN_ROOM, GONE, CANCELLED}),
    IN_ROOM: frozenset({GONE}),
    NO_SHOW: frozenset({ARRIVED}),
    GONE: frozenset(),
    CANCELLED: frozenset(),
}
# What a move is taken back to. Leaving goes back to wherever the person was.
TAKEN_BACK_TO: Final[Mapping[str, frozenset[str]]] = {
    ARRIVED: frozenset({SCHEDULED}),
    NO_SHOW: frozenset({SCHEDULED}),
    IN_ROOM: frozenset({ARRIVED}),
    GONE: frozenset({ARRIVED, IN_ROOM}),
}
STANDING: Final[Mapping[str, tuple[str, str]]] = {
    ARRIVED: ("done", "Arrived"),
    IN_ROOM: ("now", "In room"),
    GONE: ("done", "Gone"),
    NO_SHOW: ("skipped", "Did not come"),
    CANCELLED: ("skipped", "Cancelled"),
}
WHY_NOT: Final[Mapping[str, str]] = {
    SCHEDULED: "This person has not arrived yet. Mark them as arrived first.",
    ARRIVED: "This person has already arrived.",
    IN_ROOM: "This person is already in the room.",
    GONE: "This person has already gone.",
    NO_SHOW: "This visit is marked as missed. If the person came after all, mark them as arrived.",
    CANCELLED: "This visit is cancelled. Book a new one.",
}


@dataclass(frozen=True)
class Phase:
    """One part of a visit, and the minutes it takes."""

    code: str
    label: str
    minutes: int


@dataclass(frozen=True)
class Shape:
    """What one visit takes: its parts in order. The room is held for all of them, the patient without the outer two."""

    infusion_minutes: int

    @property
    def patient_minutes(self) -> int:
        return ARRIVAL_MINUTES + self.infusion_minutes + RECOVERY_MINUTES

    @property
    def room_minutes(self) -> int:
        return SET_UP_MINUTES + self.patient_minutes + TURNOVER_MINUTES


def patient_span(starts_at: datetime, infusion_minutes: int) -> Span:
    """From arrival to the planned leaving, which lies on the step of the calendar."""
    return Span(starts_at, round_up(starts_at + timedelta(minutes=Shape(infusion_minutes).patient_minutes)))


def room_span(patient: Span) -> Span:
    """The patient's time with set-up before it and turnover after it."""
    return Span(
        patient.starts_at - timedelta(minutes=SET_UP_MINUTES), patient.ends_at + timedelta(minutes=TURNOVER_MINUTES)
    )


def phases(patient: Span) -> tuple[Phase, ...]:
    """The parts of a booked visit, set-up and turnover included; what a short visit lacks is missing from recovery."""
    arrival = min(ARRIVAL_MINUTES, patient.minutes)
    recovery = min(RECOVERY_MINUTES, max(0, patient.minutes - arrival))
    parts = (
        Phase("setup", "Set-up", SET_UP_MINUTES),
        Phase("arrival", "Arrival and checks", arrival),
        Phase("infusion", "Infusion", patient.minutes - arrival - recovery),
        Phase("recovery", "Recovery", recovery),
        Phase("turnover", "Turnover", TURNOVER_MINUTES),
    )
    return tuple(part for part in parts if part.minutes > 0)


def may_move(from_state: str, to_state: str) -> tuple[str, ...]:
    """Say why a visit may not move between two states; an empty tuple means it may."""
    if to_state in MOVES[from_state]:
        return ()
    return (WHY_NOT[from_state],)


def may_arrive(starts_at: datetime, now: datetime) -> tuple[str, ...]:
    """A person arrives for the visit of the day: within twelve hours of its time, which holds over midnight too."""
    if abs(now - starts_at) <= timedelta(hours=ARRIVES_WITHIN_HOURS):
        return ()
    return ("This visit is not today. If the person is here now, book a visit for today.",)


def may_be_missed(starts_at: datetime, now: datetime, zone_name: str) -> tuple[str, ...]:
    """Nobody is missed before a quarter of an hour has passed."""
    grace_ends_at = starts_at + timedelta(minutes=NO_SHOW_AFTER_MINUTES)
    if now >= grace_ends_at:
        return ()
    return (f"It is too early to say that nobody came. Wait until {clock(grace_ends_at, zone_name)}.",)


def too_close(starts_at: datetime, others: list[datetime]) -> datetime | None:
    """Another visit of the same person that is less than a day away; two infusions need a day between them."""
    near = [other for other in others if abs(other - starts_at) < timedelta(hours=HOURS_BETWEEN_SESSIONS)]
    return min(near, default=None)


def standing(state: str, span: Span, now: datetime) -> tuple[str, str]:
    """The sign and the words for where a visit stands: late once its time has passed, unclear once it is over."""
    if state != SCHEDULED:
        return STANDING[state]
    late = Span(span.starts_at, max(now, span.starts_at)).minutes
    if now >= span.ends_at:
        return ("unknown", "Not marked")
    if late >= NO_SHOW_AFTER_MINUTES:
        return ("late", f"{late} min late")
    return ("due", f"{late} min late") if late else ("open", "Expected")
