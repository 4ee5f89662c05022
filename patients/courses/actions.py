"""How is a course of treatment opened, and how does it move from state to state?"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from clinic.kit.keys import uuid7
from clinic.kit.refusals import Refusal
from clinic.sites.models import Site
from clinic.staff.models import User
from patients.courses import queries
from patients.courses.models import Course, CourseTransition
from patients.courses.rules import STATE_LABELS, CourseState, may_move
from patients.registration import actions as registration_actions
from patients.registration.models import Patient

NEEDS_REASON: Final = frozenset(
    {CourseState.ON_HOLD, CourseState.DISCONTINUED, CourseState.DECLINED, CourseState.COMPLETED}
)


class NotTheirs(Refusal):
    """The key of the form belongs to another person's course."""


class CourseStillOpen(Refusal):
    """A person has one open course per drug."""


class NoContact(Refusal):
    """Nobody could reach this person."""


class MoveNotAllowed(Refusal):
    """The course cannot go from the state it is in to the one asked for."""


class ReasonMissing(Refusal):
    """A move like this one is only made with a reason that can be read later."""


@transaction.atomic
def open_course(
    *, patient: Patient, indication: str, referrer: str, site: Site, by: User, now: datetime, key: UUID | None = None
) -> Course:
    """Open a course for a referral, in the state "referred". Sending the same form twice opens one.

    Refused while another course of this person is open, and when there is neither a phone nor an e-mail address.
    """
    held = registration_actions.hold(patient.pk)
    earlier = Course.objects.filter(pk=key).first() if key else None
    if earlier is not None:
        return _theirs(earlier, held)
    if not held.phone and not held.email:
        message = "There is no phone number and no e-mail address on record. Add one, then open the course."
        raise NoContact(message)
    still_open = queries.open_course_of(held.pk)
    if still_open is not None:
        state = STATE_LABELS[still_open.state].lower()
        message = f"A course is already open ({state}). It has to end before another one is opened."
        raise CourseStillOpen(message)
    course = Course(
        id=key or uuid7(),
        patient=held,
        site=site,
        indication=indication,
        referrer=referrer,
        state=CourseState.REFERRED.value,
        opened_at=now,
        opened_by=by,
    )
    course.save(force_insert=True)
    CourseTransition.objects.create(
        course=course, from_state="", to_state=course.state, moved_at=now, moved_by=by, reason=""
    )
    return course


@transaction.atomic
def move(*, course: Course, to: str, by: User, now: datetime, reason: str = "") -> Course:
    """Move a course to another state and write down the move. The caller has checked the guards of the move.

    Refused when the states do not follow each other, and without a reason where one must be written down.
    """
    held = Course.objects.select_for_update().get(pk=course.pk)
    to = str(to)
    refused = may_move(held.state, to, held_from=queries.held_from(held))
    if refused:
        raise MoveNotAllowed(refused[0])
    if to in NEEDS_REASON and not reason.strip():
        message = f"Write down why the course goes to “{STATE_LABELS[to]}”."
        raise ReasonMissing(message)
    CourseTransition.objects.create(
        course=held, from_state=held.state, to_state=to, moved_at=now, moved_by=by, reason=reason
    )
    held.state = to
    fields = ["state"]
    if to == CourseState.INDUCTION and held.first_session_at is None:
        held.first_session_at = now
        fields.append("first_session_at")
    held.save(update_fields=fields)
    return held


def _theirs(course: Course, patient: Patient) -> Course:
    if course.patient.person_id != patient.pk:
        message = "This form belongs to another person. Reload the page, then try again."
        raise NotTheirs(message)
    return course
