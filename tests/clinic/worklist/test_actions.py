from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.kit.keys import uuid7
from clinic.staff.permissions import Role
from clinic.worklist import actions, queries
from clinic.worklist.models import Task
from tests.scenarios.cast import NOW, hire

LATER = NOW + timedelta(minutes=20)


DONE = "Seen, safety plan gone through."
AGREED = actions.Contact("Maria, by phone", "Calls us if it gets worse.", NOW + timedelta(days=1))


def close(task, by, now, note=DONE, **said):
    """Closed by whoever says they take it over, with everything said that a risk needs."""
    return actions.close_task(task=task, note=note, by=by, now=now, **{"contact": AGREED, "take_over": True, **said})


def opened(cast, *, by=None, source="questionnaire:1", level="moderate", patient_id=None, now=NOW, kind="suicide_risk"):
    return actions.open_task(
        kind=kind,
        level=level,
        site=cast.site,
        patient_id=patient_id or uuid7(),
        source=source,
        detail="PHQ-9, question 9",
        by=by or cast.nora,
        now=now,
    )


def test_open_task_belongs_to_who_found_it(cast):
    task = opened(cast, by=cast.nils)

    assert (task.owner, task.opened_by, task.due_at) == (cast.nils, cast.nils, NOW + timedelta(hours=4))


def test_open_task_found_by_a_therapist_goes_to_the_nurse_with_the_fewest(cast):
    opened(cast, by=cast.nora, source="questionnaire:1")

    task = opened(cast, by=cast.theo, source="questionnaire:2")

    assert (task.owner, task.opened_by) == (cast.nils, cast.theo)


def test_open_task_without_any_nurse_goes_to_a_prescriber(cast):
    for nurse in (cast.nora, cast.nils):
        nurse.is_active = False
        nurse.save(update_fields=["is_active"])

    assert opened(cast, by=cast.theo).owner == cast.paula


def test_open_task_at_a_site_where_nobody_may_close_stays_with_its_finder(cast):
    for person in (cast.nora, cast.nils, cast.paula, cast.dirk):
        person.is_active = False
        person.save(update_fields=["is_active"])

    assert opened(cast, by=cast.theo).owner == cast.theo


def test_open_task_twice_for_one_source_is_one(cast):
    first = opened(cast, by=cast.nora)

    second = opened(cast, by=cast.paula, level="high", now=LATER)

    assert (second.pk, second.owner, second.level) == (first.pk, cast.nora, "moderate")
    assert Task.objects.count() == 1


def test_database_refuses_a_second_task_of_one_source(cast):
    task = opened(cast)

    task.pk = uuid7()
    with pytest.raises(IntegrityError, match="task_once_per_source"), transaction.atomic():
        task.save(force_insert=True)


def test_acknowledge_takes_the_task_over(cast):
    task = opened(cast, by=cast.nora)

    taken = actions.acknowledge_task(task=task, by=cast.paula, now=LATER)

    assert (taken.owner, taken.acknowledged_by, taken.acknowledged_at) == (cast.paula, cast.paula, LATER)


def test_acknowledge_twice_keeps_the_first_moment(cast):
    task = actions.acknowledge_task(task=opened(cast), by=cast.nora, now=NOW)

    again = actions.acknowledge_task(task=task, by=cast.nora, now=LATER)

    assert again.acknowledged_at == NOW


def test_task_that_somebody_took_since_the_page_was_opened_stays_theirs(cast):
    task = opened(cast)
    seen = str(task.owner_id)
    actions.acknowledge_task(task=task, by=cast.paula, now=NOW, seen_owner=seen)

    with pytest.raises(actions.TaskTaken, match="since you opened it"):
        actions.acknowledge_task(task=task, by=cast.dirk, now=LATER, seen_owner=seen)

    task.refresh_from_db()
    assert task.owner == cast.paula


def test_close_writes_down_who_when_and_what(cast):
    task = opened(cast)

    close(task, cast.paula, LATER, "  Spoke with her, plan reviewed.  ")

    task.refresh_from_db()
    assert (task.closed_by, task.closed_at, task.closing_note) == (cast.paula, LATER, "Spoke with her, plan reviewed.")
    assert (task.acknowledged_by, task.acknowledged_at) == (cast.paula, LATER)


@pytest.mark.parametrize("note", ["", "  \n ", "Seen.", "1 2 3 4 5 6 7 8 9"])
def test_close_without_a_note_of_substance_is_refused(cast, note):
    task = opened(cast)

    with pytest.raises(actions.ClosingNoteMissing):
        close(task, cast.nora, LATER, note)

    assert queries.has_open_task(task.patient_id)


def test_close_what_somebody_else_closed_is_refused_with_their_name(cast):
    task = opened(cast)
    close(task, cast.paula, NOW)

    with pytest.raises(actions.TaskClosed, match="Paula Petit, MD"):
        close(task, cast.nora, LATER, "Seen too")

    assert Task.objects.get(pk=task.pk).closing_note == DONE


def test_close_sent_twice_changes_nothing(cast):
    task = opened(cast)
    close(task, cast.paula, NOW)

    again = close(task, cast.paula, LATER)

    assert again.closed_at == NOW


def test_acknowledge_a_closed_task_is_refused(cast):
    task = opened(cast)
    close(task, cast.paula, NOW)

    with pytest.raises(actions.TaskClosed):
        actions.acknowledge_task(task=task, by=cast.nora, now=LATER)


def test_task_is_not_for_everybody_to_dispose_of(cast):
    task = opened(cast)

    with pytest.raises(actions.MayNotCloseTask):
        close(task, cast.theo, LATER)
    with pytest.raises(actions.MayNotCloseTask):
        actions.acknowledge_task(task=task, by=cast.theo, now=LATER)


def test_open_tasks_come_in_order_of_their_deadline(cast):
    low = opened(cast, source="questionnaire:1", level="low")
    moderate = opened(cast, source="questionnaire:2", level="moderate")
    high = opened(cast, source="questionnaire:3", level="high")
    closed = opened(cast, source="questionnaire:4", level="high", kind="deviation")
    close(closed, cast.nora, NOW)

    listed = queries.open_tasks(cast.site.pk)

    assert [row.id for row in listed] == [high.pk, moderate.pk, low.pk]
    assert [row.id for row in queries.closed_tasks(cast.site.pk)] == [closed.pk]


def test_has_open_task_tells_kinds_apart(cast):
    task = opened(cast)

    assert queries.has_open_task(task.patient_id)
    assert queries.has_open_task(task.patient_id, "suicide_risk")
    assert not queries.has_open_task(task.patient_id, "deviation")
    assert not queries.has_open_task(uuid7())


def test_next_owner_counts_only_what_is_open(cast):
    busy = opened(cast, by=cast.nils, source="questionnaire:1", kind="deviation")
    hire("Zoe Zimmer", Role.NURSE, site=cast.site)
    opened(cast, by=cast.nora, source="questionnaire:2")
    close(busy, cast.nils, LATER)

    assert queries.next_owner(cast.site.pk) == cast.nils


def test_risk_is_closed_with_whom_what_and_when(cast):
    task = opened(cast)

    close(task, cast.nora, LATER)

    task.refresh_from_db()
    assert (task.spoke_with, task.agreed, task.next_contact_at) == (
        AGREED.spoke_with,
        AGREED.agreed,
        AGREED.next_contact_at,
    )


def test_next_contact_is_a_task_of_who_agreed_it(cast):
    task = opened(cast)

    close(task, cast.paula, LATER)

    contact = Task.objects.get(kind="safety_contact")
    assert (contact.owner, contact.acknowledged_by, contact.due_at) == (cast.paula, cast.paula, AGREED.next_contact_at)
    assert (contact.patient_id, contact.source, contact.detail) == (task.patient_id, f"task:{task.pk}", AGREED.agreed)
    assert contact.closed_at is None


def test_close_sent_twice_opens_one_contact(cast):
    task = opened(cast)

    close(task, cast.nora, LATER)
    close(task, cast.nora, LATER)

    assert Task.objects.filter(kind="safety_contact").count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"spoke_with": " "}, "who was spoken to"),
        ({"agreed": "ok"}, "at least 10 letters"),
        ({"next_contact_at": None}, "speaks with the person again"),
        ({"next_contact_at": LATER}, "in the future"),
        ({"next_contact_at": LATER + timedelta(days=30, seconds=1)}, "within 30 days"),
    ],
)
def test_risk_is_not_closed_without_a_contact(cast, changed, words):
    task = opened(cast)

    with pytest.raises(actions.ContactNotSaid, match=words):
        close(task, cast.nora, LATER, contact=replace(AGREED, **changed))

    task.refresh_from_db()
    assert task.closed_at is None
    assert Task.objects.count() == 1


def test_agreed_contact_may_be_the_last(cast):
    close(opened(cast), cast.nora, LATER)
    contact = Task.objects.get(kind="safety_contact")

    close(contact, cast.nora, AGREED.next_contact_at, contact=replace(AGREED, next_contact_at=None))

    assert queries.open_tasks(cast.site.pk) == []


def test_risk_of_somebody_else_is_taken_over_first(cast):
    task = opened(cast, by=cast.nora)

    with pytest.raises(actions.NotYourTask, match="Nora Nolan, RN"):
        close(task, cast.paula, LATER, take_over=False)

    assert close(task, cast.paula, LATER).owner == cast.paula


def test_deviation_of_somebody_else_is_closed_with_a_note_alone(cast):
    task = opened(cast, by=cast.nora, kind="deviation")

    actions.close_task(task=task, note=DONE, by=cast.paula, now=LATER)

    assert queries.open_tasks(cast.site.pk) == []


def test_close_from_a_page_of_before_is_refused(cast):
    task = opened(cast, by=cast.nora)
    seen = str(task.owner_id)
    actions.acknowledge_task(task=task, by=cast.paula, now=NOW)

    with pytest.raises(actions.TaskTaken, match="Paula Petit, MD"):
        close(task, cast.dirk, LATER, seen_owner=seen)

    task.refresh_from_db()
    assert task.closed_at is None


@pytest.mark.parametrize("missing", ["spoke_with", "agreed", "next_contact_at"])
def test_database_refuses_a_risk_closed_without_a_contact(cast, missing):
    task = close(opened(cast), cast.nora, LATER)
    setattr(task, missing, None if missing == "next_contact_at" else "")

    with pytest.raises(IntegrityError, match="task_risk_closed_with"), transaction.atomic():
        task.save(update_fields=[missing])
