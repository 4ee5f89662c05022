"""Who comes when? Rows for the day, for one person, and what a booking must know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from clinic.kit.compiled import Compiled
from clinic.kit.phones import national
from clinic.rooms.rules import Span, whole_day
from clinic.sites.models import Site
from clinic.staff import queries as staff_queries
from clinic.staff.models import User
from clinic.staff.permissions import Permission, Role
from clinic.staff.rules import named
from patients.registration import queries as registration_queries
from patients.treatment_plan.models import TreatmentPlan
from sessions.scheduling import rules
from sessions.scheduling.models import Appointment, VisitMove, VisitState

LONGEST_VISIT = timedelta(hours=24)
SESSION_IS_OVER = ("discharged", "not_treated")
OF_PERSON = ("given_name", "family_name", "preferred_name", "record_number", "escort_name", "escort_phone")
COLUMNS = (
    *("id", "course_id", "starts_at", "ends_at", "state", "state_since", "escort_name", "escort_phone"),
    *registration_queries.columns_of_person(OF_PERSON),
    *("cancel_reason", "room_id", "room__label"),
    *("nurse_id", "nurse__full_name", "nurse__credentials", "earlier", "planned_count", "session__id"),
)


@dataclass(frozen=True)
class VisitRow:
    """One visit as lists and boards show it. Nothing in it is kept from the front desk.

    `number` counts the visits of the course that were not called off; `of` is what the signed plan says, or None.
    """

    id: UUID
    patient_id: UUID
    patient_name: str
    record_number: str
    course_id: UUID
    room_id: UUID
    room: str
    nurse_id: UUID
    nurse: str
    starts_at: datetime
    ends_at: datetime
    state: str
    state_since: datetime
    number: int
    of: int | None
    escort_name: str
    escort_phone: str
    cancel_reason: str
    session_id: UUID | None
    usual_escort: tuple[str, str]

    @property
    def state_label(self) -> str:
        return str(VisitState(self.state).label)

    @property
    def title(self) -> str:
        """As in Infusion 2 of 6."""
        if self.state not in rules.TAKES_TIME:
            return "Infusion"
        return f"Infusion {self.number} of {self.of}" if self.of else f"Infusion {self.number}"

    @property
    def escort_reached_at(self) -> str:
        """The phone of the ride as every page writes phones."""
        return national("".join(one for one in self.escort_phone if one in "+0123456789"))

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def takes_time(self) -> bool:
        return self.state in rules.TAKES_TIME

    @property
    def has_plan(self) -> bool:
        return self.of is not None


def visits_on(site: Site, day: date) -> list[VisitRow]:
    """Every visit of a site that touches a day, by its own clocks; those called off and missed included."""
    within = whole_day(day, site.time_zone)
    since = within.starts_at - LONGEST_VISIT
    found = VISITS_ON(site=site.pk, since=since, begins=within.starts_at, ends=within.ends_at)
    return [_row(values) for values in found]


def visits_of(patient_id: UUID) -> list[VisitRow]:
    """Every visit of one person, the latest first."""
    return _rows(Appointment.objects.filter(patient__person_id=patient_id).order_by("-starts_at", "-id"))


def next_visit(patient_id: UUID, *, now: datetime) -> VisitRow | None:
    """The visit that is under way or comes next, if any; one that should have begun today still counts."""
    visits = Appointment.objects.filter(patient__person_id=patient_id, state__in=rules.STILL_TO_END, ends_at__gt=now)
    return next(iter(_rows(visits.order_by("starts_at", "id")[:1])), None)


def appointment(appointment_id: UUID) -> Appointment:
    """The visit itself, for an act on it; raises DoesNotExist."""
    return Appointment.objects.select_related("patient").get(pk=appointment_id)


@dataclass(frozen=True)
class MoveRow:
    """One move of a visit, as its page lists it."""

    at: datetime
    text: str
    by: str


@dataclass(frozen=True)
class VisitPage:
    """Everything on the page of one visit. `can` holds the moves that it may make now."""

    row: VisitRow
    sign: str
    status: str
    phases: tuple[rules.Phase, ...]
    moves: tuple[MoveRow, ...]
    can: frozenset[str]
    can_take_back: bool
    is_open: bool
    escort_to_offer: tuple[str, str]


def visit_page(appointment_id: UUID, *, now: datetime) -> VisitPage:
    """One visit with its moves and what can be done with it now."""
    row = visit(appointment_id)
    sign, status = rules.standing(row.state, row.span, now)
    can = set(rules.MOVES[row.state])
    if rules.may_arrive(row.starts_at, now):
        can.discard(rules.ARRIVED)
    if now < row.starts_at + timedelta(minutes=rules.NO_SHOW_AFTER_MINUTES):
        can.discard(rules.NO_SHOW)
    is_recent = now - row.state_since <= timedelta(hours=rules.ARRIVES_WITHIN_HOURS)
    return VisitPage(
        row=row,
        sign=sign,
        status=status,
        phases=rules.phases(row.span),
        moves=_moves(appointment_id),
        can=frozenset(can),
        can_take_back=row.state in rules.TAKEN_BACK_TO and is_recent and not has_open_session(row.id, row.state),
        is_open=row.state in rules.STILL_TO_END,
        escort_to_offer=(row.escort_name, row.escort_phone) if row.escort_name else row.usual_escort,
    )


def _moves(appointment_id: UUID) -> tuple[MoveRow, ...]:
    moves = VisitMove.objects.filter(appointment=appointment_id).select_related("moved_by")
    return tuple(
        MoveRow(at=move.moved_at, text=_move_text(move.from_state, move.to_state), by=str(move.moved_by))
        for move in moves.order_by("moved_at", "id")
    )


def _move_text(from_state: str, to_state: str) -> str:
    if not from_state:
        return "Booked"
    label = str(VisitState(to_state).label)
    return label if to_state in rules.MOVES[from_state] else f"Taken back to “{label}”"


def is_infused_here(appointment_id: UUID, state: str) -> bool:
    """Say whether the person is in the room and the infusion begun there has not ended in a discharge."""
    begun = Appointment.objects.filter(pk=appointment_id, session__started_at__isnull=False)
    return state == rules.IN_ROOM and begun.exclude(session__state__in=SESSION_IS_OVER).exists()


def has_open_session(appointment_id: UUID, state: str) -> bool:
    """Say whether the person is here and a sheet was opened for the visit that has not been ended, begun or not."""
    opened = Appointment.objects.filter(pk=appointment_id, session__isnull=False)
    is_here = state in {rules.ARRIVED, rules.IN_ROOM}
    return is_here and opened.exclude(session__state__in=SESSION_IS_OVER).exists()


def visit(appointment_id: UUID) -> VisitRow:
    """One visit; raises DoesNotExist."""
    rows = _rows(Appointment.objects.filter(pk=appointment_id))
    if not rows:
        raise Appointment.DoesNotExist
    return rows[0]


def planned_infusion_minutes(course_id: UUID) -> int:
    """How long the latest signed plan infuses; the usual time while there is none."""
    plan = signed_plan(course_id)
    return plan.infusion_minutes if plan is not None else rules.USUAL_INFUSION_MINUTES


def signed_plan(course_id: UUID) -> TreatmentPlan | None:
    """The latest signed version of a course's plan."""
    plans = TreatmentPlan.objects.filter(course=course_id, signed_at__isnull=False)
    return plans.order_by("-version").first()


def booking_with(key: UUID | None) -> Appointment | None:
    """The visit that was booked with this key, if the same form was sent before."""
    return Appointment.objects.filter(pk=key).first() if key is not None else None


def other_starts(patient_id: UUID, *, around: datetime) -> list[datetime]:
    """When the person's other visits begin, within two days of a moment."""
    visits = Appointment.objects.filter(
        patient__person_id__in=registration_queries.person_of(patient_id),
        state__in=rules.TAKES_TIME,
        starts_at__range=(around - timedelta(days=2), around + timedelta(days=2)),
    )
    return list(visits.order_by("starts_at").values_list("starts_at", flat=True))


def visits_with(nurse_ids: Collection[UUID], within: Span, *, besides: UUID | None = None) -> dict[UUID, list[Span]]:
    """The visits that each nurse looks after within a stretch of time."""
    found: dict[UUID, list[Span]] = {nurse_id: [] for nurse_id in nurse_ids}
    visits = Appointment.objects.filter(
        nurse__in=nurse_ids,
        state__in=rules.TAKES_TIME,
        starts_at__gte=within.starts_at - LONGEST_VISIT,
        starts_at__lt=within.ends_at,
        ends_at__gt=within.starts_at,
    )
    if besides is not None:
        visits = visits.exclude(pk=besides)
    for nurse_id, starts_at, ends_at in visits.order_by("starts_at").values_list("nurse", "starts_at", "ends_at"):
        found[nurse_id].append(Span(starts_at, ends_at))
    return found


def nurses_of(site_id: UUID) -> list[User]:
    """Who may look after a session at a site: the nurses first, then prescribers, by name."""
    people = staff_queries.staff_who_may(Permission.CHART_SESSION, site_id=site_id)
    return sorted(people, key=lambda person: (Role.NURSE not in person.roles, person.full_name))


def state_before(appointment_id: UUID, state: str) -> str:
    """From which state the visit last moved into this one."""
    moves = VisitMove.objects.filter(appointment=appointment_id, to_state=state).order_by("-moved_at", "-id")
    return moves.values_list("from_state", flat=True).first() or ""


def _visits_on(site: UUID, since: datetime, begins: datetime, ends: datetime) -> QuerySet[Appointment, Any]:
    # The lower bound on the start keeps the search inside the index.
    visits = Appointment.objects.filter(site=site, starts_at__gte=since, starts_at__lt=ends, ends_at__gt=begins)
    return _values(visits.order_by("starts_at", "room__label", "id"))


def _rows(visits: QuerySet[Appointment]) -> list[VisitRow]:
    return [_row(values) for values in _values(visits)]


def _values(visits: QuerySet[Appointment]) -> QuerySet[Appointment, Any]:
    """Read as plain values: a full day has hundreds of visits, and only these columns of theirs are needed."""
    earlier = (
        Appointment.objects.filter(
            course=OuterRef("course"), state__in=rules.TAKES_TIME, starts_at__lt=OuterRef("starts_at")
        )
        .order_by()
        .values("course")
        .annotate(count=Count("pk"))
        .values("count")
    )
    planned = TreatmentPlan.objects.filter(course=OuterRef("course"), signed_at__isnull=False).order_by("-version")
    found = visits.annotate(
        earlier=Coalesce(Subquery(earlier, output_field=IntegerField()), Value(0)),
        planned_count=Subquery(planned.values("session_count")[:1]),
    )
    # The session of a visit belongs to the next step; only its id is passed on, for a link.
    return found.values(*COLUMNS)


VISITS_ON = Compiled(_visits_on, slots={"site": UUID, "since": datetime, "begins": datetime, "ends": datetime})


def _row(found: dict[str, Any]) -> VisitRow:
    of = registration_queries.values_of_person(found, OF_PERSON)
    return VisitRow(
        id=found["id"],
        patient_id=found["patient__person_id"],
        patient_name=f"{of['preferred_name'] or of['given_name']} {of['family_name']}",
        record_number=of["record_number"],
        course_id=found["course_id"],
        room_id=found["room_id"],
        room=found["room__label"],
        nurse_id=found["nurse_id"],
        nurse=named(found["nurse__full_name"], found["nurse__credentials"]),
        starts_at=found["starts_at"],
        ends_at=found["ends_at"],
        state=found["state"],
        state_since=found["state_since"],
        number=found["earlier"] + 1,
        of=found["planned_count"],
        escort_name=found["escort_name"],
        escort_phone=found["escort_phone"],
        cancel_reason=found["cancel_reason"],
        session_id=found["session__id"],
        usual_escort=(of["escort_name"], str(of["escort_phone"])),
    )
