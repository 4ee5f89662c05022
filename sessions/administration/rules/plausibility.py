"""Can this set of vital signs be true, is it likely, and does it need someone now?

Three tiers: reject (impossible, refused), confirm (unlikely, stored and asked about), alert (true and worrying).
Source: docs/clinical/plausibility.md and docs/clinical/monitoring.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from clinic.kit.limits import Limits, decimal_places
from clinic.policy.rules import (
    ANXIETY_NRS,
    DIASTOLIC_MMHG,
    ETCO2_MMHG,
    HEART_RATE_BPM,
    MOAAS,
    MOOD_NRS,
    O2_FLOW_L_MIN,
    PAIN_NRS,
    PULSE_PRESSURE_MMHG,
    RASS,
    RESPIRATORY_RATE_BPM,
    SPO2_PERCENT,
    SYSTOLIC_MMHG,
    TEMPERATURE_C,
)

__all__ = [
    "ANXIETY_NRS",
    "DIASTOLIC_MMHG",
    "ETCO2_MMHG",
    "HEART_RATE_BPM",
    "IV_ALERTS",
    "LIMITS",
    "MOAAS",
    "MOOD_NRS",
    "O2_FLOW_L_MIN",
    "PAIN_NRS",
    "PULSE_PRESSURE_MMHG",
    "RASS",
    "RESPIRATORY_RATE_BPM",
    "SPO2_PERCENT",
    "SYSTOLIC_MMHG",
    "TEMPERATURE_C",
    "AlertLimits",
    "Concern",
    "VitalLimits",
    "check_vitals",
]

REJECT: Final = "reject"
CONFIRM: Final = "confirm"
ALERT: Final = "alert"

LIMITS: Final[Mapping[str, Limits]] = {
    "systolic_mmhg": SYSTOLIC_MMHG,
    "diastolic_mmhg": DIASTOLIC_MMHG,
    "heart_rate_bpm": HEART_RATE_BPM,
    "spo2_percent": SPO2_PERCENT,
    "respiratory_rate_bpm": RESPIRATORY_RATE_BPM,
    "etco2_mmhg": ETCO2_MMHG,
    "temperature_c": TEMPERATURE_C,
    "oxygen_l_min": O2_FLOW_L_MIN,
    "moaas": MOAAS,
    "rass": RASS,
    "pain_nrs": PAIN_NRS,
    "mood_nrs": MOOD_NRS,
    "anxiety_nrs": ANXIETY_NRS,
}

FAHRENHEIT_LOW: Final = Decimal(86)
FAHRENHEIT_HIGH: Final = Decimal("110.3")


@dataclass(frozen=True)
class Concern:
    """What is wrong with one field: "reject", "confirm" or "alert", and a sentence to show beside it."""

    field: str
    level: str
    sentence: str


@dataclass(frozen=True)
class AlertLimits:
    """The worrying side of a single reading; what needs two readings is in monitoring."""

    low: Decimal | None = None
    high: Decimal | None = None

    def crossed_by(self, value: Decimal) -> str | None:
        """Say which side the value is on, or None when it is within."""
        if self.low is not None and value < self.low:
            return f"below {self.low}"
        if self.high is not None and value > self.high:
            return f"above {self.high}"
        return None


IV_ALERTS: Final[Mapping[str, AlertLimits]] = {
    "systolic_mmhg": AlertLimits(high=Decimal(180)),
    "diastolic_mmhg": AlertLimits(high=Decimal(110)),
    "heart_rate_bpm": AlertLimits(low=Decimal(45), high=Decimal(120)),
    "spo2_percent": AlertLimits(low=Decimal(92)),
    "respiratory_rate_bpm": AlertLimits(low=Decimal(8)),
    "etco2_mmhg": AlertLimits(high=Decimal(55)),
    "temperature_c": AlertLimits(high=Decimal("38.0")),
    "moaas": AlertLimits(low=Decimal(4)),
    "rass": AlertLimits(low=Decimal(-3)),
}


@dataclass(frozen=True)
class VitalLimits:
    """What a clinic has set, by field: where a value is asked about, and where it alerts."""

    asks: Mapping[str, Limits]
    alerts: Mapping[str, AlertLimits]


def check_vitals(
    values: Mapping[str, Decimal | int | None],
    protocol: Mapping[str, AlertLimits] = IV_ALERTS,
    asks: Mapping[str, Limits] = LIMITS,
) -> tuple[Concern, ...]:
    """List what is wrong with a set of vital signs; an empty tuple means nothing is.

    None means not measured. A set may be partial, but a pressure needs both numbers. Any concern of level "reject"
    means the set must not be stored.
    `protocol` gives the alert limits of the session's monitoring protocol, `asks` the limits that ask.
    """
    if values and all(value is None for value in values.values()):
        return (Concern(next(iter(values)), REJECT, "There is no reading here. Enter at least one."),)
    concerns = [concern for field, value in values.items() for concern in _check_one(field, value, protocol, asks)]
    rejected = {concern.field for concern in concerns if concern.level == REJECT}
    if not rejected & {"systolic_mmhg", "diastolic_mmhg"}:
        concerns.extend(_check_pair(values.get("systolic_mmhg"), values.get("diastolic_mmhg")))
    return tuple(concerns)


def _check_one(
    field: str, value: object, protocol: Mapping[str, AlertLimits], asks: Mapping[str, Limits]
) -> Iterator[Concern]:
    limits = asks.get(field)
    if limits is None:
        yield Concern(field, REJECT, "This is not a measurement the sheet knows. Check the name of the field.")
        return
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        yield Concern(field, REJECT, f"{limits.label} must be a plain number. Type digits, with a point for decimals.")
        return
    number = Decimal(value)
    if limits.rejects(number):
        yield Concern(field, REJECT, _rejection(field, number, limits))
        return
    if limits.asks(number):
        yield Concern(field, CONFIRM, f"{limits.label} {_plain(number, limits)} is unusual. Confirm it or re-enter it.")
    side = protocol[field].crossed_by(number) if field in protocol else None
    if side:
        yield Concern(field, ALERT, f"{limits.label} {_plain(number, limits)} is {side}. Tell the prescriber.")


def _check_pair(systolic: Decimal | int | None, diastolic: Decimal | int | None) -> Iterator[Concern]:
    if systolic is None and diastolic is None:
        return
    if systolic is None or diastolic is None:
        field = "systolic_mmhg" if systolic is None else "diastolic_mmhg"
        yield Concern(field, REJECT, "A blood pressure needs both numbers. Enter the other one too.")
        return
    pulse_pressure = Decimal(systolic) - Decimal(diastolic)
    if pulse_pressure <= 0:
        yield Concern(
            "diastolic_mmhg",
            REJECT,
            f"The lower pressure must be below the upper one: {systolic}/{diastolic} cannot be. Re-enter both.",
        )
    elif PULSE_PRESSURE_MMHG.asks(pulse_pressure):
        yield Concern(
            "diastolic_mmhg",
            CONFIRM,
            f"{systolic}/{diastolic} leaves a pulse pressure of {pulse_pressure}, which is unusual. "
            "Confirm it or re-enter it.",
        )


def _rejection(field: str, value: Decimal, limits: Limits) -> str:
    if not value.is_finite():
        return f"{limits.label} must be a plain number. Type digits, with a point for decimals."
    if field == "temperature_c" and FAHRENHEIT_LOW <= value <= FAHRENHEIT_HIGH:
        celsius = ((value - 32) * 5 / 9).quantize(Decimal("0.1"))
        return f"{value} looks like degrees Fahrenheit. In Celsius that is {celsius}: enter it in °C."
    if limits.reject_below <= value <= limits.reject_above and decimal_places(value) > limits.decimals:
        places = "a whole number" if limits.decimals == 0 else f"at most {limits.decimals} decimal"
        return f"{limits.label} takes {places}. Re-enter it."
    return f"{limits.label} must be {limits.span}. Check the reading and re-enter it."


def _plain(value: Decimal, limits: Limits) -> str:
    return f"{value} {limits.unit}".rstrip()
