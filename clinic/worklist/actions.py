"""How does a task open, get seen, and close? Each has an owner and a deadline from its first moment."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from clinic.kit.refusals import Refusal
from clinic.sites.models import Site
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from clinic.worklist import queries, rules
from clinic.worklist.models import Task


class TaskClosed(Refusal):
    """A task that somebody has already closed."""


class TaskTaken(Refusal):
    """A task that somebody else took after the page was opened."""


class ClosingNoteMissing(Refusal):
    """A task is not closed without saying what was done."""


class MayNotCloseTask(Refusal):
    """Somebody whose role does not dispose of tasks."""


@transaction.atomic
def open_task(  # noqa: PLR0913 - each is a fact of its own, all named by the caller
    *,
    kind: str,
    level: str,
    site: Site,
    patient_id: UUID,
    source: str,
    detail: str,
    by: User,
    now: datetime,
) -> Task:
    """Open a task, once per kind and source: asked again, the task that stands is returned unchanged.

    Its owner is whoever found it, when they may close tasks; else the nurse, then the prescriber, with the fewest
    open tasks at the site. Where nobody may close tasks it stays with its finder, so that it is never without one.
    """
    standing = Task.objects.filter(kind=kind, source=source).first()
    if standing is not None:
        return standing
    owner = by if by.may(Permission.CLOSE_TASK) else queries.next_owner(site.pk) or by
    task = Task(
        kind=kind,
        level=level,
        site=site,
        patient_id=patient_id,
        source=source,
        detail=detail,
        opened_at=now,
        opened_by=by,
        due_at=rules.due_at(level, now, ZoneInfo(site.time_zone)),
        owner=owner,
    )
    try:
        with transaction.atomic():
            task.save(force_insert=True)
    except IntegrityError:
        # Another request opened the same one in between; anything else that is wrong with the row is a bug.
        standing = Task.objects.filter(kind=kind, source=source).first()
        if standing is None:
            raise
        return standing
    return task


@transaction.atomic
def acknowledge_task(*, task: Task, by: User, now: datetime, seen_owner: str = "") -> Task:
    """Say "I have it": the person who does becomes its owner. Refused for a closed task.

    `seen_owner` is the id of the owner that was on the page: refused when somebody else has taken it since.
    """
    locked = _locked(task, by)
    _refuse_closed(locked)
    if locked.owner_id == by.pk and locked.acknowledged_at is not None:
        return locked
    if seen_owner and seen_owner != str(locked.owner_id):
        raise TaskTaken(f"{locked.owner} has taken this task since you opened it. Agree first, then take it over.")
    locked.acknowledged_at, locked.acknowledged_by, locked.owner = now, by, by
    locked.save(update_fields=["acknowledged_at", "acknowledged_by", "owner"])
    return locked


@transaction.atomic
def close_task(*, task: Task, note: str, by: User, now: datetime) -> Task:
    """Close it with a note of what was found and done. Refused without a note, or when it is closed already."""
    locked = _locked(task, by)
    if (locked.closed_by_id, locked.closing_note) == (by.pk, note.strip()):
        return locked  # the same form sent twice
    _refuse_closed(locked)
    if not note.strip():
        raise ClosingNoteMissing("Write down what you found and what was done, then close the task.")
    if locked.acknowledged_at is None:
        locked.acknowledged_at, locked.acknowledged_by = now, by
    locked.closed_at, locked.closed_by, locked.closing_note = now, by, note.strip()
    locked.save(update_fields=["acknowledged_at", "acknowledged_by", "closed_at", "closed_by", "closing_note"])
    return locked


def _locked(task: Task, by: User) -> Task:
    if not by.may(Permission.CLOSE_TASK):
        raise MayNotCloseTask("Your role may not take or close tasks. Ask a nurse or a prescriber.")
    return Task.objects.select_for_update(of=("self",)).select_related("closed_by", "owner").get(pk=task.pk)


def _refuse_closed(task: Task) -> None:
    if task.closed_at is not None:
        raise TaskClosed(f"{task.closed_by} has closed this task already. Reload the page to read the note.")
