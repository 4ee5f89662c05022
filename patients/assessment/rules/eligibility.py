"""May this person be found eligible, and if not yet, what is open?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from clinic.kit.refusals import Refusal
from patients.assessment.rules.contraindications import (
    BY_CODE,
    CONTRAINDICATIONS,
    HARD_STOP,
    INFORMATION,
    PRESCRIBER,
    ROUTES,
    Contraindication,
)

MET: Final = "met"
NOT_MET: Final = "not_met"
UNKNOWN: Final = "unknown"
ANSWERS: Final = (MET, NOT_MET, UNKNOWN)

ASSESSMENT_VALID_DAYS: Final = 90  # this project's choice: about one quarter, see docs/clinical/contraindications.md
ADULT_FROM_YEARS: Final = 18
READINGS_APART: Final = timedelta(minutes=5)


class UnknownRoute(Refusal):
    """The route is not one the rules know."""


class UnknownContraindication(Refusal):
    """A finding, reason or override names a condition that is not in the table."""


class AnswerNotKnown(Refusal):
    """An answer is none of met, not met and unknown."""


@dataclass(frozen=True)
class Finding:
    """What is known about one condition, with the evidence."""

    answer: str
    evidence: str = ""


@dataclass(frozen=True)
class RestingPressure:
    """One blood pressure at rest."""

    systolic_mmhg: Decimal
    diastolic_mmhg: Decimal
    measured_at: datetime


@dataclass(frozen=True)
class Judged:
    """One condition with its finding. `is_open` means it still stands in the way."""

    condition: Contraindication
    tier: str
    finding: Finding
    reason: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Eligibility:
    """The table judged: what stands in the way, in groups, and as plain sentences."""

    hard_stops: tuple[Judged, ...]
    to_decide: tuple[Judged, ...]
    unknown: tuple[Judged, ...]
    information: tuple[Judged, ...]
    fine: tuple[Judged, ...]
    may_be_eligible: bool
    blocking: tuple[str, ...]


def eligibility(
    route: str,
    findings: Mapping[str, Finding],
    *,
    reasons: Mapping[str, str],
    director_overrides: Collection[str],
    age: int | None,
    scores_complete: bool,
    suicide_screen_reviewed: bool = True,
) -> Eligibility:
    """Judge every condition for the route; a condition nobody answered is unknown, never "not met".

    `reasons` are given by code; a hard stop also needs its code in `director_overrides`. `age` is in whole years and
    answers "under 18" itself. Eligible needs: no hard stop without the director's override and a reason, no
    prescriber's decision without a reason, nothing unknown except what is for information, complete scores, and a
    reviewed suicide screen.
    """
    _refuse_unknown_names(route, findings, (*reasons, *director_overrides))
    found = {**findings, "under_18": age_finding(age)}
    judged = tuple(
        _judge(
            condition,
            condition.tier(route),
            found.get(condition.code, Finding(UNKNOWN)),
            reasons.get(condition.code, "").strip(),
            is_overridden=condition.code in director_overrides,
        )
        for condition in CONTRAINDICATIONS
    )
    met = [one for one in judged if one.finding.answer == MET]
    blocking = (
        *(_what_is_open(one) for one in judged if one.is_open),
        *_other_blocks(scores_complete=scores_complete, suicide_screen_reviewed=suicide_screen_reviewed),
    )
    return Eligibility(
        hard_stops=tuple(one for one in met if one.tier == HARD_STOP),
        to_decide=tuple(one for one in met if one.tier == PRESCRIBER),
        unknown=tuple(one for one in judged if one.finding.answer == UNKNOWN),
        information=tuple(one for one in met if one.tier == INFORMATION),
        fine=tuple(one for one in judged if one.finding.answer == NOT_MET),
        may_be_eligible=not blocking,
        blocking=blocking,
    )


def age_finding(age_years: int | None) -> Finding:
    """Answer "under 18" from the age in whole years."""
    if age_years is None:
        return Finding(UNKNOWN, "The birth date is missing.")
    return Finding(MET if age_years < ADULT_FROM_YEARS else NOT_MET, f"{age_years} years old")


def pressure_findings(readings: Sequence[RestingPressure]) -> dict[str, Finding]:
    """Answer the three blood-pressure conditions from readings at rest.

    A condition is met when two readings at least 5 minutes apart both reach it. One high reading alone is unknown
    until it has been repeated; a later reading that is lower, 5 minutes on, clears it.
    """
    ordered = sorted(readings, key=lambda reading: reading.measured_at)
    return {
        "blood_pressure_180_110": _pressure_finding(ordered, [_reaches(reading, 180, 110) for reading in ordered]),
        "blood_pressure_above_160_100": _pressure_finding(
            ordered, [_exceeds(reading, 160, 100) for reading in ordered]
        ),
        "blood_pressure_above_140_90": _pressure_finding(ordered, [_exceeds(reading, 140, 90) for reading in ordered]),
    }


def assessment_expires_on(signed_on: date) -> date:
    """Return the first day on which the assessment no longer holds."""
    return signed_on + timedelta(days=ASSESSMENT_VALID_DAYS)


def assessment_is_current(expires_on: date, today: date) -> bool:
    """Say whether treatment may still start on this assessment."""
    return today < expires_on


def _judge(condition: Contraindication, tier: str, finding: Finding, reason: str, *, is_overridden: bool) -> Judged:
    is_open = {
        (MET, HARD_STOP): not (reason and is_overridden),
        (MET, PRESCRIBER): not reason,
        (UNKNOWN, HARD_STOP): True,
        (UNKNOWN, PRESCRIBER): True,
    }.get((finding.answer, tier), False)
    return Judged(condition=condition, tier=tier, finding=finding, reason=reason, is_open=is_open)


def _what_is_open(one: Judged) -> str:
    title = one.condition.title
    if one.finding.answer == UNKNOWN:
        return f"{title}: nobody has answered this yet. {one.condition.evidence_hint}."
    if one.tier == HARD_STOP:
        return f"{title}: a hard stop. Only the medical director may override it, with a reason."
    return f"{title}: decide, and give the reason."


def _other_blocks(*, scores_complete: bool, suicide_screen_reviewed: bool) -> tuple[str, ...]:
    blocks = []
    if not scores_complete:
        blocks.append("The PHQ-9 and the GAD-7 are not complete. Finish both first.")
    if not suicide_screen_reviewed:
        blocks.append("A positive suicide answer has not been reviewed. Close its task first.")
    return tuple(blocks)


def _refuse_unknown_names(route: str, findings: Mapping[str, Finding], other_codes: Collection[str]) -> None:
    if route not in ROUTES:
        raise UnknownRoute(f"There are no rules for this route. Choose one of: {', '.join(ROUTES.values())}.")
    for code in (*findings, *other_codes):
        if code not in BY_CODE:
            raise UnknownContraindication("This condition is not in the rule set. Reload the page and try again.")
    for code, finding in findings.items():
        if finding.answer not in ANSWERS:
            raise AnswerNotKnown(f"“{BY_CODE[code].title}” must be met, not met or unknown. Choose one.")


def _pressure_finding(ordered: Sequence[RestingPressure], high: Sequence[bool]) -> Finding:
    evidence = ", ".join(f"{reading.systolic_mmhg}/{reading.diastolic_mmhg}" for reading in ordered)
    if not ordered:
        return Finding(UNKNOWN, "No reading at rest.")
    high_at = [reading.measured_at for reading, is_high in zip(ordered, high, strict=True) if is_high]
    if not high_at:
        return Finding(NOT_MET, evidence)
    if high_at[-1] - high_at[0] >= READINGS_APART:
        return Finding(MET, evidence)
    repeated = not high[-1] and ordered[-1].measured_at - high_at[-1] >= READINGS_APART
    return Finding(NOT_MET, evidence) if repeated else Finding(UNKNOWN, f"{evidence}. Repeat after 5 minutes.")


def _reaches(reading: RestingPressure, systolic: int, diastolic: int) -> bool:
    return reading.systolic_mmhg >= systolic or reading.diastolic_mmhg >= diastolic


def _exceeds(reading: RestingPressure, systolic: int, diastolic: int) -> bool:
    return reading.systolic_mmhg > systolic or reading.diastolic_mmhg > diastolic
