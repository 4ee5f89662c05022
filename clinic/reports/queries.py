"""What does the trail say? Who saw whose record, and who changed which row from what to what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, Field, Model, Q, QuerySet, UUIDField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import dateformat, timezone

from clinic.audit.models import AccessEvent
from clinic.audit.rules import READING, outcome, page_name, sign_of
from clinic.kit import written
from clinic.kit.compiled import AnyOf, Compiled
from clinic.kit.history import tracked_by
from clinic.reports.rules import code_words, column_words
from clinic.sites.models import Site
from clinic.staff.models import User
from patients.registration import queries as registration_queries
from patients.registration.models import Patient

PAGE_ROWS = 50
ACCESS = "access"
LARGEST_ID = 2**63 - 1
OUR_YEARS = range(2000, 2100)
COLUMNS = ("table_name", "about", "who", "pgh_id", "pgh_obj_id", "pgh_created_at", "pgh_label")
TRACKED_APPS = ("clinic", "patients", "treatment_sessions")
# How a row of each kind leads to its patient, tried in this order.
PATHS = {
    "patient": "patient_id",
    "patient_id": "patient_id",
    "course": "course__patient_id",
    "assessment": "assessment__patient_id",
    "consent": "consent__patient_id",
    "response": "response__patient_id",
    "session": "session__patient_id",
    "appointment": "appointment__patient_id",
    "entry": "entry__session__patient_id",
    "merged": "merged_id",
    "first": "first_id",
}
# The other record that a row about two names.
OTHER_PATHS = {"into", "second"}


@dataclass(frozen=True)
class TrailFilter:
    """Which part of the trail; every field empty means all of it."""

    patient_id: UUID | None = None
    user_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    refused_only: bool = False
    kind: str = ""


@dataclass(frozen=True)
class Mark:
    """Where a page ended. Rows of one moment are told apart by their kind and id, so that none is skipped."""

    at: datetime
    kind: str
    row: str

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.kind}~{self.row}"


@dataclass(frozen=True)
class Look:
    """One request, as the auditor reads it."""

    id: UUID
    at: datetime
    who: str
    roles: str
    what: str
    words: str
    is_opened: bool
    sign: str
    outcome: str
    address: str
    records: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One row added or changed."""

    kind: str
    label: str
    event_id: int
    row_id: UUID
    at: datetime
    who: str
    act: str
    record: str = ""


@dataclass(frozen=True)
class FieldChange:
    name: str
    before: str
    after: str

    @property
    def is_different(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class ChangeDetail:
    change: Change
    request_id: str
    fields: tuple[FieldChange, ...]
    earlier: tuple[Change, ...]


@dataclass(frozen=True)
class Page:
    rows: tuple[Any, ...]
    next_before: Mark | None
    patient_ids: frozenset[UUID] = frozenset()


def event_models() -> dict[str, type[Model]]:
    """The history tables by the name of the model they follow, in small letters."""
    return {
        str(tracked_by(model)._meta.model_name): model
        for label in TRACKED_APPS
        for model in apps.get_app_config(label).get_models()
        if hasattr(model, "pgh_tracked_model")
    }


def kinds() -> list[tuple[str, str]]:
    """The kinds of rows that have a history, by name."""
    return sorted(((kind, _label(kind)) for kind in event_models()), key=lambda one: one[1])


def mark(text: str) -> Mark | None:
    """A mark as it stood in an address; None when it is none."""
    at, kind, row = ([*text.split("~"), "", ""])[:3]
    try:
        moment = datetime.fromisoformat(at)
        key = str(UUID(row)) if kind == ACCESS else str(int(row))
    except ValueError:
        return None
    is_known = kind == ACCESS or (kind in event_models() and 0 < int(key) <= LARGEST_ID)
    return Mark(moment, kind, key) if is_known and moment.tzinfo and moment.year in OUR_YEARS else None


def looks(which: TrailFilter, *, before: Mark | None = None) -> Page:
    """Requests, newest first, one page of them."""
    rows = AccessEvent.objects.all()
    if which.patient_id:
        rows = rows.filter(patient_ids__overlap=_records_of(which.patient_id))
    if which.user_id:
        rows = rows.filter(user_id=which.user_id)
    if which.refused_only:
        rows = rows.filter(status__in=[403, 404])
    rows = _within(rows, which, "occurred_at")
    if before is not None and before.kind == ACCESS:
        rows = rows.filter(Q(occurred_at__lt=before.at) | Q(occurred_at=before.at, id__lt=before.row))
    found = list(rows.order_by("-occurred_at", "-id")[: PAGE_ROWS + 1])
    people = _record_numbers({each for row in found for each in row.patient_ids})
    shown = tuple(_look(row, people) for row in found[:PAGE_ROWS])
    end = Mark(shown[-1].at, ACCESS, str(shown[-1].id)) if len(found) > PAGE_ROWS else None
    return Page(shown, end, frozenset(people))


def changes(which: TrailFilter, *, before: Mark | None = None) -> Page:
    """Rows added or changed in any clinical table, newest first, one page of them."""
    found = _found(which, before)
    names = _names({row["who"] for row in found})
    people = _record_numbers({row["about"] for row in found if row["about"]})
    shown = tuple(_change(row, names, people) for row in found[:PAGE_ROWS])
    end = Mark(shown[-1].at, shown[-1].kind, str(shown[-1].event_id)) if len(found) > PAGE_ROWS else None
    return Page(shown, end, frozenset(people))


def _found(which: TrailFilter, before: Mark | None) -> list[dict[str, Any]]:
    """The first page of all, of one person and of one colleague, by SQL that is built once; any other anew."""
    records = _records_of(which.patient_id) if which.patient_id else None
    if which == TrailFilter() and before is None:
        return NEWEST()
    if which == TrailFilter(patient_id=which.patient_id) and before is None:
        return OF_PERSON(records=records)
    if which == TrailFilter(user_id=which.user_id) and before is None:
        return OF_COLLEAGUE(user=str(which.user_id))
    return list(_every_change(which, before, records))


def _every_change(which: TrailFilter, before: Mark | None = None, records: Any = None) -> QuerySet[Any, dict[str, Any]]:
    """One page of every table that is asked for, and of those the newest; about a list of records, if one is given."""
    tables = {kind: model for kind, model in event_models().items() if which.kind in {"", kind}}
    parts = [_changes_of(kind, model, which, before, records) for kind, model in tables.items()]
    every = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    every = every.order_by("-pgh_created_at", "-table_name", "-pgh_id") if parts[1:] else every
    return every[: PAGE_ROWS + 1]


# The union of all tables takes longer to build than to read.
NEWEST = Compiled(lambda: _every_change(TrailFilter()), slots={})
OF_PERSON = Compiled(lambda records: _every_change(TrailFilter(), records=records), slots={"records": UUID})
OF_COLLEAGUE = Compiled(lambda user: _every_change(TrailFilter(user_id=user)), slots={"user": str})


def change_detail(kind: str, event_id: int) -> ChangeDetail | None:
    """One change field by field against the row as it was before, and what came earlier; None when there is none."""
    model = event_models().get(kind)
    if model is None:
        return None
    event = model._default_manager.filter(pgh_id=event_id).values().first()
    if event is None:
        return None
    history = list(
        model._default_manager.filter(pgh_obj_id=event["pgh_obj_id"], pgh_id__lt=event_id)
        .order_by("-pgh_id")
        .values()[:PAGE_ROWS]
    )
    before = history[0] if history else {}
    people = {row[name] for name in _columns_of(model, User) for row in (before, event) if row.get(name)}
    names = _names({*(_who(row) for row in [event, *history]), *map(str, people)})
    about = {"patient_id", *_columns_of(model, Patient)}
    records = _record_numbers({row[name] for name in about for row in (before, event) if row.get(name)})
    names |= {str(site.pk): str(site) for site in Site.objects.filter(pk__in=_ids(event, "site_id"))}
    return ChangeDetail(
        change=_change_of_event(kind, event, names),
        request_id=(event["pgh_context"] or {}).get("request", ""),
        fields=_field_changes(model, before, event, {**names, **{str(key): number for key, number in records.items()}}),
        earlier=tuple(_change_of_event(kind, row, names) for row in history),
    )


def record_number_of(patient_id: UUID | None) -> str:
    """The record number, or nothing when there is no such person."""
    if patient_id is None:
        return ""
    return Patient.objects.filter(pk=patient_id).values_list("record_number", flat=True).first() or ""


def _look(row: AccessEvent, people: Mapping[UUID, str]) -> Look:
    return Look(
        id=row.id,
        at=row.occurred_at,
        who=row.user_name or "Nobody signed in",
        roles=row.roles.replace("_", " "),
        what=row.route,
        words=page_name(row.route),
        is_opened=row.method in READING,
        sign=sign_of(row.status),
        outcome=outcome(row.method, row.status),
        address=row.address or "",
        records=tuple(people[each] for each in row.patient_ids if each in people),
    )


def _within(rows: QuerySet[Any, Any], which: TrailFilter, field: str) -> QuerySet[Any, Any]:
    bounds = {f"{field}__gte": which.since, f"{field}__lt": which.until}
    return rows.filter(**{name: moment for name, moment in bounds.items() if moment})


def _changes_of(
    kind: str, model: type[Model], which: TrailFilter, before: Mark | None, records: Any
) -> QuerySet[Any, dict[str, Any]]:
    """The part of the trail in one table, cut to one page; empty when it cannot hold what is asked for."""
    rows = model._default_manager.annotate(
        table_name=Value(kind, output_field=CharField()), who=KeyTextTransform("user", "pgh_context")
    )
    path = _path_to_patient(model)
    rows = rows.annotate(about=F(path) if path else Cast(Value(None), UUIDField()))
    if records is not None:
        rows = _about(rows, model, records) if path else rows.none()
    if which.user_id:
        rows = rows.filter(who=str(which.user_id))
    rows = _within(rows, which, "pgh_created_at")
    if before is not None and before.kind != ACCESS:
        rows = rows.filter(_before(kind, before))
    return rows.order_by("-pgh_created_at", "-pgh_id").values(*COLUMNS)[: PAGE_ROWS + 1]


def _records_of(patient_id: UUID) -> list[UUID]:
    """Every record of the person, so that what was merged stands in one trail."""
    person = registration_queries.person_of(patient_id)
    return list(Patient.objects.filter(person_id__in=person).values_list("pk", flat=True))


def _about(rows: QuerySet[Any, Any], model: type[Model], records: Any) -> QuerySet[Any, Any]:
    """The history of the rows about any of these records, also where they are the second that a row names."""
    tracked = tracked_by(model)
    path = "pk" if tracked is Patient else _path_to_patient(model) or "pk"
    fields = {field.name for field in model._meta.get_fields()}
    wanted = Q(AnyOf(F(path), records))
    for other in sorted(OTHER_PATHS & fields):
        wanted |= Q(AnyOf(F(other), records))
    # As an array, which is found first: joined, PostgreSQL would walk the whole history by time.
    theirs = ArraySubquery(tracked._default_manager.filter(wanted).values("pk"))
    return rows.filter(AnyOf(F("pgh_obj_id"), theirs))


def _before(kind: str, end: Mark) -> Q:
    """What comes after a mark, newest first: earlier moments, and of the same moment the tables and rows below it."""
    earlier = Q(pgh_created_at__lt=end.at)
    if kind > end.kind:
        return earlier
    same = Q(pgh_created_at=end.at)
    return earlier | (same & Q(pgh_id__lt=int(end.row)) if kind == end.kind else same)


def _path_to_patient(model: type[Model]) -> str | None:
    if tracked_by(model) is Patient:
        return "pgh_obj_id"
    fields = {field.name for field in model._meta.get_fields()}
    return next((path for field, path in PATHS.items() if field in fields), None)


def _change(row: Mapping[str, Any], names: Mapping[str, str], people: Mapping[UUID, str] | None = None) -> Change:
    return Change(
        kind=row["table_name"],
        label=_label(row["table_name"]),
        event_id=row["pgh_id"],
        row_id=row["pgh_obj_id"],
        at=row["pgh_created_at"],
        who=names.get(row["who"] or "", "The system"),
        act={"insert": "Added", "update": "Changed"}.get(row["pgh_label"], row["pgh_label"]),
        record=people.get(row["about"], "") if people else "",
    )


def _change_of_event(kind: str, event: Mapping[str, Any], names: Mapping[str, str]) -> Change:
    return _change({**event, "table_name": kind, "who": _who(event)}, names)


def _who(event: Mapping[str, Any]) -> str:
    return str((event["pgh_context"] or {}).get("user", ""))


def _label(kind: str) -> str:
    return str(tracked_by(event_models()[kind])._meta.verbose_name).capitalize()


def _columns_of(model: type[Model], to: type[Model]) -> list[str]:
    """The columns of a history table that name a row of this kind."""
    return [field.attname for field in model._meta.local_fields if field.related_model is to]


def _field_changes(
    model: type[Model], before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[FieldChange, ...]:
    # The number of the row stands above its fields.
    fields = [field for field in model._meta.local_fields if not field.name.startswith("pgh_") and field.name != "id"]
    every = [
        FieldChange(
            name=column_words(field.name, str(field.verbose_name)),
            before=_shown(field, before.get(field.attname), names),
            after=_shown(field, after.get(field.attname), names),
        )
        for field in fields
    ]
    return tuple(each for each in every if each.before or each.after)


def _shown(field: "Field[Any, Any]", value: object, names: Mapping[str, str]) -> str:
    """A stored value as a person reads it: clinic time, the word of a code, who, and which record."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        here = timezone.localtime(value)
        return f"{dateformat.format(here, 'M j, Y, g:i:s')} {dateformat.format(here, 'A').lower()}"
    if isinstance(value, date):
        return written.day(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return names.get(str(value), "") or code_words(field.name, str(value))


def _ids(row: Mapping[str, Any], column: str) -> list[UUID]:
    return [row[column]] if row.get(column) else []


def _record_numbers(patient_ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Patient.objects.filter(pk__in=list(patient_ids)).values_list("pk", "record_number"))


def _names(user_ids: Iterable[str | None]) -> dict[str, str]:
    known = [each for each in user_ids if each]
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=known)}
