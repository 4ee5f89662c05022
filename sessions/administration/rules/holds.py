"""Do today's vital signs hold a session, and who may decide otherwise?

The limits come from the signed plan; a value on a limit passes, except where it says "or more".
Source: docs/clinical/pre_session.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from patients.treatment_plan.rules import HoldLimits

PRESCRIBER: Final = "prescriber"
MEDICAL_DIRECTOR: Final = "medical_director"

Vitals = Mapping[str, Decimal | int | None]


@dataclass(frozen=True)
class Hold:
    """One vital sign that holds the session. `may_be_overridden_by` is a role, or None where nobody may."""

    code: str
    label: str
    sentence: str
    may_be_overridden_by: str | None


def holds(limits: HoldLimits, vitals: Vitals) -> tuple[Hold, ...]:
    """List what in a baseline holds the session; what was not measured holds nothing here."""
    return (*_pressure(limits, vitals), *_heart(limits, vitals), *_oxygen(limits, vitals), *_other(limits, vitals))


def to_inform(limits: HoldLimits, vitals: Vitals) -> str | None:
    """Say so when the pressure passes the gate and the prescriber should still hear of it."""
    systolic, diastolic = vitals.get("systolic_mmhg"), vitals.get("diastolic_mmhg")
    if _above(systolic, limits.inform_systolic_mmhg) or _above(diastolic, limits.inform_diastolic_mmhg):
        limit = f"{limits.inform_systolic_mmhg}/{limits.inform_diastolic_mmhg}"
        return f"Pressure above {limit}: tell the prescriber."
    return None


def _pressure(limits: HoldLimits, vitals: Vitals) -> Iterator[Hold]:
    systolic, diastolic = vitals.get("systolic_mmhg"), vitals.get("diastolic_mmhg")
    if _at_least(systolic, limits.no_dose_systolic_mmhg) or _at_least(diastolic, limits.no_dose_diastolic_mmhg):
        limit = f"{limits.no_dose_systolic_mmhg}/{limits.no_dose_diastolic_mmhg}"
        sentence = f"Pressure is {limit} or more. No dose today; tell the prescriber."
        yield Hold("pressure", "Blood pressure", sentence, MEDICAL_DIRECTOR)
    elif _above(systolic, limits.systolic_mmhg) or _above(diastolic, limits.diastolic_mmhg):
        limit = f"{limits.systolic_mmhg}/{limits.diastolic_mmhg}"
        sentence = f"Pressure is above {limit}. Measure again in {limits.recheck_minutes} minutes."
        yield Hold("pressure", "Blood pressure", sentence, PRESCRIBER)


def _heart(limits: HoldLimits, vitals: Vitals) -> Iterator[Hold]:
    rate = vitals.get("heart_rate_bpm")
    if _below(rate, limits.heart_rate_low_bpm):
        sentence = f"Heart rate is below {limits.heart_rate_low_bpm}. Count again; tell the prescriber."
        yield Hold("heart_rate", "Heart rate", sentence, PRESCRIBER)
    elif _above(rate, limits.heart_rate_high_bpm):
        sentence = f"Heart rate is above {limits.heart_rate_high_bpm}. Count again; tell the prescriber."
        yield Hold("heart_rate", "Heart rate", sentence, PRESCRIBER)


def _oxygen(limits: HoldLimits, vitals: Vitals) -> Iterator[Hold]:
    spo2 = vitals.get("spo2_percent")
    if _below(spo2, limits.no_dose_spo2_percent):
        sentence = f"SpO₂ is below {limits.no_dose_spo2_percent} % on room air. No dose today; tell the prescriber."
        yield Hold("oxygen", "SpO₂", sentence, None)
    elif _below(spo2, limits.spo2_percent):
        sentence = f"SpO₂ is below {limits.spo2_percent} % on room air. The prescriber decides."
        yield Hold("oxygen", "SpO₂", sentence, PRESCRIBER)


def _other(limits: HoldLimits, vitals: Vitals) -> Iterator[Hold]:
    breaths, temperature = vitals.get("respiratory_rate_bpm"), vitals.get("temperature_c")
    low, high = limits.respiratory_rate_low_bpm, limits.respiratory_rate_high_bpm
    if _below(breaths, low) or _above(breaths, high):
        sentence = f"Breathing rate is outside {low} to {high}. Count again; tell the prescriber."
        yield Hold("breathing", "Breathing rate", sentence, PRESCRIBER)
    if _above(temperature, limits.temperature_high_c):
        sentence = f"Temperature is above {limits.temperature_high_c} °C. Put the session off, or ask the prescriber."
        yield Hold("temperature", "Temperature", sentence, PRESCRIBER)


def _above(value: Decimal | int | None, limit: Decimal | int) -> bool:
    return value is not None and value > limit


def _at_least(value: Decimal | int | None, limit: Decimal | int) -> bool:
    return value is not None and value >= limit


def _below(value: Decimal | int | None, limit: Decimal | int) -> bool:
    return value is not None and value < limit
