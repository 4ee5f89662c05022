"""How far through step 1 is somebody? Questionnaires filled in, conditions asked, a decision signed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from patients.assessment import actions as assessment_actions
from patients.assessment import rules
from patients.assessment.models import Assessment, Decision
from patients.courses.models import Course
from patients.instruments import actions as instrument_actions
from patients.instruments.models import Mode, Purpose, QuestionnaireResponse
from tests.scenarios.cast import NOW, PASSWORD, Cast
from tests.scenarios.people import referred

PHQ9_18 = (3, 3, 2, 2, 2, 2, 2, 2, 0)
GAD7_13 = (2, 2, 2, 2, 2, 2, 1)


def answered(
    cast: Cast, course: Course, *, code: str = "phq9", answers: Sequence[int | None] = PHQ9_18, now: datetime = NOW
) -> QuestionnaireResponse:
    """One questionnaire that Nora asked at intake."""
    return instrument_actions.record_response(
        patient=course.patient,
        course=course,
        code=code,
        answers=answers,
        mode=Mode.INTERVIEW.value,
        purpose=Purpose.INTAKE.value,
        answered_at=now,
        by=cast.nora,
        now=now,
    )


def asked(cast: Cast, course: Course, *, met: Sequence[str] = (), now: datetime = NOW) -> Assessment:
    """A draft in which Nora has asked everything: not met, but for the codes named; blood pressure 128/78."""
    assessment = assessment_actions.start_assessment(course=course, by=cast.nora, now=now)
    by_hand = [one.code for one in rules.CONTRAINDICATIONS if not one.is_computed]
    assessment_actions.record_findings(
        assessment=assessment,
        findings={
            code: rules.NewFinding(rules.MET, "As the letter of Feb 20 says", "chart")
            if code in met
            else rules.NewFinding(rules.NOT_MET, "Asked on Mar 10", "patient")
            for code in by_hand
        },
        by=cast.nora,
        now=now,
    )
    assessment_actions.record_resting_pressure(
        assessment=assessment, readings=[pressure("128", "78", now)], by=cast.nora, now=now
    )
    return assessment


def pressure(systolic: str, diastolic: str, measured_at: datetime) -> rules.RestingPressure:
    return rules.RestingPressure(Decimal(systolic), Decimal(diastolic), measured_at)


def under_review(
    cast: Cast, *, course: Course | None = None, met: Sequence[str] = (), now: datetime = NOW
) -> Assessment:
    """PHQ-9 18, GAD-7 13, everything asked, handed to the prescriber."""
    course = course or referred(cast, now=now - timedelta(hours=1))
    answered(cast, course, now=now)
    answered(cast, course, code="gad7", answers=GAD7_13, now=now)
    assessment = asked(cast, course, met=met, now=now)
    assessment_actions.ready_for_review(assessment=assessment, by=cast.nora, now=now)
    return assessment


def decided(
    cast: Cast, assessment: Assessment, *, decision: str = Decision.ELIGIBLE.value, note: str = "", now: datetime = NOW
) -> Assessment:
    """Signed by Paula."""
    return assessment_actions.sign_assessment(
        assessment=assessment, decision=decision, note=note, password=PASSWORD, by=cast.paula, now=now
    )


def eligible_course(cast: Cast, *, course: Course | None = None, now: datetime = NOW) -> Course:
    """A course whose assessment Paula signed as eligible."""
    assessment = decided(cast, under_review(cast, course=course, now=now), now=now)
    return Course.objects.select_related("patient", "site").get(pk=assessment.course_id)
