"""How does an assessment end? In one signed decision, which locks it and moves the course."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from clinic.kit.clock import local_date
from clinic.kit.refusals import Refusal
from clinic.records import actions as record_actions
from clinic.staff import actions as staff_actions
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.assessment import queries, rules
from patients.assessment.actions.intake import WAY_TO_REVIEW, to_review
from patients.assessment.models import Assessment, Decision
from patients.courses import actions as course_actions
from patients.courses.models import Course
from patients.courses.rules import STATE_LABELS, CourseState

BEFORE_DECISION: Final = (*WAY_TO_REVIEW, CourseState.MORE_INFO.value)
# A review of somebody who is eligible or in treatment renews the assessment and leaves the course where it is.
RENEWED_IN: Final = frozenset(
    state.value
    for state in (
        CourseState.ELIGIBLE,
        CourseState.PLANNED,
        CourseState.INDUCTION,
        CourseState.EVALUATION,
        CourseState.MAINTENANCE,
    )
)
MOVES_TO: Final = {
    Decision.ELIGIBLE.value: CourseState.ELIGIBLE.value,
    Decision.MORE_INFORMATION.value: CourseState.MORE_INFO.value,
    Decision.DECLINED.value: CourseState.DECLINED.value,
}
TOLD_AT_ONCE: Final = 3


class MayNotDecide(Refusal):
    """Somebody who does not decide about eligibility."""


class DecisionNotKnown(Refusal):
    """No decision was chosen."""


class NotYetEligible(Refusal):
    """Something still stands in the way."""


class NoteMissing(Refusal):
    """A decision that has to be explained."""


class OwnOverride(Refusal):
    """One person cannot be both sides of a hard stop's override."""


class CourseNotUnderReview(Refusal):
    """The course is in a state in which this cannot be decided."""


@dataclass(frozen=True)
class Verdict:
    """What is to be signed, and which version of the draft it was decided on."""

    decision: str
    note: str
    seen_version: int | None


def sign_assessment(
    *,
    assessment: Assessment,
    decision: str,
    note: str,
    password: str,
    by: User,
    now: datetime,
    seen_version: int | None = None,
) -> Assessment:
    """Sign eligible, more information or declined; the draft is locked for good and the course moves with it.

    Eligible is refused while anything stands in the way, and to the person who overrode one of its hard stops; it
    holds for a number of days. The other two say why. `seen_version` refuses what was decided on an older state.
    """
    if not by.may(Permission.DECIDE_ELIGIBILITY):
        raise MayNotDecide("Only a prescriber decides about eligibility. Mark the assessment ready for review instead.")
    if decision not in MOVES_TO:
        raise DecisionNotKnown("Choose eligible, more information or declined.")
    staff_actions.prove(user=by, password=password)  # outside the transaction, so that a wrong try is counted
    return _sign(assessment, Verdict(decision, note.strip(), seen_version), by, now)


@transaction.atomic
def _sign(assessment: Assessment, verdict: Verdict, by: User, now: datetime) -> Assessment:
    course = Course.objects.select_for_update(of=("self",)).select_related("site").get(pk=assessment.course_id)
    draft = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if (draft.signed_by_id, draft.decision, draft.decision_note) == (by.pk, verdict.decision, verdict.note):
        return draft  # the same form sent twice
    record_actions.must_be_draft(draft)
    if verdict.seen_version is not None:
        record_actions.must_be_current(draft, verdict.seen_version)
    _refuse_course(course, verdict.decision)
    _refuse_undecided(queries.standing(draft, now=now), verdict, by)
    if verdict.decision == Decision.ELIGIBLE:
        draft.expires_on = rules.assessment_expires_on(local_date(now, course.site.time_zone))
    draft.decision, draft.decision_note = verdict.decision, verdict.note
    draft.save(update_fields=["decision", "decision_note", "expires_on"])
    record_actions.put_signature(draft, by=by, now=now)
    if course.state in BEFORE_DECISION:
        course = to_review(course, by=by, now=now, reason="Reviewed by the prescriber.")
        reason = verdict.note or Decision(verdict.decision).label
        course_actions.move(course=course, to=MOVES_TO[verdict.decision], by=by, now=now, reason=reason)
    return draft


def _refuse_course(course: Course, decision: str) -> None:
    if course.state in BEFORE_DECISION:
        return
    state = STATE_LABELS[course.state].lower()
    if course.state not in RENEWED_IN:
        raise CourseNotUnderReview(f"The course is {state}, so nothing can be decided now. Release or reopen it first.")
    if decision == Decision.DECLINED:
        raise CourseNotUnderReview(f"The course is {state} already. Put it on hold or end it instead of declining.")


def _refuse_undecided(standing: queries.Standing, verdict: Verdict, by: User) -> None:
    """Refuse a decision that the findings do not bear, or that is not explained."""
    if verdict.decision == Decision.DECLINED and not verdict.note:
        raise NoteMissing("Write down why, and what else is offered, then sign.")
    if verdict.decision == Decision.MORE_INFORMATION and not verdict.note and not standing.judged.blocking:
        raise NoteMissing("Nothing is open here. Write down which information is missing, then sign.")
    if verdict.decision != Decision.ELIGIBLE:
        return
    blocking = standing.judged.blocking
    if blocking:
        more = len(blocking) - TOLD_AT_ONCE
        rest = f" And {more} more." if more > 0 else ""
        raise NotYetEligible(f"Not yet eligible. {' '.join(blocking[:TOLD_AT_ONCE])}{rest}")
    overrode = {standing.reasons[one.condition.code].given_by_id for one in standing.judged.hard_stops}
    if by.pk in overrode:
        raise OwnOverride("You overrode a hard stop of this person, so somebody else has to sign. Ask a prescriber.")
