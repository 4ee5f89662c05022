"""Is the plan ready to sign, and on which days would its sessions fall?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from patients.treatment_plan.rules.arithmetic import Infusion
from patients.treatment_plan.rules.limits import (
    REFUSE,
    SECOND_SIGNATURE,
    HoldLimits,
    dose_check,
    hold_limits_check,
    schedule_check,
    weight_age_check,
)

REVIEW_AT_MOST_DAYS: Final = 92
REVIEW_AFTER_DAYS: Final = 30
# What the form of a first plan begins with: the infusion that was studied most (docs/clinical/dosing.md), in a bag of
# 1 mg/mL, six times, three days apart. Whoever prescribes changes it or leaves it, and signs what then stands there.
FIRST_ORDER: Final[Mapping[str, Decimal | int]] = {
    "dose_mg_per_kg": Decimal("0.5"),
    "infusion_minutes": 40,
    "bag_drug_mg": Decimal(50),
    "bag_volume_ml": Decimal(50),
    "session_count": 6,
    "interval_days": 3,
}


@dataclass(frozen=True)
class PlanFacts:
    """What is known of a plan when somebody wants to sign it."""

    today: date
    goal: str
    weighed_on: date | None
    mg_per_kg: Decimal | None
    infusion: Infusion | None
    session_count: int | None
    interval_days: int | None
    hold: HoldLimits | None
    review_on: date | None
    eligible_until: date | None
    phase: str = "induction"
    has_second_signature: bool = False


def plan_complete(facts: PlanFacts) -> tuple[str, ...]:
    """List what keeps the plan from being signed, one sentence each; an empty tuple means nothing does.

    Wanted: an eligible, unexpired assessment; a goal; a fresh weight; a dose within the limits and a bag that holds
    it; count and days between sessions; hold limits; a review date within three months.
    """
    return tuple(
        sentence
        for part in (_eligibility(facts), _wording(facts), _dose(facts), _schedule(facts), _review(facts))
        for sentence in part
    )


def generated_calendar(start: date, count: int, interval_days: int) -> tuple[date, ...]:
    """Return the days a course would fall on when every interval is kept."""
    return tuple(start + timedelta(days=interval_days * number) for number in range(count))


def _eligibility(facts: PlanFacts) -> Iterator[str]:
    if facts.eligible_until is None:
        yield "There is no signed assessment that says eligible. Finish step 1 first."
    elif facts.today >= facts.eligible_until:
        yield "The assessment has expired. Review it before signing a plan."


def _wording(facts: PlanFacts) -> Iterator[str]:
    if not facts.goal.strip():
        yield "The goal is empty. Say what should change, on which scale and by when."


def _dose(facts: PlanFacts) -> Iterator[str]:
    if facts.weighed_on is None:
        yield "There is no weight. Weigh the person."
    else:
        yield from (concern.sentence for concern in weight_age_check(facts.weighed_on, facts.today, facts.phase))
    if facts.mg_per_kg is None or facts.infusion is None:
        yield "The dose is not worked out. Enter dose per weight, minutes and what is in the bag."
        return
    for concern in dose_check(facts.mg_per_kg, facts.infusion.dose_mg):
        if concern.level == REFUSE or (concern.level == SECOND_SIGNATURE and not facts.has_second_signature):
            yield concern.sentence
    if not facts.infusion.bag_is_enough:
        yield f"{facts.infusion.lines[-1]}."


def _schedule(facts: PlanFacts) -> Iterator[str]:
    if facts.session_count is None or facts.interval_days is None:
        yield "Say how many sessions there are and how many days lie between them."
        return
    concerns = schedule_check(facts.session_count, facts.interval_days)
    yield from (concern.sentence for concern in concerns if concern.level == REFUSE)


def _review(facts: PlanFacts) -> Iterator[str]:
    if facts.hold is None:
        yield "The hold limits are empty. Take the usual ones or set them."
    else:
        yield from (concern.sentence for concern in hold_limits_check(facts.hold) if concern.level == REFUSE)
    if facts.review_on is None:
        yield "There is no review date. Set one within three months."
    elif not facts.today < facts.review_on <= facts.today + timedelta(days=REVIEW_AT_MOST_DAYS):
        yield "The review date must be after today and within three months."
