"""What must the desk see to book a visit: which times are free, when is the next due, and who still waits for one?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from clinic.kit.clock import local_date
from clinic.rooms import queries as room_queries
from clinic.rooms.models import Room
from clinic.rooms.rules import Span, most_at_once, opening_hours, whole_day
from clinic.sites.models import Site
from clinic.staff.models import User
from patients.courses.models import Course
from patients.courses.rules import ACTIVE_STATES, STATE_LABELS, CourseState
from patients.registration import queries as registration_queries
from patients.treatment_plan.models import TreatmentPlan
from sessions.scheduling import rules
from sessions.scheduling.models import Appointment
from sessions.scheduling.queries.visits import LONGEST_VISIT, nurses_of

LOOK_AHEAD_DAYS = 14
DAYS_SUGGESTED = 3
WAITING_SHOWN = 30
# Courses far enough on their way that a treatment is the next thing to arrange.
WAITING_STATES = (
    CourseState.ELIGIBLE.value,
    CourseState.PLANNED.value,
    CourseState.INDUCTION.value,
    CourseState.EVALUATION.value,
    CourseState.MAINTENANCE.value,
)


@dataclass(frozen=True)
class FreeTime:
    """A moment at which a visit could begin, and the rooms that are free for it."""

    at: datetime
    rooms: tuple[Room, ...]


@dataclass(frozen=True)
class BookingPage:
    """Everything that the page of booking shows and that its form may choose from."""

    course: Course
    site: Site
    day: date
    rooms: tuple[Room, ...]
    nurses: tuple[User, ...]
    room: Room | None
    infusion_minutes: int
    has_plan: bool
    interval_days: int | None
    due_on: date | None
    last_on: date | None
    free: tuple[FreeTime, ...]
    next_free: tuple[FreeTime, ...]

    @property
    def visit_minutes(self) -> int:
        return rules.Shape(self.infusion_minutes).patient_minutes


@dataclass(frozen=True)
class WaitingRow:
    """Somebody on a course who has no visit ahead."""

    patient_id: UUID
    name: str
    record_number: str
    course_state: str
    last_at: datetime | None
    due_on: date | None


@dataclass(frozen=True)
class WaitingPage:
    """Who could take a free time, those who are due first coming first."""

    rows: tuple[WaitingRow, ...]
    room: Room | None


@dataclass(frozen=True)
class _Taken:
    room_id: UUID
    patient_id: UUID
    nurse_id: UUID
    span: Span


def booking_page(
    patient_id: UUID, *, site: Site, day: date | None, room_id: UUID | None, now: datetime
) -> BookingPage | None:
    """What is free on a day and on the next ones; None while the person has no open course."""
    course = _courses(Course.objects.filter(patient__person_id=patient_id, state__in=sorted(ACTIVE_STATES))).first()
    if course is None:
        return None
    today = local_date(now, site.time_zone)
    due_on = _due_on(course, site.time_zone)
    chosen = day or max(today, due_on or today)
    rooms = tuple(room_queries.rooms_of(site.pk))
    nurses = tuple(nurses_of(site.pk))
    infusion = getattr(course, "planned_minutes", None) or rules.USUAL_INFUSION_MINUTES
    finder = _Finder(
        site=site,
        shape=rules.Shape(infusion),
        rooms=tuple(room for room in rooms if room_id in {None, room.pk}) or rooms,
        nurse_ids=tuple(nurse.pk for nurse in nurses),
        patient_id=patient_id,
        taken=_taken(site, chosen),
        now=now,
    )
    last_at = _last_at(course)
    return BookingPage(
        course=course,
        site=site,
        day=chosen,
        rooms=rooms,
        nurses=nurses,
        room=next((room for room in rooms if room.pk == room_id), None),
        infusion_minutes=infusion,
        has_plan=getattr(course, "planned_minutes", None) is not None,
        interval_days=getattr(course, "interval_days", None),
        due_on=due_on,
        last_on=local_date(last_at, site.time_zone) if last_at else None,
        free=tuple(finder.on(chosen)),
        next_free=tuple(finder.after(chosen)),
    )


def waiting_page(site: Site, *, room_id: UUID | None, now: datetime) -> WaitingPage:
    """People of a site on a course that is ready for treatment, without a visit ahead."""
    ahead = Appointment.objects.filter(course=OuterRef("pk"), state__in=sorted(rules.STILL_TO_END), ends_at__gt=now)
    courses = Course.objects.filter(site=site, state__in=WAITING_STATES).exclude(Exists(ahead))
    waiting = _courses(courses).select_related("patient__merged_into")[:WAITING_SHOWN]
    rows = [_waiting(course, site.time_zone) for course in waiting]
    return WaitingPage(
        rows=tuple(sorted(rows, key=lambda row: (row.due_on is None, row.due_on or date.max, row.name))),
        room=next((room for room in room_queries.rooms_of(site.pk) if room.pk == room_id), None),
    )


@dataclass(frozen=True)
class _Finder:
    """Looks for times at which a room, a nurse and the person are free together."""

    site: Site
    shape: rules.Shape
    rooms: tuple[Room, ...]
    nurse_ids: tuple[UUID, ...]
    patient_id: UUID
    taken: tuple[_Taken, ...]
    now: datetime

    def on(self, day: date) -> Iterable[FreeTime]:
        """Every free time of one day."""
        within = whole_day(day, self.site.time_zone)
        today = [taken for taken in self.taken if rules.room_span(taken.span).overlaps(within)]
        for moment in rules.starts_in(opening_hours(day, self.site.time_zone), self.shape, now=self.now):
            visit = rules.patient_span(moment, self.shape.infusion_minutes)
            rooms = self._free_rooms(visit, today)
            if rooms and self._can_come(visit, today) and self._has_nurse(visit, today):
                yield FreeTime(moment, rooms)

    def after(self, day: date) -> Iterable[FreeTime]:
        """The first free time of each of the next few days that have one."""
        found = 0
        for number in range(1, LOOK_AHEAD_DAYS):
            first = next(iter(self.on(day + timedelta(days=number))), None)
            if first is not None:
                yield first
                found += 1
            if found == DAYS_SUGGESTED:
                return

    def _free_rooms(self, visit: Span, today: list[_Taken]) -> tuple[Room, ...]:
        wanted = rules.room_span(visit)
        busy = {taken.room_id for taken in today if rules.room_span(taken.span).overlaps(wanted)}
        return tuple(room for room in self.rooms if room.pk not in busy)

    def _can_come(self, visit: Span, today: list[_Taken]) -> bool:
        return not any(taken.patient_id == self.patient_id and taken.span.overlaps(visit) for taken in today)

    def _has_nurse(self, visit: Span, today: list[_Taken]) -> bool:
        for nurse_id in self.nurse_ids:
            spans = [taken.span for taken in today if taken.nurse_id == nurse_id]
            if most_at_once(spans, visit)[0] < rules.NURSE_MAY_HAVE:
                return True
        return False


def _taken(site: Site, day: date) -> tuple[_Taken, ...]:
    """What is booked at a site from a day on, as far as suggestions reach."""
    start = whole_day(day, site.time_zone).starts_at
    visits = Appointment.objects.filter(
        site=site,
        state__in=sorted(rules.TAKES_TIME),
        starts_at__gte=start - LONGEST_VISIT,
        starts_at__lt=start + timedelta(days=LOOK_AHEAD_DAYS + 1),
    )
    found = visits.order_by("starts_at").values_list(
        "room_id", "patient__person_id", "nurse_id", "starts_at", "ends_at"
    )
    return tuple(_Taken(room, patient, nurse, Span(start, end)) for room, patient, nurse, start, end in found)


def _courses(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Courses, those opened last first, with what a booking needs of plan and visits."""
    plans = TreatmentPlan.objects.filter(course=OuterRef("pk"), signed_at__isnull=False).order_by("-version")
    visits = Appointment.objects.filter(course=OuterRef("pk"), state__in=sorted(rules.TAKES_TIME))
    return courses.annotate(
        planned_minutes=Subquery(plans.values("infusion_minutes")[:1]),
        interval_days=Subquery(plans.values("interval_days")[:1]),
        last_at=Subquery(visits.order_by("-starts_at").values("starts_at")[:1]),
    ).order_by("-opened_at", "-id")


def _last_at(course: Course) -> datetime | None:
    return getattr(course, "last_at", None)


def _due_on(course: Course, zone_name: str) -> date | None:
    """The day that the plan's interval puts after the last visit, by the calendar of the site."""
    last_at, interval = _last_at(course), getattr(course, "interval_days", None)
    return local_date(last_at, zone_name) + timedelta(days=interval) if last_at and interval else None


def _waiting(course: Course, zone_name: str) -> WaitingRow:
    patient = registration_queries.standing(course.patient)
    return WaitingRow(
        patient_id=patient.pk,
        name=f"{patient.preferred_name or patient.given_name} {patient.family_name}",
        record_number=patient.record_number,
        course_state=STATE_LABELS[course.state],
        last_at=_last_at(course),
        due_on=_due_on(course, zone_name),
    )
