import re
from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.kit.keys import uuid7
from patients.instruments.models import QuestionnaireResponse
from tests.scenarios.assessments import GAD7_13, answered
from tests.scenarios.cast import NOW
from tests.scenarios.people import referred

POSITIVE = (1, 1, 1, 1, 1, 1, 1, 1, 2)


@pytest.fixture
def nora(client, cast):
    client.force_login(cast.nora)
    return client


def sent(answers=(2, 2, 2, 2, 2, 2, 2, 2, 0), **other):
    items = {f"item_{number}": "" if value is None else str(value) for number, value in enumerate(answers, start=1)}
    when = {"answered_on": "2026-03-10", "answered_time": "10:30", "mode": "interview", "purpose": "intake"}
    return {"key": str(uuid7()), **when, **items, **other}


def new(course, code="phq9"):
    return reverse("patients:questionnaire-new", args=[course.patient_id, code])


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_form_shows_every_question_unanswered(nora, cast):
    page = nora.get(new(referred(cast))).content.decode()

    assert page.count('class="sw-question"') == 10
    assert page.count('value="" id="id_item_') == len(re.findall(r'value="" id="id_item_\d_4" checked', page)) == 9
    assert "how often have you been bothered" in page


def test_saved_answers_show_score_band_and_working(nora, cast):
    course = referred(cast)

    answer = nora.post(new(course), sent((2, 3, 2, 3, 1, 2, None, 1, 0), difficulty="1"), follow=True)

    said = words(answer)
    assert "Moderately severe" in said
    assert "14 × 9 ÷ 8 = 16, rounded half up." in said
    assert "Not answered: question 7." in said
    assert "Somewhat difficult" in said
    assert "PHQ-9 saved." in said


def test_saved_time_is_the_sites_own(nora, cast):
    nora.post(new(referred(cast)), sent())

    assert QuestionnaireResponse.objects.get().answered_at.isoformat() == "2026-03-10T14:30:00+00:00"


def test_positive_suicide_answer_names_owner_and_deadline(nora, cast):
    said = words(nora.post(new(referred(cast)), sent(POSITIVE), follow=True))

    assert "A task was opened for Nora Nolan, RN, due" in said


def test_blank_suicide_question_is_called_blank(nora, cast):
    said = words(nora.post(new(referred(cast)), sent((1,) * 8 + (None,)), follow=True))

    assert "The suicide question was left blank." in said


def test_form_sent_twice_leads_to_one_response(nora, cast):
    course, form = referred(cast), sent()

    first, second = (nora.post(new(course), form) for _ in range(2))

    assert first.url == second.url
    assert QuestionnaireResponse.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"item_3": "4"}, "Choose one of the answers"),
        ({"item_3": "\x00"}, "Choose one of the answers"),
        ({"answered_on": "2100-01-01"}, "Choose a day from"),
        ({"answered_on": "2099-01-01"}, "This lies in the future."),
        ({"answered_time": "25:00"}, "Type the time as hours and minutes"),
        ({"mode": "telepathy"}, "Choose one of those offered."),
        ({"purpose": ""}, "Say what it is for."),
        ({"difficulty": "9"}, "Choose one of the answers"),
        ({"key": "x"}, "Reload the page"),
    ],
)
def test_refused_form_keeps_what_was_typed(nora, cast, changed, says):
    course = referred(cast)

    answer = nora.post(new(course), sent((3,) * 9, **changed))

    assert answer.status_code == 422
    assert says in words(answer)
    assert 'value="3" id="id_item_1_3" checked' in answer.content.decode()
    assert QuestionnaireResponse.objects.count() == 0


def test_form_without_any_answer_is_refused(nora, cast):
    answer = nora.post(new(referred(cast)), sent((None,) * 9))

    assert answer.status_code == 422
    assert "No question of the PHQ-9 is answered." in words(answer)


def test_recent_questionnaire_is_said_before_the_next(nora, cast, time_machine):
    time_machine.move_to(NOW, tick=False)
    nora.force_login(cast.nora)
    course = referred(cast, now=NOW - timedelta(days=10))
    answered(cast, course, now=NOW - timedelta(days=3))

    assert "less than 7 days ago" in words(nora.get(new(course)))


def test_unknown_questionnaire_and_person_are_not_found(nora, cast):
    course = referred(cast)

    assert nora.get(new(course, "madrs")).status_code == 404
    assert nora.get(reverse("patients:questionnaire-new", args=[uuid7(), "phq9"])).status_code == 404


def test_response_of_another_person_is_not_found(nora, cast):
    mine = answered(cast, referred(cast))
    other = referred(cast, given_name="Noa", phone="+12025550177")
    swapped = [other.patient_id, mine.pk]

    assert nora.get(reverse("patients:questionnaire", args=swapped)).status_code == 404
    assert nora.get(reverse("patients:questionnaire-correct", args=swapped)).status_code == 404
    assert nora.post(reverse("patients:questionnaire-correct", args=swapped), sent()).status_code == 404
    assert QuestionnaireResponse.objects.count() == 1


def test_key_of_another_persons_response_changes_nothing(nora, cast):
    mine = answered(cast, referred(cast))
    other = referred(cast, given_name="Noa", phone="+12025550177")

    answer = nora.post(new(other), sent(key=str(mine.pk)))

    assert answer.status_code == 422
    assert list(QuestionnaireResponse.objects.values_list("patient_id", flat=True)) == [mine.patient_id]


def test_correction_starts_from_the_answers_and_shows_both(nora, cast):
    first = answered(cast, referred(cast))
    address = reverse("patients:questionnaire-correct", args=[first.patient_id, first.pk])
    shown = nora.get(address).content.decode()

    answer = nora.post(address, sent((0, 3, 2, 2, 2, 2, 2, 2, 0), correction_reason="Misheard"), follow=True)

    assert 'value="3" id="id_item_1_3" checked' in shown
    assert "PHQ-9 corrected." in words(answer)
    assert "Corrected: Misheard" in words(answer)
    assert (
        '<del><span class="visually-hidden">Before: </span>Nearly every day</del>Not at all' in answer.content.decode()
    )
    assert QuestionnaireResponse.objects.get(supersedes=first).total == 15


def test_correction_of_what_was_corrected_meanwhile_is_refused(nora, cast):
    first = answered(cast, referred(cast))
    address = reverse("patients:questionnaire-correct", args=[first.patient_id, first.pk])
    nora.post(address, sent(correction_reason="Misheard"))

    answer = nora.post(address, sent(correction_reason="Misheard again"))

    assert answer.status_code == 422
    assert "corrected in the meantime" in words(answer)
    assert "Misheard again" in answer.content.decode()


@pytest.mark.parametrize("who", ["fran", "mika", "ada"])
def test_answers_are_not_for_the_desk(client, cast, who):
    response = answered(cast, referred(cast), answers=POSITIVE)
    client.force_login(getattr(cast, who))

    for name, more in (("questionnaires", []), ("questionnaire", [response.pk]), ("questionnaire-new", ["phq9"])):
        answer = client.get(reverse(f"patients:{name}", args=[response.patient_id, *more]))
        assert answer.status_code == 403
        assert "uicid" not in words(answer)


def test_auditor_reads_but_does_not_record(client, cast):
    response = answered(cast, referred(cast))
    client.force_login(cast.olga)

    shown = client.get(reverse("patients:questionnaires", args=[response.patient_id]))

    assert "Fill in" not in words(shown)
    assert client.post(new(response.course), sent()).status_code == 403
    assert QuestionnaireResponse.objects.count() == 1


def test_reading_is_logged_with_the_person(nora, cast):
    response = answered(cast, referred(cast))

    nora.get(reverse("patients:questionnaire", args=[response.patient_id, response.pk]))

    event = AccessEvent.objects.get(route="patients:questionnaire")
    assert (event.patient_ids, event.user_id, event.record_id) == ([response.patient_id], cast.nora.pk, response.pk)


@pytest.mark.parametrize("count", [1, 30])
def test_list_asks_the_database_equally_often_for_one_and_many(
    nora, cast, django_assert_num_queries, count, time_machine
):
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    nora.force_login(cast.nora)
    course = referred(cast, now=NOW - timedelta(days=400))
    for number in range(count):
        code, answers = (("phq9", POSITIVE), ("gad7", GAD7_13))[number % 2]
        answered(cast, course, code=code, answers=answers, now=NOW - timedelta(days=8 * number))

    with django_assert_num_queries(9):
        answer = nora.get(reverse("patients:questionnaires", args=[course.patient_id]))

    assert len(re.findall(r'<th scope="row">', answer.content.decode())) == count


def test_empty_list_says_what_comes(nora, cast):
    said = words(nora.get(reverse("patients:questionnaires", args=[referred(cast).patient_id])))

    assert "No questionnaire yet" in said
