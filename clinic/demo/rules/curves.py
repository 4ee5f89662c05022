"""How do scores fall and vital signs rise? Shapes that a clinician would recognize, in whole numbers.

Blood pressure and heart rate rise with the infusion, are highest near its end and settle within the hour after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any, Final

RESPONDER: Final = "responder"
PARTIAL: Final = "partial"
NON_RESPONDER: Final = "non_responder"
RELAPSING: Final = "relapsing"
WORSENING: Final = "worsening"
HIGHEST_ANSWER: Final = 3
DROWSY_ABOVE: Final = 60  # of a hundred parts of the height

# Share of the rise, in percent, by minutes since the start of a forty-minute infusion.
RISE: Final = (
    (-30, 0), (0, 4), (10, 42), (20, 72), (30, 92), (40, 100), (45, 88), (55, 52), (70, 24), (85, 10), (100, 4),
)  # fmt: skip
# What is left of the first score after each session, in percent.
PATHS: Final[Mapping[str, Sequence[int]]] = {
    RESPONDER: (72, 55, 42, 34, 28, 24, 22, 22, 20, 22),
    PARTIAL: (88, 78, 70, 66, 62, 60, 62, 60, 63, 60),
    NON_RESPONDER: (98, 96, 94, 97, 92, 95, 94, 96, 95, 96),
    RELAPSING: (70, 52, 40, 34, 30, 28, 40, 62, 70, 74),
    WORSENING: (118, 132, 140, 146, 150, 150, 150, 150, 150, 150),
}


@dataclass(frozen=True)
class Body:
    """Somebody at rest, and how strongly they react."""

    systolic_mmhg: int
    diastolic_mmhg: int
    heart_rate_bpm: int
    spo2_percent: int
    respiratory_rate_bpm: int
    systolic_rise: int
    diastolic_rise: int
    heart_rate_rise: int


def body(rng: Random) -> Body:
    """A resting body within the limits that hold nothing."""
    systolic = rng.randrange(108, 132)
    return Body(
        systolic_mmhg=systolic,
        diastolic_mmhg=systolic * 62 // 100 + rng.randrange(-4, 5),
        heart_rate_bpm=rng.randrange(58, 84),
        spo2_percent=rng.randrange(96, 100),
        respiratory_rate_bpm=rng.randrange(12, 17),
        systolic_rise=rng.randrange(12, 34),
        diastolic_rise=rng.randrange(6, 18),
        heart_rate_rise=rng.randrange(4, 20),
    )


def reading(rng: Random, person: Body, minute: int, infusion_minutes: int = 40) -> dict[str, Any]:
    """One set of vital signs so many minutes after the start."""
    share = rise(minute if minute <= 0 else _scaled(minute, infusion_minutes))
    systolic = person.systolic_mmhg + person.systolic_rise * share // 100 + rng.randrange(-3, 4)
    diastolic = person.diastolic_mmhg + person.diastolic_rise * share // 100 + rng.randrange(-3, 4)
    return {
        "systolic_mmhg": systolic,
        "diastolic_mmhg": diastolic,
        "heart_rate_bpm": person.heart_rate_bpm + person.heart_rate_rise * share // 100 + rng.randrange(-3, 4),
        "spo2_percent": min(100, person.spo2_percent - share // 45 + rng.randrange(0, 2)),
        "respiratory_rate_bpm": person.respiratory_rate_bpm - share // 50 + rng.randrange(0, 2),
        "moaas": 4 if share > DROWSY_ABOVE and rng.randrange(3) else 5,
    }


def rise(minute: int) -> int:
    """The share of the whole rise at a minute, in percent, on straight lines between the points of the shape."""
    if minute <= RISE[0][0]:
        return RISE[0][1]
    for (before, low), (after, high) in pairwise(RISE):
        if minute <= after:
            return low + (high - low) * (minute - before) // (after - before)
    return RISE[-1][1]


def total_after(first: int, path: str, sessions: int, rng: Random) -> int:
    """The PHQ-9 total after so many sessions, given the first one."""
    if sessions == 0:
        return first
    shares = PATHS[path]
    share = shares[min(sessions, len(shares)) - 1]
    return max(0, min(26, first * share // 100 + rng.randrange(-1, 2)))


def phq9(total: int, rng: Random, suicide_item: int = 0) -> list[int]:
    """Nine answers that add up to a total, the last of them as given."""
    return [*_spread(max(0, total - suicide_item), 8, rng), suicide_item]


def gad7(total: int, rng: Random) -> list[int]:
    """Seven answers that add up to a total."""
    return _spread(min(total, 21), 7, rng)


def gad7_total(phq9_total: int, rng: Random) -> int:
    """Anxiety goes along with depression, a little below it."""
    return max(0, min(21, phq9_total * 7 // 10 + rng.randrange(-2, 3)))


def mood(phq9_total: int, rng: Random) -> int:
    """Mood from 0 to 10: the better, the lower the score."""
    return max(0, min(10, 9 - phq9_total // 3 + rng.randrange(-1, 2)))


def _spread(total: int, items: int, rng: Random) -> list[int]:
    answers = [0] * items
    left = min(total, HIGHEST_ANSWER * items)
    while left:
        open_items = [place for place, answer in enumerate(answers) if answer < HIGHEST_ANSWER]
        answers[rng.choice(open_items)] += 1
        left -= 1
    return answers


def _scaled(minute: int, infusion_minutes: int) -> int:
    """A minute of this infusion, on the clock of one that takes forty."""
    return minute * 40 // infusion_minutes if minute <= infusion_minutes else minute - infusion_minutes + 40
