"""How far along is each person, and what happens to them today? Sixty stories, the most telling first.

More people than sixty come from stories that have ended: first one person for each of them, then people like those.
"""

from dataclasses import dataclass
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
WEEKLY: Final = 7
AFTER_INDUCTION: Final = 14


@dataclass(frozen=True)
class Story:
    """One person's way: how far, how they answer, sessions so far, days since the last of them, and today.

    With a `room`, they always come to the same one.
    """

    stage: str
    path: str = RESPONDER
    sessions: int = 0
    days_ago: int = 2
    today: str = ""
    special: tuple[str, ...] = ()
    room: int | None = None
    every_days: int = MAINTENANCE_INTERVAL  # once the induction is over

    @property
    def is_over(self) -> bool:
        """Whether nothing is to come: such a story can have happened at any time."""
        return self.room is not None

    @property
    def session_days_ago(self) -> tuple[int, ...]:
        """How many days ago each session was, the first one first."""
        days = []
        ago = self.days_ago
        for number in range(self.sessions, 0, -1):
            days.append(ago)
            ago += self._gap_before(number)
        return tuple(reversed(days))

    def _gap_before(self, number: int) -> int:
        """Days between a session and the one before it."""
        if number <= INDUCTION_SESSIONS:
            return INDUCTION_INTERVAL
        return AFTER_INDUCTION if number == INDUCTION_SESSIONS + 1 else self.every_days


def _ended(stage: str, path: str, sessions: int, *, room: int, special: tuple[str, ...] = ()) -> Story:
    """A story that is over, the last session between four and six weeks ago."""
    return Story(stage, path, sessions, 28 + sessions, "", special, room, WEEKLY)


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


# Over for weeks: nobody waits for them, and nothing is open. The rooms are dealt out in turn. In maintenance they came
# every week, so that all their sessions lie within the ninety days of one assessment.
ENDED: Final = (
    Story(DECLINED, room=0),
    _ended(COMPLETED, RESPONDER, 13, room=0),
    _ended(COMPLETED, RESPONDER, 6, room=1),
    _ended(DISCONTINUED, NON_RESPONDER, 4, room=2, special=(SILENT,)),
    _ended(COMPLETED, PARTIAL, 11, room=3, special=(ALLERGIC,)),
    _ended(DISCONTINUED, WORSENING, 2, room=4),
    _ended(COMPLETED, RESPONDER, 10, room=0),
    _ended(COMPLETED, RESPONDER, 7, room=1, special=(TO_DECIDE,)),
    _ended(COMPLETED, RELAPSING, 14, room=2),
    _ended(DISCONTINUED, PARTIAL, 3, room=3, special=(SEVERE_EVENT,)),
    _ended(COMPLETED, RESPONDER, 8, room=4),
    _ended(COMPLETED, RESPONDER, 12, room=0, special=(ALLERGIC,)),
    _ended(DISCONTINUED, NON_RESPONDER, 1, room=1),
    _ended(COMPLETED, PARTIAL, 11, room=2),
    _ended(DISCONTINUED, PARTIAL, 5, room=3),
    _ended(COMPLETED, RESPONDER, 13, room=4, special=(SILENT,)),
)
MOST_TOLD: Final = len(STORIES) + len(ENDED)


def stories(count: int) -> list[Story]:
    """One story for each of the people whose way is told step by step; there are no more than these."""
    return [*STORIES, *ENDED][:count]
