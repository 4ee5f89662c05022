"""What does a board say at a glance? Signs, words and clocks worked out from plain facts.

A sign says how things stand by its shape (done, due, late, open, unknown); the words stand beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from clinic.rooms.rules import clock

DESK: Final = "desk"
ROOMS: Final = "rooms"
RECOVERY: Final = "recovery"
EXPECTED: Final = "expected"
GONE: Final = "gone"
OFF: Final = "off"
GROUP_LABELS: Final = {
    DESK: "At the desk",
    ROOMS: "In rooms",
    RECOVERY: "Recovery",
    EXPECTED: "Expected",
    GONE: "Gone",
    OFF: "Did not come or cancelled",
}

OVER: Final = frozenset({"gone", "no_show", "cancelled"})

LATE_AFTER: Final = timedelta(minutes=15)
SCALE_HOLDS: Final = timedelta(days=7)
FASTING_FROM_HOURS: Final = 6
READING_EVERY: Final = timedelta(minutes=10)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
SLIGHT: Final = 1  # grades as charted: 1 mild, 2 moderate, 3 severe (CTCAE 5.0)
SEVERE: Final = 3


@dataclass(frozen=True)
class VisitFacts:
    """What is known about one visit of today, without a word that the front desk may not read."""

    state: str
    starts_at: datetime
    state_since: datetime
    session_state: str
    has_plan: bool
    consent_until: date | None
    has_forms: bool
    scale_at: datetime | None
    fasting_hours: int | None
    has_ride: bool
    needs_nurse: bool


@dataclass(frozen=True)
class Dot:
    """One thing that has to be ready, whether it is, and where the reader can put it right."""

    label: str
    sign: str
    word: str
    url: str = ""

    @property
    def spoken(self) -> str:
        return f"{self.label}: {self.word}"


@dataclass(frozen=True)
class Status:
    """Where somebody stands, in a word with its sign; an ordinary state has no sign."""

    text: str
    sign: str = ""

    @property
    def tone(self) -> str:
        """The tone of the row: that of its worst sign."""
        return {"late": "is-late", "due": "is-alert"}.get(self.sign, "")


@dataclass(frozen=True)
class Happening:
    """One thing charted in a room that asks for somebody: a call for help, an adverse event with its grade."""

    at: datetime
    is_call: bool
    grade: int = 0


@dataclass(frozen=True)
class Alarm:
    """What the head of a room says beyond its clock: an octagon while nobody has looked since, then a diamond."""

    tone: str
    text: str


@dataclass(frozen=True)
class Ring:
    """The due clock of a room."""

    tone: str
    text: str
    label: str
    dash: int


def group_of(facts: VisitFacts) -> str:
    """In which part of the board a visit stands."""
    if facts.state == "in_room":
        return RECOVERY if facts.session_state == "recovery" else ROOMS
    return {"arrived": DESK, "scheduled": EXPECTED, "gone": GONE}.get(facts.state, OFF)


def dots(facts: VisitFacts, today: date) -> tuple[Dot, ...]:
    """What has to be ready before the infusion, in the order of the columns."""
    if facts.state in OVER:
        return _afterwards(facts, today)
    here = facts.state != "scheduled"
    return (
        _dot("Consent", done=facts.consent_until is not None and today < facts.consent_until, here=True),
        _dot("Forms", done=facts.has_forms, here=True),
        _dot("Scale", done=_scale_is_fresh(facts), here=here),
        _fasting(facts),
        _ride(facts),
        _dot("Order", done=facts.has_plan, here=here),
    )


def status(facts: VisitFacts, now: datetime, today: date) -> Status:
    """The word for how a visit stands, with the sign that asks for somebody."""
    if facts.state == "scheduled":
        return _expected(facts, now)
    if facts.state == "arrived":
        return _at_the_desk(facts, today)
    if facts.state == "in_room":
        words = {"running": "Infusing", "paused": "Paused", "recovery": "Recovery"}
        if facts.session_state == "paused":
            return Status("Paused", "due")
        return Status(words.get(facts.session_state, "Preparing"))
    return Status({"gone": "Gone", "no_show": "Did not come"}.get(facts.state, "Cancelled"))


def minutes_in_status(facts: VisitFacts, now: datetime) -> int | None:
    """How long somebody who is here has been in this state."""
    if facts.state not in {"arrived", "in_room"}:
        return None
    return max(0, (now - facts.state_since) // MINUTE)


def ring(due_at: datetime, state: str, now: datetime) -> Ring:
    """The clock until the next reading: a ring, a diamond when it is due, an octagon when it is late."""
    if state in {"late", "escalate"}:
        late = (now - due_at) // MINUTE
        return Ring("late", f"+{late}", f"Reading {minutes(late)} late", 0)
    if state == "due":
        return Ring("due", "due", "Reading due now", 0)
    left = max(timedelta(0), due_at - now)
    whole, seconds = divmod(int(left.total_seconds()), 60)
    share = min(100, int(left * 100 / READING_EVERY))
    return Ring("", f"{whole}:{seconds:02}", f"Next reading in {minutes(whole)} {seconds} seconds", share)


def alarm(happened: Sequence[Happening], last_reading_at: datetime | None, zone: str) -> Alarm | None:
    """The gravest thing that is still open in a room, the latest first.

    A call for help and a severe event stay an octagon until vitals have been charted after them; then the event is
    being watched, a diamond, until the person leaves. A lesser event asks until the next vitals. Nothing ends by time
    alone, and what is taken back is not here.
    """
    severe = [one for one in happened if one.is_call or one.grade >= SEVERE]
    lesser = [one for one in happened if not one.is_call and SLIGHT < one.grade < SEVERE]
    unseen = [one for one in (*severe, *lesser) if last_reading_at is None or one.at > last_reading_at]
    for among, tone in ((severe, "late"), (lesser, "due")):
        latest = max((one for one in among if one in unseen), key=lambda one: one.at, default=None)
        if latest is not None:
            words = "Help called" if latest.is_call else "Severe event" if tone == "late" else "Event"
            return Alarm(tone, f"{words} {clock(latest.at, zone)}")
    watched = max((one for one in severe if not one.is_call), key=lambda one: one.at, default=None)
    return None if watched is None else Alarm("due", f"Watched since a severe event {clock(watched.at, zone)}")


def initials(name: str) -> str:
    """As in U. B.: enough for those who work here, and no name on the wall."""
    words = name.split()
    return " ".join(f"{word[0].upper()}." for word in dict.fromkeys((words[0], words[-1])))


def minutes(count: int) -> str:
    """As in 1 minute, 4 minutes."""
    return f"{count} minute" if count == 1 else f"{count} minutes"


def how_long(span: timedelta) -> str:
    """A stretch of time in its largest unit: 12 min, 5 h, 3 days."""
    whole = max(0, span // MINUTE)
    if span < HOUR:
        return f"{whole} min"
    if whole < 48 * 60:
        return f"{whole // 60} h"
    return f"{whole // (24 * 60)} days"


def percent(part: int, whole: int) -> int:
    """A share in whole percent; of nothing it is 0."""
    return 0 if whole == 0 else (200 * part + whole) // (2 * whole)


def booked_minutes(spans: Sequence[tuple[datetime, datetime]], opens_at: datetime, closes_at: datetime) -> int:
    """How much of the opening hours is booked; spans of one room never overlap."""
    inside = (min(end, closes_at) - max(start, opens_at) for start, end in spans)
    return sum((span // MINUTE for span in inside if span > timedelta(0)), 0)


def _dot(label: str, *, done: bool, here: bool) -> Dot:
    if done:
        return Dot(label, "done", "done")
    return Dot(label, "due", "to do now") if here else Dot(label, "open", "not yet")


def _afterwards(facts: VisitFacts, today: date) -> tuple[Dot, ...]:
    """For a visit that is over: what was ready stays readable, nothing is asked for any more."""
    before = dots(replace(facts, state="in_room"), today)
    return tuple(dot if dot.sign == "done" else Dot(dot.label, "", "not needed") for dot in before)


def _scale_is_fresh(facts: VisitFacts) -> bool:
    return facts.scale_at is not None and facts.starts_at - facts.scale_at <= SCALE_HOLDS


def _fasting(facts: VisitFacts) -> Dot:
    if facts.fasting_hours is None:
        return Dot("Fasting", "open", "not asked yet")
    enough = facts.fasting_hours >= FASTING_FROM_HOURS
    return Dot("Fasting", "done", "done") if enough else Dot("Fasting", "late", "ate too recently")


def _ride(facts: VisitFacts) -> Dot:
    if facts.has_ride:
        return Dot("Ride", "done", "done")
    return Dot("Ride", "unknown", "not known") if facts.state == "scheduled" else Dot("Ride", "late", "missing")


def _expected(facts: VisitFacts, now: datetime) -> Status:
    late = now - facts.starts_at
    if late < MINUTE:
        return Status("Expected")
    return Status(f"{how_long(late)} late", "late" if late >= LATE_AFTER else "due")


def _at_the_desk(facts: VisitFacts, today: date) -> Status:
    if not facts.has_ride:
        return Status("No ride named", "late")
    if facts.needs_nurse:
        return Status("Needs nurse", "due")
    waits = [dot.label.lower() for dot in dots(facts, today) if dot.sign in {"due", "late"}]
    return Status(f"Waits for {' and '.join(waits)}", "due") if waits else Status("Ready", "done")
