"""May this person leave, and if not, what is missing?

Every criterion must hold. A person who leaves anyway leaves against advice, which is charted, never prevented.
Source: docs/clinical/discharge.md.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sessions.administration.rules.dosing import Balance

MINIMUM_AFTER_STOP: Final = timedelta(minutes=60)
VITALS_MAX_AGE: Final = timedelta(minutes=15)
SYSTOLIC_FROM: Final = 90
SYSTOLIC_BELOW: Final = 160
DIASTOLIC_BELOW: Final = 100
NEAR_BASELINE_MMHG: Final = 20
NORMAL_SYSTOLIC: Final = 140
NORMAL_DIASTOLIC: Final = 90
SPO2_FROM: Final = 94
AWAKE: Final = 5
ALDRETE_FROM: Final = 9


@dataclass(frozen=True)
class DischargeFacts:
    """What is known when somebody wants to send the person home. None means not looked at, never "fine"."""

    now: datetime
    stopped_at: datetime | None
    vitals_at: datetime | None
    systolic_mmhg: Decimal | None
    diastolic_mmhg: Decimal | None
    spo2_percent: Decimal | None
    baseline_systolic_mmhg: Decimal | None
    baseline_diastolic_mmhg: Decimal | None
    baseline_spo2_percent: Decimal | None
    moaas: int | None
    aldrete_total: int | None
    is_oriented: bool | None
    walks_as_before: bool | None
    dissociation_resolved: bool | None
    no_nausea: bool | None
    iv_out: bool | None
    suicide_check_done: bool | None
    instructions_given: bool | None
    escort_present: bool | None
    prescriber_accepts_vitals: bool = False
    suicide_decision_open: bool = False


@dataclass(frozen=True)
class Criterion:
    """One criterion: whether it holds, and what to say when it does not."""

    code: str
    label: str
    is_met: bool
    sentence: str


def criteria(facts: DischargeFacts) -> tuple[Criterion, ...]:
    """Judge every criterion, in the order a nurse goes through them."""
    return (
        _time(facts),
        _fresh_vitals(facts),
        _pressure(facts),
        _oxygen(facts),
        Criterion("awake", "Awake", facts.moaas == AWAKE, "Not fully awake yet: sedation (MOAA/S) must be 5."),
        Criterion(
            "aldrete",
            "Aldrete",
            facts.aldrete_total is not None and facts.aldrete_total >= ALDRETE_FROM,
            f"The Aldrete score must be {ALDRETE_FROM} or 10. Record it again.",
        ),
        *_observed(facts),
        _suicide(facts),
        *_arranged(facts),
    )


def missing(facts: DischargeFacts) -> tuple[str, ...]:
    """List what keeps the person here, one sentence each; an empty tuple means they may go."""
    return tuple(one.sentence for one in criteria(facts) if not one.is_met)


def missing_to_close(*, has_left: bool, drug: Balance, waste_is_witnessed: bool) -> tuple[str, ...]:
    """List what keeps a session from being signed: the person has left, and every milligram is accounted for."""
    found = []
    if not has_left:
        found.append("The person is still here. Chart the discharge first.")
    if not drug.balances:
        found.append(drug.sentence)
    if not waste_is_witnessed:
        found.append("Wasted drug has no witness. A second person must confirm it.")
    return tuple(found)


def may_discharge(judged: Collection[Criterion]) -> bool:
    """Say whether every criterion holds."""
    return all(one.is_met for one in judged)


def earliest_discharge(stopped_at: datetime) -> datetime:
    """Return the first moment at which a person may leave: 60 minutes after the actual stop."""
    return stopped_at + MINIMUM_AFTER_STOP


def _time(facts: DischargeFacts) -> Criterion:
    if facts.stopped_at is None:
        return Criterion("time", "Time", is_met=False, sentence="The infusion has not been stopped. Chart the stop.")
    left = earliest_discharge(facts.stopped_at) - facts.now
    minutes = -(-left // timedelta(minutes=1))
    unit = "minute" if minutes == 1 else "minutes"
    sentence = f"60 minutes must pass after the stop: {minutes} {unit} to go."
    return Criterion("time", "Time", left <= timedelta(0), sentence)


def _fresh_vitals(facts: DischargeFacts) -> Criterion:
    fresh = facts.vitals_at is not None and facts.now - facts.vitals_at <= VITALS_MAX_AGE
    return Criterion("vitals", "Last vitals", fresh, "No vital signs in the last 15 minutes. Take a set.")


def _pressure(facts: DischargeFacts) -> Criterion:
    """Within 90 to 159 over under 100, and near the baseline or normal; else the prescriber accepts a falling one."""
    systolic, diastolic = facts.systolic_mmhg, facts.diastolic_mmhg
    if systolic is None or diastolic is None:
        return Criterion("pressure", "Blood pressure", is_met=False, sentence="There is no blood pressure. Measure it.")
    in_range = SYSTOLIC_FROM <= systolic < SYSTOLIC_BELOW and diastolic < DIASTOLIC_BELOW
    normal = systolic < NORMAL_SYSTOLIC and diastolic < NORMAL_DIASTOLIC
    near = _near(systolic, facts.baseline_systolic_mmhg) and _near(diastolic, facts.baseline_diastolic_mmhg)
    return Criterion(
        "pressure",
        "Blood pressure",
        (in_range and (normal or near)) or facts.prescriber_accepts_vitals,
        f"{systolic}/{diastolic} is not back near the baseline. Measure again, or the prescriber accepts it.",
    )


def _near(value: Decimal, baseline: Decimal | None) -> bool:
    return baseline is not None and abs(value - baseline) <= NEAR_BASELINE_MMHG


def _oxygen(facts: DischargeFacts) -> Criterion:
    spo2, baseline = facts.spo2_percent, facts.baseline_spo2_percent
    is_met = spo2 is not None and (spo2 >= SPO2_FROM or (baseline is not None and spo2 >= baseline))
    return Criterion("oxygen", "SpO₂", is_met, f"SpO₂ must be {SPO2_FROM} % on room air, or as at the baseline.")


def _observed(facts: DischargeFacts) -> tuple[Criterion, ...]:
    return (
        _said("oriented", "Oriented", facts.is_oriented, "Not oriented, or not checked. Ask person, place and time."),
        _said("gait", "Walks as before", facts.walks_as_before, "Does not walk as before, or not checked. Walk along."),
        _said(
            "dissociation",
            "Dissociation resolved",
            facts.dissociation_resolved,
            "Dissociation has not resolved, or not checked. Judge it and record it.",
        ),
        _said("nausea", "No nausea", facts.no_nausea, "Nausea or vomiting, or not asked. Treat it or wait."),
        _said("iv", "IV out", facts.iv_out, "The IV is still in. Take it out and see that it does not bleed."),
    )


def _suicide(facts: DischargeFacts) -> Criterion:
    sentence = "The suicide check is not done. Ask now."
    if facts.suicide_decision_open:
        sentence = "A positive suicide screen has no decision yet. A clinician must record one first."
    is_met = facts.suicide_check_done is True and not facts.suicide_decision_open
    return Criterion("suicide", "Suicide check", is_met, sentence)


def _arranged(facts: DischargeFacts) -> tuple[Criterion, ...]:
    return (
        _said("instructions", "Instructions", facts.instructions_given, "Written instructions are not given yet."),
        _said("escort", "Escort", facts.escort_present, "The escort is not here. Call, and keep the person."),
    )


def _said(code: str, label: str, answer: object, sentence: str) -> Criterion:
    """Only a plain yes holds; no and not asked do not."""
    return Criterion(code, label, answer is True, sentence)
