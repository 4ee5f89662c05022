import re
from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.kit.keys import uuid7
from clinic.worklist import actions as worklist_actions
from clinic.worklist.models import Task
from sessions.administration.models import SessionEntry
from tests.scenarios import treatments
from tests.scenarios.assessments import answered
from tests.scenarios.cast import NOW
from tests.scenarios.people import referred

POSITIVE = (1, 1, 1, 1, 1, 1, 1, 1, 2)
LIST = "/tasks/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)


@pytest.fixture
def nora(client, cast):
    client.force_login(cast.nora)
    return client


def raised(cast, number=0, *, now=NOW):
    """A positive answer of one more person, and the task it opened."""
    course = referred(cast, given_name=f"Person{number}", preferred_name="", phone=f"+1202555{1000 + number}", now=now)
    answered(cast, course, answers=POSITIVE, now=now)
    return Task.objects.get(patient_id=course.patient_id)


def closing(task, **changed):
    """What is sent to close a task about a risk."""
    said = {
        "note": "Spoke with her, plan reviewed.",
        "spoke_with": "Maria, by phone",
        "agreed": "Calls us if it gets worse.",
        "next_on": "2026-03-11",
        "next_time": "09:30",
        "seen_owner": str(task.owner_id),
    }
    return {**said, **changed}


def at(task, name=""):
    return reverse(f"clinic:task{name}", args=[task.pk])


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_empty_list_says_what_would_be_here(nora):
    assert "Nothing is open" in words(nora.get(LIST))


def test_late_tasks_lead_the_list(nora, cast):
    raised(cast, 1, now=NOW)
    raised(cast, 2, now=NOW - timedelta(hours=6))

    said = words(nora.get(LIST))

    assert "2 open, 1 late." in said
    assert said.index("Person2") < said.index("Person1")


@pytest.mark.parametrize("count", [1, 30])
def test_list_asks_the_database_equally_often_for_one_and_many(nora, cast, django_assert_num_queries, count):
    for number in range(count):
        raised(cast, number)

    with django_assert_num_queries(7):
        answer = nora.get(LIST)

    assert len(re.findall(r'<th [^>]*scope="row">', answer.content.decode())) == count


def test_list_calls_a_person_as_the_other_pages_do(nora, cast):
    answered(cast, referred(cast, now=NOW), answers=POSITIVE, now=NOW)

    said = words(nora.get(LIST))

    assert "Mia Ordóñez" in said


def test_task_says_at_its_head_whose_it_is(nora, cast):
    task = raised(cast)

    said = words(nora.get(at(task)))

    assert "not taken yet" in said
    assert "Within 4 hours, due" in said


def test_list_is_logged_with_everybody_on_it(nora, cast):
    tasks = [raised(cast, 1), raised(cast, 2)]

    nora.get(LIST)

    event = AccessEvent.objects.get(route="clinic:tasks")
    assert event.patient_ids == sorted(task.patient_id for task in tasks)


def test_task_tells_what_whose_and_by_when(nora, cast):
    task = raised(cast)

    said = words(nora.get(at(task)))

    assert "Suicide risk to assess" in said
    assert "PHQ-9, question 9: “More than half the days” (2 of 3)." in said
    assert "Owner Nora Nolan, RN" in said
    assert "Due Mar 10, 2026, 2:42 pm" in said
    assert AccessEvent.objects.get(route="clinic:task").patient_ids == [task.patient_id]


def test_task_links_to_the_answers_that_raised_it(nora, cast):
    task = raised(cast)
    source = re.search(r'href="([^"]+)">Read the answers', nora.get(at(task)).content.decode())[1]

    assert "A task was opened for Nora Nolan, RN" in words(nora.get(source))


def test_task_of_a_session_leads_to_its_sheet(nora, cast):
    session = treatments.checked_session(cast)
    entry = SessionEntry.objects.filter(session=session).latest("received_at")
    task = worklist_actions.open_task(
        kind="deviation",
        level="low",
        site=cast.site,
        patient_id=session.patient_id,
        source=f"entry:{entry.pk}",
        detail="Started before the checklist was complete.",
        by=cast.nora,
        now=NOW,
    )

    page = nora.get(at(task)).content.decode()

    assert f'href="{reverse("sessions:sheet", args=[session.pk])}">Open the session' in page


def test_task_is_taken_over(client, cast):
    task = raised(cast)
    client.force_login(cast.paula)

    answer = client.post(at(task, "-take"), follow=True)

    assert "The task is yours." in words(answer)
    assert Task.objects.get().owner == cast.paula


def test_taking_what_a_colleague_took_meanwhile_is_told(client, cast):
    task = raised(cast)
    client.force_login(cast.dirk)
    seen = re.search(r'name="owner" value="([^"]+)"', client.get(at(task)).content.decode())
    worklist_actions.acknowledge_task(task=task, by=cast.paula, now=NOW)

    answer = client.post(at(task, "-take"), {"owner": seen[1]}, follow=True)

    assert "Paula Petit, MD has taken this task since you opened it." in words(answer)
    task.refresh_from_db()
    assert task.owner == cast.paula


def test_task_is_closed_with_a_note(nora, cast):
    task = raised(cast)

    answer = nora.post(at(task, "-close"), closing(task), follow=True)

    said = words(answer)
    assert "Task closed." in said
    assert "Safety contact agreed At the time agreed Nora Nolan, RN" in said
    assert "Closed last" in said
    page = words(nora.get(at(task)))
    assert "Spoken to Maria, by phone Agreed Calls us if it gets worse. Next contact Mar 11, 2026, 9:30 am" in page
    assert "Spoke with her, plan reviewed." in page


def test_agreed_contact_leads_back_and_may_be_the_last(nora, cast):
    task = raised(cast)
    nora.post(at(task, "-close"), closing(task))
    contact = Task.objects.get(kind="safety_contact")

    assert f'href="{at(task)}">Read how it was agreed' in nora.get(at(contact)).content.decode()
    nora.post(at(contact, "-close"), closing(contact, next_on="", next_time=""))
    assert "Next contact None needed" in words(nora.get(at(contact)))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"note": "x"}, "at least 10 letters"),
        ({"agreed": "ok"}, "at least 10 letters"),
        ({"spoke_with": ""}, "Say who was spoken to."),
        ({"next_on": "2026-03-10"}, "has to lie in the future"),
        ({"next_on": "2026-05-11"}, "within 30 days"),
        ({"next_on": ""}, "Enter the day of the next contact."),
    ],
)
def test_closing_a_risk_says_what_is_missing_and_keeps_the_rest(nora, cast, changed, said):
    task = raised(cast)

    answer = nora.post(at(task, "-close"), closing(task, **changed))

    assert answer.status_code == 422
    assert said in words(answer)
    assert "Maria, by phone" in answer.content.decode() or "spoke_with" in changed
    assert Task.objects.get().closed_at is None


def test_contact_needs_both_its_day_and_its_time(nora, cast):
    task = raised(cast)
    nora.post(at(task, "-close"), closing(task))
    contact = Task.objects.get(kind="safety_contact")

    answer = nora.post(at(contact, "-close"), closing(contact, next_time=""))

    assert "Give both the day and the time, or neither." in words(answer)


def test_risk_of_a_colleague_is_closed_only_by_taking_it_over(client, cast):
    task = raised(cast)
    client.force_login(cast.paula)

    refused = client.post(at(task, "-close"), closing(task))
    taken = client.post(at(task, "-close"), closing(task, take_over="on"), follow=True)

    assert "This task is with Nora Nolan, RN." in words(refused)
    assert "Task closed." in words(taken)
    assert Task.objects.get(pk=task.pk).owner == cast.paula


def test_closing_what_a_colleague_took_meanwhile_is_told_and_keeps_the_typing(nora, cast):
    task = raised(cast)
    stale = closing(task)
    worklist_actions.acknowledge_task(task=task, by=cast.paula, now=NOW)

    refused = nora.post(at(task, "-close"), stale)
    page = refused.content.decode()
    again = nora.post(at(task, "-close"), {**stale, "seen_owner": str(cast.paula.pk), "take_over": "on"}, follow=True)

    assert "Paula Petit, MD has taken this task since you opened it." in words(refused)
    assert "Spoke with her, plan reviewed." in page
    assert f'name="seen_owner" value="{cast.paula.pk}"' in page
    assert "Task closed." in words(again)


def test_agreed_contact_does_not_call_a_nurse_to_the_desk(client, cast):
    task = raised(cast)
    client.force_login(cast.nora)
    client.post(at(task, "-close"), closing(task))
    client.force_login(cast.fran)

    assert "Needs nurse" not in words(client.get(reverse("patients:detail", args=[task.patient_id])))


def test_deviation_asks_for_a_note_alone(nora, cast):
    session = treatments.checked_session(cast)
    task = worklist_actions.open_task(
        kind="deviation",
        level="low",
        site=cast.site,
        patient_id=session.patient_id,
        source=f"entry:{uuid7()}",
        detail="Started before the checklist was complete.",
        by=cast.nora,
        now=NOW,
    )

    short = nora.post(at(task, "-close"), {"note": "ok", "seen_owner": str(task.owner_id)})
    nora.post(at(task, "-close"), {"note": "The pump had no power.", "seen_owner": str(task.owner_id)})

    assert "at least 10 letters" in words(short)
    task.refresh_from_db()
    assert task.closing_note == "The pump had no power."


def test_closing_without_a_note_is_refused(nora, cast):
    task = raised(cast)

    answer = nora.post(at(task, "-close"), closing(task, note=" "))

    assert answer.status_code == 422
    assert Task.objects.get(pk=task.pk).closed_at is None


def test_closing_what_a_colleague_closed_is_told(client, cast):
    task = raised(cast)
    client.force_login(cast.paula)
    client.post(at(task, "-close"), closing(task, take_over="on"))
    client.force_login(cast.nora)

    answer = client.post(at(task, "-close"), closing(task, note="Seen her as well."))

    assert answer.status_code == 422
    assert "Paula Petit, MD has closed this task already." in words(answer)
    assert "Your note was: Seen her as well." in words(answer)


def test_taking_what_is_closed_is_told(nora, cast):
    task = raised(cast)
    nora.post(at(task, "-close"), closing(task))

    assert "has closed this task already" in words(nora.post(at(task, "-take"), follow=True))


@pytest.mark.parametrize("who", ["theo", "olga"])
def test_readers_see_tasks_but_do_not_dispose_of_them(client, cast, who):
    task = raised(cast)
    client.force_login(getattr(cast, who))

    assert "Close task" not in words(client.get(at(task)))
    assert client.post(at(task, "-close"), closing(task)).status_code == 403
    assert client.post(at(task, "-take")).status_code == 403
    assert Task.objects.get().closed_at is None


@pytest.mark.parametrize("who", ["fran", "mika", "ada"])
def test_desk_sees_that_a_nurse_is_needed_and_never_why(client, cast, who):
    task = raised(cast)
    client.force_login(getattr(cast, who))

    assert client.get(LIST).status_code == 403
    assert client.get(at(task)).status_code == 403
    page = words(client.get(reverse("patients:detail", args=[task.patient_id])))
    assert "Needs nurse" in page
    assert "uicid" not in page


@pytest.mark.parametrize("who", ["nora", "paula"])
def test_banner_names_the_task_to_who_works_on_it(client, cast, who):
    task = raised(cast)
    client.force_login(getattr(cast, who))

    page = client.get(reverse("patients:detail", args=[task.patient_id])).content.decode()

    assert f'href="{at(task)}"' in page
    assert "Suicide risk to assess" in page


def test_unknown_task_is_not_found(nora):
    for name in ("", "-close"):
        assert nora.get(reverse(f"clinic:task{name}", args=[uuid7()])).status_code == 404
    assert nora.post(reverse("clinic:task-take", args=[uuid7()])).status_code == 404
