"""When does a screen lock, what keeps it open, and which PIN is too easy? Reasons in docs/adr/0018."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from clinic.audit.rules import READING

IDLE_LIMIT: Final = timedelta(minutes=15)
ABSOLUTE_LIMIT: Final = timedelta(hours=12)
WRITTEN_EVERY: Final = timedelta(minutes=1)  # the last activity is written at most this often
SET_BACK: Final = timedelta(minutes=2)  # further ahead of us is no other server's clock: ours was set back
FRESH_TAP: Final = timedelta(minutes=1)
CLOCKS_APART: Final = timedelta(seconds=5)

PIN_DIGITS: Final = 6
FEW_DIGITS: Final = 2
MONTHS: Final = range(1, 13)
DAYS: Final = range(1, 32)
PIN_TRIES: Final = 5
PASSWORD_TRIES: Final = 10
PASSWORD_WINDOW: Final = timedelta(minutes=5)
KEPT_FOR: Final = ABSOLUTE_LIMIT  # typing that waits for its author

# What is tried first by everybody: the paths of a finger over the keys, and the commonest of leaked lists.
COMMON: Final = frozenset({"159753", "147258", "258369", "147852", "789456", "456789", "159357", "112358", "520520"})


class Standing(StrEnum):
    """What a login is worth at a moment."""

    OPEN = "open"
    LOCKED = "locked"
    ENDED = "ended"


def standing(
    *, signed_in_at: datetime, active_at: datetime, locked_at: datetime | None, ended_at: datetime | None, now: datetime
) -> Standing:
    """Ended twelve hours after signing in, whatever happens; locked by hand or after fifteen idle minutes.

    A last activity that is still to come says that the clock was set back. Nobody knows then how long it was idle.
    """
    if ended_at is not None or now - signed_in_at >= ABSOLUTE_LIMIT:
        return Standing.ENDED
    if locked_at is not None or not -SET_BACK < now - active_at < IDLE_LIMIT:
        return Standing.LOCKED
    return Standing.OPEN


def seconds_left(*, signed_in_at: datetime, active_at: datetime, now: datetime) -> int:
    """Until the screen locks, or until the login ends, whichever comes first; never below nought."""
    until_locked = max(0, int((active_at + IDLE_LIMIT - now).total_seconds()))
    return min(until_locked, seconds_to_end(signed_in_at=signed_in_at, now=now))


def seconds_to_end(*, signed_in_at: datetime, now: datetime) -> int:
    """Until the login ends, whatever happens; never below nought."""
    return max(0, int((signed_in_at + ABSOLUTE_LIMIT - now).total_seconds()))


@dataclass(frozen=True)
class Asked:
    """One request as the server sees it. `is_partial` can only take activity away, so a client gains nothing by it."""

    method: str
    is_background: bool  # the address is one that pages ask by themselves
    is_partial: bool  # asked by a script for a part of a page, not by somebody who opens one
    tapped_at: datetime | None = None  # the newest new entry of the signed-in person in this batch


def counts_as_activity(asked: Asked, *, now: datetime) -> bool:
    """Opening a page, sending a form, or an entry tapped within the last minute by the server's clock. Never a poll."""
    if asked.is_background:
        return asked.tapped_at is not None and -CLOCKS_APART <= now - asked.tapped_at <= FRESH_TAP
    return asked.method not in READING or not asked.is_partial


def is_due_to_be_written(*, active_at: datetime, now: datetime) -> bool:
    return now - active_at >= WRITTEN_EVERY


def pin_fault(pin: str) -> str | None:
    """Why this PIN is refused, in one sentence; None when it is good."""
    if not re.fullmatch(rf"[0-9]{{{PIN_DIGITS}}}", pin):
        return f"A PIN is {PIN_DIGITS} digits. Type {PIN_DIGITS} digits and nothing else."
    if _is_pattern(pin) or pin in COMMON:
        return "This PIN is one of those that are tried first. Choose digits without a pattern."
    if _is_day(pin) or re.match(r"19|20", pin) or re.fullmatch(r"\d\d(19|20)\d\d", pin):
        return "This PIN reads as a date or a year, which others may know. Choose digits that are none."
    return None


def _is_pattern(pin: str) -> bool:
    """Runs up or down, one or two different digits, two or three digits said again, pairs, or the same backwards."""
    steps = {(int(later) - int(earlier)) % 10 for earlier, later in pairwise(pin)}
    is_of_few = len(set(pin)) <= FEW_DIGITS
    halves = pin[:3] == pin[3:] or pin == pin[::-1]
    pairs = pin[0::2] == pin[1::2]
    return steps <= {1} or steps <= {9} or is_of_few or halves or pairs or pin == pin[:2] * 3


def _is_day(pin: str) -> bool:
    """Month, day and the year's last digits, or the day before the month."""
    first, second = int(pin[:2]), int(pin[2:4])
    return (first in MONTHS and second in DAYS) or (second in MONTHS and first in DAYS)


def pin_may_be_tried(*, failures: int) -> bool:
    """After five wrong ones this login opens by password only; nobody else is kept out."""
    return failures < PIN_TRIES


def password_may_be_tried(*, failures: int, first_at: datetime | None, now: datetime) -> bool:
    """Ten wrong passwords within five minutes close this screen's lock until they are five minutes old."""
    return failures < PASSWORD_TRIES or first_at is None or now - first_at >= PASSWORD_WINDOW
