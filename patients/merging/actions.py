"""How are two records declared one person, and how is that taken back? No row but the records' own is touched."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from clinic.kit.refusals import Refusal
from clinic.staff.models import User
from patients.merging import queries, rules
from patients.merging.models import Merge
from patients.registration import actions as registration_actions
from patients.registration import queries as registration_queries
from patients.registration.models import Patient, Verdict

NOT_TWO: Final = "These are not, or no longer, two people. Open the list of possible duplicates again."


class NotTwoPeople(Refusal):
    """A record that does not exist, or two that are of one person already."""


class MergeRefused(Refusal):
    """Something that has to be settled before."""


class ChangedMeanwhile(Refusal):
    """What was decided on is no longer so."""


class ReasonMissing(Refusal):
    """A merge, and its undoing, say why."""


class UndoRefused(Refusal):
    """A merge that was undone before, or of somebody who is being treated."""


@transaction.atomic
def merge_people(*, kept: UUID, other: UUID, seen: str, reason: str, by: User, now: datetime) -> Merge:
    """Declare two people one: from now on the record of `kept` stands for both, with all that is on either.

    Both are held, in the order of their ids. Records that were merged into `other` before come along. Refused while
    somebody is being treated, with two open courses, with visits at the same time, and when anything changed since the
    comparison was `seen`. Sending the same form twice merges once. Writes the merge, and on each record that now points
    elsewhere where it points to.
    """
    if not reason.strip():
        raise ReasonMissing("Write down how you know that this is one person.")
    _hold([kept, other])
    earlier = Merge.objects.filter(merged=other, into=kept, undone_at=None, merged_by=by, reason=reason.strip()).first()
    if earlier is not None:
        return earlier
    preview = queries.preview(kept, other, now=now)
    if preview is None or (preview.kept.id, preview.other.id) != (kept, other):
        raise NotTwoPeople(NOT_TWO)
    if preview.judgement.refusals:
        raise MergeRefused(" ".join(preview.judgement.refusals))
    if preview.seen != seen:
        changed = queries.what_changed(preview, seen)
        raise ChangedMeanwhile(f"This changed after you opened the page: {changed}. Compare again, then merge.")
    merge = Merge.objects.create(merged_id=other, into_id=kept, merged_at=now, merged_by=by, reason=reason.strip())
    Patient.objects.filter(person_id=other).update(merged_into=kept, row_version=F("row_version") + 1)
    return merge


@transaction.atomic
def undo_merge(*, merge: Merge, reason: str, by: User, now: datetime) -> Merge:
    """Take a merge back: each record stands again for whom it stood without it, with exactly its own rows.

    Refused the second time, without a reason, and while the person is being treated. What was merged into the record
    before goes with it.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("Write down how you know that these are two people.")
    person_id = Patient.objects.values_list("person_id", flat=True).get(pk=merge.merged_id)
    _hold([person_id, merge.merged_id])
    held = Merge.objects.select_for_update().get(pk=merge.pk)
    if held.undone_at is not None:
        if (held.undone_by_id, held.undone_reason) == (by.pk, reason):
            return held
        raise UndoRefused("This merge was already undone. Nothing was changed.")
    (person,) = queries.people_of([held.merged_id], now=now).values()
    if person.side.is_being_treated:
        raise UndoRefused("An infusion is under way. Wait until the person has been discharged.")
    held.undone_at, held.undone_by, held.undone_reason = now, by, reason
    held.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    merged_into, records = queries.records_of_merges(person.id)
    _point(rules.standing(merged_into, records))
    return held


@transaction.atomic
def tell_apart(*, kept: UUID, other: UUID, reason: str, by: User, now: datetime) -> None:
    """Remember that two people who look alike are two. Refused without a reason, and when they are not two."""
    if kept == other or _standing(kept, other) != {kept, other}:
        raise NotTwoPeople(NOT_TWO)
    registration_actions.note_duplicate(one=kept, other=other, verdict=Verdict.DIFFERENT, reason=reason, by=by, now=now)


@transaction.atomic
def report(*, patient_id: UUID, record_number: str, reason: str, by: User, now: datetime) -> None:
    """Say that another record may be of this person. Refused when no other person has that number."""
    other = registration_queries.of_number(record_number)
    if other is None or patient_id in {other.pk, other.person_id}:
        raise NotTwoPeople("Nobody else has that record number. It looks like 204-118.")
    registration_actions.note_duplicate(
        one=patient_id, other=other.person_id, verdict=Verdict.SUSPECTED, reason=reason, by=by, now=now
    )


def _standing(*record_ids: UUID) -> set[UUID]:
    return set(Patient.objects.filter(pk__in=record_ids, merged_into=None).values_list("pk", flat=True))


def _hold(patient_ids: Collection[UUID]) -> None:
    """Whoever counts something over all records of a person waits here, and is waited for."""
    list(Patient.objects.filter(pk__in=patient_ids).order_by("pk").select_for_update(no_key=True))


def _point(standing: dict[UUID, UUID | None]) -> None:
    """Let each record point where it should; first those that stand for themselves again, as the database asks."""
    order = sorted(standing, key=lambda record: (standing[record] is not None, record))
    records = Patient.objects.in_bulk(order)
    for record_id in order:
        if records[record_id].merged_into_id != standing[record_id]:
            Patient.objects.filter(pk=record_id).update(
                merged_into=standing[record_id], row_version=F("row_version") + 1
            )
