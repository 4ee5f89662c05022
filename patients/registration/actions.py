"""How does a person come onto the books, and how are their details put right?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Subquery

from clinic.kit.clock import local_date
from clinic.kit.keys import uuid7
from clinic.kit.refusals import Refusal
from clinic.staff.models import User
from patients.registration import queries
from patients.registration.models import DETAIL_FIELDS, DuplicateNote, Patient, Verdict
from patients.registration.rules import EARLIEST_BIRTH, record_number

NEXT_SERIAL: Final = "SELECT nextval('patients_record_serial')"
MERGED_MEANWHILE: Final = (
    "This record was merged with another one a moment ago. Open the person again, then repeat this."
)


class BirthDateImpossible(Refusal):
    """Nobody alive was born then."""


class AlreadyRegistered(Refusal):
    """The same form was sent before with other words in it."""


class NotTheirs(Refusal):
    """The key of the form belongs to a person whom somebody else registered."""


class EditedMeanwhile(Refusal):
    """Somebody else saved this person's details after the form was opened."""


class ReasonMissing(Refusal):
    """Two people are told apart only with a reason that can be read later."""


class MergedMeanwhile(Refusal):
    """The record was merged into another, or taken out again, after the page was opened."""


class LooksRegistered(Refusal):
    """Somebody on the books is likely to be this person; asked once. Carries who, and why."""

    def __init__(self, alike: Sequence[queries.Alike]) -> None:
        super().__init__("This person looks registered already. Open the record, or say why this is somebody else.")
        self.alike = tuple(alike)


@transaction.atomic
def register(
    *, details: Mapping[str, Any], by: User, now: datetime, key: UUID | None = None, anyway_because: str = ""
) -> Patient:
    """Put a new person on the books under a record number that is never given again.

    Sending the same form twice makes one person: the second time the first row is given back. Refused when the
    birth date lies before 1900 or after today, and when a form that was saved comes again with other details. When
    somebody on the books is likely to be the same, `anyway_because` must say why not; it is noted for each of them.
    """
    _must_be_born(details, by=by, now=now)
    patient = Patient(id=key or uuid7(), registered_at=now, registered_by=by, **_known(details))
    earlier = Patient.objects.filter(pk=patient.pk).first()
    if earlier is None:
        alike = queries.likely(details, besides=patient.pk)
        if alike and not anyway_because.strip():
            raise LooksRegistered(alike)
        earlier = _insert(patient)
        if earlier is None:
            for one in alike:
                _note(patient.pk, one.id, Verdict.REGISTERED, anyway_because, by=by, now=now)
            return patient
    if earlier.registered_by_id != by.pk:
        message = "This form is not yours. Reload the page, then try again."
        raise NotTheirs(message)
    if queries.details_of(earlier) != queries.details_of(patient):
        message = f"This form was already saved as record {earlier.record_number}. Open that record to change it."
        raise AlreadyRegistered(message)
    return earlier


@transaction.atomic
def edit(*, patient: Patient, details: Mapping[str, Any], seen_version: int, by: User, now: datetime) -> Patient:
    """Change a person's details. Refused when somebody else changed them after this form was opened."""
    _must_be_born(details, by=by, now=now)
    saved = hold(patient.pk)
    if saved.pk != patient.pk:
        raise MergedMeanwhile(MERGED_MEANWHILE)
    changed = [name for name, value in _known(details).items() if getattr(saved, name) != value]
    if not changed:
        return saved
    if saved.row_version != seen_version:
        message = (
            "Somebody else changed these details after you opened them. What you typed is still here: "
            "compare below, then save again."
        )
        raise EditedMeanwhile(message)
    for name in changed:
        setattr(saved, name, details[name])
    saved.row_version += 1
    saved.save(update_fields=[*changed, "row_version"])
    return saved


def hold(patient_id: UUID) -> Patient:
    """Lock all that is kept on a person until the transaction ends; gives the record that stands for them.

    Whatever counts something over all records of a person holds it first, and so does a merge, so that neither misses
    the other. Refused when the record came to stand for somebody else while this waited.
    """
    standing = Patient.objects.filter(pk=patient_id).values("person_id")
    held = Patient.objects.select_for_update(no_key=True).get(pk=Subquery(standing))
    now_standing = held.merged_into_id or (held.pk if patient_id == held.pk else standing.get()["person_id"])
    if now_standing != held.pk:
        raise MergedMeanwhile(MERGED_MEANWHILE)
    return held


@transaction.atomic
def note_duplicate(*, one: UUID, other: UUID, verdict: str, by: User, now: datetime, reason: str = "") -> DuplicateNote:
    """Say of two records that they may be one person, or are not. Refused for a no without a reason."""
    reason = reason.strip()
    if verdict != Verdict.SUSPECTED and not reason:
        message = "Write down how you know that these are two people."
        raise ReasonMissing(message)
    return _note(one, other, verdict, reason, by=by, now=now)


def _note(one: UUID, other: UUID, verdict: str, reason: str, *, by: User, now: datetime) -> DuplicateNote:
    first, second = queries.pair_of(one, other)
    return DuplicateNote.objects.create(
        first_id=first, second_id=second, verdict=str(verdict), reason=reason.strip(), noted_at=now, noted_by=by
    )


def _insert(patient: Patient) -> Patient | None:
    """In a savepoint of its own, so that a row already there, which is given back, leaves the transaction usable."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(NEXT_SERIAL)
                patient.record_number = record_number(cursor.fetchone()[0])
            patient.save(force_insert=True)
    except IntegrityError:
        earlier = Patient.objects.filter(pk=patient.pk).first()
        if earlier is None:
            raise
        return earlier
    return None


def _known(details: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(details) - set(DETAIL_FIELDS)
    if unknown:
        message = f"not details of a person: {', '.join(sorted(unknown))}"
        raise ValueError(message)
    return dict(details)


def _must_be_born(details: Mapping[str, Any], *, by: User, now: datetime) -> None:
    born = details.get("birth_date")
    if born is not None and not EARLIEST_BIRTH <= born <= local_date(now, by.home_site.time_zone):
        message = "The birth date must lie between 1900 and today. Check the year."
        raise BirthDateImpossible(message)
