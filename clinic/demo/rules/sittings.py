"""What is charted in one infusion, minute by minute? Checks, readings, steps, what is felt, and the way home."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from clinic.demo.rules.curves import Body, reading

CHECKS_AT: Final = -16
BASELINE_AT: Final = -7
READINGS: Final = (1, 10, 20, 30)
AFTER_STOP: Final = (1, 15, 30, 45, 60)
EXPERIENCES: Final = ("Calm", "Floating", "Insight", "Tearful", "Perceptual change", "Emotional release", "Asleep")
WORDS: Final = (
    "Like lying on warm water.",
    "Saw the old house and was not afraid of it.",
    "Colors behind the eyes, wants the light lower.",
    "Feels far away from the body, comfortable.",
    "",
    "",
)
EVENTS: Final = (
    {"term": "Nausea", "grade": 1, "action_taken": "None"},
    {"term": "Nausea", "grade": 2, "action_taken": "Medicine given", "detail": "Ondansetron 4 mg."},
    {"term": "Dizziness", "grade": 1, "action_taken": "None"},
    {"term": "Headache", "grade": 1, "action_taken": "None"},
    {"term": "Anxiety or panic", "grade": 2, "action_taken": "Slowed down", "detail": "Coached through it."},
)
SEVERE: Final = {
    "term": "Hypertension",
    "grade": 3,
    "action_taken": "Paused",
    "detail": "188/112, then 184/111 five minutes later. Prescriber called; settled without medicine.",
}
HIGH: Final = ((22, 188, 112), (27, 184, 111), (33, 162, 97))
PAUSED_AT: Final = 27
RESUMED_AT: Final = 36
PAUSE_MINUTES: Final = RESUMED_AT - PAUSED_AT
NOTES: Final = ("Slept lightly from minute 25.", "Music off at the person’s wish.", "Cannula left forearm, first try.")


@dataclass(frozen=True)
class Moment:
    """One entry: so many seconds after the start. An entry with a `mark` can be named by a correction."""

    second: int
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    mark: str = ""


@dataclass(frozen=True)
class Sitting:
    """One infusion as it goes; the times of stop and leaving are seconds after the start."""

    moments: tuple[Moment, ...]
    stop_second: int
    leave_second: int


def sitting(rng: Random, person: Body, *, minutes: int, checks: Mapping[str, Any], is_severe: bool = False) -> Sitting:
    """One infusion from the checks before it to the door."""
    stop = minutes + (PAUSE_MINUTES if is_severe else 0)
    leave = stop + rng.randrange(63, 74)
    moments = [
        Moment(CHECKS_AT * 60, "checklist", checks),
        *_reading(rng, person, BASELINE_AT, stop),
        Moment(0, "start"),
        *(_height(rng, person, stop) if is_severe else _during(rng, person, stop)),
        Moment(stop * 60, "stop", {"reason": "Dose given"}),
        *(one for after in AFTER_STOP for one in _reading(rng, person, stop + after, stop)),
    ]
    if rng.randrange(5) == 0:
        moments.append(Moment((stop + 22) * 60, "note", {"text": rng.choice(NOTES)}))
    in_order = sorted(moments, key=lambda one: one.second)
    return Sitting(tuple(in_order), stop * 60, leave * 60)


def checklist(weight_kg: str, *, can_be_pregnant: bool, rng: Random) -> dict[str, Any]:
    """The checks before the start, with every answer as it should be."""
    return {
        "identity_confirmed": True,
        "allergies_read_back": True,
        "fasting_hours": rng.randrange(7, 14),
        "escort_confirmed": True,
        "suicide_screen": rng.choice(("none", "none", "none", "known")),
        "pregnancy": "negative" if can_be_pregnant else "not_possible",
        "is_oriented": True,
        "has_urinary_symptoms": False,
        "took_sedatives_or_alcohol": False,
        "emergency_kit_checked": True,
        "weight_kg": weight_kg,
    }


def at_the_door(escort: str) -> dict[str, Any]:
    """Every criterion of discharge, met."""
    return {
        "aldrete_total": 10,
        "is_oriented": True,
        "walks_as_before": True,
        "dissociation_resolved": True,
        "no_nausea": True,
        "iv_out": True,
        "suicide_check_done": True,
        "instructions_given": True,
        "escort_present": True,
        "escort_name": escort,
    }


def too_high(rng: Random) -> dict[str, Any]:
    """A reading before the start that holds the session."""
    return {
        "systolic_mmhg": rng.randrange(172, 179),
        "diastolic_mmhg": rng.randrange(102, 108),
        "heart_rate_bpm": rng.randrange(84, 96),
        "spo2_percent": 97,
        "respiratory_rate_bpm": 16,
        "moaas": 5,
    }


def _during(rng: Random, person: Body, stop: int) -> Iterator[Moment]:
    for minute in READINGS:
        yield from _reading(rng, person, minute, stop)
    if rng.randrange(2):
        data = {"chip": rng.choice(EXPERIENCES), "words": rng.choice(WORDS)}
        yield Moment(rng.randrange(12, 30) * 60 + 7, "comfort", data)
    if rng.randrange(6) == 0:
        yield Moment(rng.randrange(18, 36) * 60 + 19, "event", rng.choice(EVENTS))
    if rng.randrange(9) == 0:
        typed_wrong = {**reading(rng, person, 20, stop), "heart_rate_bpm": person.heart_rate_bpm + 50}
        yield Moment(20 * 60 - 50, "vitals", typed_wrong, mark="mistyped")
        yield Moment(20 * 60 - 30, "retract", {"target": "mistyped", "reason": "Mistyped"})


def _height(rng: Random, person: Body, stop: int) -> Iterator[Moment]:
    """The pressure rises too far: paused, watched closely, taken up again."""
    for minute in (1, 10):
        yield from _reading(rng, person, minute, stop)
    for minute, systolic, diastolic in HIGH:
        data = {**reading(rng, person, minute, stop), "systolic_mmhg": systolic, "diastolic_mmhg": diastolic}
        yield Moment(minute * 60 - 20, "vitals", data)
    yield Moment(PAUSED_AT * 60, "pause", {"reason": "Pressure"})
    yield Moment(PAUSED_AT * 60 + 25, "event", SEVERE)
    yield Moment(RESUMED_AT * 60, "resume")
    yield from _reading(rng, person, 40, stop)


def _reading(rng: Random, person: Body, minute: int, stop: int) -> Iterator[Moment]:
    """A set of vital signs, a little before or after its minute, as people do."""
    yield Moment(minute * 60 + rng.randrange(0, 50), "vitals", reading(rng, person, minute, stop))
