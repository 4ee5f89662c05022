"""When is a job of the worker due, is anybody at work, and which backups are kept?

The numbers are operational, not clinical. A day of backups and then weeks is the usual rotation: the last days to undo
a mistake, the weeks to find one that nobody saw. HIPAA asks for a backup that can be restored (45 CFR 164.308(a)(7)),
not for a number.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

RETRY_AFTER: Final = timedelta(minutes=15)
LONGEST_SILENCE: Final = timedelta(minutes=3)  # more than clocks may be apart
OLDEST_BACKUP: Final = timedelta(hours=36)  # a night that failed is seen before the next one has
MIDNIGHT: Final = datetime(2000, 1, 1, tzinfo=UTC)


class JobCode(StrEnum):
    """What a worker does. The pulse only says that one is there."""

    PULSE = "pulse"
    LOGINS = "logins"
    COUNTS = "counts"
    BACKUP = "backup"
    BACKUP_CHECK = "backup_check"


@dataclass(frozen=True)
class Rhythm:
    """How often, and how long after midnight (UTC) the first turn of a day is."""

    every: timedelta
    after_midnight: timedelta = timedelta(0)


def last_turn(rhythm: Rhythm, now: datetime) -> datetime:
    """The newest moment, not later than now, at which the job was to begin."""
    first = MIDNIGHT + rhythm.after_midnight
    return first + (now - first) // rhythm.every * rhythm.every


def is_due(rhythm: Rhythm, *, done_at: datetime | None, failed_at: datetime | None, now: datetime) -> bool:
    """Once for each turn, and once after a long pause; after a failure again when a while has passed.

    A moment that lies ahead by more than a turn was written by a clock that was wrong.
    """
    was_done = done_at is not None and last_turn(rhythm, now) <= done_at < now + rhythm.every
    waits = failed_at is not None and failed_at <= now < failed_at + RETRY_AFTER
    return not (was_done or waits)


def is_alive(pulse_at: datetime | None, now: datetime) -> bool:
    """Whether a worker has been heard of."""
    return pulse_at is not None and now - pulse_at <= LONGEST_SILENCE


def is_recent(*, backed_up_at: datetime | None, expected_since: datetime, now: datetime) -> bool:
    """Whether there is a backup of the last night; a new deployment has until its second."""
    return now - max(backed_up_at or expected_since, expected_since) <= OLDEST_BACKUP


def to_drop(taken: Iterable[datetime], *, daily: int, weekly: int) -> set[datetime]:
    """Which backups may go: all but the newest of each of the last days, and of each of the last weeks, that have one.

    What counts are days with a backup, so that a worker that stood still does not cost the backups that there are.
    """
    newest_first = sorted(taken, reverse=True)
    by_day: dict[object, datetime] = {}
    by_week: dict[object, datetime] = {}
    for one in newest_first:
        by_day.setdefault(one.date(), one)
        by_week.setdefault(one.isocalendar()[:2], one)
    kept = {*list(by_day.values())[:daily], *list(by_week.values())[:weekly]}
    return set(newest_first) - kept
