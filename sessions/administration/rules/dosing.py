"""What may we give, and how much has been given so far?

An infusion is what was charted: start, rate changes, pauses, resumes, stop. Amounts are derived from those steps each
time, so entries that arrive late or out of order correct them by themselves. Source: docs/clinical/dosing.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from clinic.policy.rules import RATE_ML_H

START: Final = "start"
RATE: Final = "rate"
PAUSE: Final = "pause"
RESUME: Final = "resume"
STOP: Final = "stop"

HUNDREDTH: Final = Decimal("0.01")
RATE_TOLERANCE_PERCENT: Final = Decimal(5)
MICROSECONDS_PER_HOUR: Final = 3_600_000_000

# What may be charted next, by the state of the pump.
_NEXT: Final = {
    "waiting": frozenset({START}),
    "running": frozenset({RATE, PAUSE, STOP}),
    "paused": frozenset({RATE, RESUME, STOP}),
    "ended": frozenset[str](),
}


@dataclass(frozen=True)
class Step:
    """One charted step. `seq` orders steps of one moment; a resume without a rate takes up the last one."""

    kind: str
    occurred_at: datetime
    seq: int = 0
    rate_ml_h: Decimal | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch of time at one rate; `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    rate_ml_h: Decimal


@dataclass(frozen=True)
class Delivered:
    """What has gone in at a moment, and what is still to come."""

    volume_ml: Decimal
    mg: Decimal
    running: bool
    paused: bool
    ended_at: datetime | None
    remaining_ml: Decimal | None
    projected_end: datetime | None


@dataclass(frozen=True)
class Balance:
    """Whether drawn equals given, wasted and returned, to 0.01 mg."""

    difference_mg: Decimal
    balances: bool
    sentence: str


def segments(steps: Iterable[Step]) -> tuple[Segment, ...]:
    """Turn charted steps, in any order of arrival, into stretches at one rate.

    Steps count in the order of when they happened. What cannot be (a resume while running, anything after the stop)
    changes nothing: the chart keeps the entry, the amounts follow what the pump can have done.
    """
    found: list[Segment] = []
    rate, since = Decimal(0), None
    for step, state in _taken(steps):
        if since is not None and step.occurred_at > since:
            found.append(Segment(since, step.occurred_at, rate))
        rate = step.rate_ml_h if step.rate_ml_h is not None else rate
        since = step.occurred_at if state == "running" else None
    if since is not None:
        found.append(Segment(since, None, rate))
    return tuple(found)


def ordered(steps: Iterable[Step]) -> list[Step]:
    """Sort steps by when they happened, then by the tablet's own count."""
    return sorted(steps, key=lambda step: (step.occurred_at, step.seq))


def next_steps(steps: Iterable[Step]) -> frozenset[str]:
    """List the kinds of step that make sense now."""
    taken = _taken(steps)
    return _NEXT[taken[-1][1] if taken else "waiting"]


def started_at(steps: Iterable[Step]) -> datetime | None:
    """Say when the pump was started; None before that."""
    return next((step.occurred_at for step, _ in _taken(steps)), None)


def stopped_at(steps: Iterable[Step]) -> datetime | None:
    """Say when the infusion was stopped for good; None before that."""
    return next((step.occurred_at for step, state in _taken(steps) if state == "ended"), None)


def delivered(
    given: Sequence[Segment],
    concentration_mg_ml: Decimal,
    at: datetime,
    *,
    ended_at: datetime | None = None,
    ordered_ml: Decimal | None = None,
) -> Delivered:
    """Work out what has gone in by `at`.

    With `ordered_ml`, the pump's volume to be infused, no more than that is counted, and what remains and when it
    will be through are told. The volume is exact until the end and then rounded to 0.01 mL and 0.01 mg.
    """
    exact_ml = sum((_volume_ml(segment, at) for segment in given), Decimal(0))
    if ordered_ml is not None:
        exact_ml = min(exact_ml, ordered_ml)
    current = next((one for one in given if one.start <= at and (one.end is None or at < one.end)), None)
    has_ended = ended_at is not None and ended_at <= at
    begun = any(one.start <= at for one in given)
    remaining = None if ordered_ml is None else ordered_ml - exact_ml
    return Delivered(
        volume_ml=_hundredth(exact_ml),
        mg=_hundredth(exact_ml * concentration_mg_ml),
        running=current is not None and not has_ended,
        paused=begun and current is None and not has_ended,
        ended_at=ended_at if has_ended else None,
        remaining_ml=None if remaining is None else _hundredth(remaining),
        projected_end=None if has_ended or current is None else _projected_end(at, remaining, current.rate_ml_h),
    )


def balance(drawn_mg: Decimal, given_mg: Decimal, wasted_mg: Decimal, returned_mg: Decimal = Decimal(0)) -> Balance:
    """Compare what was drawn with what was given, wasted and returned. It must agree to 0.01 mg."""
    difference = _hundredth(drawn_mg - given_mg - wasted_mg - returned_mg)
    accounted = f"{_hundredth(given_mg)} given + {_hundredth(wasted_mg)} wasted + {_hundredth(returned_mg)} returned"
    if difference == 0:
        return Balance(difference, balances=True, sentence=f"{_hundredth(drawn_mg)} mg drawn = {accounted}.")
    gap = f"{abs(difference)} mg {'not accounted for' if difference > 0 else 'too much'}"
    sentence = f"{_hundredth(drawn_mg)} mg drawn, {accounted}: {gap}. Record what is missing or correct an entry."
    return Balance(difference, balances=False, sentence=sentence)


def second_concentration_check(first_mg_ml: Decimal, second_mg_ml: Decimal) -> str | None:
    """Compare two concentrations entered independently; say so when they differ."""
    if first_mg_ml == second_mg_ml:
        return None
    return f"One of you entered {first_mg_ml} mg/mL and the other {second_mg_ml} mg/mL. Read the label again together."


def rate_check(rate_ml_h: Decimal, computed_ml_h: Decimal | None = None) -> tuple[str, str] | None:
    """Judge a pump rate: ("reject" or "confirm", sentence), or None when it is as expected."""
    if RATE_ML_H.rejects(rate_ml_h):
        return "reject", f"The rate must be {RATE_ML_H.span}, in steps of 0.1. Check the pump."
    if computed_ml_h and abs(rate_ml_h - computed_ml_h) * 100 > computed_ml_h * RATE_TOLERANCE_PERCENT:
        return "confirm", f"{rate_ml_h} mL/h is more than 5 % off the {computed_ml_h} mL/h of the order. Confirm it."
    if RATE_ML_H.asks(rate_ml_h):
        return "confirm", f"{rate_ml_h} mL/h is unusually fast. Confirm it."
    return None


def _taken(steps: Iterable[Step]) -> list[tuple[Step, str]]:
    """Keep the steps that the pump can have done, each with the state it left the pump in."""
    state = "waiting"
    taken = []
    for step in ordered(steps):
        if step.kind in _NEXT[state]:
            state = {START: "running", RESUME: "running", PAUSE: "paused", STOP: "ended"}.get(step.kind, state)
            taken.append((step, state))
    return taken


def _volume_ml(segment: Segment, at: datetime) -> Decimal:
    end = at if segment.end is None else min(segment.end, at)
    if end <= segment.start:
        return Decimal(0)
    microseconds = (end - segment.start) // timedelta(microseconds=1)
    return segment.rate_ml_h * microseconds / MICROSECONDS_PER_HOUR


def _projected_end(at: datetime, remaining_ml: Decimal | None, rate_ml_h: Decimal) -> datetime | None:
    if remaining_ml is None or rate_ml_h <= 0:
        return None
    microseconds = (remaining_ml / rate_ml_h * MICROSECONDS_PER_HOUR).to_integral_value(ROUND_HALF_UP)
    return at + timedelta(microseconds=int(microseconds))


def _hundredth(value: Decimal) -> Decimal:
    return value.quantize(HUNDREDTH, ROUND_HALF_UP)
