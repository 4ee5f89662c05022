"""May two records be declared one person, what has to be known before, and which record stands for whom?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

NOT_KNOWN: Final = "unknown"


@dataclass(frozen=True)
class VisitAhead:
    """A visit to come, with its day and time in words."""

    starts_at: datetime
    ends_at: datetime
    words: str


@dataclass(frozen=True)
class Side:
    """What counts of one of the two people for a merge."""

    birth_date: date
    sex_at_birth: str
    has_open_course: bool
    is_being_treated: bool
    visits: tuple[VisitAhead, ...]
    allergies: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """What stands in the way of a merge, and what to look at once more before it."""

    refusals: tuple[str, ...]
    warnings: tuple[str, ...]


def judge(kept: Side, other: Side) -> Judgement:
    """Judge a merge. Nobody is merged while they are treated, into two open courses, or into two places at once."""
    refusals = [
        "An infusion is under way for one of them. Wait until the person has been discharged."
        if kept.is_being_treated or other.is_being_treated
        else "",
        "Both have an open course, and a person has one. A prescriber ends one of the two first."
        if kept.has_open_course and other.has_open_course
        else "",
        *(f"Both have a visit on {words}. Cancel one of the two first." for words in _clashes(kept, other)),
    ]
    warnings = [
        "The birth dates differ. Compare them with an identity card." if kept.birth_date != other.birth_date else "",
        "The sex at birth differs. Compare the records once more." if _sexes_differ(kept, other) else "",
        "The allergies differ. Afterwards those of both are shown." if _listed(kept) != _listed(other) else "",
    ]
    return Judgement(tuple(filter(None, refusals)), tuple(filter(None, warnings)))


def standing(merged_into: Mapping[UUID, UUID], records: frozenset[UUID]) -> dict[UUID, UUID | None]:
    """For each record the one that stands for its person, by the merges that stand; None for itself."""
    found: dict[UUID, UUID | None] = {}
    for record in records:
        top, passed = record, {record}
        while top in merged_into and merged_into[top] not in passed:
            top = merged_into[top]
            passed.add(top)
        found[record] = None if top == record else top
    return found


def _clashes(kept: Side, other: Side) -> list[str]:
    return [
        one.words
        for one in kept.visits
        if any(one.starts_at < another.ends_at and another.starts_at < one.ends_at for another in other.visits)
    ]


def _sexes_differ(kept: Side, other: Side) -> bool:
    known = {kept.sex_at_birth, other.sex_at_birth} - {NOT_KNOWN}
    return len(known) > 1


def _listed(side: Side) -> frozenset[str]:
    return frozenset(substance.casefold() for substance in side.allergies)
