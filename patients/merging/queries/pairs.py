"""Which records in the register may be of one person, and which did somebody report?

A page looks at the records of a stretch of the register, the newest first, against all others, through indexes: what
it costs follows from the stretch and not from how many people there are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from patients.merging.queries.candidates import candidates, end_of_stretch
from patients.registration import queries as registration_queries
from patients.registration.models import DuplicateNote, Patient, Verdict
from patients.registration.rules import Likeness, likeness

STRETCH: Final = 250
MOST_FOUND: Final = 30
MOST_REPORTED: Final = 50
LATEST: Final = UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Pair:
    """Two people who may be one, the one registered first before the other, why, and what somebody said of them."""

    first: Patient
    second: Patient
    likeness: Likeness
    verdict: str = ""
    reason: str = ""
    noted_at: datetime | None = None
    noted_by: str = ""

    @property
    def why(self) -> str:
        return self.likeness.words


@dataclass(frozen=True)
class PairsPage:
    """Pairs that were reported, pairs that were found, and how far the search went."""

    reported: tuple[Pair, ...]
    found: tuple[Pair, ...]
    has_more: bool
    looked_at: int
    older: UUID | None

    @property
    def patient_ids(self) -> set[UUID]:
        return {one.pk for pair in (*self.reported, *self.found) for one in (pair.first, pair.second)}


def pairs_page(before: UUID | None) -> PairsPage:
    """The likeliest pairs of one stretch of the register, and all that were reported lately."""
    reported = _reported()
    pairs = candidates(before or LATEST, stretch=STRETCH)
    oldest, looked_at = end_of_stretch(before or LATEST, stretch=STRETCH)
    records = _records({one for pair in pairs for one in pair})
    found = _judged(((records[one], records[other]) for one, other in pairs), besides=reported)
    return PairsPage(
        reported=tuple(pair for pair in reported if pair.verdict != Verdict.DIFFERENT),
        found=found[:MOST_FOUND],
        has_more=len(found) > MOST_FOUND,
        looked_at=looked_at,
        older=oldest if looked_at == STRETCH else None,
    )


def _records(record_ids: Iterable[UUID]) -> dict[UUID, Patient]:
    return Patient.objects.select_related("merged_into").in_bulk(list(record_ids))


def _judged(pairs: Iterable[tuple[Patient, Patient]], *, besides: list[Pair]) -> tuple[Pair, ...]:
    """The likely ones, each two people once, without those of whom somebody said something already."""
    said = {_key(pair.first, pair.second) for pair in besides}
    best: dict[frozenset[UUID], Pair] = {}
    for one, other in pairs:
        pair = _pair(one, other)
        key = _key(pair.first, pair.second)
        if key in said or not pair.likeness.is_likely:
            continue
        if key not in best or best[key].likeness.score < pair.likeness.score:
            best[key] = pair
    told = _told(best)
    left = [pair for key, pair in best.items() if key not in told]
    return tuple(sorted(left, key=lambda pair: (-pair.likeness.score, pair.first.family_name, pair.first.pk)))


def _told(pairs: Iterable[frozenset[UUID]]) -> set[frozenset[UUID]]:
    """The pairs of which the last word is that they are two people; too old to stand among those reported."""
    people = {one for pair in pairs for one in pair}
    notes = DuplicateNote.objects.filter(first__in=people, second__in=people)
    latest = notes.order_by("first", "second", "-noted_at", "-id").distinct("first", "second")
    return {frozenset((note.first_id, note.second_id)) for note in latest if note.verdict == Verdict.DIFFERENT}


def _reported() -> list[Pair]:
    """What was said last of each pair, the latest first, as far as the two are not one person by now."""
    notes = DuplicateNote.objects.select_related("first__merged_into", "second__merged_into", "noted_by")
    latest: dict[frozenset[UUID], Pair] = {}
    for note in notes.order_by("-noted_at", "-id")[:MOST_REPORTED]:
        if note.first.person_id == note.second.person_id:
            continue
        pair = _pair(note.first, note.second, note)
        latest.setdefault(_key(pair.first, pair.second), pair)
    return list(latest.values())


def _pair(one: Patient, other: Patient, note: DuplicateNote | None = None) -> Pair:
    first, second = sorted(map(registration_queries.standing, (one, other)), key=lambda person: person.registered_at)
    known = [registration_queries.known_of_record(record) for record in (one, other)]
    return Pair(
        first=first,
        second=second,
        likeness=likeness(*known),
        verdict=note.verdict if note else "",
        reason=note.reason if note else "",
        noted_at=note.noted_at if note else None,
        noted_by=str(note.noted_by) if note else "",
    )


def _key(one: Patient, other: Patient) -> frozenset[UUID]:
    return frozenset((one.pk, other.pk))
