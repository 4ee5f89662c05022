from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clinic.kit.keys import uuid7
from clinic.staff.permissions import Role
from clinic.worklist import actions, queries
from clinic.worklist.models import Task
from tests.scenarios.cast import NOW, hire

LATER = NOW + timedelta(minutes=20)


def opened(cast, *, by=None, source="questionnaire:1", level="moderate", patient_id=None, now=NOW):
    return actions.open_task(
        kind="suicide_risk",
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

    actions.close_task(task=task, note="  Spoke with her, plan reviewed.  ", by=cast.paula, now=LATER)

    task.refresh_from_db()
    assert (task.closed_by, task.closed_at, task.closing_note) == (cast.paula, LATER, "Spoke with her, plan reviewed.")
    assert (task.acknowledged_by, task.acknowledged_at) == (cast.paula, LATER)


@pytest.mark.parametrize("note", ["", "  \n "])
def test_close_without_a_note_is_refused(cast, note):
    task = opened(cast)

    with pytest.raises(actions.ClosingNoteMissing):
        actions.close_task(task=task, note=note, by=cast.nora, now=LATER)

    assert queries.has_open_task(task.patient_id)


def test_close_what_somebody_else_closed_is_refused_with_their_name(cast):
    task = opened(cast)
    actions.close_task(task=task, note="Seen", by=cast.paula, now=NOW)

    with pytest.raises(actions.TaskClosed, match="Paula Petit, MD"):
        actions.close_task(task=task, note="Seen too", by=cast.nora, now=LATER)

    assert Task.objects.get().closing_note == "Seen"


def test_close_sent_twice_changes_nothing(cast):
    task = opened(cast)
    actions.close_task(task=task, note="Seen", by=cast.paula, now=NOW)

    again = actions.close_task(task=task, note="Seen", by=cast.paula, now=LATER)

    assert again.closed_at == NOW


def test_acknowledge_a_closed_task_is_refused(cast):
    task = opened(cast)
    actions.close_task(task=task, note="Seen", by=cast.paula, now=NOW)

    with pytest.raises(actions.TaskClosed):
        actions.acknowledge_task(task=task, by=cast.nora, now=LATER)


def test_task_is_not_for_everybody_to_dispose_of(cast):
    task = opened(cast)

    with pytest.raises(actions.MayNotCloseTask):
        actions.close_task(task=task, note="Seen", by=cast.theo, now=LATER)
    with pytest.raises(actions.MayNotCloseTask):
        actions.acknowledge_task(task=task, by=cast.theo, now=LATER)


def test_open_tasks_come_in_order_of_their_deadline(cast):
    low = opened(cast, source="questionnaire:1", level="low")
    moderate = opened(cast, source="questionnaire:2", level="moderate")
    high = opened(cast, source="questionnaire:3", level="high")
    closed = opened(cast, source="questionnaire:4", level="high")
    actions.close_task(task=closed, note="Seen", by=cast.nora, now=NOW)

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
    busy = opened(cast, by=cast.nils, source="questionnaire:1")
    hire("Zoe Zimmer", Role.NURSE, site=cast.site)
    opened(cast, by=cast.nora, source="questionnaire:2")
    actions.close_task(task=busy, note="Seen", by=cast.nils, now=LATER)

    assert queries.next_owner(cast.site.pk) == cast.nils
