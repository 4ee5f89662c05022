"""How does a task open, get seen, and close? Each has an owner and a deadline from its first moment."""

from dataclasses import dataclass
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


class NotYourTask(Refusal):
    """A task about a risk is closed by its owner, who answers for it."""


class ContactNotSaid(Refusal):
    """A risk is not closed without saying who was spoken to, what was agreed, and when somebody looks again."""


class MayNotCloseTask(Refusal):
    """Somebody whose role does not dispose of tasks."""


@dataclass(frozen=True)
class Contact:
    """What closing a task about a risk says beside its note."""

    spoke_with: str = ""
    agreed: str = ""
    next_contact_at: datetime | None = None


NO_CONTACT = Contact()


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
    due_at: datetime | None = None,
) -> Task:
    """Open a task, once per kind and source: asked again, the task that stands is returned unchanged.

    Its owner is whoever found it, when they may close tasks; else the nurse, then the prescriber, with the fewest
    open tasks at the site. Where nobody may close tasks it stays with its finder, so that it is never without one.
    Its deadline follows from the level, unless two people agreed on a moment (`due_at`).
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
        due_at=due_at or rules.due_at(level, now, ZoneInfo(site.time_zone)),
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
    _refuse_taken(locked, seen_owner)
    locked.acknowledged_at, locked.acknowledged_by, locked.owner = now, by, by
    locked.save(update_fields=["acknowledged_at", "acknowledged_by", "owner"])
    return locked


@transaction.atomic
def close_task(
    *,
    task: Task,
    note: str,
    by: User,
    now: datetime,
    contact: Contact = NO_CONTACT,
    seen_owner: str = "",
    take_over: bool = False,
) -> Task:
    """Close it with a note of what was found and done.

    A task about a risk is closed by its owner, or by who takes it over in the same act, with who was spoken to, what
    was agreed and when somebody looks again; the next contact is opened as a task of its own with that deadline.
    Refused when it is closed already, when the owner is not the one who was on the page (`seen_owner`), and when too
    little is said.
    """
    locked = _locked(task, by)
    if (locked.closed_by_id, locked.closing_note) == (by.pk, note.strip()):
        return locked  # the same form sent twice
    _refuse_closed(locked)
    _refuse_taken(locked, seen_owner)
    is_risk = locked.kind in rules.RISK_KINDS
    if is_risk and locked.owner_id != by.pk and not take_over:
        raise NotYourTask(f"This task is with {locked.owner}. Agree with them and take it over, then close it.")
    if why := rules.why_too_little(note):
        raise ClosingNoteMissing(why)
    if is_risk:
        _write_contact(locked, contact, now)
        locked.owner = by
    if locked.acknowledged_at is None:
        locked.acknowledged_at, locked.acknowledged_by = now, by
    locked.closed_at, locked.closed_by, locked.closing_note = now, by, note.strip()
    locked.save(update_fields=[*CLOSING, "owner"])
    if locked.next_contact_at is not None:
        _open_next_contact(locked, by, now)
    return locked


CLOSING = (
    *("acknowledged_at", "acknowledged_by", "closed_at", "closed_by"),
    *("closing_note", "spoke_with", "agreed", "next_contact_at"),
)


def _write_contact(task: Task, contact: Contact, now: datetime) -> None:
    if not contact.spoke_with.strip():
        raise ContactNotSaid("Say who was spoken to, or whom you tried to reach.")
    why = rules.why_too_little(contact.agreed) or rules.why_no_contact(task.kind, contact.next_contact_at, now)
    if why:
        raise ContactNotSaid(why)
    task.spoke_with, task.agreed = contact.spoke_with.strip(), contact.agreed.strip()
    task.next_contact_at = contact.next_contact_at


def _open_next_contact(task: Task, by: User, now: datetime) -> None:
    """The contact that was agreed, as a task of who agreed it: they have it from its first moment."""
    contact = open_task(
        kind=rules.SAFETY_CONTACT,
        level=rules.AGREED,
        site=task.site,
        patient_id=task.patient_id,
        source=f"task:{task.pk}",
        detail=task.agreed,
        by=by,
        now=now,
        due_at=task.next_contact_at,
    )
    acknowledge_task(task=contact, by=by, now=now)


def _locked(task: Task, by: User) -> Task:
    if not by.may(Permission.CLOSE_TASK):
        raise MayNotCloseTask("Your role may not take or close tasks. Ask a nurse or a prescriber.")
    return Task.objects.select_for_update(of=("self",)).select_related("closed_by", "owner").get(pk=task.pk)


def _refuse_closed(task: Task) -> None:
    if task.closed_at is not None:
        raise TaskClosed(f"{task.closed_by} has closed this task already. Reload the page to read the note.")


def _refuse_taken(task: Task, seen_owner: str) -> None:
    if seen_owner and seen_owner != str(task.owner_id):
        raise TaskTaken(f"{task.owner} has taken this task since you opened it. Agree first, then take it over.")
