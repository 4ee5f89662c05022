"""How has a score moved since before treatment, and is it moving the wrong way?

Totals come in as (when, total) pairs in any order. Every answer carries its working, for the page to show.
Definitions and sources: docs/clinical/change.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final

from patients.instruments.catalogue import Instrument, instrument

ScoreAt = tuple[datetime, int]

RESPONSE: Final = "response"
PARTIAL: Final = "partial"
NONE: Final = "none"
WORSE: Final = "worse"
NOT_EVALUABLE: Final = "not_evaluable"
STATUS_LABELS: Final = {
    RESPONSE: "Response",
    PARTIAL: "Partial response",
    NONE: "No response",
    WORSE: "Worse",
    NOT_EVALUABLE: "Not evaluable for response",
}

RESPONSE_PERCENT: Final = 50
PARTIAL_PERCENT: Final = 25
BASELINE_MAX_AGE: Final = timedelta(days=14)
SUSTAINED_APART: Final = timedelta(days=14)
RELAPSE_APART: Final = timedelta(days=7)
RECALL_APART: Final = timedelta(days=7)
RELAPSE_FROM: Final = 10
WARNING_POINTS: Final = 5
MISSED_CHECK_INS: Final = 2


@dataclass(frozen=True)
class Change:
    """The change since the baseline. `percent` is positive for improvement; None when it cannot be computed."""

    percent: Decimal | None
    status: str
    remission: bool
    working: str


@dataclass(frozen=True)
class Signal:
    """Something that was found in a series: since when, and why."""

    since: datetime
    working: str


def change(code: str, baseline: int | None, current: int | None) -> Change:
    """Compare a score with the baseline.

    Response is an improvement of at least half, partial of at least a quarter; worse is a reliable rise (5 points on
    the PHQ-9). A PHQ-9 baseline under 10 is not evaluable for response. Remission is a total below 5 that was not
    already there at the baseline.
    """
    form = instrument(code)
    if current is None:
        return Change(None, NOT_EVALUABLE, remission=False, working="There is no score to compare.")
    if baseline is None:
        reached = current < form.remission_below
        return Change(None, NOT_EVALUABLE, remission=reached, working=f"{current} now; there is no baseline.")
    remission = current < form.remission_below <= baseline
    worked = f"{form.short_name} {baseline} before treatment, {current} now"
    percent = _percent(baseline, current)
    if current - baseline >= form.reliable_change:
        return Change(percent, WORSE, remission, f"{worked}: {current - baseline} points worse.")
    if baseline < form.response_baseline_from or percent is None:
        return Change(percent, NOT_EVALUABLE, remission, f"{worked}. {_why_not_evaluable(form)}")
    return Change(percent, _status(baseline, current), remission, f"{worked}: {_in_percent(percent)}")


def baseline_score(scores: Iterable[ScoreAt], first_dose_at: datetime) -> ScoreAt | None:
    """The last score before the first dose, at most 14 days old then. It never changes afterwards."""
    eligible = [one for one in scores if timedelta(0) <= first_dose_at - one[0] <= BASELINE_MAX_AGE]
    return max(eligible, key=lambda one: one[0], default=None)


def sustained(code: str, baseline: int, scores: Iterable[ScoreAt]) -> Signal | None:
    """A response that the latest score still shows and that has held, unbroken, for at least 14 days."""
    latest_run: list[datetime] = []
    for at, total in _in_order(scores):
        held = change(code, baseline, total).status == RESPONSE
        latest_run = [*latest_run, at] if held else []
    if not latest_run or latest_run[-1] - latest_run[0] < SUSTAINED_APART:
        return None
    days = (latest_run[-1] - latest_run[0]).days
    return Signal(latest_run[0], f"Response at every score for {days} days.")


def relapse(code: str, baseline: int, scores: Iterable[ScoreAt]) -> Signal | None:
    """After a response: at least 10 and 5 above the best on two contacts 7 days apart, or half of the gain lost.

    It is over with the next response that is neither; a later relapse counts anew.
    """
    best: int | None = None
    high_since: datetime | None = None
    found: Signal | None = None
    for at, total in _in_order(scores):
        responds = change(code, baseline, total).status == RESPONSE
        if best is None or total <= best:
            best = total if best is not None or responds else None
            high_since = found = None
        elif found is None and _half_is_lost(baseline, best, total):
            found = Signal(at, f"{best} at best, then {total}: half of the gain from {baseline} is lost.")
        elif not _is_high(best, total):
            high_since = None
            found = None if responds and not _half_is_lost(baseline, best, total) else found
        elif high_since is None:
            high_since = at
        elif found is None and at - high_since >= RELAPSE_APART:
            found = Signal(high_since, f"{best} at best, then {total}, high on two contacts at least a week apart.")
    return found


def _half_is_lost(baseline: int, best: int, total: int) -> bool:
    return (total - best) * 2 >= baseline - best


def _is_high(best: int, total: int) -> bool:
    return total >= RELAPSE_FROM and total - best >= WARNING_POINTS


def early_warning(
    scores: Iterable[ScoreAt], safety_answers: Iterable[ScoreAt] = (), missed_check_ins: int = 0
) -> tuple[str, ...]:
    """Signs that call for a contact before a relapse: a rise from the best, a higher suicide answer, silence."""
    warnings = []
    totals = [total for _, total in _in_order(scores)]
    if totals and totals[-1] - min(totals) >= WARNING_POINTS:
        warnings.append(f"{totals[-1]} now is {totals[-1] - min(totals)} points above the best, {min(totals)}.")
    answers = [answer for _, answer in _in_order(safety_answers)]
    if len(answers) > 1 and answers[-1] > answers[-2]:
        warnings.append("The answer to the suicide question is higher than the last time.")
    if missed_check_ins >= MISSED_CHECK_INS:
        warnings.append(f"{missed_check_ins} check-ins in a row were missed.")
    return tuple(warnings)


def deterioration(code: str, baseline: int, scores: Iterable[ScoreAt]) -> Signal | None:
    """The first score that is reliably worse than the baseline, if any."""
    for at, total in _in_order(scores):
        judged = change(code, baseline, total)
        if judged.status == WORSE:
            return Signal(at, judged.working)
    return None


def overlapping_recall(scores: Sequence[datetime]) -> tuple[datetime, ...]:
    """The questionnaires filled in less than 7 days after the one before: their two weeks overlap heavily."""
    return tuple(later for earlier, later in pairwise(sorted(scores)) if later - earlier < RECALL_APART)


def _status(baseline: int, current: int) -> str:
    fallen = (baseline - current) * 100
    if fallen >= RESPONSE_PERCENT * baseline:
        return RESPONSE
    return PARTIAL if fallen >= PARTIAL_PERCENT * baseline else NONE


def _percent(baseline: int, current: int) -> Decimal | None:
    if baseline == 0:
        return None
    return (Decimal(100) * (baseline - current) / baseline).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _in_percent(percent: Decimal) -> str:
    if percent < 0:
        return f"{-percent}% worse."
    return f"{percent}% better." if percent > 0 else "no change."


def _why_not_evaluable(form: Instrument) -> str:
    return f"A baseline under {form.response_baseline_from} is not evaluable for response."


def _in_order(scores: Iterable[ScoreAt]) -> list[ScoreAt]:
    return sorted(scores, key=lambda one: one[0])
