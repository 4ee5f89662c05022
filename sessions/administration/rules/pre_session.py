"""May this session start, and if not, what is missing and who may decide otherwise?

A gate stops the start, never the charting. Source: docs/clinical/pre_session.md.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from patients.treatment_plan.rules import HoldLimits, weight_change_check
from sessions.administration.rules.holds import MEDICAL_DIRECTOR, PRESCRIBER, holds, to_inform

READY: Final = "ready"
MISSING: Final = "missing"
HOLD: Final = "hold"
OVERRIDDEN: Final = "overridden"

BASELINE_MAX_AGE: Final = timedelta(minutes=30)
MEASURE_MAX_AGE: Final = timedelta(days=14)
DOSE_GAP: Final = timedelta(hours=24)
FOOD_HOURS: Final = 6


@dataclass(frozen=True)
class Checklist:
    """What the nurse asked and saw today. `fasting_hours` is the time since the last meal; None means not asked.

    `suicide_screen`: not_asked, none, known (unchanged and planned for), positive (new, worse or acute).
    `pregnancy`: not_asked, not_possible, negative, positive.
    """

    identity_confirmed: bool
    allergies_read_back: bool
    fasting_hours: int | None
    escort_confirmed: bool
    suicide_screen: str
    pregnancy: str
    is_oriented: bool
    has_urinary_symptoms: bool
    took_sedatives_or_alcohol: bool
    emergency_kit_checked: bool
    weight_kg: Decimal


@dataclass(frozen=True)
class SessionFacts:
    """What is known when somebody wants to start. None means not on file, never "no".

    `ordered_on_kg` is the weight the plan was made on; `overrides` are reasons by check code.
    """

    now: datetime
    today: date
    plan_signed: bool
    consent_expires_on: date | None
    assessment_expires_on: date | None
    checklist: Checklist | None
    safety_item_blank: bool
    baseline_at: datetime | None
    baseline: Mapping[str, Decimal | int | None]
    hold: HoldLimits
    ordered_on_kg: Decimal
    session_number: int
    primary_measure_at: datetime | None
    last_dose_at: datetime | None
    ordered_mg: Decimal
    drawn_mg: Decimal
    overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One light of the strip. `may_be_overridden_by` is a role, or None where nobody may."""

    code: str
    label: str
    state: str
    sentence: str
    may_be_overridden_by: str | None


_Result = tuple[str, str]
_Rule = tuple[str, str, str | None, Callable[[SessionFacts], _Result]]


def readiness(facts: SessionFacts) -> tuple[Check, ...]:
    """Judge every point of the gate.

    An override, with its reason, releases a hold where a role may do so. What is missing cannot be overridden: it has
    to be asked or done.
    """
    checks = [_overridden(facts, _check(code, label, rule(facts), by)) for code, label, by, rule in _RULES]
    return (*checks, *_vitals_hold(facts))


def may_start(checks: Collection[Check]) -> bool:
    """Say whether every light is green or overridden."""
    return all(check.state in (READY, OVERRIDDEN) for check in checks)


def open_points(checks: Collection[Check]) -> tuple[str, ...]:
    """List what stands in the way, one sentence each."""
    return tuple(check.sentence for check in checks if check.state not in (READY, OVERRIDDEN))


def _plan(facts: SessionFacts) -> _Result:
    if not facts.plan_signed:
        return MISSING, "No signed plan. The prescriber must sign one first."
    return READY, "The plan is signed."


def _assessment(facts: SessionFacts) -> _Result:
    if facts.assessment_expires_on is None:
        return MISSING, "No assessment says eligible. The prescriber must decide first."
    if facts.today >= facts.assessment_expires_on:
        return MISSING, "The assessment has expired. The prescriber must review it."
    return READY, "The assessment is current."


def _consent(facts: SessionFacts) -> _Result:
    if facts.consent_expires_on is None:
        return MISSING, "No consent on file. Go through it with the person."
    if facts.today >= facts.consent_expires_on:
        return MISSING, "The consent has expired. Go through it again."
    return READY, "The consent is current."


def _identity(facts: SessionFacts) -> _Result:
    done = facts.checklist is not None and facts.checklist.identity_confirmed
    return (READY, "Identity confirmed.") if done else (MISSING, "Ask for name and birth date and compare them.")


def _allergies(facts: SessionFacts) -> _Result:
    done = facts.checklist is not None and facts.checklist.allergies_read_back
    return (READY, "Allergies read back.") if done else (MISSING, "Read the allergies back with the person.")


def _emergency_kit(facts: SessionFacts) -> _Result:
    done = facts.checklist is not None and facts.checklist.emergency_kit_checked
    return (READY, "Kit and oxygen checked.") if done else (MISSING, "Check the emergency kit and the oxygen.")


def _escort(facts: SessionFacts) -> _Result:
    if facts.checklist is None:
        return MISSING, "Ask who takes the person home."
    if not facts.checklist.escort_confirmed:
        return HOLD, "No escort is confirmed. Find one, or the person cannot be treated today."
    return READY, "Escort confirmed."


def _fasting(facts: SessionFacts) -> _Result:
    if facts.checklist is None or facts.checklist.fasting_hours is None:
        return MISSING, "Ask when the person last ate."
    if facts.checklist.fasting_hours < FOOD_HOURS:
        return HOLD, f"Ate less than {FOOD_HOURS} hours ago. Wait, or ask the prescriber."
    return READY, f"Last ate {facts.checklist.fasting_hours} hours ago."


def _pregnancy(facts: SessionFacts) -> _Result:
    answer = "not_asked" if facts.checklist is None else facts.checklist.pregnancy
    return {
        "not_possible": (READY, "Pregnancy is not possible."),
        "negative": (READY, "Pregnancy test negative."),
        "positive": (HOLD, "Pregnant. Do not start; tell the prescriber."),
    }.get(answer, (MISSING, "Ask about pregnancy, and test if it is possible."))


def _suicide(facts: SessionFacts) -> _Result:
    """Ideation that is known, unchanged and planned for does not hold; new, worse or acute does."""
    answer = "not_asked" if facts.checklist is None else facts.checklist.suicide_screen
    if answer in ("none", "known"):
        return READY, "Screened today."
    if answer == "positive":
        return HOLD, "Suicidal thoughts are new, worse or acute. A prescriber must see the person and decide."
    blank = "The suicide question of the last PHQ-9 was left blank. " if facts.safety_item_blank else ""
    return MISSING, f"{blank}Ask the suicide questions since the last visit."


def _mental_state(facts: SessionFacts) -> _Result:
    if facts.checklist is None:
        return MISSING, "Check that the person is oriented."
    if not facts.checklist.is_oriented:
        return HOLD, "Not oriented. The prescriber must see the person."
    return READY, "Oriented."


def _substances(facts: SessionFacts) -> _Result:
    if facts.checklist is None:
        return MISSING, "Ask about alcohol, sedatives and opioids in the last 24 hours."
    if facts.checklist.took_sedatives_or_alcohol:
        return HOLD, "Alcohol or sedatives in the last 24 hours. The prescriber decides."
    return READY, "No alcohol or sedatives."


def _urinary(facts: SessionFacts) -> _Result:
    if facts.checklist is None:
        return MISSING, "Ask the urinary questions."
    if facts.checklist.has_urinary_symptoms:
        return HOLD, "Urinary symptoms. Take a urine sample; the prescriber decides."
    return READY, "No urinary symptoms."


def _baseline(facts: SessionFacts) -> _Result:
    wanted = ("systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm", "spo2_percent", "respiratory_rate_bpm")
    if facts.baseline_at is None or any(facts.baseline.get(name) is None for name in wanted):
        return MISSING, "The baseline is not complete. Take pressure, heart rate, SpO₂ and breathing rate."
    if facts.now - facts.baseline_at > BASELINE_MAX_AGE:
        return MISSING, "The baseline is more than 30 minutes old. Take it again."
    return READY, "Baseline taken."


def _vitals_hold(facts: SessionFacts) -> tuple[Check, ...]:
    """One check for each vital sign that holds; one green check when none does."""
    held = holds(facts.hold, facts.baseline)
    if held:
        return tuple(
            _overridden(facts, Check(one.code, one.label, HOLD, one.sentence, one.may_be_overridden_by)) for one in held
        )
    sentence = to_inform(facts.hold, facts.baseline) or "Within the limits of the plan."
    return (Check("vitals", "Hold limits", READY, sentence, None),)


def _weight(facts: SessionFacts) -> _Result:
    if facts.checklist is None:
        return MISSING, "Weigh the person."
    for concern in weight_change_check(facts.ordered_on_kg, facts.checklist.weight_kg):
        return HOLD, concern.sentence
    return READY, "Weighed today."


def _primary_measure(facts: SessionFacts) -> _Result:
    """Before session 1 the baseline score must be at most 14 days old; later sessions need none here."""
    if facts.session_number > 1:
        return READY, "The baseline score was taken before session 1."
    if facts.primary_measure_at is None or facts.now - facts.primary_measure_at > MEASURE_MAX_AGE:
        return HOLD, "There is no PHQ-9 from the last 14 days. It is the baseline: fill it in before session 1."
    return READY, "The baseline score is recent."


def _other_dose(facts: SessionFacts) -> _Result:
    if facts.last_dose_at is not None and facts.now - facts.last_dose_at < DOSE_GAP:
        return HOLD, "Ketamine or esketamine was given in the last 24 hours. The prescriber decides."
    return READY, "No other dose in the last 24 hours."


def _check(code: str, label: str, result: _Result, overridden_by: str | None) -> Check:
    state, sentence = result
    return Check(code, label, state, sentence, overridden_by if state == HOLD else None)


def _drug(facts: SessionFacts) -> _Result:
    if facts.drawn_mg <= 0:
        return MISSING, f"No drug is drawn. Draw {facts.ordered_mg} mg with a witness."
    if facts.drawn_mg < facts.ordered_mg:
        return MISSING, f"Only {facts.drawn_mg} mg are drawn and {facts.ordered_mg} mg are ordered. Draw the rest."
    return READY, f"{facts.drawn_mg} mg drawn."


def _overridden(facts: SessionFacts, check: Check) -> Check:
    reason = facts.overrides.get(check.code, "").strip()
    if check.may_be_overridden_by is None or not reason:
        return check
    return replace(check, state=OVERRIDDEN, sentence=f"{check.sentence} Overridden: {reason}")


_RULES: Final[tuple[_Rule, ...]] = (
    ("plan", "Plan", None, _plan),
    ("assessment", "Assessment", None, _assessment),
    ("consent", "Consent", None, _consent),
    ("primary_measure", "Baseline score", PRESCRIBER, _primary_measure),
    ("identity", "Identity", None, _identity),
    ("allergies", "Allergies", None, _allergies),
    ("suicide", "Suicide screen", PRESCRIBER, _suicide),
    ("mental_state", "Orientation", PRESCRIBER, _mental_state),
    ("fasting", "Fasting", PRESCRIBER, _fasting),
    ("escort", "Escort", None, _escort),
    ("pregnancy", "Pregnancy", MEDICAL_DIRECTOR, _pregnancy),
    ("substances", "Alcohol and sedatives", PRESCRIBER, _substances),
    ("urinary", "Urinary symptoms", PRESCRIBER, _urinary),
    ("other_dose", "Other doses", PRESCRIBER, _other_dose),
    ("weight", "Weight", PRESCRIBER, _weight),
    ("emergency_kit", "Emergency kit", None, _emergency_kit),
    ("drug", "Drug", None, _drug),
    ("baseline", "Baseline", None, _baseline),
)
