"""Which of the four steps is done, which is next, and what does each one wait for?

At most one step is current: the one where the next act is; where several wait, the one furthest on. The words of a
step are safe for everybody who may find the person: they hold no answer, no diagnosis and no dose.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from patients.courses.rules import ENDED_STATES, STATE_LABELS, CourseState
from patients.progress.rules.days import short_day

DONE: Final = "done"
CURRENT: Final = "current"
BLOCKED: Final = "blocked"
OPEN: Final = "open"

ASSESSMENT: Final = "assessment"
PLAN: Final = "plan"
ADMINISTRATION: Final = "administration"
FOLLOW_UP: Final = "follow_up"
TITLES: Final = {
    ASSESSMENT: "Assessment",
    PLAN: "Plan",
    ADMINISTRATION: "Administration",
    FOLLOW_UP: "Follow-up",
}

BEFORE_REVIEW: Final = {
    CourseState.REFERRED: "To begin",
    CourseState.INTAKE_IN_PROGRESS: "Intake in progress",
    CourseState.INTAKE_COMPLETE: "Intake complete, waits for review",
    CourseState.UNDER_REVIEW: "Waits for the prescriber's decision",
    CourseState.MORE_INFO: "More information asked for",
}
SESSIONS_OVER: Final = frozenset({CourseState.EVALUATION, CourseState.COMPLETED})


@dataclass(frozen=True)
class Facts:
    """What is known about the course, in plain values; days are those of the clinic's calendar."""

    today: date
    state: str | None = None
    eligible_since: date | None = None
    eligible_until: date | None = None
    plan_version: int | None = None
    plan_signed_on: date | None = None
    plan_session_count: int | None = None
    has_plan_draft: bool = False
    consent_until: date | None = None
    sessions_given: int = 0
    session_now: int | None = None
    next_visit_at: datetime | None = None
    check_in: str = ""
    is_check_in_due: bool = False


@dataclass(frozen=True)
class Step:
    """One tread of the rail."""

    key: str
    number: int
    title: str
    state: str
    note: str


def rail(facts: Facts) -> tuple[Step, ...]:
    """Say where each of the four steps stands."""
    judged = (_assessment(facts), _plan(facts), _administration(facts), _follow_up(facts))
    last_current = max((place for place, (state, _) in enumerate(judged) if state == CURRENT), default=None)
    return tuple(
        Step(
            key=key,
            number=place + 1,
            title=title,
            state=OPEN if state == CURRENT and place != last_current else state,
            note=note,
        )
        for place, ((key, title), (state, note)) in enumerate(zip(TITLES.items(), judged, strict=True))
    )


def is_eligible(facts: Facts) -> bool:
    """A signed assessment says eligible and has not run out."""
    return facts.eligible_until is not None and facts.today <= facts.eligible_until


def is_planned(facts: Facts) -> bool:
    """There is a signed plan, and a consent that still holds."""
    consented = facts.consent_until is not None and facts.today <= facts.consent_until
    return facts.plan_version is not None and consented


def _ended(facts: Facts) -> bool:
    return facts.state in ENDED_STATES


def _follow_up_is_next(facts: Facts) -> bool:
    """A check-in is open or late and nobody is in the room; or the sessions are over."""
    if facts.session_now is not None or _ended(facts):
        return False
    return facts.is_check_in_due or facts.state in SESSIONS_OVER


def _assessment(facts: Facts) -> tuple[str, str]:
    if facts.state is None:
        return OPEN, "No course of treatment yet"
    if facts.state == CourseState.DECLINED:
        return DONE, "Declined"
    if facts.eligible_since is None:
        words = BEFORE_REVIEW.get(CourseState(facts.state), STATE_LABELS[facts.state])
        return (BLOCKED if _ended(facts) or facts.state == CourseState.ON_HOLD else CURRENT), words
    if _ended(facts) or is_eligible(facts) or facts.state in SESSIONS_OVER:
        return DONE, f"Eligible since {short_day(facts.eligible_since, facts.today)}"
    if facts.state in BEFORE_REVIEW:
        return CURRENT, BEFORE_REVIEW[CourseState(facts.state)]
    return CURRENT, f"Ran out {short_day(facts.eligible_until, facts.today)}, assess again"


def _plan(facts: Facts) -> tuple[str, str]:
    if facts.plan_version is None:
        return _plan_to_come(facts)
    if is_planned(facts) or _ended(facts) or facts.state in SESSIONS_OVER:
        return DONE, f"Version {facts.plan_version}, signed {short_day(facts.plan_signed_on, facts.today)}"
    waits = "Consent has run out" if facts.consent_until else "Waits for the consent"
    return (CURRENT if _may_go_on(facts) else BLOCKED), waits


def _plan_to_come(facts: Facts) -> tuple[str, str]:
    if facts.state is None:
        return OPEN, "Not yet"
    if _ended(facts):
        return BLOCKED, "No plan was signed"
    if facts.state == CourseState.ON_HOLD:
        return BLOCKED, "On hold"
    if not is_eligible(facts):
        return BLOCKED, "Waits for the assessment"
    return CURRENT, "Draft waits for signing" if facts.has_plan_draft else "To be written"


def _administration(facts: Facts) -> tuple[str, str]:
    if _ended(facts):
        return (DONE if facts.sessions_given else BLOCKED), _given(facts) or "No session was given"
    if facts.session_now is not None:
        return CURRENT, f"Session {facts.session_now} is under way"
    if facts.state in SESSIONS_OVER:
        return DONE, _given(facts) or "No session was given"
    if facts.state is None:
        return OPEN, "Not yet"
    waits = _waits_for(facts)
    if waits:
        return BLOCKED, _sentence(_given(facts), waits)
    note = _sentence(_given(facts), _next(facts) or "no visit booked")
    return (OPEN if _follow_up_is_next(facts) else CURRENT), note


def _follow_up(facts: Facts) -> tuple[str, str]:
    if _ended(facts):
        return (DONE if facts.sessions_given else BLOCKED), STATE_LABELS[facts.state or ""]
    if _follow_up_is_next(facts):
        return CURRENT, facts.check_in or "To be evaluated"
    if facts.check_in:
        return OPEN, facts.check_in
    if facts.sessions_given == 0:
        return OPEN, "After the first session"
    return OPEN, "After the next session"


def _may_go_on(facts: Facts) -> bool:
    return is_eligible(facts) and facts.state != CourseState.ON_HOLD


def _waits_for(facts: Facts) -> str:
    """What must be there before the next session, in the words of the rail."""
    if facts.state == CourseState.ON_HOLD:
        return "on hold"
    missing = []
    if not is_eligible(facts):
        missing.append("assessment")
    if facts.plan_version is None:
        missing.append("plan")
    if not is_planned(facts) and facts.plan_version is not None:
        missing.append("consent")
    if not missing:
        return ""
    return f"waits for {' and '.join(missing)}"


def _given(facts: Facts) -> str:
    if not facts.sessions_given:
        return ""
    # those of earlier plans are among them, so there may be more than this plan has
    of = f" of {facts.plan_session_count}" if facts.sessions_given <= (facts.plan_session_count or 0) else ""
    return f"{facts.sessions_given}{of} given"


def _next(facts: Facts) -> str:
    if facts.next_visit_at is None:
        return ""
    day = facts.next_visit_at.date()
    return "next visit today" if day == facts.today else f"next {short_day(day, facts.today)}"


def _sentence(*parts: str) -> str:
    words = ", ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]
