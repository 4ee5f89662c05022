"""What is open, for whom, and since when? People are named by id only; pages that show names live in home."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from clinic.kit.compiled import Compiled
from clinic.staff.models import User
from clinic.staff.permissions import Permission, Role
from clinic.staff.queries import staff_who_may
from clinic.worklist import rules
from clinic.worklist.models import Task

MOST_CLOSED = 30
WHO = ("owner", "opened_by", "acknowledged_by", "closed_by")


@dataclass(frozen=True)
class TaskRow:
    """One task in plain values."""

    id: UUID
    kind: str
    title: str
    level: str
    level_label: str
    patient_id: UUID
    source: str
    detail: str
    opened_at: datetime
    opened_by: str
    due_at: datetime
    owner_id: UUID
    owner: str
    acknowledged_at: datetime | None
    acknowledged_by: str
    closed_at: datetime | None
    closed_by: str
    closing_note: str
    spoke_with: str
    agreed: str
    next_contact_at: datetime | None

    @property
    def is_risk(self) -> bool:
        return self.kind in rules.RISK_KINDS

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def is_pressing(self, now: datetime) -> bool:
        """Whether it goes before everything else: a risk to assess, or a contact agreed about one that is late."""
        return self.kind == rules.SUICIDE_RISK or (self.is_risk and self.is_late(now))

    def is_late(self, now: datetime) -> bool:
        """Whether it is still open past its deadline."""
        return not self.is_closed and rules.state(self.due_at, now) == rules.LATE


def open_tasks(site_id: UUID) -> list[TaskRow]:
    """What is open at a site, the most urgent deadline first, so that the late ones lead."""
    return [_row(task) for task in OPEN.models(site=site_id)]


def closed_tasks(site_id: UUID) -> list[TaskRow]:
    """What was closed at a site last."""
    return [_row(task) for task in CLOSED.models(site=site_id)]


def task_row(task_id: UUID) -> TaskRow | None:
    """One task, open or closed."""
    task = _with_people().filter(pk=task_id).first()
    return _row(task) if task else None


def task(task_id: UUID) -> Task | None:
    """One task, to act on."""
    return Task.objects.filter(pk=task_id).first()


def task_from(kind: str, source: str) -> TaskRow | None:
    """The task that one source raised, open or closed."""
    task = _with_people().filter(kind=kind, source=source).first()
    return _row(task) if task else None


def has_open_task(patient_id: UUID, kind: str = "") -> bool:
    """Whether something about this person waits for somebody; of one kind only when it is named."""
    tasks = Task.objects.filter(patient_id=patient_id, closed_at=None)
    return (tasks.filter(kind=kind) if kind else tasks).exists()


def next_owner(site_id: UUID) -> User | None:
    """Who takes a task that its finder cannot keep: a nurse, else a prescriber, with the fewest open tasks."""
    people = staff_who_may(Permission.CLOSE_TASK, site_id=site_id)
    for role in (Role.NURSE, Role.PRESCRIBER, None):
        able = [person for person in people if role is None or role in person.roles]
        if able:
            return _least_busy(able)
    return None


def _least_busy(people: Iterable[User]) -> User:
    candidates = list(people)
    counted = Task.objects.filter(owner__in=candidates, closed_at=None).values("owner").annotate(open=Count("id"))
    busy = {row["owner"]: row["open"] for row in counted.order_by("owner")}
    return min(candidates, key=lambda person: (busy.get(person.pk, 0), person.full_name, person.pk))


def _with_people() -> QuerySet[Task]:
    own = [field.name for field in Task._meta.concrete_fields]
    names = [f"{one}__{name}" for one in WHO for name in ("full_name", "credentials")]
    return Task.objects.select_related(*WHO).only(*own, *names)


def _open(site: UUID) -> QuerySet[Task]:
    return _with_people().filter(site=site, closed_at=None).order_by("due_at", "id")


def _closed(site: UUID) -> QuerySet[Task]:
    return _with_people().filter(site=site, closed_at__isnull=False).order_by("-closed_at", "-id")[:MOST_CLOSED]


# The tasks page asks for both.
OPEN = Compiled(_open, slots={"site": UUID})
CLOSED = Compiled(_closed, slots={"site": UUID})


def _row(task: Task) -> TaskRow:
    return TaskRow(
        id=task.pk,
        kind=task.kind,
        title=Task.Kind(task.kind).label,
        level=task.level,
        level_label=Task.Level(task.level).label,
        patient_id=task.patient_id,
        source=task.source,
        detail=task.detail,
        opened_at=task.opened_at,
        opened_by=str(task.opened_by),
        due_at=task.due_at,
        owner_id=task.owner_id,
        owner=str(task.owner),
        acknowledged_at=task.acknowledged_at,
        acknowledged_by=str(task.acknowledged_by or ""),
        closed_at=task.closed_at,
        closed_by=str(task.closed_by or ""),
        closing_note=task.closing_note,
        spoke_with=task.spoke_with,
        agreed=task.agreed,
        next_contact_at=task.next_contact_at,
    )
