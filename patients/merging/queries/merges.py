"""Which merges of a person stand or were undone, and what was written since on each of the records?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value

from patients.courses.models import Course
from patients.history.models import Allergy, Weight
from patients.instruments.models import QuestionnaireResponse
from patients.merging.models import Merge
from patients.registration import queries as registration_queries
from patients.registration.models import Patient
from sessions.administration.models import TreatmentSession
from sessions.scheduling.models import Appointment

# What is written on a record, and when it was.
KINDS: Final[Mapping[str, tuple[type[Any], str]]] = {
    "courses": (Course, "opened_at"),
    "visits": (Appointment, "booked_at"),
    "sessions": (TreatmentSession, "opened_at"),
    "questionnaires": (QuestionnaireResponse, "recorded_at"),
    "allergies": (Allergy, "recorded_at"),
    "weights": (Weight, "recorded_at"),
}


@dataclass(frozen=True)
class MergeRow:
    """One merge as the page of a person lists it."""

    id: UUID
    merged: str
    into: str
    merged_at: datetime
    merged_by: str
    reason: str
    undone_at: datetime | None
    undone_by: str
    undone_reason: str


@dataclass(frozen=True)
class Undoing:
    """What is shown before a merge is undone: what stays with the record that stands, and what goes with the other."""

    row: MergeRow
    stays: tuple[tuple[str, int], ...]
    goes: tuple[tuple[str, int], ...]


def merges_of(person_id: UUID) -> list[MergeRow]:
    """Every merge of a person's records, the latest first, those undone among them."""
    merges = _of(person_id).select_related("merged", "into", "merged_by", "undone_by")
    return [_row(merge) for merge in merges.order_by("-merged_at", "-id")]


def merge_of(person_id: UUID, merge_id: UUID) -> Merge | None:
    """A merge of this person's records, to undo."""
    merges = _of(person_id).select_related("merged", "into", "merged_by", "undone_by")
    return merges.filter(pk=merge_id).first()


def records_of_merges(person_id: UUID) -> tuple[dict[UUID, UUID], frozenset[UUID]]:
    """The merges that stand among the records of a person, as merged and into, and all those records."""
    records = registration_queries.records_of(person_id)
    merges = Merge.objects.filter(merged__in=records, undone_at=None)
    return dict(merges.values_list("merged_id", "into_id")), frozenset(records.values_list("pk", flat=True))


def undoing(merge: Merge) -> Undoing:
    """What the page says before a merge is undone."""
    merged_into, records = records_of_merges(merge.merged.person_id)
    inner = _below(merge.merged_id, merged_into)
    written = _written(records, merge.merged_at)
    return Undoing(
        row=_row(merge),
        stays=_counted(written, records - inner),
        goes=_counted(written, inner),
    )


def _of(person_id: UUID) -> QuerySet[Merge]:
    records = registration_queries.records_of(person_id)
    return Merge.objects.filter(Q(merged__in=records) | Q(into__in=records))


def _below(merged_id: UUID, merged_into: Mapping[UUID, UUID]) -> frozenset[UUID]:
    """The record that was merged, and those that were merged into it before."""
    inside = {merged_id}
    while more := {one for one, into in merged_into.items() if into in inside} - inside:
        inside |= more
    return frozenset(inside)


def _written(record_ids: frozenset[UUID], since: datetime) -> list[tuple[str, UUID, int]]:
    """How many rows of each kind were written on each of some records since a moment, in one query."""
    counted = [
        model.objects.filter(patient__in=record_ids, **{f"{moment}__gte": since})
        .order_by()
        .values_list(Value(label), "patient_id")
        .annotate(many=Count("pk"))
        for label, (model, moment) in KINDS.items()
    ]
    return list(counted[0].union(*counted[1:], all=True))


def _counted(written: Iterable[tuple[str, UUID, int]], records: frozenset[UUID]) -> tuple[tuple[str, int], ...]:
    """The same for some of the records together; kinds without any are left out."""
    total: Counter[str] = Counter()
    for label, record_id, many in written:
        total[label] += many if record_id in records else 0
    return tuple((label, total[label]) for label in KINDS if total[label])


def _row(merge: Merge) -> MergeRow:
    return MergeRow(
        id=merge.pk,
        merged=_named(merge.merged),
        into=_named(merge.into),
        merged_at=merge.merged_at,
        merged_by=str(merge.merged_by),
        reason=merge.reason,
        undone_at=merge.undone_at,
        undone_by=str(merge.undone_by or ""),
        undone_reason=merge.undone_reason,
    )


def _named(record: Patient) -> str:
    return f"{record.legal_name}, record {record.record_number}"
