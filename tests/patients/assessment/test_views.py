import re
from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.kit.keys import uuid7
from patients.assessment import actions, rules
from patients.assessment.models import Assessment, Finding, Override
from patients.courses.models import Course
from tests.scenarios.assessments import answered, decided, eligible_course, under_review
from tests.scenarios.cast import NOW, PASSWORD
from tests.scenarios.people import referred, registered

MET = ["recent_stroke", "hypersensitivity"]


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW + timedelta(minutes=20), tick=False)


@pytest.fixture
def as_(client, cast):
    """Sign in as one of the cast."""

    def sign_in(who):
        client.force_login(getattr(cast, who))
        return client

    return sign_in


def at(assessment, name, *more):
    return reverse(f"patients:assessment-{name}", args=[assessment.patient_id, assessment.pk, *more])


def page_of(assessment):
    return reverse("patients:assessment", args=[assessment.patient_id])


def seen(assessment, **other):
    return {"row_version": Assessment.objects.get(pk=assessment.pk).row_version, **other}


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def started(cast):
    return actions.start_assessment(course=referred(cast), by=cast.nora, now=NOW)


# ---------------------------------------------------------------- the page


def test_person_without_a_course_is_told_how_to_get_one(as_, cast):
    answer = as_("nora").get(reverse("patients:assessment", args=[registered(cast).pk]))

    assert "No course is open" in words(answer)


def test_start_from_the_page(as_, cast):
    course = referred(cast)
    nora = as_("nora")
    assert "Start the assessment" in words(nora.get(reverse("patients:assessment", args=[course.patient_id])))

    answer = nora.post(reverse("patients:assessment-start", args=[course.patient_id]), follow=True)

    assert "25 unknown" in words(answer)
    assert Course.objects.get(pk=course.pk).state == "intake_in_progress"


def test_start_without_a_course_is_refused_in_words(as_, cast):
    person = registered(cast)

    answer = as_("nora").post(reverse("patients:assessment-start", args=[person.pk]), follow=True)

    assert "No course is open. Open one first" in words(answer)
    assert Assessment.objects.count() == 0


def test_page_sorts_conditions_and_counts_them(as_, cast):
    assessment = under_review(cast, met=MET)

    said = words(as_("paula").get(page_of(assessment)))

    assert "1 hard stop" in said
    assert "1 to decide" in said
    assert f"{len(rules.CONTRAINDICATIONS) - 2} fine" in said
    assert "Not yet: 1 hard stop and 1 decision are open." in said
    assert "Pregnancy: no" in said


def test_page_shows_evidence_rule_and_source(as_, cast):
    assessment = under_review(cast, met=MET)

    said = words(as_("paula").get(page_of(assessment)))

    assert "As the letter of Feb 20 says" in said
    assert "Chart or letter Mar 10, 2026 Met" in said
    assert "Hard stop for IV ketamine. Rule set US 2026.1. Source: Esketamine label (US)." in said


@pytest.mark.parametrize(
    ("who", "shows", "hides"),
    [
        ("nora", ["Ready for review", "Change the answer"], ["Sign decision", "Accept with", "Override"]),
        ("paula", ["Sign decision", "Accept with this reason", "Change the answer"], ["Override"]),
        ("dirk", ["Sign decision", "Override"], ["Change the answer", "Ready for review"]),
        ("theo", [], ["Sign decision", "Change the answer", "Ready for review", "Override", "Accept with"]),
        ("olga", [], ["Sign decision", "Change the answer", "Ready for review", "Override", "Accept with"]),
    ],
)
def test_page_offers_each_role_what_it_may_do(as_, cast, who, shows, hides):
    assessment = under_review(cast, met=MET)
    Course.objects.filter(pk=assessment.course_id).update(state="intake_in_progress")

    page = as_(who).get(page_of(assessment)).content.decode()

    assert [act for act in shows if act not in page] == []
    assert [act for act in hides if f">{act}" in page] == []


@pytest.mark.parametrize("who", ["fran", "mika", "ada"])
def test_page_is_not_for_the_desk(as_, cast, who):
    assessment = under_review(cast)

    assert as_(who).get(page_of(assessment)).status_code == 403


def test_page_shows_what_was_measured_at_the_intake(as_, cast):
    page = as_("paula").get(page_of(under_review(cast))).content.decode()

    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("sw-measured")[2].partition("</dl>")[0]))
    assert re.search(r"PHQ-9, Mar \d+, 2026 \d+, [a-z ]+; suicide question 0 of 3", said)
    assert re.search(r"GAD-7, Mar \d+, 2026 \d+, [a-z]+ ", said)


def test_queries_do_not_grow_with_findings(as_, cast, django_assert_num_queries):
    one, many = started(cast), under_review(cast, course=referred(cast, given_name="Noa", phone="+12025550177"))
    nora = as_("nora")

    for assessment in (one, many):
        with django_assert_num_queries(12):
            nora.get(page_of(assessment))


@pytest.mark.parametrize(
    ("who", "form", "code"),
    [
        ("nora", "pressure", []),
        ("nora", "findings", []),
        ("nora", "finding", ["mania"]),
        ("paula", "reason", ["recent_stroke"]),
        ("paula", "sign", []),
        ("dirk", "override", ["hypersensitivity"]),
    ],
)
def test_form_asks_for_twelve_queries_at_most(as_, cast, django_assert_max_num_queries, who, form, code):
    assessment = under_review(cast, met=MET)
    address = reverse(f"patients:assessment-{form}", args=[assessment.patient_id, assessment.pk, *code])
    reader = as_(who)

    with django_assert_max_num_queries(12):
        answer = reader.get(address)

    assert answer.context["page"].sheet.id == assessment.pk


def test_assessment_of_another_person_is_not_found(as_, cast):
    mine = under_review(cast, met=MET)
    other = referred(cast, given_name="Noa", phone="+12025550177")
    forms = {
        "record": [],
        "findings": [],
        "finding": ["mania"],
        "pressure": [],
        "reason": ["recent_stroke"],
        "override": ["hypersensitivity"],
        "sign": [],
        "ready": [],
    }
    before = (Finding.objects.count(), Override.objects.count())

    for name, more in forms.items():
        address = reverse(f"patients:assessment-{name}", args=[other.patient_id, mine.pk, *more])
        client = as_("dirk" if name in {"override", "sign", "reason", "record"} else "nora")
        assert client.post(address, seen(mine)).status_code in {404, 405}, name
        if name != "ready":
            assert client.get(address).status_code == 404, name

    assert (Finding.objects.count(), Override.objects.count()) == before


def test_condition_that_does_not_exist_is_not_found(as_, cast):
    assessment = started(cast)

    assert as_("nora").get(at(assessment, "finding", "no_such_condition")).status_code == 404


# ---------------------------------------------------------------- one answer


def test_answer_is_saved_and_leads_back_to_its_row(as_, cast):
    assessment = started(cast)
    nora = as_("nora")
    assert "Save answer" in words(nora.get(at(assessment, "finding", "mania")))

    form = seen(assessment, answer="not_met", evidence="MDQ 3 on Mar 4", source="examination")
    answer = nora.post(at(assessment, "finding", "mania"), form)

    assert answer.url == f"{page_of(assessment)}#c-mania"
    found = Finding.objects.get()
    assert (found.code, found.answer, found.evidence, found.found_by) == (
        "mania",
        "not_met",
        "MDQ 3 on Mar 4",
        cast.nora,
    )


def test_answer_without_evidence_is_refused_and_kept(as_, cast):
    assessment = started(cast)

    answer = as_("nora").post(
        at(assessment, "finding", "mania"), seen(assessment, answer="met", evidence="", source="chart")
    )

    assert answer.status_code == 422
    assert "Write down what shows it." in words(answer)
    assert re.search(r'<input[^>]*value="met"[^>]*checked', answer.content.decode())
    assert Finding.objects.count() == 0


def test_answer_to_a_changed_draft_can_be_sent_again(as_, cast):
    assessment = started(cast)
    old = seen(assessment, answer="not_met", evidence="Asked on Mar 10", source="patient")
    actions.record_finding(
        assessment=assessment, code="mania", answer="met", evidence="Seen", source="chart", by=cast.nils, now=NOW
    )
    nora = as_("nora")

    refused = nora.post(at(assessment, "finding", "mania"), old)
    again = nora.post(at(assessment, "finding", "mania"), {**old, **seen(assessment)})

    assert refused.status_code == 422
    assert "Somebody else changed this" in words(refused)
    assert f'name="row_version" value="{seen(assessment)["row_version"] - 1}"' in refused.content.decode()
    assert again.status_code == 302


def test_answer_too_late_is_told_above_the_signed_page(as_, cast):
    assessment = under_review(cast)
    form = seen(assessment, answer="met", evidence="Seen", source="chart")
    decided(cast, assessment)

    answer = as_("nora").post(at(assessment, "finding", "mania"), form)

    assert answer.status_code == 422
    assert "This is signed and can no longer be changed." in words(answer)


# ---------------------------------------------------------------- all at once


def test_all_conditions_are_asked_on_one_form(as_, cast):
    assessment = started(cast)

    page = as_("nora").get(at(assessment, "findings")).content.decode()

    by_hand = [one for one in rules.CONTRAINDICATIONS if not one.is_computed]
    assert page.count('class="sw-ask-row"') == len(by_hand)
    assert page.count('value="Asked on Mar 10, 2026"') == len(by_hand)


def test_only_what_was_answered_is_saved(as_, cast):
    assessment = started(cast)
    form = seen(assessment)
    for one in rules.CONTRAINDICATIONS:
        form |= {
            f"{one.code}-answer": "",
            f"{one.code}-evidence": "Asked on Mar 10, 2026",
            f"{one.code}-source": "patient",
        }
    form |= {"mania-answer": "not_met", "seizures-answer": "unknown", "liver-answer": "not_met"}

    answer = as_("nora").post(at(assessment, "findings"), form, follow=True)

    assert "3 answers saved." in words(answer)
    kept = dict(Finding.objects.values_list("code", "answer"))
    assert kept == {"mania": "not_met", "seizures": "unknown", "liver": "not_met"}


def test_nothing_answered_is_refused(as_, cast):
    assessment = started(cast)

    answer = as_("nora").post(at(assessment, "findings"), seen(assessment))

    assert answer.status_code == 422
    assert "Nothing is answered yet." in words(answer)


def test_one_wrong_row_refuses_all_and_keeps_the_typing(as_, cast):
    assessment = started(cast)
    form = seen(assessment) | {
        "mania-answer": "not_met",
        "mania-evidence": "MDQ 3",
        "mania-source": "examination",
        "psychosis-answer": "met",
        "psychosis-evidence": "",
        "psychosis-source": "patient",
    }

    answer = as_("nora").post(at(assessment, "findings"), form)

    assert answer.status_code == 422
    assert "Current psychosis: what shows it: Write down what shows it." in words(answer)
    assert 'value="MDQ 3"' in answer.content.decode()
    assert Finding.objects.count() == 0


def test_what_a_colleague_answered_meanwhile_is_shown_not_overwritten(as_, cast):
    assessment = started(cast)
    form = seen(assessment) | {"mania-answer": "not_met", "mania-evidence": "Asked", "mania-source": "patient"}
    actions.record_finding(
        assessment=assessment, code="mania", answer="met", evidence="Seen manic", source="chart", by=cast.nils, now=NOW
    )

    answer = as_("nora").post(at(assessment, "findings"), form)

    assert answer.status_code == 422
    assert "Answered meanwhile: Met. Seen manic" in words(answer)
    assert Finding.objects.get().answer == "met"


# ---------------------------------------------------------------- blood pressure


def test_readings_answer_the_pressure_conditions(as_, cast):
    assessment = started(cast)
    form = seen(assessment, measured_on="2026-03-10", systolic_1="164", diastolic_1="98", time_1="10:10")
    form |= {"systolic_2": "166", "diastolic_2": "102", "time_2": "10:22"}

    as_("nora").post(at(assessment, "pressure"), form)

    kept = dict(Finding.objects.values_list("code", "answer"))
    assert kept == dict(zip(rules.PRESSURE, ("not_met", "met", "met"), strict=True))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"systolic_1": "12,5"}, "Use a point for decimals"),
        ({"systolic_1": "NaN"}, "Type a number in mmHg"),
        ({"systolic_1": "301"}, "must be from 40 to 300 mmHg."),
        ({"diastolic_1": "164"}, "The lower number must be smaller"),
        ({"systolic_2": "150"}, "Fill in upper, lower and time"),
        ({"time_1": "23:59"}, "not of the future"),
        ({"measured_on": "2025-01-01"}, "last 30 days"),
        ({"row_version": ""}, "Reload the page"),
    ],
)
def test_readings_that_cannot_be_are_refused(as_, cast, changed, says):
    assessment = started(cast)
    form = seen(assessment, measured_on="2026-03-10", systolic_1="164", diastolic_1="98", time_1="10:10")

    answer = as_("nora").post(at(assessment, "pressure"), {**form, **changed})

    assert answer.status_code == 422
    assert says in words(answer)
    assert Finding.objects.count() == 0


# ---------------------------------------------------------------- reasons, overrides, decision


def test_reason_is_saved_and_shown(as_, cast):
    assessment = under_review(cast, met=MET)

    answer = as_("paula").post(
        at(assessment, "reason", "recent_stroke"), seen(assessment, reason="Neurology agrees"), follow=True
    )

    assert "Neurology agrees Accepted by Paula Petit, MD" in words(answer)
    assert "0 to decide, 1 done" in words(answer)


def test_reason_left_empty_is_refused_at_its_row(as_, cast):
    assessment = under_review(cast, met=MET)

    answer = as_("paula").post(at(assessment, "reason", "recent_stroke"), seen(assessment, reason=""))

    assert answer.status_code == 422
    assert 'id="reason-recent_stroke-error"' in answer.content.decode()


def test_override_shows_who_and_why(as_, cast):
    assessment = under_review(cast, met=MET)
    form = seen(assessment, reason="Mild rash in 1999", password=PASSWORD)

    answer = as_("dirk").post(at(assessment, "override", "hypersensitivity"), form, follow=True)

    assert "Mild rash in 1999 Overridden by Dirk Dorn, MD" in words(answer)
    assert "1 hard stop, overridden" in words(answer)
    assert "Change the override" in words(answer)


def test_override_with_a_wrong_password_keeps_the_reason_not_the_password(as_, cast):
    assessment = under_review(cast, met=MET)
    form = seen(assessment, reason="Mild rash in 1999", password="not my password")

    answer = as_("dirk").post(at(assessment, "override", "hypersensitivity"), form)

    assert answer.status_code == 422
    assert "Mild rash in 1999" in answer.content.decode()
    assert "not my password" not in answer.content.decode()
    assert Override.objects.count() == 0


def test_ready_is_refused_with_what_is_missing(as_, cast):
    assessment = started(cast)

    answer = as_("nora").post(at(assessment, "ready"), follow=True)

    assert "PHQ-9 and GAD-7: fill in first" in words(answer)
    assert Course.objects.get().state == "intake_in_progress"


def test_decision_is_signed_and_shown_for_good(as_, cast):
    assessment = under_review(cast)

    answer = as_("paula").post(
        at(assessment, "sign"), seen(assessment, decision="eligible", note="", password=PASSWORD), follow=True
    )

    said = words(answer)
    assert "Decision signed." in said
    assert "Holds until Jun 8, 2026." in said
    assert "Signed by Paula Petit, MD" in said
    assert "Sign decision" not in said
    assert Course.objects.get().state == "eligible"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"password": "wrong"}, "That password is not right."),
        ({"password": ""}, "Type your password to sign."),
        ({"decision": ""}, "Choose a decision."),
        ({"decision": "declined", "note": ""}, "Write down why, and what else is offered."),
        ({"decision": "eligible"}, "Not yet eligible."),
        ({"row_version": "1"}, "Somebody else changed this"),
    ],
)
def test_refused_decision_keeps_what_was_typed(as_, cast, changed, says):
    assessment = under_review(cast, met=MET)
    form = seen(assessment, decision="more_information", note="The letter of the allergist", password=PASSWORD)

    answer = as_("paula").post(at(assessment, "sign"), {**form, **changed})

    assert answer.status_code == 422
    assert says in words(answer)
    assert changed.get("note", form["note"]) in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert not Assessment.objects.get(pk=assessment.pk).is_signed


def test_second_signer_is_told_and_keeps_the_note(as_, cast):
    assessment = under_review(cast)
    form = seen(assessment, decision="declined", note="See a therapist first", password=PASSWORD)
    decided(cast, assessment)

    answer = as_("dirk").post(at(assessment, "sign"), form)

    assert answer.status_code == 422
    assert "This is signed and can no longer be changed." in words(answer)
    assert "Your note was: See a therapist first" in words(answer)


def test_work_goes_on_after_more_information(as_, cast):
    assessment = under_review(cast, met=MET)
    decided(cast, assessment, decision="more_information")
    nora = as_("nora")
    assert "Go on with the answers" in words(nora.get(page_of(assessment)))

    answer = nora.post(reverse("patients:assessment-start", args=[assessment.patient_id]), follow=True)

    assert "1 hard stop" in words(answer)
    assert "More information, Mar 10, 2026" in words(answer)
    earlier = nora.get(at(assessment, "record"))
    assert "It can no longer be changed." in words(earlier)


def test_open_suicide_task_is_named_before_the_decision(as_, cast):
    assessment = under_review(cast)
    answered(cast, assessment.course, answers=(1,) * 9, now=NOW + timedelta(minutes=1))

    said = words(as_("paula").get(page_of(assessment)))

    assert "A positive suicide answer waits for somebody." in said
    assert "Not yet: a positive suicide answer is open." in said


@pytest.mark.parametrize(
    ("who", "name", "more"),
    [
        ("theo", "finding", ["mania"]),
        ("theo", "findings", []),
        ("olga", "pressure", []),
        ("dirk", "finding", ["mania"]),
        ("nora", "reason", ["recent_stroke"]),
        ("paula", "override", ["hypersensitivity"]),
        ("nora", "sign", []),
        ("olga", "sign", []),
        ("theo", "ready", []),
    ],
)
def test_acts_are_refused_to_who_may_not(as_, cast, who, name, more):
    assessment = under_review(cast, met=MET)

    assert as_(who).post(at(assessment, name, *more), seen(assessment)).status_code == 403
    assert Override.objects.count() == 0


def test_unknown_assessment_is_not_found(as_, cast):
    course = eligible_course(cast)

    answer = as_("nora").get(reverse("patients:assessment-record", args=[course.patient_id, uuid7()]))

    assert answer.status_code == 404
