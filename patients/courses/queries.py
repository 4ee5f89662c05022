"""Which course is this person on, and where does it stand?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from clinic.kit.compiled import AnyOf, Compiled
from patients.courses.models import Course, CourseTransition
from patients.courses.rules import ACTIVE_STATES, STATE_LABELS, CourseState


@dataclass(frozen=True)
class CourseRow:
    """One course as a page lists it. `indication` is empty for whom it is not meant."""

    id: UUID
    state: str
    state_label: str
    is_open: bool
    opened_at: datetime
    referrer: str
    indication: str = ""


def open_course_of(patient_id: UUID) -> Course | None:
    """The course that is not yet ended."""
    open_courses = Course.objects.filter(patient__person_id=patient_id, state__in=sorted(ACTIVE_STATES))
    return open_courses.order_by("-opened_at", "-id").first()


def held_from(course: Course) -> str | None:
    """The state before the hold that a course is in; None when it is not held."""
    if course.state != CourseState.ON_HOLD:
        return None
    moves = CourseTransition.objects.filter(course=course, to_state=CourseState.ON_HOLD.value)
    return moves.order_by("-moved_at", "-id").values_list("from_state", flat=True).first()


def courses_of(patient_id: UUID, *, with_indication: bool) -> list[CourseRow]:
    """All courses of a person, the newest first."""
    courses = Course.objects.filter(patient__person_id=patient_id).order_by("-opened_at", "-id")
    return [
        CourseRow(
            id=course.pk,
            state=course.state,
            state_label=STATE_LABELS[course.state],
            is_open=course.state in ACTIVE_STATES,
            opened_at=course.opened_at,
            referrer=course.referrer,
            indication=course.get_indication_display() if with_indication else "",
        )
        for course in courses
    ]


def latest_states(patient_ids: Iterable[UUID]) -> dict[UUID, str]:
    """For each person the state of the course opened last, in words."""
    latest = LATEST.tuples(people=list(patient_ids))
    return {patient_id: STATE_LABELS[state] for patient_id, state in latest}


def _latest(people: UUID) -> QuerySet[Course, Any]:
    return (
        Course.objects.filter(AnyOf(F("patient__person_id"), people))
        .order_by("patient__person_id", "-opened_at", "-id")
        .distinct("patient__person_id")
        .values_list("patient__person_id", "state")
    )


# The list of those found asks this.
LATEST = Compiled(_latest, slots={"people": UUID})
