from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from clinic.kit.keys import uuid7
from clinic.worklist.models import Task
from patients.instruments import actions, queries
from patients.instruments.models import QuestionnaireAnswer, QuestionnaireResponse
from patients.instruments.rules.scoring import AnswerNotAllowed, WrongAnswerCount
from tests.scenarios.assessments import GAD7_13, PHQ9_18, answered
from tests.scenarios.cast import NOW
from tests.scenarios.people import referred, registered

POSITIVE = (1, 1, 1, 1, 1, 1, 1, 1, 2)


def given(cast, of, answers=PHQ9_18, **other):
    values = {
        "patient": of.patient,
        "course": of,
        "code": "phq9",
        "answers": answers,
        "mode": "interview",
        "purpose": "intake",
        "answered_at": NOW,
        "by": cast.nora,
        "now": NOW,
    }
    return actions.record_response(**{**values, **other})


def test_record_response_keeps_score_and_every_answer(cast):
    course = referred(cast)

    response = given(cast, course, difficulty=2)

    assert (response.total, response.raw_total, response.band, response.is_prorated) == (
        18,
        18,
        "moderately_severe",
        False,
    )
    assert (response.safety_answer, response.missing_count) == (0, 0)
    kept = dict(QuestionnaireAnswer.objects.filter(response=response).values_list("item", "value"))
    assert kept == {**dict(enumerate(PHQ9_18, start=1)), 10: 2}


def test_record_response_with_blanks_is_prorated_and_says_so(cast):
    response = given(cast, referred(cast), (2, 3, 2, 3, 1, 2, None, 1, 0))

    assert (response.total, response.raw_total, response.is_prorated, response.missing_count) == (16, 14, True, 1)
    assert QuestionnaireAnswer.objects.filter(response=response, item=7).count() == 0


def test_record_response_with_three_blanks_has_no_score(cast):
    response = given(cast, referred(cast), (2, None, None, None, 1, 2, 1, 1, 0))

    assert (response.total, response.band, response.raw_total) == (None, "", 7)


def test_blank_suicide_question_stays_blank(cast):
    response = given(cast, referred(cast), (2, 3, 2, 3, 1, 2, 1, 1, None))

    assert (response.total, response.safety_answer) == (17, None)
    assert Task.objects.count() == 0


@pytest.mark.parametrize(("answer", "level", "hours"), [(2, "moderate", 4), (3, "moderate", 4)])
def test_positive_suicide_answer_opens_a_task_with_owner_and_deadline(cast, answer, level, hours):
    course = referred(cast)

    response = given(cast, course, (*POSITIVE[:8], answer))

    task = Task.objects.get()
    assert (task.kind, task.level, task.owner, task.patient_id) == ("suicide_risk", level, cast.nora, course.patient_id)
    assert task.due_at == NOW + timedelta(hours=hours)
    assert task.source == queries.task_source(response.pk)
    assert "question 9" in task.detail


def test_lowest_positive_suicide_answer_is_due_the_same_day(cast):
    given(cast, referred(cast), (*POSITIVE[:8], 1))

    task = Task.objects.get()
    assert (task.level, task.due_at.isoformat()) == ("low", "2026-03-10T22:00:00+00:00")


def test_anxiety_questionnaire_has_no_suicide_question(cast):
    given(cast, referred(cast), (3, 3, 3, 3, 3, 3, 3), code="gad7")

    assert Task.objects.count() == 0


def test_same_form_sent_twice_is_one_response_and_one_task(cast):
    course, key = referred(cast), uuid7()

    first = given(cast, course, POSITIVE, key=key)
    second = given(cast, course, POSITIVE, key=key)

    assert first.pk == second.pk == key
    assert (QuestionnaireResponse.objects.count(), Task.objects.count()) == (1, 1)


def test_key_of_another_persons_response_is_refused(cast):
    mine, other = referred(cast), registered(cast, given_name="Noa", phone="+12025550177")
    response = given(cast, mine)

    with pytest.raises(actions.NotThisPerson):
        given(cast, mine, patient=other, course=None, key=response.pk)

    assert QuestionnaireResponse.objects.get().patient_id == mine.patient_id


def test_course_of_another_person_is_refused(cast):
    other = registered(cast, given_name="Noa", phone="+12025550177")

    with pytest.raises(actions.NotThisPerson):
        given(cast, referred(cast), patient=other)


def test_person_without_a_course_can_answer(cast):
    person = registered(cast)

    response = given(cast, referred(cast, patient=person), POSITIVE, course=None)

    assert response.course is None
    assert Task.objects.get().site == cast.site


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ((None,) * 9, actions.NothingAnswered),
        ((1,) * 8, WrongAnswerCount),
        ((1,) * 8 + (4,), AnswerNotAllowed),
        ((1,) * 8 + (True,), AnswerNotAllowed),
    ],
)
def test_unusable_answers_are_refused_and_nothing_is_kept(cast, answers, refusal):
    with pytest.raises(refusal):
        given(cast, referred(cast), answers)

    assert QuestionnaireResponse.objects.count() == 0


def test_unscored_answer_that_is_no_choice_is_refused(cast):
    with pytest.raises(actions.NothingAnswered):
        given(cast, referred(cast), difficulty=4)


def test_moment_in_the_future_is_refused(cast):
    with pytest.raises(actions.AnsweredInFuture):
        given(cast, referred(cast), answered_at=NOW + timedelta(seconds=1))


def test_failing_task_takes_the_response_back(cast):
    course = referred(cast)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_task ADD CONSTRAINT none_today CHECK (false)")

    with pytest.raises(IntegrityError, match="none_today"), transaction.atomic():
        given(cast, course, POSITIVE)

    assert QuestionnaireResponse.objects.count() == 0


def test_correction_supersedes_and_keeps_what_was_there(cast):
    course = referred(cast)
    first = given(cast, course, PHQ9_18)

    second = given(cast, course, (0,) * 9, supersedes=first, correction_reason="Entered for the wrong week", now=NOW)

    assert [row.id for row in queries.responses_of(course.patient_id)] == [second.pk]
    assert QuestionnaireResponse.objects.get(pk=first.pk).total == 18
    detail = queries.response_detail(course.patient_id, second.pk)
    assert [(version.id, version.reason) for version in detail.versions] == [
        (first.pk, ""),
        (second.pk, "Entered for the wrong week"),
    ]
    assert [item.before.value for item in detail.items if item.is_changed] == [3, 3, 2, 2, 2, 2, 2, 2]
    assert queries.response_detail(course.patient_id, first.pk).superseded_by == second.pk


def test_correction_to_a_positive_answer_opens_a_task(cast):
    course = referred(cast)
    first = given(cast, course, PHQ9_18)

    second = given(cast, course, POSITIVE, supersedes=first, correction_reason="Misheard")

    assert Task.objects.get().source == queries.task_source(second.pk)


def test_correction_to_a_negative_answer_leaves_the_task_to_somebody(cast):
    course = referred(cast)
    first = given(cast, course, POSITIVE)

    given(cast, course, PHQ9_18, supersedes=first, correction_reason="Misheard")

    assert Task.objects.get().closed_at is None


def test_correction_without_a_reason_is_refused(cast):
    course = referred(cast)
    first = given(cast, course)

    with pytest.raises(actions.NotCorrectable):
        given(cast, course, supersedes=first, correction_reason="  ")


def test_second_correction_of_one_response_is_refused(cast):
    course = referred(cast)
    first = given(cast, course)
    given(cast, course, supersedes=first, correction_reason="Misheard")

    with pytest.raises(actions.NotCorrectable, match="latest version"):
        given(cast, course, supersedes=first, correction_reason="Misheard again")


def test_correction_of_another_questionnaire_or_person_is_refused(cast):
    course = referred(cast)
    anxiety = given(cast, course, GAD7_13, code="gad7")
    other = referred(cast, given_name="Noa", phone="+12025550177")

    with pytest.raises(actions.NotThisPerson):
        given(cast, course, supersedes=anxiety, correction_reason="Misheard")
    with pytest.raises(actions.NotThisPerson):
        given(cast, other, GAD7_13, code="gad7", supersedes=anxiety, correction_reason="Misheard")


def test_answers_less_than_a_week_apart_overlap(cast):
    course = referred(cast, now=NOW - timedelta(days=30))
    for days in (14, 7, 1):
        answered(cast, course, now=NOW - timedelta(days=days))

    rows = queries.responses_of(course.patient_id)

    assert [row.overlaps for row in rows] == [True, False, False]
    last = rows[0].answered_at
    assert queries.is_recent(last, last + timedelta(days=7) - timedelta(seconds=1))
    assert not queries.is_recent(last, last + timedelta(days=7))
    assert not queries.is_recent(None, NOW)


@pytest.mark.parametrize(
    ("statement", "role"),
    [
        ("UPDATE patients_questionnaireresponse SET total = 0", "stepwell_app"),
        ("UPDATE patients_questionnaireresponse SET total = 0", "stepwell_owner"),
        ("DELETE FROM patients_questionnaireresponse", "stepwell_app"),
        ("DELETE FROM patients_questionnaireresponse", "stepwell_owner"),
        ("UPDATE patients_questionnaireanswer SET value = 0", "stepwell_app"),
        ("UPDATE patients_questionnaireanswer SET value = 0", "stepwell_owner"),
        ("TRUNCATE patients_questionnaireanswer CASCADE", "stepwell_app"),
    ],
)
def test_database_refuses_to_change_answers(cast, statement, role):
    given(cast, referred(cast))

    with pytest.raises(DatabaseError, match=r"never changed|permission denied"):
        execute(statement, role=role)

    assert QuestionnaireResponse.objects.get().total == 18


def execute(statement, *, role):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)
