"""Who is already on the books and may be the same person as the one being registered, and why?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from patients.registration.models import Patient
from patients.registration.queries.finding import folded_words
from patients.registration.queries.statements import all_words
from patients.registration.rules import Known, Likeness, age_years, is_minor, likeness

MOST_ALIKE: Final = 5
# Records that are judged; a family of this size at one phone number, or that many of one name, has not been seen.
MOST_JUDGED: Final = 60
NOBODY: Final = Q(pk__in=[])


@dataclass(frozen=True)
class Alike:
    """One person who may be the same. `id` is the record that stands for them, `as_record` the one that is alike."""

    id: UUID
    name: str
    birth_date: date
    record_number: str
    likeness: Likeness
    as_record: str = ""

    @property
    def why(self) -> str:
        return self.likeness.words


@dataclass(frozen=True)
class Look:
    """What a half-filled registration already tells: the age, and who may be the same person."""

    age_years: int | None
    is_minor: bool
    alike: tuple[Alike, ...]


def look(typed: Known, *, today: date) -> Look:
    """The age of the one being registered, and people already on the books who may be the same, each with why."""
    born = typed.birth_date
    return Look(
        age_years=age_years(born, today) if born else None,
        is_minor=born is not None and is_minor(born, today),
        alike=tuple(alike_to(typed)[:MOST_ALIKE]),
    )


def likely(details: Mapping[str, Any], *, besides: UUID) -> list[Alike]:
    """Those who are likely to be the person with these details, `besides` the record that they are of."""
    return [one for one in alike_to(known_of(details), besides) if one.likeness.is_likely][:MOST_ALIKE]


def alike_to(typed: Known, besides: UUID | None = None) -> list[Alike]:
    """Everybody who may be the person that is described, the likeliest first, one line for each person."""
    with transaction.atomic(savepoint=False):
        wanted = _wanted(typed)
        found = Patient.objects.filter(wanted)
        others = found.exclude(pk=besides) if besides else found
        records = list(others.order_by("-registered_at", "id")[:MOST_JUDGED])
    judged = [(record, likeness(typed, known_of_record(record))) for record in records]
    possible = [(record, found) for record, found in judged if found.is_possible]
    possible.sort(key=lambda one: (-one[1].score, one[0].family_name, one[0].given_name, one[0].pk))
    return _people(possible)


def known_of(details: Mapping[str, Any]) -> Known:
    """What typed or saved details say of a person."""
    phone = details.get("phone")
    return Known(
        given_name=details.get("given_name") or "",
        family_name=details.get("family_name") or "",
        preferred_name=details.get("preferred_name") or "",
        birth_date=details.get("birth_date"),
        phone=str(getattr(phone, "as_e164", phone)) if phone else "",
        email=details.get("email") or "",
        address=details.get("address") or "",
        postal_code=details.get("postal_code") or "",
    )


def known_of_record(record: Patient) -> Known:
    """What a record says of its person."""
    return known_of({name: getattr(record, name) for name in Known.__dataclass_fields__})


def pair_of(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Two records in the order in which a note on them names them."""
    return (one, other) if one < other else (other, one)


def _people(possible: Iterable[tuple[Patient, Likeness]]) -> list[Alike]:
    first: dict[UUID, tuple[Patient, Likeness]] = {}
    for record, found in possible:
        first.setdefault(record.person_id, (record, found))
    elsewhere = [person_id for person_id, (record, _) in first.items() if record.pk != person_id]
    standing = Patient.objects.in_bulk(elsewhere) if elsewhere else {}
    return [_alike(standing.get(person_id, record), record, found) for person_id, (record, found) in first.items()]


def _alike(person: Patient, record: Patient, found: Likeness) -> Alike:
    return Alike(
        id=person.pk,
        name=person.legal_name,
        birth_date=person.birth_date,
        record_number=person.record_number,
        likeness=found,
        as_record="" if person.pk == record.pk else f"{record.legal_name}, record {record.record_number}",
    )


def _wanted(typed: Known) -> Q:
    """The records that share something by which an index finds them; each is judged afterwards."""
    wanted = Q(phone=typed.phone) & ~Q(phone="") if typed.phone else NOBODY
    if typed.email:
        wanted |= _equal("email", typed.email)
    if typed.address and typed.family_name:
        wanted |= _equal("address", typed.address)
    if typed.given_name and typed.family_name:
        keys = Func(
            *(Value(name) for name in (typed.given_name, typed.family_name, typed.preferred_name)),
            function="stepwell_name_keys",
            output_field=ArrayField(TextField()),
        )
        wanted |= Q(name_keys__overlap=keys)
        words = folded_words(f"{typed.given_name} {typed.family_name}")
        if typed.birth_date and words:
            wanted |= Q(birth_date=typed.birth_date) & all_words(words)
    return wanted


def _equal(field: str, value: str) -> Q:
    """Equal in small letters; the second condition is that of the index."""
    return Q(Exact(Lower(field), Lower(Value(value)))) & ~Q(**{field: ""})
