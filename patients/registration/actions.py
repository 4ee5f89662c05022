"""How does a person come onto the books, and how are their details put right?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from clinic.kit.clock import local_date
from clinic.kit.keys import uuid7
from clinic.kit.refusals import Refusal
from clinic.staff.models import User
from patients.registration import queries
from patients.registration.models import DETAIL_FIELDS, Patient
from patients.registration.rules import EARLIEST_BIRTH, record_number

NEXT_SERIAL: Final = "SELECT nextval('patients_record_serial')"


class BirthDateImpossible(Refusal):
    """Nobody alive was born then."""


class AlreadyRegistered(Refusal):
    """The same form was sent before with other words in it."""


class NotTheirs(Refusal):
    """The key of the form belongs to a person whom somebody else registered."""


class EditedMeanwhile(Refusal):
    """Somebody else saved this person's details after the form was opened."""


@transaction.atomic
def register(*, details: Mapping[str, Any], by: User, now: datetime, key: UUID | None = None) -> Patient:
    """Put a new person on the books under a record number that is never given again.

    Sending the same form twice makes one person: the second time the first row is given back. Refused when the
    birth date lies before 1900 or after today, and when a form that was saved comes again with other details.
    """
    _must_be_born(details, by=by, now=now)
    patient = Patient(id=key or uuid7(), registered_at=now, registered_by=by, **_known(details))
    earlier = Patient.objects.filter(pk=patient.pk).first()
    if earlier is None:
        try:
            return _insert(patient)
        except IntegrityError:
            earlier = Patient.objects.filter(pk=patient.pk).first()
            if earlier is None:
                raise
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
    saved = Patient.objects.select_for_update().get(pk=patient.pk)
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


@transaction.atomic
def _insert(patient: Patient) -> Patient:
    """In a savepoint of its own, so that a row already there leaves the transaction usable."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_SERIAL)
        patient.record_number = record_number(cursor.fetchone()[0])
    patient.save(force_insert=True)
    return patient


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
