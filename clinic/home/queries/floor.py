"""Who is in the house, where, and what is due there? The visits of today with their sessions, and the rooms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from clinic.home import rules
from clinic.home.queries.parts import Act, Group, RoomNow, Row, called, link
from clinic.kit.clock import local_date
from clinic.kit.compiled import AnyOf, Compiled
from clinic.rooms import queries as room_queries
from clinic.rooms.models import Room
from clinic.rooms.rules import clock
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from clinic.worklist.models import Task
from patients.courses.models import Course
from patients.instruments.models import QuestionnaireResponse
from patients.instruments.queries import BASELINE_BATTERY, BASELINE_BEFORE_COURSE
from patients.registration import queries as registration_queries
from patients.treatment_plan.models import Consent
from sessions.administration.models import OPEN_STATES, PreSessionCheck, SessionState, TreatmentSession
from sessions.administration.queries.chart import entries_of_each
from sessions.administration.queries.sheet import due_rows
from sessions.administration.rules import chart, dosing, monitoring
from sessions.scheduling import queries as visit_queries
from sessions.scheduling.queries import VisitRow

GROUPS: Final = (rules.DESK, rules.ROOMS, rules.RECOVERY, rules.EXPECTED, rules.GONE, rules.OFF)


@dataclass(frozen=True)
class SessionNow:
    """One open session: who, where, how far, and the next reading."""

    id: UUID
    patient_id: UUID
    room_id: UUID
    name: str
    number: int
    state: str
    opened_at: datetime
    stopped_at: datetime | None
    started_at: datetime | None
    ends_at: datetime | None
    due: monitoring.Due | None
    alarm: rules.Alarm | None


@dataclass(frozen=True)
class Seat:
    """One visit of today with what is known about it."""

    visit: VisitRow
    facts: rules.VisitFacts
    session_id: UUID | None = None

    @property
    def group(self) -> str:
        return rules.group_of(self.facts)


@dataclass(frozen=True)
class Floor:
    """The house as it is at one moment."""

    seats: tuple[Seat, ...]
    sessions: tuple[SessionNow, ...]
    rooms: tuple[Room, ...]
    today: date
    zone: str
    now: datetime

    def inside(self, *groups: str) -> list[Seat]:
        return [seat for seat in self.seats if seat.group in groups]

    @property
    def patient_ids(self) -> frozenset[UUID]:
        return frozenset(
            [seat.visit.patient_id for seat in self.seats] + [session.patient_id for session in self.sessions]
        )


def floor(user: User, *, now: datetime) -> Floor:
    """Visits, sessions and rooms of the reader's site in five queries, however many there are."""
    site = user.home_site
    today = local_date(now, site.time_zone)
    visits = visit_queries.visits_on(site, today)
    sessions = SESSIONS.models(site=site.pk, visits=[visit.id for visit in visits])
    courses = {course.pk: course for course in COURSES.models(courses=list({visit.course_id for visit in visits}))}
    by_visit = {session.appointment_id: session for session in sessions}
    return Floor(
        seats=tuple(_seat(visit, by_visit.get(visit.id), courses[visit.course_id]) for visit in visits),
        sessions=_open(sessions, site.time_zone, now),
        rooms=tuple(room_queries.rooms_of(site.pk)),
        today=today,
        zone=site.time_zone,
        now=now,
    )


def board(house: Floor, user: User) -> tuple[Group, ...]:
    """The board of the front desk, grouped by where the person is."""
    groups = []
    for code in GROUPS:
        rows = tuple(_row(seat, house, user) for seat in house.inside(code))
        if rows:
            groups.append(Group(rules.GROUP_LABELS[code], rows))
    return tuple(groups)


def rooms_now(house: Floor, user: User) -> tuple[RoomNow, ...]:
    """Each room: free and who comes next, or who is in it and when the next reading is due."""
    by_room = {session.room_id: session for session in house.sessions}
    waiting = house.inside(rules.DESK, rules.EXPECTED)
    may_open = user.may(Permission.VIEW_SESSION)
    return tuple(
        _taken(room, by_room[room.pk], house, may_open=may_open) if room.pk in by_room else _free(room, waiting, house)
        for room in house.rooms
    )


def _sessions(site: UUID, visits: UUID) -> QuerySet[TreatmentSession]:
    fasting = PreSessionCheck.objects.filter(entry__session=OuterRef("pk")).order_by("-entry__occurred_at")
    is_open = Q(state__in=[str(state) for state in OPEN_STATES], appointment__site=site)
    return (
        TreatmentSession.objects.filter(is_open | Q(AnyOf(F("appointment"), visits)))
        .select_related("plan", "patient__merged_into")
        .annotate(fasting_hours=Subquery(fasting.values("fasting_hours")[:1]))
        .order_by("opened_at", "id")
    )


def _courses(courses: UUID) -> QuerySet[Course]:
    """What has to be ready for each course: consent, the two questionnaires of intake, the latest score."""
    consents = Consent.objects.filter(course=OuterRef("pk")).order_by("-given_at", "-id")
    answered = QuestionnaireResponse.objects.filter(
        patient__person_id=OuterRef("patient__person_id"), superseded_by=None
    )
    battery = answered.filter(
        instrument__in=BASELINE_BATTERY, answered_at__gte=OuterRef("opened_at") - BASELINE_BEFORE_COURSE
    )
    latest = answered.filter(instrument="phq9").order_by().values("patient__person_id").annotate(at=Max("answered_at"))
    records = registration_queries.records_of(OuterRef(OuterRef("patient__person_id")))
    # a contact that was agreed for later needs nobody now
    tasks = Task.objects.filter(patient_id__in=records, closed_at=None).exclude(kind=Task.Kind.SAFETY_CONTACT)
    return Course.objects.filter(AnyOf(F("pk"), courses)).annotate(
        consent_until=Subquery(consents.values("expires_on")[:1]),
        battery=ArraySubquery(battery.order_by().values("instrument").distinct()),
        scale_at=Subquery(latest.values("at")),
        needs_nurse=Exists(tasks),
    )


SESSIONS = Compiled(_sessions, slots={"site": UUID, "visits": UUID})
COURSES = Compiled(_courses, slots={"courses": UUID})


def _seat(visit: VisitRow, session: Any, course: Any) -> Seat:
    return Seat(visit, _facts(visit, session, course), session.pk if session else None)


def _facts(visit: VisitRow, session: Any, course: Any) -> rules.VisitFacts:
    return rules.VisitFacts(
        state=visit.state,
        starts_at=visit.starts_at,
        state_since=visit.state_since,
        session_state=session.state if session else "",
        has_plan=visit.has_plan,
        consent_until=course.consent_until,
        has_forms=set(course.battery) == set(BASELINE_BATTERY),
        scale_at=course.scale_at,
        fasting_hours=session.fasting_hours if session else None,
        has_ride=bool(visit.escort_name),
        needs_nurse=course.needs_nurse,
    )


def _open(sessions: Sequence[Any], zone: str, now: datetime) -> tuple[SessionNow, ...]:
    still_open = [session for session in sessions if session.state in OPEN_STATES]
    entries = entries_of_each([session.pk for session in still_open])
    return tuple(_session_now(session, chart.standing(entries[session.pk]), zone, now) for session in still_open)


def _session_now(session: Any, held: Sequence[chart.Charted], zone: str, now: datetime) -> SessionNow:
    progress = chart.Progress(
        session.state, session.started_at, session.stopped_at, session.discharged_at, session.given_mg
    )
    concentration = session.plan.bag_drug_mg / session.plan.bag_volume_ml
    given = dosing.delivered(
        dosing.segments(chart.steps(held)),
        concentration,
        now,
        ended_at=session.stopped_at,
        ordered_ml=session.ordered_mg / concentration,
    )
    return SessionNow(
        id=session.pk,
        patient_id=session.patient.person_id,
        room_id=session.room_id,
        name=called(session.patient),
        number=session.number,
        state=session.state,
        opened_at=session.opened_at,
        stopped_at=session.stopped_at,
        started_at=session.started_at,
        ends_at=given.projected_end,
        due=monitoring.next_due(due_rows(held, progress, now)),
        alarm=_alarm(held, zone),
    )


def _alarm(held: Sequence[chart.Charted], zone: str) -> rules.Alarm | None:
    happened = [
        rules.Happening(one.occurred_at, is_call=one.kind == "help", grade=int(one.data.get("grade") or 0))
        for one in held
        if one.kind in {"help", "event"}
    ]
    readings = (one.occurred_at for one in held if one.kind == "vitals")
    return rules.alarm(happened, max(readings, default=None), zone) if happened else None


def _row(seat: Seat, house: Floor, user: User) -> Row:
    visit = seat.visit
    return Row(
        time=clock(visit.starts_at, house.zone),
        name=visit.patient_name,
        url=link("patients:detail", visit.patient_id),
        visit=visit.title,
        room="Recovery" if seat.group == rules.RECOVERY else f"Room {visit.room}",
        dots=tuple(replace(dot, url=_fix(dot, seat, user)) for dot in rules.dots(seat.facts, house.today)),
        status=rules.status(seat.facts, house.now, house.today),
        minutes=rules.minutes_in_status(seat.facts, house.now),
        acts=tuple(act for act in _moves(seat, user) if act.url),
    )


def _fix(dot: rules.Dot, seat: Seat, user: User) -> str:
    """Where somebody who may can put right what is not ready; done and no longer needed lead nowhere."""
    if dot.sign in {"", "done"}:
        return ""
    patient = seat.visit.patient_id
    ways = {
        "Consent": (Permission.RECORD_CONSENT, "patients:consent-new", patient),
        "Forms": (Permission.RECORD_ANSWERS, "patients:questionnaires", patient),
        "Scale": (Permission.RECORD_ANSWERS, "patients:questionnaires", patient),
        "Fasting": (Permission.CHART_SESSION, "sessions:checklist", seat.session_id),
        "Ride": (Permission.MOVE_VISIT, "sessions:visit-escort", seat.visit.id),
        "Order": (Permission.WRITE_PLAN, "patients:plans", patient),
    }
    permission, name, subject = ways[dot.label]
    return link(name, subject) if subject and user.may(permission) else ""


def _moves(seat: Seat, user: User) -> Sequence[Act]:
    """The next move of a visit, as far as the reader may make it."""
    visit = seat.visit
    open_visit = Act("Open", link("sessions:visit", visit.id))
    if not user.may(Permission.MOVE_VISIT):
        return (open_visit,)
    if visit.state in {"scheduled", "no_show"}:
        return (Act("Arrived", link("sessions:visit-arrived", visit.id), is_post=True),)
    if visit.state == "arrived":
        return (next_move(seat, user),)
    return (open_visit,)


def next_move(seat: Seat, user: User) -> Act:
    """Name the ride that is missing, or take the person to the room; who charts opens the sheet with it."""
    visit = seat.visit
    if not seat.facts.has_ride:
        return Act("Add ride", link("sessions:visit-escort", visit.id))
    opens = user.may(Permission.CHART_VITALS) and seat.facts.has_plan
    sheet = link("sessions:session-open", visit.id) if opens else ""
    return Act(f"To room {visit.room}", sheet or link("sessions:visit-to-room", visit.id), is_post=True)


def _free(room: Room, waiting: Sequence[Seat], house: Floor) -> RoomNow:
    following = next((seat for seat in waiting if seat.visit.room_id == room.pk), None)
    if following is None:
        return RoomNow(room.label, is_free=True, name="Free", line="Nobody else today.")
    visit = following.visit
    is_here = visit.state == "arrived"
    line = f"{visit.patient_name} {'is here' if is_here else 'next'}, {clock(visit.starts_at, house.zone)}."
    return RoomNow(room.label, is_free=True, name="Free", line=line)


def _taken(room: Room, session: SessionNow, house: Floor, *, may_open: bool) -> RoomNow:
    ring = rules.ring(session.due.due_at, session.due.state, house.now) if session.due else None
    url = link("sessions:sheet", session.id) if may_open else ""
    # What happened is for those who may read the session; everybody else is told that the nurse is needed.
    alarm = session.alarm
    if alarm is not None and not may_open:
        alarm = rules.Alarm(alarm.tone, "Needs the nurse")
    tones = {alarm.tone if alarm else "", ring.tone if ring else ""}
    return RoomNow(
        plate=room.label,
        is_free=False,
        name=session.name,
        line=alarm.text if alarm else room_line(session, ring, house),
        tone=next((tone for tone in ("late", "due") if tone in tones), ""),
        url=url,
        ring=ring,
    )


def room_line(session: SessionNow, ring: rules.Ring | None, house: Floor) -> str:
    if ring is not None and ring.tone:
        return ring.label
    if session.state == SessionState.RUNNING and session.ends_at:
        return f"Infusing to {clock(session.ends_at, house.zone)}"
    if session.state == SessionState.RECOVERY and session.stopped_at:
        return f"Recovery since {clock(session.stopped_at, house.zone)}"
    if session.state == SessionState.PAUSED:
        return "Paused"
    return f"Preparing since {clock(session.opened_at, house.zone)}"
