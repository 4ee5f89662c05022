"""What happened to one person on a course, in time, and what does each score mean against the baseline?

Plain values, read once for the page; the summary, the chart, the table and the prompts all follow from them.
Definitions of response and remission: patients.instruments.rules.change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from patients.instruments.catalogue import instrument
from patients.instruments.rules import change as change_rules
from sessions.follow_up import rules as follow_up_rules

PHQ9: Final = "phq9"
GAD7: Final = "gad7"
CODES: Final = (PHQ9, GAD7)
SUBJECTS: Final = {PHQ9: "Depression", GAD7: "Anxiety"}


@dataclass(frozen=True)
class Score:
    """One questionnaire as answered; `total` is None when too much was left blank."""

    id: str
    code: str
    at: datetime
    day: date
    total: int | None
    band: str
    missing: int
    safety_answer: int | None


@dataclass(frozen=True)
class Given:
    """One treatment session of this course that was started."""

    id: str
    number: int
    started_at: datetime
    day: date
    given_mg: Decimal | None
    is_over: bool


@dataclass(frozen=True)
class Asked:
    """One check-in of a session and what has become of it."""

    session_id: str
    session_number: int
    kind: str
    due_at: datetime
    day: date
    state: str
    attempts: int
    answered_on: date | None = None
    mood_nrs: int | None = None
    has_urinary_symptoms: bool | None = None


@dataclass(frozen=True)
class PlanVersion:
    """One signed version of the plan."""

    version: int
    signed_on: date
    mg_per_kg: Decimal
    dose_mg: Decimal
    minutes: int
    session_count: int
    interval_days: int
    goal: str
    review_on: date


@dataclass(frozen=True)
class Journey:
    """Everything about one course that the page of progress shows, oldest first."""

    today: date
    state: str | None
    first_dose_at: datetime | None
    first_dose_on: date | None
    scores: tuple[Score, ...] = ()
    sessions: tuple[Given, ...] = ()
    asked: tuple[Asked, ...] = ()
    plans: tuple[PlanVersion, ...] = ()
    visits: tuple[date, ...] = ()
    given_mg_in_all: Decimal = Decimal(0)
    sessions_in_all: int = 0

    @cached_property
    def scored(self) -> Mapping[str, tuple[Score, ...]]:
        """For each questionnaire, the answers that have a total."""
        return {
            code: tuple(score for score in self.scores if score.code == code and score.total is not None)
            for code in CODES
        }

    @cached_property
    def baselines(self) -> Mapping[str, Score | None]:
        """For each questionnaire, the last score before the first dose; None before there was a dose."""
        return {code: self._baseline(code) for code in CODES}

    def _baseline(self, code: str) -> Score | None:
        if self.first_dose_at is None:
            return None
        found = change_rules.baseline_score(pairs(self.scored[code]), self.first_dose_at)
        return None if found is None else next(score for score in reversed(self.scored[code]) if score.at == found[0])


def scored(journey: Journey, code: str) -> tuple[Score, ...]:
    """The answers to one questionnaire that have a total."""
    return journey.scored[code]


def baseline(journey: Journey, code: str) -> Score | None:
    """The last score before the first dose, at most 14 days old then; None before there was a dose."""
    return journey.baselines[code]


def since_first_dose(journey: Journey, code: str) -> tuple[Score, ...]:
    """The scores that can be compared with the baseline: those after the first dose."""
    if journey.first_dose_at is None:
        return ()
    return tuple(score for score in scored(journey, code) if score.at > journey.first_dose_at)


def judged(journey: Journey, score: Score) -> change_rules.Change | None:
    """A score against the baseline of its questionnaire; None for one that was not after the first dose."""
    if score.total is None or journey.first_dose_at is None or score.at <= journey.first_dose_at:
        return None
    start = baseline(journey, score.code)
    return change_rules.change(score.code, start.total if start else None, score.total)


def status_words(judgement: change_rules.Change | None) -> str:
    """Remission, or else the change as the definitions name it; empty when nothing can be said."""
    if judgement is None:
        return ""
    if judgement.remission:
        return "remission"
    if judgement.status == change_rules.NOT_EVALUABLE:
        return ""
    return change_rules.STATUS_LABELS[judgement.status].lower()


def remission_run(journey: Journey, code: str) -> tuple[Score, ...]:
    """The latest scores in a row that are in remission, oldest first."""
    run: list[Score] = []
    for score in since_first_dose(journey, code):
        judgement = judged(journey, score)
        run = [*run, score] if judgement is not None and judgement.remission else []
    return tuple(run)


def remission_days(run: tuple[Score, ...]) -> int | None:
    """For how many days a remission has held, once that is long enough to call it sustained."""
    if not run[1:]:  # a stretch has two ends
        return None
    held = run[-1].at - run[0].at
    return held.days if held >= change_rules.SUSTAINED_APART else None


def relapse(journey: Journey, code: str) -> change_rules.Signal | None:
    """A relapse that the latest scores show."""
    start = baseline(journey, code)
    if start is None or start.total is None:
        return None
    return change_rules.relapse(code, start.total, pairs(since_first_dose(journey, code)))


def missed(journey: Journey) -> tuple[Asked, ...]:
    """Check-ins that were asked for and never answered."""
    return tuple(asked for asked in journey.asked if asked.state == follow_up_rules.EXPIRED)


def asks_for_score(asked: Asked) -> bool:
    """Day 7 asks for the PHQ-9; after 24 hours its two weeks would say little about the session."""
    return asked.kind == follow_up_rules.DAY7


def missed_in_a_row(journey: Journey) -> int:
    """How many of the latest check-ins that are over were missed, without one that was answered in between."""
    count = 0
    for asked in sorted(journey.asked, key=lambda one: one.due_at, reverse=True):
        if asked.state == follow_up_rules.ANSWERED:
            break
        count += asked.state == follow_up_rules.EXPIRED
    return count


def short_name(code: str) -> str:
    """PHQ-9 or GAD-7."""
    return instrument(code).short_name


def pairs(scores: Iterable[Score]) -> list[change_rules.ScoreAt]:
    """Scores as the rules of change take them."""
    return [(score.at, score.total) for score in scores if score.total is not None]
