"""How far along is each person, and what happens to them today? Sixty stories, the most telling first."""

from dataclasses import dataclass, replace
from typing import Final

from clinic.demo.rules.curves import NON_RESPONDER, PARTIAL, RELAPSING, RESPONDER, WORSENING

# How far a story goes.
REGISTERED: Final = "registered"
REFERRED: Final = "referred"
INTAKE: Final = "intake"
UNDER_REVIEW: Final = "under_review"
MORE_INFO: Final = "more_info"
DECLINED: Final = "declined"
ELIGIBLE: Final = "eligible"
DRAFTED: Final = "drafted"
PLANNED: Final = "planned"
TREATED: Final = "treated"
COMPLETED: Final = "completed"
DISCONTINUED: Final = "discontinued"
ON_HOLD: Final = "on_hold"

# What happens today to somebody who has a visit.
RUNNING: Final = "running"
RUNNING_DUE: Final = "running_due"
RECOVERING: Final = "recovering"
WAITING: Final = "waiting"
NO_RIDE: Final = "no_ride"
LATE: Final = "late"
MISSED: Final = "missed"
GONE: Final = "gone"
GONE_UNSIGNED: Final = "gone_unsigned"
HELD: Final = "held"
LATER: Final = "later"

# What is special about a story.
SUICIDE_OPEN: Final = "suicide_open"
SUICIDE_CLOSED: Final = "suicide_closed"
HARD_STOP: Final = "hard_stop"
TO_DECIDE: Final = "to_decide"
SEVERE_EVENT: Final = "severe_event"
MISSED_ONCE: Final = "missed_once"
SILENT: Final = "silent"
ALLERGIC: Final = "allergic"

INDUCTION_SESSIONS: Final = 6
INDUCTION_INTERVAL: Final = 3
MAINTENANCE_INTERVAL: Final = 21
AFTER_INDUCTION: Final = 14


@dataclass(frozen=True)
class Story:
    """One person's way: how far, how they answer, sessions so far, days since the last of them, and today."""

    stage: str
    path: str = RESPONDER
    sessions: int = 0
    days_ago: int = 2
    today: str = ""
    special: tuple[str, ...] = ()

    @property
    def session_days_ago(self) -> tuple[int, ...]:
        """How many days ago each session was, the first one first."""
        days = []
        ago = self.days_ago
        for number in range(self.sessions, 0, -1):
            days.append(ago)
            ago += _gap_before(number)
        return tuple(reversed(days))


STORIES: Final = (
    Story(TREATED, RESPONDER, 3, 3, RUNNING),
    Story(TREATED, PARTIAL, 1, 3, RUNNING_DUE, (ALLERGIC,)),
    Story(TREATED, RESPONDER, 4, 4, RECOVERING),
    Story(UNDER_REVIEW, special=(TO_DECIDE,)),
    Story(INTAKE, special=(SUICIDE_OPEN,)),
    Story(TREATED, RESPONDER, 2, 3, WAITING),
    Story(TREATED, NON_RESPONDER, 2, 3, LATE),
    Story(DRAFTED),
    Story(TREATED, RESPONDER, 3, 1, "", (SILENT,)),
    Story(PLANNED, today=NO_RIDE),
    Story(TREATED, RESPONDER, 5, 3, GONE_UNSIGNED),
    Story(TREATED, RESPONDER, 6, 9),
    Story(REFERRED),
    Story(UNDER_REVIEW, special=(HARD_STOP,)),
    Story(TREATED, RELAPSING, 8, 21, GONE, (ALLERGIC,)),
    Story(TREATED, PARTIAL, 2, 3, HELD),
    Story(TREATED, RESPONDER, 4, 3, LATER),
    Story(TREATED, RESPONDER, 1, 2, MISSED),
    Story(ELIGIBLE),
    Story(COMPLETED, RESPONDER, 6, 30),
    Story(TREATED, WORSENING, 4, 2, "", (MISSED_ONCE,)),
    Story(PLANNED, today=LATER),
    Story(TREATED, PARTIAL, 2, 4, "", (SEVERE_EVENT,)),
    Story(TREATED, RESPONDER, 3, 3, GONE),
    Story(DISCONTINUED, NON_RESPONDER, 4, 16),
    Story(UNDER_REVIEW, special=(SUICIDE_CLOSED,)),
    Story(TREATED, RESPONDER, 2, 3, LATER, (ALLERGIC,)),
    Story(ON_HOLD, PARTIAL, 3, 8),
    Story(TREATED, RESPONDER, 8, 7),
    Story(REFERRED),
    Story(TREATED, PARTIAL, 5, 3, LATER),
    Story(INTAKE),
    Story(TREATED, RESPONDER, 7, 12),
    Story(TREATED, RESPONDER, 1, 1, ""),
    Story(MORE_INFO),
    Story(TREATED, NON_RESPONDER, 6, 11),
    Story(TREATED, RESPONDER, 3, 8, "", (SILENT,)),
    Story(TREATED, RESPONDER, 8, 21, LATER),
    Story(DECLINED),
    Story(PLANNED),
    Story(TREATED, PARTIAL, 4, 2),
    Story(ELIGIBLE, special=(ALLERGIC,)),
    Story(COMPLETED, RESPONDER, 7, 41),
    Story(TREATED, RESPONDER, 2, 3, LATER),
    Story(UNDER_REVIEW),
    Story(REFERRED),
    Story(TREATED, RESPONDER, 5, 1),
    Story(DRAFTED),
    Story(TREATED, RELAPSING, 9, 5),
    Story(INTAKE),
    Story(TREATED, PARTIAL, 6, 8),
    Story(PLANNED),
    Story(DISCONTINUED, PARTIAL, 2, 24, "", (SEVERE_EVENT,)),
    Story(REGISTERED),
    Story(TREATED, RESPONDER, 3, 2),
    Story(REFERRED),
    Story(TREATED, RESPONDER, 6, 7),
    Story(COMPLETED, PARTIAL, 6, 52),
    Story(TREATED, RESPONDER, 7, 2),
    Story(INTAKE, special=(ALLERGIC,)),
)


def stories(count: int) -> list[Story]:
    """One story for each person; beyond sixty they come again, without a visit today."""
    again = [replace(story, today="", special=()) for story in STORIES if story.special != (SUICIDE_OPEN,)]
    return [STORIES[place] if place < len(STORIES) else again[place % len(again)] for place in range(count)]


def _gap_before(number: int) -> int:
    """Days between a session and the one before it."""
    if number <= INDUCTION_SESSIONS:
        return INDUCTION_INTERVAL
    return AFTER_INDUCTION if number == INDUCTION_SESSIONS + 1 else MAINTENANCE_INTERVAL
