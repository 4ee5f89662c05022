"""What differs between two people who may be one, what does each have, and what would be shown afterwards?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from clinic.kit import written
from clinic.worklist.models import Task
from patients.courses.models import Course
from patients.courses.rules import ACTIVE_STATES
from patients.history.models import Allergy
from patients.instruments.models import QuestionnaireResponse
from patients.merging import rules
from patients.merging.rules import Judgement, Side, VisitAhead
from patients.registration import queries as registration_queries
from patients.registration.models import DETAIL_FIELDS, Patient
from patients.treatment_plan.models import TreatmentPlan
from sessions.administration.models import OPEN_STATES, TreatmentSession
from sessions.scheduling.models import Appointment, VisitState

TO_COME: Final = (VisitState.SCHEDULED, VisitState.ARRIVED, VisitState.IN_ROOM)
# What is counted on each side, by the name of the annotation.
COUNTED: Final = {
    "course_count": "Courses of treatment",
    "plan_count": "Signed plans",
    "session_count": "Sessions",
    "visits_ahead": "Visits to come",
    "visits_past": "Past visits",
    "answer_count": "Questionnaires",
    "task_count": "Open tasks",
    "allergy_count": "Allergies listed",
}
# As the form of a person's details calls them.
LABELS: Final = {
    "is_voicemail_safe": "A voicemail may name the clinic",
    "email": "E-mail",
    "needs_interpreter": "Needs an interpreter",
    "emergency_name": "Emergency contact",
    "emergency_relation": "Relation to the person",
    "emergency_phone": "Phone of the emergency contact",
    "escort_name": "Ride home with",
    "escort_phone": "Phone of the ride",
    "referrer": "Referred by",
    "address": "Street and number",
    "postal_code": "ZIP code",
}


@dataclass(frozen=True)
class Person:
    """One of the two people: who they are, what each detail says, how much there is, what counts for the merge."""

    id: UUID
    name: str
    record_number: str
    birth_date: date
    registered_at: datetime
    row_version: int
    also: tuple[str, ...]
    details: Mapping[str, str]
    counts: Mapping[str, int]
    side: Side

    @property
    def record(self) -> str:
        return f"{self.name}, record {self.record_number}"


@dataclass(frozen=True)
class Line:
    """One line of the comparison."""

    label: str
    kept: object
    other: object

    @property
    def differs(self) -> bool:
        return self.kept != self.other


@dataclass(frozen=True)
class Preview:
    """Everything on the page before a merge. `seen` says in numbers what was on it."""

    kept: Person
    other: Person
    details: tuple[Line, ...]
    counts: tuple[Line, ...]
    allergies: tuple[str, ...]
    judgement: Judgement
    seen: str

    @property
    def differing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.details if line.differs)

    @property
    def may_merge(self) -> bool:
        return not self.judgement.refusals


def preview(kept_id: UUID, other_id: UUID, *, now: datetime) -> Preview | None:
    """The comparison of two people; None when one of them does not exist, or both are one already."""
    found = people_of([kept_id, other_id], now=now)
    kept, other = found.get(kept_id), found.get(other_id)
    if kept is None or other is None or kept.id == other.id:
        return None
    return Preview(
        kept=kept,
        other=other,
        details=tuple(
            Line(_label(name), kept.details[name], other.details[name])
            for name in DETAIL_FIELDS
            if kept.details[name] or other.details[name]
        ),
        counts=tuple(Line(label, kept.counts[name], other.counts[name]) for name, label in COUNTED.items()),
        allergies=tuple(sorted({*kept.side.allergies, *other.side.allergies}, key=str.casefold)),
        judgement=rules.judge(kept.side, other.side),
        seen=".".join(str(number) for number in _numbers(kept, other)),
    )


def what_changed(now: Preview, seen: str) -> str:
    """In words what is no longer as it was on the page that was sent."""
    before, after = seen.split("."), now.seen.split(".")
    labels = [
        *(f"the details of record {person.record_number}" for person in (now.kept, now.other)),
        *(f"records merged with {person.record_number}" for person in (now.kept, now.other)),
        *(
            f"{label.lower()} of record {one.record_number}"
            for one in (now.kept, now.other)
            for label in COUNTED.values()
        ),
    ]
    if len(before) != len(after):
        return "the comparison"
    return ", ".join(label for label, was, is_now in zip(labels, before, after, strict=True) if was != is_now)


def people_of(record_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Person]:
    """For each of some records the person whom it is of, as they are now."""
    standing = dict(Patient.objects.filter(pk__in=record_ids).values_list("pk", "person_id"))
    people = {person.pk: _person(person) for person in _people(set(standing.values()), now)}
    return {record_id: people[person_id] for record_id, person_id in standing.items()}


def _people(person_ids: Collection[UUID], now: datetime) -> QuerySet[Patient, Any]:
    def of(model: type[Model], **wanted: Any) -> QuerySet[Any, Any]:
        return model._default_manager.filter(patient__person_id=OuterRef("pk"), **wanted)

    records = registration_queries.records_of(OuterRef(OuterRef("pk")))
    ahead = of(Appointment, state__in=TO_COME, ends_at__gt=now)
    allergies = of(Allergy, retracted_at=None)
    visit = JSONObject(starts_at="starts_at", ends_at="ends_at", zone=F("site__time_zone"))
    return Patient.objects.filter(pk__in=person_ids).annotate(
        also=registration_queries.also_of("pk"),
        course_count=_many(of(Course)),
        plan_count=_many(of(TreatmentPlan, signed_at__isnull=False)),
        session_count=_many(of(TreatmentSession, started_at__isnull=False)),
        visits_ahead=_many(ahead),
        visits_past=_many(of(Appointment, ends_at__lte=now)),
        answer_count=_many(of(QuestionnaireResponse, superseded_by=None)),
        task_count=_many(Task.objects.filter(patient_id__in=records, closed_at=None)),
        allergy_count=_many(allergies),
        allergy_list=ArraySubquery(allergies.order_by("recorded_at", "id").values("substance")),
        visits_to_come=ArraySubquery(ahead.order_by("starts_at", "id").values(row=visit)),
        has_open_course=Exists(of(Course, state__in=sorted(ACTIVE_STATES))),
        is_being_treated=Exists(of(TreatmentSession, state__in=OPEN_STATES)),
    )


def _many(rows: QuerySet[Any, Any]) -> Coalesce:
    """How many rows of a subquery there are."""
    counted = rows.order_by().annotate(all_of_them=Value(1)).values("all_of_them").annotate(many=Count("pk"))
    return Coalesce(Subquery(counted.values("many"), output_field=IntegerField()), 0)


def _person(row: Any) -> Person:
    return Person(
        id=row.pk,
        name=row.legal_name,
        record_number=row.record_number,
        birth_date=row.birth_date,
        registered_at=row.registered_at,
        row_version=row.row_version,
        also=tuple(row.also),
        details={name: registration_queries.said(name, getattr(row, name)) for name in DETAIL_FIELDS},
        counts={name: getattr(row, name) for name in COUNTED},
        side=Side(
            birth_date=row.birth_date,
            sex_at_birth=row.sex_at_birth,
            has_open_course=row.has_open_course,
            is_being_treated=row.is_being_treated,
            visits=tuple(_visit(visit) for visit in row.visits_to_come),
            allergies=tuple(row.allergy_list),
        ),
    )


def _visit(row: Mapping[str, str]) -> VisitAhead:
    starts_at, ends_at = datetime.fromisoformat(row["starts_at"]), datetime.fromisoformat(row["ends_at"])
    here = timezone.localtime(starts_at, ZoneInfo(row["zone"]))
    return VisitAhead(starts_at, ends_at, written.when(here))


def _numbers(kept: Person, other: Person) -> list[int]:
    both = (kept, other)
    return [
        *(person.row_version for person in both),
        *(len(person.also) for person in both),
        *(person.counts[name] for person in both for name in COUNTED),
    ]


def _label(name: str) -> str:
    columns = {field.name: field.verbose_name for field in Patient._meta.local_fields}
    return LABELS.get(name) or str(columns[name]).capitalize()
