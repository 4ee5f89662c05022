"""How does an assessment begin, and when does it go to the prescriber?"""

from datetime import datetime
from typing import Final

from django.db import transaction

from clinic.kit.clock import local_date
from clinic.kit.refusals import Refusal
from clinic.records import actions as record_actions
from clinic.staff.models import User
from patients.assessment import queries, rules
from patients.assessment.models import Assessment, Decision, Finding, Override
from patients.courses import actions as course_actions
from patients.courses.models import Course
from patients.courses.rules import ACTIVE_STATES, CourseState

WAY_TO_REVIEW: Final = (
    CourseState.REFERRED.value,
    CourseState.INTAKE_IN_PROGRESS.value,
    CourseState.INTAKE_COMPLETE.value,
    CourseState.UNDER_REVIEW.value,
)


class CourseEnded(Refusal):
    """Nothing is assessed for a course that is over."""


class NotReady(Refusal):
    """Something that the prescriber needs is not there yet."""


@transaction.atomic
def start_assessment(*, course: Course, by: User, now: datetime) -> Assessment:
    """Begin the review of a course; the draft that is open already is returned as it is.

    A course that was just referred goes to intake. After a request for more information the new draft takes over
    what was found, with who found it and when; what is judged anew each day is asked again.
    """
    held = Course.objects.select_for_update().get(pk=course.pk)
    draft = Assessment.objects.filter(course=held, signed_at=None).first()
    if draft is not None:
        return draft
    if held.state not in ACTIVE_STATES:
        raise CourseEnded("This course has ended. Open a new course, then start its assessment.")
    earlier = queries.latest_signed(held.pk)
    assessment = Assessment(
        patient_id=held.patient_id,
        course=held,
        rule_set=rules.RULE_SET_VERSION,
        started_at=now,
        started_by=by,
        supersedes=earlier,
    )
    assessment.save(force_insert=True)
    if earlier is not None and earlier.decision == Decision.MORE_INFORMATION:
        _carry_over(earlier, assessment, now)
    if held.state == CourseState.REFERRED:
        course_actions.move(course=held, to=CourseState.INTAKE_IN_PROGRESS, by=by, now=now)
    return assessment


@transaction.atomic
def ready_for_review(*, assessment: Assessment, by: User, now: datetime) -> Course:
    """Hand the draft to the prescriber: the course goes under review.

    Refused while a baseline questionnaire is missing, a condition has neither been answered nor called unknown, or a
    positive suicide answer waits for somebody.
    """
    course = Course.objects.select_for_update().get(pk=assessment.course_id)
    draft = Assessment.objects.select_for_update().get(pk=assessment.pk)
    record_actions.must_be_draft(draft)
    missing = what_is_missing(queries.standing(draft, now=now))
    if missing:
        raise NotReady(" ".join(missing))
    return to_review(course, by=by, now=now)


def what_is_missing(standing: queries.Standing) -> list[str]:
    """What the nurse still has to see to, as sentences."""
    missing = []
    if standing.baseline_missing:
        missing.append(f"{' and '.join(standing.baseline_missing)}: fill in first, every suicide question answered.")
    if standing.unasked:
        count = len(standing.unasked)
        missing.append(f"{count} condition{'s are' if count > 1 else ' is'} not asked yet: answer, or call unknown.")
    if standing.is_risk_open:
        missing.append("A positive suicide answer waits for somebody: close its task first.")
    return missing


def to_review(course: Course, *, by: User, now: datetime, reason: str = "") -> Course:
    """Walk a course to "under review" through every state in between; one that is there already stays."""
    if course.state == CourseState.MORE_INFO:
        return course_actions.move(course=course, to=CourseState.UNDER_REVIEW, by=by, now=now, reason=reason)
    if course.state in WAY_TO_REVIEW:
        for state in WAY_TO_REVIEW[WAY_TO_REVIEW.index(course.state) + 1 :]:
            course = course_actions.move(course=course, to=state, by=by, now=now, reason=reason)
    return course


def _carry_over(earlier: Assessment, assessment: Assessment, now: datetime) -> None:
    standing = queries.standing(earlier, now=now)
    zone = assessment.course.site.time_zone
    today = local_date(now, zone)
    kept = {
        code: given[0]
        for code, given in standing.findings.items()
        if not rules.BY_CODE[code].today_only or local_date(given[0].found_at, zone) == today
    }
    Finding.objects.bulk_create(
        Finding(
            assessment=assessment,
            code=code,
            answer=finding.answer,
            evidence=finding.evidence,
            source=finding.source,
            found_at=finding.found_at,
            found_by=finding.found_by,
        )
        for code, finding in kept.items()
    )
    Override.objects.bulk_create(
        Override(
            assessment=assessment,
            code=code,
            reason=given.reason,
            is_hard_stop=given.is_hard_stop,
            given_at=given.given_at,
            given_by=given.given_by,
        )
        for code, given in standing.reasons.items()
        if code in kept
    )
