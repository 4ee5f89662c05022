"""What may the prescriber want to decide now? Prompts with their working; nobody is told what to do.

Thresholds of the first two prompts: docs/clinical/follow_up.md. The others come from the rules of change.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from patients.courses.rules import ENDED_STATES, CourseState
from patients.instruments.rules import change as change_rules
from patients.progress.rules import journey as journey_rules
from patients.progress.rules.days import short_day
from patients.progress.rules.journey import PHQ9, Journey

EARLY_FROM_SESSIONS: Final = 2
EARLY_UNTIL_SESSIONS: Final = 3
EARLY_PERCENT: Final = 20
INDUCTION_SESSIONS: Final = 6
STOP_PERCENT: Final = 25
MAINTAIN_PERCENT: Final = 50


@dataclass(frozen=True)
class Prompt:
    """One thing to decide. `sign` says how pressing it is; `is_about_plan` offers the plan."""

    sign: str
    text: str
    quiet: str = ""
    is_about_plan: bool = False


def prompts(journey: Journey) -> tuple[Prompt, ...]:
    """List what there is to decide, the most pressing first."""
    if journey.state is None or journey.state in ENDED_STATES:
        return ()
    return (*_worse(journey), *_bladder(journey), *_effect(journey), *_warnings(journey), *_review(journey))


def _worse(journey: Journey) -> tuple[Prompt, ...]:
    series = journey_rules.since_first_dose(journey, PHQ9)
    found = journey_rules.relapse(journey, PHQ9)
    if found is not None:
        day = next(score.day for score in series if score.at == found.since)
        text = f"Relapse since {short_day(day, journey.today)}."
        return (Prompt("late", text, found.working, is_about_plan=True),)
    judgement = journey_rules.judged(journey, series[-1]) if series else None
    if judgement is not None and judgement.status == change_rules.WORSE:
        text = "PHQ-9 is reliably worse than at the baseline."
        return (Prompt("late", text, judgement.working, is_about_plan=True),)
    return ()


def _bladder(journey: Journey) -> tuple[Prompt, ...]:
    """A urinary symptom at the latest check-in at which it was asked for."""
    said = [one for one in journey.asked if one.answered_on is not None and one.has_urinary_symptoms is not None]
    latest = max(said, key=lambda one: (one.answered_on or one.day, one.due_at), default=None)
    if latest is None or not latest.has_urinary_symptoms:
        return ()
    day = short_day(latest.answered_on, journey.today)
    return (Prompt("due", f"Urinary symptoms reported {day}. Urine test and culture before the next session?"),)


def _effect(journey: Journey) -> tuple[Prompt, ...]:
    given = sum(session.is_over for session in journey.sessions)
    percent, working = _percent_after(journey)
    if percent is None:
        return _cannot_be_judged(journey, given)
    if EARLY_FROM_SESSIONS <= given <= EARLY_UNTIL_SESSIONS and percent < EARLY_PERCENT:
        return (
            Prompt(
                "due",
                f"Less than {EARLY_PERCENT}% better after {given} sessions. "
                "Check dose, adherence, benzodiazepines, lamotrigine and the diagnosis.",
                working,
                is_about_plan=True,
            ),
        )
    is_kept_up = journey.state == CourseState.MAINTENANCE and percent >= MAINTAIN_PERCENT  # nothing to decide
    if given < INDUCTION_SESSIONS or is_kept_up:
        return ()
    return (Prompt("due", _after_induction(percent, given), working, is_about_plan=True),)


def _after_induction(percent: Decimal, given: int) -> str:
    after = f"after {given} sessions"
    if percent < STOP_PERCENT:
        return f"Less than {STOP_PERCENT}% better {after}. Consider stopping, and the alternatives."
    if percent < MAINTAIN_PERCENT:
        return f"Between {STOP_PERCENT} and {MAINTAIN_PERCENT}% better {after}. A few more sessions, or a change?"
    return f"At least {MAINTAIN_PERCENT}% better {after}. Maintenance may follow."


def _percent_after(journey: Journey) -> tuple[Decimal | None, str]:
    """The improvement by the latest PHQ-9, when that came after the second session."""
    over = [session for session in journey.sessions if session.is_over]
    series = journey_rules.since_first_dose(journey, PHQ9)
    if len(over) < EARLY_FROM_SESSIONS or not series or series[-1].at < over[EARLY_FROM_SESSIONS - 1].started_at:
        return None, ""
    judgement = journey_rules.judged(journey, series[-1])
    if judgement is None or judgement.status == change_rules.NOT_EVALUABLE:
        return None, ""
    return judgement.percent, judgement.working


def _cannot_be_judged(journey: Journey, given: int) -> tuple[Prompt, ...]:
    if given >= EARLY_FROM_SESSIONS and journey_rules.baseline(journey, PHQ9) is None:
        return (Prompt("open", "There is no PHQ-9 baseline, so a response cannot be judged."),)
    if given >= EARLY_FROM_SESSIONS and not journey_rules.since_first_dose(journey, PHQ9):
        return (Prompt("open", f"No PHQ-9 since the first infusion, and {given} sessions given."),)
    return ()


def _warnings(journey: Journey) -> tuple[Prompt, ...]:
    series = journey_rules.since_first_dose(journey, PHQ9)
    safety = [(score.at, score.safety_answer) for score in journey.scores if score.safety_answer is not None]
    found = change_rules.early_warning(journey_rules.pairs(series), safety, journey_rules.missed_in_a_row(journey))
    return tuple(Prompt("due", f"Early warning: {warning[:1].lower()}{warning[1:]}") for warning in found)


def _review(journey: Journey) -> tuple[Prompt, ...]:
    if not journey.plans or journey.plans[-1].review_on > journey.today:
        return ()
    plan = journey.plans[-1]
    return (
        Prompt(
            "due",
            f"Plan {plan.version} was to be reviewed by {short_day(plan.review_on, journey.today)}.",
            is_about_plan=True,
        ),
    )
