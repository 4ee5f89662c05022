"""Visits, as the desk books them: reached through the real actions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from clinic.rooms.models import Room
from clinic.staff.models import User
from patients.courses.models import Course
from sessions.scheduling import actions as scheduling_actions
from sessions.scheduling.models import Appointment
from tests.scenarios.cast import NOW, Cast

TODAY_AT_ELEVEN = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)  # 11:00 am at Ashby Street


def booked_visit(
    cast: Cast,
    course: Course,
    *,
    starts_at: datetime = TODAY_AT_ELEVEN,
    room: Room | None = None,
    nurse: User | None = None,
    now: datetime = NOW,
    **further: Any,
) -> Appointment:
    """A visit booked by the front desk: today at 11:00 am in room 1 with Nora, unless said otherwise."""
    return scheduling_actions.book(
        patient=course.patient,
        course=course,
        room=room or cast.rooms[0],
        nurse=nurse or cast.nora,
        starts_at=starts_at,
        by=cast.fran,
        now=min(now, starts_at),
        **further,
    )


def arrived_visit(
    cast: Cast, course: Course, *, starts_at: datetime = TODAY_AT_ELEVEN, has_escort: bool = True, **booking: Any
) -> Appointment:
    """A visit whose person came five minutes early, and named who takes them home."""
    appointment = booked_visit(cast, course, starts_at=starts_at, **booking)
    at = starts_at - timedelta(minutes=5)
    if has_escort:
        scheduling_actions.name_escort(
            appointment=appointment, name="Robin Escort", phone="+1 202-555-0123", by=cast.fran, now=at
        )
    return scheduling_actions.arrive(appointment=appointment, by=cast.fran, now=at)
