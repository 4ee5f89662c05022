"""When is a check-in due after a session, and what has become of it?

Everything is counted from the actual stop of the infusion. Nothing is stored as late or expired: it is read off the
clock. Windows are this project's choice: docs/clinical/follow_up.md.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

H24: Final = "h24"
DAY7: Final = "day7"
KIND_LABELS: Final = {H24: "24 hours after", DAY7: "Day 7"}
CHECK_IN_LABELS: Final = {H24: "24-hour check-in", DAY7: "Day 7 check-in"}
SCALES: Final = ("phq9", "gad7")

PLANNED: Final = "planned"
OPEN: Final = "open"
LATE: Final = "late"
ANSWERED: Final = "answered"
EXPIRED: Final = "expired"
CANCELLED: Final = "cancelled"
STATE_LABELS: Final = {
    PLANNED: "Planned",
    OPEN: "Open",
    LATE: "Late",
    ANSWERED: "Answered",
    EXPIRED: "Expired",
    CANCELLED: "Cancelled",
}

H24_OPENS: Final = timedelta(hours=18)
H24_DUE: Final = timedelta(hours=24)
H24_CLOSES: Final = timedelta(hours=36)
DAY7_DAYS: Final = 7
DAY7_GRACE_DAYS: Final = 3
# From the stop to the end of the last window, with a day to spare for zones and clock changes.
ALL_OVER_AFTER: Final = timedelta(days=DAY7_DAYS + DAY7_GRACE_DAYS + 2)
MINUTES_PER_HOUR: Final = 60
HOURS_NAMED: Final = 48
DAY_BEGINS: Final = time(8)
DAY_ENDS: Final = time(20)


@dataclass(frozen=True)
class Planned:
    """One check-in with its window, in UTC."""

    kind: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime


def planned_check_ins(stopped_at: datetime, zone: ZoneInfo) -> tuple[Planned, ...]:
    """Plan the check-ins after a session from the moment the infusion stopped.

    The first is counted in hours that pass, so a change of clocks in between moves the wall time and not the wait.
    The second is counted in days of the clinic's calendar: open from 8 in the morning of day 7, due at 8 in the
    evening, closed three days later.
    """
    stop = stopped_at.astimezone(UTC)
    day7 = stopped_at.astimezone(zone).date() + timedelta(days=DAY7_DAYS)
    return (
        Planned(H24, opens_at=stop + H24_OPENS, due_at=stop + H24_DUE, closes_at=stop + H24_CLOSES),
        Planned(
            DAY7,
            opens_at=_local(day7, DAY_BEGINS, zone),
            due_at=_local(day7, DAY_ENDS, zone),
            closes_at=_local(day7 + timedelta(days=DAY7_GRACE_DAYS), DAY_ENDS, zone),
        ),
    )


def state(planned: Planned, answered_at: datetime | None, cancelled_at: datetime | None, now: datetime) -> str:
    """Say what has become of a check-in. An answer counts whenever it came; the window is open at both its ends."""
    if answered_at is not None:
        return ANSWERED
    if cancelled_at is not None:
        return CANCELLED
    if now < planned.opens_at:
        return PLANNED
    if now <= planned.due_at:
        return OPEN
    return LATE if now <= planned.closes_at else EXPIRED


def may_record(planned: Planned, now: datetime) -> bool:
    """A check-in can be recorded from the moment it opens; after it has closed as well, late but not lost."""
    return now >= planned.opens_at


def how_late(due_at: datetime, now: datetime) -> str:
    """As in 45 min, 3 h, 2 days; empty before it is due."""
    minutes = int((now - due_at).total_seconds() // 60)
    if minutes < 1:
        return ""
    if minutes < MINUTES_PER_HOUR:
        return f"{minutes} min"
    hours = minutes // MINUTES_PER_HOUR
    if hours < HOURS_NAMED:
        return f"{hours} h"
    return f"{hours // 24} days"


def _local(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
