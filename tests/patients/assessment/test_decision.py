"""Signing: who, when, what stands in the way, and what the course does."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from clinic.records.actions import AlreadySigned, ChangedMeanwhile
from clinic.staff.actions import ProofRefused
from clinic.staff.permissions import Role
from patients.assessment import actions, queries
from patients.assessment.models import Assessment
from patients.courses import actions as course_actions
from patients.courses.models import Course, CourseTransition
from tests.scenarios.assessments import answered, asked, decided, eligible_course, under_review
from tests.scenarios.cast import NOW, PASSWORD, clinic_cast, hire
from tests.scenarios.people import referred

LATER = NOW + timedelta(minutes=5)


def signed(cast, assessment, *, by=None, **other):
    values = {"decision": "eligible", "note": "", "password": PASSWORD, "by": by or cast.paula, "now": LATER}
    return actions.sign_assessment(assessment=assessment, **{**values, **other})


def state_of(assessment):
    return Course.objects.get(pk=assessment.course_id).state


def is_signed(assessment):
    return Assessment.objects.get(pk=assessment.pk).is_signed


def test_eligible_is_signed_dated_and_moves_the_course(cast):
    assessment = under_review(cast)

    signed(cast, assessment)

    kept = Assessment.objects.get(pk=assessment.pk)
    assert (kept.decision, kept.signed_by, kept.signed_at) == ("eligible", cast.paula, LATER)
    assert kept.expires_on == date(2026, 6, 8)
    assert state_of(assessment) == "eligible"


def test_expiry_counts_from_the_sites_own_day(cast):
    assessment = under_review(cast)

    signed(cast, assessment, now=NOW.replace(day=11, hour=3))  # still Mar 10, 11 pm at Ashby Street

    assert Assessment.objects.get(pk=assessment.pk).expires_on == date(2026, 6, 8)


def test_eligible_holds_until_it_expires(cast):
    course = eligible_course(cast)

    assert queries.is_eligible(course.pk, today=date(2026, 6, 7))
    assert not queries.is_eligible(course.pk, today=date(2026, 6, 8))


def test_more_information_waits_with_what_is_missing(cast):
    assessment = under_review(cast, met=["hypersensitivity"])

    signed(cast, assessment, decision="more_information")

    assert state_of(assessment) == "more_info"
    assert Assessment.objects.get(pk=assessment.pk).expires_on is None
    assert not queries.is_eligible(assessment.course_id, today=date(2026, 3, 10))


def test_declined_ends_the_course_with_its_reason(cast):
    assessment = under_review(cast)

    signed(cast, assessment, decision="declined", note="Not now; see a therapist first")

    last = CourseTransition.objects.filter(course=assessment.course_id).order_by("-id").first()
    assert (last.to_state, last.reason, last.moved_by) == ("declined", "Not now; see a therapist first", cast.paula)


def test_prescriber_may_act_before_the_intake_is_complete(cast):
    assessment = actions.start_assessment(course=referred(cast), by=cast.paula, now=NOW)

    signed(cast, assessment, decision="declined", note="Lives too far away; referred to a clinic there")

    moves = CourseTransition.objects.filter(course=assessment.course_id).order_by("moved_at", "id")
    assert [move.to_state for move in moves] == [
        "referred",
        "intake_in_progress",
        "intake_complete",
        "under_review",
        "declined",
    ]


@pytest.mark.parametrize(
    ("met", "says"),
    [
        (["hypersensitivity"], "medical director"),
        (["recent_stroke"], "decide, and give the reason"),
    ],
)
def test_eligible_with_something_in_the_way_is_refused(cast, met, says):
    assessment = under_review(cast, met=met)

    with pytest.raises(actions.NotYetEligible, match=says):
        signed(cast, assessment)

    assert not is_signed(assessment)
    assert state_of(assessment) == "under_review"


def test_eligible_with_nothing_asked_is_refused_briefly(cast):
    assessment = actions.start_assessment(course=referred(cast), by=cast.paula, now=NOW)

    with pytest.raises(actions.NotYetEligible, match=r"And \d+ more\."):
        signed(cast, assessment)


def test_eligible_without_scores_is_refused(cast):
    course = referred(cast)
    answered(cast, course)

    with pytest.raises(actions.NotYetEligible, match="PHQ-9 and the GAD-7"):
        signed(cast, asked(cast, course))


def test_eligible_while_a_suicide_answer_waits_is_refused(cast):
    assessment = under_review(cast)
    answered(cast, assessment.course, answers=(1, 1, 1, 1, 1, 1, 1, 1, 1))

    with pytest.raises(actions.NotYetEligible, match="suicide answer"):
        signed(cast, assessment)


@pytest.mark.parametrize(
    ("decision", "note", "refusal"),
    [
        ("declined", "", "NoteMissing"),
        ("declined", "  ", "NoteMissing"),
        ("more_information", "", "NoteMissing"),  # nothing is open, so it has to be said
        ("", "x", "DecisionNotKnown"),
        ("perhaps", "x", "DecisionNotKnown"),
    ],
)
def test_decision_that_explains_nothing_is_refused(cast, decision, note, refusal):
    assessment = under_review(cast)

    with pytest.raises(getattr(actions, refusal)):
        signed(cast, assessment, decision=decision, note=note)

    assert not is_signed(assessment)


@pytest.mark.parametrize("who", ["fran", "nora", "mika", "theo", "ada", "olga"])
def test_only_who_may_decide_signs(cast, who):
    assessment = under_review(cast)

    with pytest.raises(actions.MayNotDecide):
        signed(cast, assessment, by=getattr(cast, who))

    assert not is_signed(assessment)


def test_wrong_password_signs_nothing_and_is_counted(cast):
    assessment = under_review(cast)
    for _ in range(10):
        with pytest.raises(ProofRefused, match="not right"):
            signed(cast, assessment, password="wrong")

    with pytest.raises(ProofRefused, match="Too many"):
        signed(cast, assessment)

    assert not is_signed(assessment)
    assert state_of(assessment) == "under_review"


def test_decision_on_an_older_state_is_refused(cast):
    assessment = under_review(cast)
    seen = Assessment.objects.get(pk=assessment.pk).row_version
    actions.record_finding(
        assessment=assessment,
        code="seizures",
        answer="unknown",
        evidence="",
        source="chart",
        by=cast.nora,
        now=LATER,
    )

    with pytest.raises(ChangedMeanwhile):
        signed(cast, assessment, seen_version=seen)

    assert not is_signed(assessment)


def test_who_overrode_a_hard_stop_does_not_sign(cast):
    assessment = under_review(cast, met=["hypersensitivity"])
    actions.override_hard_stop(
        assessment=assessment, code="hypersensitivity", reason="Rash", password=PASSWORD, by=cast.dirk, now=NOW
    )

    with pytest.raises(actions.OwnOverride):
        signed(cast, assessment, by=cast.dirk)
    signed(cast, assessment, by=cast.paula)

    assert is_signed(assessment)


def test_who_holds_both_roles_is_still_one_person(cast):
    both = hire("Bea Both", Role.PRESCRIBER, Role.MEDICAL_DIRECTOR, site=cast.site)
    assessment = under_review(cast, met=["hypersensitivity"])
    actions.override_hard_stop(
        assessment=assessment, code="hypersensitivity", reason="Rash", password=PASSWORD, by=both, now=NOW
    )

    with pytest.raises(actions.OwnOverride):
        signed(cast, assessment, by=both)


def test_sign_twice_by_somebody_else_is_refused(cast):
    assessment = under_review(cast)
    signed(cast, assessment)

    with pytest.raises(AlreadySigned):
        signed(cast, assessment, by=cast.dirk, decision="declined", note="No")


def test_same_signature_sent_twice_changes_nothing(cast):
    assessment = under_review(cast)
    signed(cast, assessment)

    again = signed(cast, assessment, now=LATER + timedelta(minutes=1))

    assert again.signed_at == LATER
    assert CourseTransition.objects.filter(course=assessment.course_id).count() == 5


def test_course_on_hold_is_not_decided(cast):
    assessment = under_review(cast)
    course_actions.move(course=assessment.course, to="on_hold", by=cast.nora, now=NOW, reason="Payer")

    with pytest.raises(actions.CourseNotUnderReview, match="on hold"):
        signed(cast, assessment)


def test_renewal_leaves_the_course_where_it_is(cast):
    course = eligible_course(cast)
    again = asked(cast, course, now=LATER)

    signed(cast, again)

    assert Course.objects.get(pk=course.pk).state == "eligible"
    assert queries.latest_signed(course.pk) == again


def test_renewal_is_not_declined(cast):
    course = eligible_course(cast)

    with pytest.raises(actions.CourseNotUnderReview, match="instead of declining"):
        signed(cast, asked(cast, course, now=LATER), decision="declined", note="No")


def test_second_round_after_more_information(cast):
    first = under_review(cast)
    decided(cast, first, decision="more_information", note="Bring the ECG")
    second = actions.start_assessment(course=first.course, by=cast.nora, now=LATER)

    signed(cast, second)

    states = list(
        CourseTransition.objects.filter(course=first.course_id)
        .order_by("moved_at", "id")
        .values_list("to_state", flat=True)
    )
    assert states[-4:] == ["under_review", "more_info", "under_review", "eligible"]


@pytest.mark.django_db(transaction=True)
def test_two_signers_at_once_leave_one_signature():
    cast = clinic_cast()
    assessment = under_review(cast)
    ends = []
    together = threading.Barrier(2)

    def sign(who, decision, note):
        together.wait()
        try:
            with transaction.atomic():
                signed(cast, assessment, by=who, decision=decision, note=note)
            ends.append("signed")
        except AlreadySigned:
            ends.append("already")
        finally:
            connection.close()

    both = [
        threading.Thread(target=sign, args=(cast.paula, "eligible", "")),
        threading.Thread(target=sign, args=(cast.dirk, "declined", "Not now; see a therapist")),
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(ends) == ["already", "signed"]
    kept = Assessment.objects.get(pk=assessment.pk)
    assert Course.objects.get(pk=kept.course_id).state == kept.decision
