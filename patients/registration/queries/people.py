"""Who is a person, as a list names them, and what changed in somebody's details?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.shortcuts import get_object_or_404
from phonenumber_field.phonenumber import PhoneNumber

from clinic.kit import written
from clinic.kit.phones import national
from clinic.records import queries as record_queries
from clinic.records.queries import Comparison
from patients.registration.models import DETAIL_FIELDS, Language, Patient, SexAtBirth
from patients.registration.rules import age_years, as_record_number

LISTED: Final = (
    *("given_name", "family_name", "preferred_name", "birth_date", "record_number"),
    *("person_id", "merged_into"),
)


@dataclass(frozen=True)
class PersonRow:
    """One person as a list shows them: enough to tell two of the same name apart.

    `also` are the records that were merged into this one, each with its name and number.
    """

    id: UUID
    name: str
    preferred_name: str
    birth_date: date
    age_years: int
    record_number: str
    phone: str
    also: tuple[str, ...] = ()


def patient(patient_id: UUID) -> Patient:
    """The person, or 404."""
    return get_object_or_404(Patient, pk=patient_id)


def of_number(typed: str) -> Patient | None:
    """The record of a number, typed with its hyphen or without."""
    number = as_record_number("".join(one for one in typed if one.isdigit()))
    return Patient.objects.filter(record_number=number).first() if number else None


def records_of(person: Any) -> QuerySet[Patient, Any]:
    """The ids of all records of a person, for a query over rows that name a record without a foreign key."""
    return Patient.objects.filter(person_id=person).order_by().values("pk")


def person_of(patient_id: Any) -> QuerySet[Patient, Any]:
    """The id of the record that stands for the person of any of their records, for use inside another query."""
    return Patient.objects.filter(pk=patient_id).order_by().values("person_id")


def standing(patient: Patient) -> Patient:
    """The record that stands for the person; costs nothing when `merged_into` was read along."""
    return patient.merged_into or patient


def details_of(patient: Patient) -> dict[str, Any]:
    """What the desk took down about a person, by field."""
    return {name: getattr(patient, name) for name in DETAIL_FIELDS}


def in_lists(people: QuerySet[Patient]) -> QuerySet[Patient]:
    """With the columns of a list alone; the telephone number as it is stored, because reading it takes longest."""
    return people.only(*LISTED).annotate(number=Cast("phone", TextField()))


def rows_of_people(found: Iterable[Patient], today: date) -> list[PersonRow]:
    """One row for each person whose records were found `in_lists`, in the order of the first; `also_of` came along."""
    first: dict[UUID, Patient] = {}
    for record in found:
        first.setdefault(record.person_id, record)
    elsewhere = [person_id for person_id, record in first.items() if record.pk != person_id]
    standing = in_lists(Patient.objects.all()).in_bulk(elsewhere) if elsewhere else {}
    return [
        _row(standing.get(person_id, record), today, also=tuple(getattr(record, "also", ())))
        for person_id, record in first.items()
    ]


def also_of(person: str) -> ArraySubquery:
    """Name and number of each record that was merged into the one named by a column of the query around it."""
    merged = Patient.objects.filter(merged_into=OuterRef(person)).order_by("registered_at", "id")
    named = Concat("given_name", Value(" "), "family_name", Value(", record "), "record_number")
    return ArraySubquery(merged.values(named=named))


def compare(
    record: Patient, *, seen_version: int, typed: Mapping[str, Any], labels: Mapping[str, str], why: str
) -> Comparison:
    """What changed since a form was opened, and the form with it: what was not touched here is taken over."""
    details = {name: labels[name] for name in DETAIL_FIELDS}
    return record_queries.compare(record, seen_version=seen_version, typed=typed, labels=details, why=why, said=said)


def said(name: str, value: Any) -> str:
    """A value of a detail in the words of the form."""
    if isinstance(value, PhoneNumber):
        return str(value.as_national)
    choices = {"sex_at_birth": dict(SexAtBirth.choices), "language": dict(Language.choices)}.get(name, {})
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return written.day(value)
    return str(choices.get(value, value))


def _row(person: Patient, today: date, *, also: tuple[str, ...]) -> PersonRow:
    return PersonRow(
        id=person.pk,
        name=person.legal_name,
        preferred_name=person.preferred_name,
        birth_date=person.birth_date,
        age_years=age_years(person.birth_date, today),
        record_number=person.record_number,
        phone=national(person.number),  # type: ignore[attr-defined]  # of `in_lists`
        also=also,
    )
