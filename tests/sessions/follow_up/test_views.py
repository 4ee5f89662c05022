from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.audit.models import AccessEvent
from clinic.staff.models import User
from clinic.worklist.models import Task
from sessions.administration.models import TreatmentSession
from sessions.follow_up.models import CheckIn, ContactAttempt
from tests.scenarios import follow_ups
from tests.scenarios.cast import Cast

NOW = datetime(2026, 3, 17, 20, 0, tzinfo=UTC)  # 4:00 pm at Ashby Street
MOST_QUERIES = 12
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")
NAMES = ("Maria", "Ana", "Bela")


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def treated(cast: Cast, *days: int, place: int = 0) -> TreatmentSession:
    details = {"given_name": NAMES[place], "preferred_name": "", "family_name": f"Number{place}"}
    course = follow_ups.treated_course(cast, now=NOW, days=days, room=place, **details)
    return course.treatment_sessions.select_related("patient", "course__site").order_by("number").last()


@pytest.fixture
def session(cast: Cast) -> TreatmentSession:
    """Seven days ago: its day 7 check-in is open."""
    return treated(cast, 7)


@pytest.fixture
def as_user(db: None) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def address(session: TreatmentSession, kind: str = "day7", act: str = "") -> str:
    return f"/sessions/{session.pk}/check-ins/{kind}/{act}"


def typed(**changed: Any) -> dict[str, Any]:
    usual = {
        "key": str(uuid4()),
        "mood_nrs": "6",
        "has_urinary_symptoms": "0",
        "adverse_effects": "none",
        "note": "",
        "mode": "phone",
        "happened_on": "2026-03-17",
        "happened_time": "15:55",
    }
    phq9 = {f"phq9_{number}": str(value) for number, value in enumerate(follow_ups.PHQ9_8, start=1)}
    return {**usual, **phq9, **changed}


def test_worklist_names_who_is_to_be_called(as_user: Callable, cast: Cast, session: TreatmentSession) -> None:
    page = as_user(cast.nora).get("/follow-up/").content.decode()

    assert "Maria Number0" in page
    assert "Open now" in page
    assert "(202) 555-0143" in page
    assert "voicemail is safe" in page
    assert f'href="{address(session)}"' in page


def test_empty_worklist_says_so(as_user: Callable, cast: Cast) -> None:
    page = as_user(cast.nora).get("/follow-up/").content.decode()

    assert "Nobody is due" in page


def test_auditor_reads_the_worklist_without_ways_to_record(
    as_user: Callable, cast: Cast, session: TreatmentSession
) -> None:
    page = as_user(cast.olga).get("/follow-up/").content.decode()

    assert "Maria Number0" in page
    assert address(session) not in page
    assert as_user(cast.olga).get(address(session)).status_code == 403


@pytest.mark.parametrize("who", ["fran", "mika", "ada"])
def test_worklist_is_not_for_everybody(as_user: Callable, cast: Cast, who: str) -> None:
    assert as_user(getattr(cast, who)).get("/follow-up/").status_code == 403


def test_worklist_logs_everybody_on_it(as_user: Callable, cast: Cast) -> None:
    people = {treated(cast, 7, place=place).patient_id for place in range(2)}

    as_user(cast.nora).get("/follow-up/")

    assert set(AccessEvent.objects.latest("occurred_at", "id").patient_ids) == people


def test_worklist_takes_as_many_queries_for_one_as_for_three(as_user: Callable, cast: Cast) -> None:
    client, counts = as_user(cast.nora), []

    for place in range(3):
        treated(cast, 7, 4, place=place)
        with CaptureQueriesContext(connection) as captured:
            client.get("/follow-up/")
        counts.append(sum(not query["sql"].startswith(NOT_COUNTED) for query in captured.captured_queries))

    assert len(set(counts)) == 1
    assert counts[0] <= MOST_QUERIES


def test_check_in_is_saved_with_its_phq9_and_shows_on_progress(
    as_user: Callable, cast: Cast, session: TreatmentSession
) -> None:
    answer = as_user(cast.nora).post(address(session), typed(), follow=True)

    row = CheckIn.objects.select_related("response").get()
    assert (row.mood_nrs, row.has_urinary_symptoms, row.adverse_effects) == (6, False, "none")
    assert row.happened_at == datetime(2026, 3, 17, 19, 55, tzinfo=UTC)
    assert (row.response.total, row.response.mode, row.response.answered_at) == (8, "phone", row.happened_at)
    assert answer.redirect_chain == [(f"/patients/{session.patient_id}/progress/", 302)]
    page = answer.content.decode()
    assert "Day 7 check-in recorded." in page
    assert "Day 7 check-in of session 1: mood 6 of 10" in page


def test_blank_answers_stay_not_asked(as_user: Callable, cast: Cast, session: TreatmentSession) -> None:
    blank = {f"phq9_{number}": "" for number in range(1, 10)}

    as_user(cast.nora).post(address(session), typed(has_urinary_symptoms="", **blank))

    row = CheckIn.objects.get()
    assert (row.has_urinary_symptoms, row.response) == (None, None)


def test_same_form_sent_twice_leads_to_the_same_page(as_user: Callable, cast: Cast, session: TreatmentSession) -> None:
    client, body = as_user(cast.nora), typed()

    answers = [client.post(address(session), body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert CheckIn.objects.count() == 1
    assert CheckIn.objects.get().response.patient.responses.filter(purpose="follow_up").count() == 1


def test_second_person_is_told_who_recorded_it_and_keeps_the_typing(
    as_user: Callable, cast: Cast, session: TreatmentSession
) -> None:
    as_user(cast.nora).post(address(session), typed())

    answer = as_user(cast.nils).post(address(session), typed(mood_nrs="2", note="Spoke to her brother."))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Mar 17, 4:00 pm by Nora Nolan, RN" in page
    assert "Spoke to her brother." in page
    assert CheckIn.objects.get().mood_nrs == 6


@pytest.mark.parametrize("act", ["attempts/", "cancel/"])
def test_act_on_a_check_in_that_was_answered_meanwhile_is_refused_on_the_page(
    as_user: Callable, cast: Cast, session: TreatmentSession, act: str
) -> None:
    as_user(cast.nora).post(address(session), typed())
    body = {"key": str(uuid4()), "note": "No answer", "reason": "No answer"}

    answer = as_user(cast.nils).post(address(session, act=act), body)

    assert answer.status_code == 422
    assert "This check-in was answered on Mar 17, 4:00 pm by Nora Nolan, RN" in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"mood_nrs": "11"}, "Choose one of the answers"),
        ({"mood_nrs": "6.5"}, "Choose one of the answers"),
        ({"phq9_3": "4"}, "Choose one of the answers"),
        ({"happened_on": "2026-03-18"}, "lies in the future"),
        ({"happened_on": "2026-03-01"}, "before the end of the infusion"),
        ({"happened_time": "noon"}, "14:05"),
        ({"note": "a\x00b"}, "invisible or control character"),
        ({"adverse_effects": "left\u202eright"}, "invisible or control character"),
        ({"note": "x" * 5001}, "at most 5000 characters"),
        ({"key": "not a key"}, "Reload the page"),
        ({"mode": "telepathy"}, "Choose one of those offered."),
    ],
)
def test_bad_input_is_refused_in_words_with_the_typing_kept(
    as_user: Callable, cast: Cast, session: TreatmentSession, changed: dict, sentence: str
) -> None:
    answer = as_user(cast.nora).post(address(session), typed(**{"adverse_effects": "a dull headache", **changed}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "adverse_effects" in changed or "a dull headache" in page
    assert not CheckIn.objects.exists()


def test_form_without_an_answer_is_refused(as_user: Callable, cast: Cast, session: TreatmentSession) -> None:
    nothing = {name: "" for name in typed() if name not in {"key", "mode", "happened_on", "happened_time"}}

    answer = as_user(cast.nora).post(address(session), typed(**nothing))

    assert answer.status_code == 422
    assert "Fill in at least the mood" in answer.content.decode()


def test_suicide_item_opens_a_task_that_the_banner_shows(
    as_user: Callable, cast: Cast, session: TreatmentSession
) -> None:
    answer = as_user(cast.theo).post(address(session), typed(phq9_9="2"), follow=True)

    task = Task.objects.get(kind=Task.Kind.SUICIDE_RISK)
    assert (task.patient_id, task.level) == (session.patient_id, "moderate")
    assert "Suicide risk to assess" in answer.content.decode()


def test_24_hour_form_asks_for_no_questionnaire_by_itself(
    as_user: Callable, cast: Cast, session: TreatmentSession
) -> None:
    for_a_day = as_user(cast.nora).get(address(session, "h24")).content.decode()
    for_a_week = as_user(cast.nora).get(address(session)).content.decode()

    assert '<details class="sw-fold" open>' not in for_a_day
    assert for_a_week.count('<details class="sw-fold" open>') == 2


def test_attempt_is_noted_and_shown(as_user: Callable, cast: Cast, session: TreatmentSession) -> None:
    body = {"key": str(uuid4()), "note": "Left a voicemail"}

    page = as_user(cast.nora).post(address(session, act="attempts/"), body, follow=True).content.decode()

    assert ContactAttempt.objects.get().note == "Left a voicemail"
    assert "Attempt noted." in page
    assert "Left a voicemail" in page


def test_cancelled_check_in_says_why_and_offers_no_form(
    as_user: Callable, cast: Cast, session: TreatmentSession
) -> None:
    client = as_user(cast.nora)

    client.post(address(session, act="cancel/"), {"key": str(uuid4()), "reason": "Asked not to be called"})

    page = client.get(address(session)).content.decode()
    assert CheckIn.objects.get().outcome == "cancelled"
    assert "Asked not to be called" in page
    assert "Save check-in" not in page


def test_cancelling_without_a_reason_is_refused_on_the_page(
    as_user: Callable, cast: Cast, session: TreatmentSession
) -> None:
    answer = as_user(cast.nora).post(address(session, act="cancel/"), {"key": str(uuid4()), "reason": " "})

    assert answer.status_code == 422
    assert "Say why it will not take place." in answer.content.decode()
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("act", ["", "attempts/", "cancel/"])
def test_check_in_of_nobody_is_not_found(as_user: Callable, cast: Cast, session: TreatmentSession, act: str) -> None:
    client = as_user(cast.nora)
    stranger = f"/sessions/{uuid4()}/check-ins/day7/{act}"

    assert client.post(stranger, typed()).status_code == 404
    assert client.post(address(session, "day99", act), typed()).status_code == 404
    assert not CheckIn.objects.exists()
    assert not ContactAttempt.objects.exists()


def test_answered_check_in_is_read_back(as_user: Callable, cast: Cast, session: TreatmentSession) -> None:
    client = as_user(cast.nora)
    client.post(address(session), typed(note="Slept well."))

    page = client.get(address(session)).content.decode()

    assert "6 of 10" in page
    assert "Slept well." in page
    assert f"/patients/{session.patient_id}/questionnaires/" in page
    assert "Save check-in" not in page
