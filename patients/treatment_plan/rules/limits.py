"""Which doses, weights and schedules does the application ask about, and which does it refuse?

Shipped defaults, this project's own choice unless a source is named: docs/clinical/dosing.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from clinic.kit.limits import limits
from clinic.policy.rules import DOSE_MG, MG_PER_KG
from patients.treatment_plan.rules.arithmetic import KG_PER_LB

ASK: Final = "ask"
SECOND_SIGNATURE: Final = "second_signature"
REFUSE: Final = "refuse"

ASK_ABOVE_MG_PER_KG: Final = Decimal("1.0")
ASK_BELOW_MG_PER_KG: Final = Decimal("0.1")
ASK_ABOVE_MG: Final = Decimal(100)
SECOND_ABOVE_MG_PER_KG: Final = Decimal("1.5")
SECOND_ABOVE_MG: Final = Decimal(150)

SESSION_COUNT: Final = limits("Number of sessions", "", "1..30", "..6")
INTERVAL_DAYS: Final = limits("Days between sessions", "days", "1..90", "2..28")

WEIGHT_MAX_AGE_DAYS: Final = {"induction": 7, "maintenance": 30}
RECONFIRM_WEIGHT_CHANGE_PERCENT: Final = Decimal(5)
REORDER_WEIGHT_CHANGE_PERCENT: Final = Decimal(10)
POUNDS_LIKELY_ABOVE_KG: Final = Decimal(180)


@dataclass(frozen=True)
class Concern:
    """What to ask or refuse: level "ask", "second_signature" or "refuse", and a sentence."""

    level: str
    sentence: str


@dataclass(frozen=True)
class HoldLimits:
    """When a nurse stops before a session. Values on the limit are still fine, except the "no dose" ones."""

    systolic_mmhg: int
    diastolic_mmhg: int
    heart_rate_low_bpm: int
    heart_rate_high_bpm: int
    spo2_percent: int
    inform_systolic_mmhg: int = 140
    inform_diastolic_mmhg: int = 90
    no_dose_systolic_mmhg: int = 180
    no_dose_diastolic_mmhg: int = 110
    no_dose_spo2_percent: int = 90
    respiratory_rate_low_bpm: int = 10
    respiratory_rate_high_bpm: int = 24
    temperature_high_c: Decimal = Decimal("38.0")
    recheck_minutes: int = 10

    @classmethod
    def default_iv(cls) -> "HoldLimits":
        """Return the shipped limits for IV ketamine; a plan may narrow them or widen them within bounds."""
        return cls(
            systolic_mmhg=160, diastolic_mmhg=100, heart_rate_low_bpm=45, heart_rate_high_bpm=120, spo2_percent=94
        )


HOLD_SYSTOLIC_MMHG: Final = limits("Hold above systolic", "mmHg", "100..180", "120..160")
HOLD_DIASTOLIC_MMHG: Final = limits("Hold above diastolic", "mmHg", "60..110", "80..100")
HOLD_HEART_RATE_LOW_BPM: Final = limits("Hold below heart rate", "per minute", "30..70", "45..60")
HOLD_HEART_RATE_HIGH_BPM: Final = limits("Hold above heart rate", "per minute", "80..160", "100..120")
HOLD_SPO2_PERCENT: Final = limits("Hold below SpO₂", "%", "88..98", "92..96")

_HOLD_FIELDS: Final = (
    ("systolic_mmhg", HOLD_SYSTOLIC_MMHG),
    ("diastolic_mmhg", HOLD_DIASTOLIC_MMHG),
    ("heart_rate_low_bpm", HOLD_HEART_RATE_LOW_BPM),
    ("heart_rate_high_bpm", HOLD_HEART_RATE_HIGH_BPM),
    ("spo2_percent", HOLD_SPO2_PERCENT),
)


def dose_check(mg_per_kg: Decimal, dose_mg: Decimal) -> tuple[Concern, ...]:
    """Judge a dose by weight and in all; the highest level of each of the two is reported.

    Ask above 1.0 mg/kg or 100 mg and below 0.1 mg/kg; a second prescriber signs above 1.5 mg/kg or 150 mg; refuse
    zero, above 3 mg/kg and above 400 mg.
    """
    return (*_dose_per_weight(mg_per_kg), *_dose_in_all(dose_mg))


def _dose_per_weight(mg_per_kg: Decimal) -> Iterator[Concern]:
    if MG_PER_KG.rejects(mg_per_kg):
        yield Concern(REFUSE, f"The dose per weight must be {MG_PER_KG.span}. Change it.")
    elif mg_per_kg > SECOND_ABOVE_MG_PER_KG:
        yield Concern(
            SECOND_SIGNATURE,
            f"{mg_per_kg} mg/kg is above {SECOND_ABOVE_MG_PER_KG} mg/kg: a second prescriber must sign too.",
        )
    elif mg_per_kg > ASK_ABOVE_MG_PER_KG:
        yield Concern(ASK, f"{mg_per_kg} mg/kg is above the usual {ASK_ABOVE_MG_PER_KG} mg/kg. Confirm it.")
    elif mg_per_kg < ASK_BELOW_MG_PER_KG:
        yield Concern(ASK, f"{mg_per_kg} mg/kg is below the usual {ASK_BELOW_MG_PER_KG} mg/kg. Confirm it.")


def _dose_in_all(dose_mg: Decimal) -> Iterator[Concern]:
    if DOSE_MG.rejects(dose_mg):
        yield Concern(REFUSE, f"The dose must be {DOSE_MG.span}, in steps of 0.1 mg. Change it.")
    elif dose_mg > SECOND_ABOVE_MG:
        yield Concern(
            SECOND_SIGNATURE, f"{dose_mg} mg is above {SECOND_ABOVE_MG} mg in all: a second prescriber must sign too."
        )
    elif dose_mg > ASK_ABOVE_MG:
        yield Concern(ASK, f"{dose_mg} mg is above the usual {ASK_ABOVE_MG} mg in all. Confirm it.")


def hold_limits_check(hold: HoldLimits) -> tuple[Concern, ...]:
    """Judge the hold limits of a plan: refuse what no plan may set, ask about what is wider than usual."""
    concerns = []
    for field, limit in _HOLD_FIELDS:
        value = Decimal(getattr(hold, field))
        if limit.rejects(value):
            concerns.append(Concern(REFUSE, f"“{limit.label}” must be {limit.span}. Change it."))
        elif limit.asks(value):
            concerns.append(Concern(ASK, f"“{limit.label}” {value} {limit.unit} is unusual. Confirm it."))
    return tuple(concerns)


def schedule_check(session_count: int, interval_days: int) -> tuple[Concern, ...]:
    """Judge how many sessions and how many days apart: refuse the impossible, ask about the unusual."""
    concerns = []
    for limit, value in ((SESSION_COUNT, Decimal(session_count)), (INTERVAL_DAYS, Decimal(interval_days))):
        if limit.rejects(value):
            concerns.append(Concern(REFUSE, f"{limit.label} must be {limit.span}. Change it."))
        elif limit.asks(value):
            concerns.append(Concern(ASK, f"{limit.label}: {value} is unusual. Confirm it."))
    return tuple(concerns)


def weight_age_check(weighed_on: date, today: date, phase: str = "induction") -> tuple[Concern, ...]:
    """Ask for a new weight when the last is too old: 7 days in induction, 30 in maintenance."""
    if weighed_on > today:
        return (Concern(REFUSE, "The weight is dated in the future. Check the date."),)
    most_days = WEIGHT_MAX_AGE_DAYS[phase]
    if today - weighed_on > timedelta(days=most_days):
        days = (today - weighed_on).days
        return (Concern(ASK, f"The weight is {days} days old; {most_days} is the most in {phase}. Weigh again."),)
    return ()


def weight_change_check(ordered_on_kg: Decimal, today_kg: Decimal) -> tuple[Concern, ...]:
    """Compare today's weight with the one the order was made on: above 5 % confirm, above 10 % order again."""
    change = abs(today_kg - ordered_on_kg) * 100 / ordered_on_kg
    direction = "more" if today_kg > ordered_on_kg else "less"
    said = f"{today_kg} kg is {change.quantize(Decimal('0.1'))} % {direction} than the {ordered_on_kg} kg of the order."
    if change > REORDER_WEIGHT_CHANGE_PERCENT:
        return (Concern(REFUSE, f"{said} The prescriber must order again."),)
    if change > RECONFIRM_WEIGHT_CHANGE_PERCENT:
        return (Concern(ASK, f"{said} Confirm the weight."),)
    return ()


def pounds_slip(weight_kg: Decimal, last_kg: Decimal | None = None) -> str | None:
    """Say so when a weight in kilograms was probably typed in pounds.

    With an earlier weight: when the value read as pounds is nearer to it. Without one: above 180.
    """
    as_kg = (weight_kg * KG_PER_LB).quantize(Decimal("0.1"))
    if last_kg is None:
        looks_wrong = weight_kg > POUNDS_LIKELY_ABOVE_KG
    else:
        looks_wrong = abs(weight_kg * KG_PER_LB - last_kg) < abs(weight_kg - last_kg)
    return f"Is {weight_kg} in pounds? That would be {as_kg} kg. Enter kilograms." if looks_wrong else None
