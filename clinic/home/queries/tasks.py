"""What must somebody do, by when? The tasks with the people they are about."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse

from clinic.home.queries.parts import called
from clinic.kit.compiled import AnyOf, Compiled
from clinic.worklist import queries as worklist_queries
from clinic.worklist.queries import TaskRow
from patients.registration import queries as registration_queries
from patients.registration.models import Patient
from sessions.administration.models import SessionEntry


@dataclass(frozen=True)
class TaskLine:
    """One task with the name of the person it is about, and how it stands now."""

    task: TaskRow
    patient_id: UUID
    patient_name: str
    record_number: str
    sign: str
    source_url: str = ""
    source_act: str = ""

    @property
    def is_late(self) -> bool:
        return self.sign == "late"

    @property
    def standing(self) -> str:
        """Whose it is, at the head of its page."""
        if self.task.is_closed:
            return "Closed"
        return f"{self.task.owner}" + ("" if self.task.acknowledged_at else ", not taken yet")


@dataclass(frozen=True)
class TaskList:
    """What is open at a site, a risk first and then the late ones, and what was closed last."""

    open: tuple[TaskLine, ...]
    closed: tuple[TaskLine, ...]

    @property
    def patient_ids(self) -> set[UUID]:
        return {line.patient_id for line in (*self.open, *self.closed)}

    @property
    def late_count(self) -> int:
        return sum(line.is_late for line in self.open)

    @property
    def words(self) -> str:
        late = f", {self.late_count} late" if self.late_count else ""
        return f"{len(self.open)} open{late}."


def task_list(site_id: UUID, *, now: datetime) -> TaskList:
    """The tasks page of one site."""
    open_rows, closed_rows = worklist_queries.open_tasks(site_id), worklist_queries.closed_tasks(site_id)
    people = _people(row.patient_id for row in (*open_rows, *closed_rows))
    open_rows.sort(key=lambda row: not row.is_pressing(now))
    return TaskList(
        open=tuple(_line(row, people[row.patient_id], now) for row in open_rows),
        closed=tuple(_line(row, people[row.patient_id], now) for row in closed_rows),
    )


def task_line(task_id: UUID, *, now: datetime) -> TaskLine | None:
    """One task with whom it is about, and the way to what raised it."""
    row = worklist_queries.task_row(task_id)
    if row is None:
        return None
    url, act = _source(row)
    line = _line(row, _people([row.patient_id])[row.patient_id], now)
    return replace(line, source_url=url, source_act=act)


def _people(patient_ids: Iterable[UUID]) -> dict[UUID, Patient]:
    """By the record that a task names, the one that stands for the person."""
    records = NAMED.models(records=list(set(patient_ids)))
    return {record.pk: registration_queries.standing(record) for record in records}


def _named(records: UUID) -> QuerySet[Patient]:
    """Without telephone numbers, of which every one would be read as a number."""
    names = ("merged_into", "record_number", "given_name", "family_name", "preferred_name")
    people = Patient.objects.filter(AnyOf(F("pk"), records)).select_related("merged_into")
    return people.only(*names, *(f"merged_into__{name}" for name in names))


NAMED = Compiled(_named, slots={"records": UUID})


def _line(row: TaskRow, patient: Patient, now: datetime) -> TaskLine:
    return TaskLine(
        task=row,
        patient_id=patient.pk,
        patient_name=called(patient),
        record_number=patient.record_number,
        sign="done" if row.is_closed else "late" if row.is_late(now) else "due",
    )


def _source(row: TaskRow) -> tuple[str, str]:
    """Where a task came from: the answers, the task before, or the session an entry is of."""
    kind, _, key = row.source.partition(":")
    if kind == "questionnaire":
        return reverse("patients:questionnaire", args=[row.patient_id, key]), "Read the answers"
    if kind == "task":
        return reverse("clinic:task", args=[key]), "Read how it was agreed"
    entries = SessionEntry.objects.filter(pk=key) if kind == "entry" else SessionEntry.objects.none()
    session_id = entries.values_list("session_id", flat=True).first()
    return (reverse("sessions:sheet", args=[session_id]), "Open the session") if session_id else ("", "")
