"""Who is this person, and where on the way through the four steps? Banner and step rail, in three queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import timezone

from clinic.kit import written
from clinic.kit.addresses import address
from clinic.kit.compiled import Compiled
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from clinic.worklist.models import Task
from patients.assessment.models import Assessment, Decision
from patients.courses.models import Course
from patients.courses.rules import STATE_LABELS
from patients.history.models import Allergy, AllergyReview
from patients.progress.rules import rail as rail_rules
from patients.registration import queries as registration_queries
from patients.registration.models import Patient
from patients.registration.rules import age_years
from patients.treatment_plan.models import Consent, TreatmentPlan
from sessions.administration.models import OPEN_STATES, TreatmentSession
from sessions.follow_up import rules as follow_up_rules
from sessions.follow_up.models import CheckIn
from sessions.scheduling.models import Appointment, VisitState

AT_THE_CLINIC = (VisitState.ARRIVED, VisitState.IN_ROOM)


@dataclass(frozen=True)
class Alert:
    """One line of the banner that asks for somebody."""

    sign: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Banner:
    """Who the page is about, as far as the reader may know."""

    name: str
    preferred_name: str
    age: int
    born: date
    pronouns: str
    record_number: str
    also: tuple[str, ...]
    allergies: tuple[str, ...]
    allergies_known: str
    allergies_asked_on: datetime | None
    course_state: str
    next_line: str
    alerts: tuple[Alert, ...]
    url: str


@dataclass(frozen=True)
class RailStep:
    """One tread of the rail, with its way in when the reader may go there."""

    number: int
    title: str
    state: str
    note: str
    url: str


@dataclass(frozen=True)
class Person:
    """Everything that the banner and the step rail show."""

    patient_id: UUID
    course_id: UUID | None
    banner: Banner
    rail: tuple[RailStep, ...]


@dataclass(frozen=True)
class Subject:
    """Whose record an address names, which record stands for that person, and all that are theirs."""

    record_id: UUID
    person_id: UUID
    record_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class CheckInNow:
    """The check-in that asks for somebody first, or else the next one."""

    session_id: UUID
    kind: str
    state: str
    due_at: datetime

    @property
    def is_due(self) -> bool:
        return self.state in {follow_up_rules.OPEN, follow_up_rules.LATE}


def subject_of(
    *, patient_id: UUID | None = None, session_id: UUID | None = None, appointment_id: UUID | None = None
) -> Subject | None:
    """Whom a session or a visit is about, or the record named, with all records of that person."""
    if session_id is not None:
        rows = OF_SESSION(key=session_id)
    elif appointment_id is not None:
        rows = OF_VISIT(key=appointment_id)
    else:
        rows = OF_RECORD(key=patient_id) if patient_id else []
    return next((Subject(row["record"], row["person"], tuple(row["records"])) for row in rows), None)


def _subject(rows: QuerySet[Any, Any], record: str, person: str) -> QuerySet[Any, Any]:
    records = registration_queries.records_of(OuterRef("person"))
    return rows.values(record=F(record), person=F(person)).annotate(records=ArraySubquery(records)).order_by()


# One of these before every page about a person.
OF_SESSION = Compiled(
    lambda key: _subject(TreatmentSession.objects.filter(pk=key), "patient_id", "patient__person_id"),
    slots={"key": UUID},
)
OF_VISIT = Compiled(
    lambda key: _subject(Appointment.objects.filter(pk=key), "patient_id", "patient__person_id"), slots={"key": UUID}
)
OF_RECORD = Compiled(lambda key: _subject(Patient.objects.filter(pk=key), "pk", "person_id"), slots={"key": UUID})


def person(patient_id: UUID, *, user: User, now: datetime) -> Person:
    """Banner and step rail of one person, as far as this member of staff may know."""
    here = timezone.localtime(now)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    (row,) = PATIENT(patient=patient_id)
    course = next(iter(LATEST_COURSE(patient=patient_id, today_from=midnight)), None)
    zone = ZoneInfo(course["site__time_zone"]) if course else ZoneInfo("UTC")
    check_in = _check_in_now(course["id"], zone, now) if course else None
    facts = _facts(course, check_in, today=now.astimezone(zone).date() if course else here.date(), zone=zone)
    return Person(
        patient_id=patient_id,
        course_id=course["id"] if course else None,
        banner=_banner(row, course, facts, patient_id=patient_id, user=user, now=now),
        rail=tuple(
            RailStep(
                step.number, step.title, step.state, step.note, _way_in(step.key, patient_id, course, check_in, user)
            )
            for step in rail_rules.rail(facts)
        ),
    )


def _patient(patient: UUID) -> QuerySet[Patient, Any]:
    allergies = Allergy.objects.filter(patient__person_id=OuterRef("pk"), retracted_at=None)
    asked = AllergyReview.objects.filter(patient__person_id=OuterRef("pk")).order_by("-asked_at", "-id")
    records = registration_queries.records_of(OuterRef(OuterRef("pk")))
    tasks = Task.objects.filter(patient_id__in=records, closed_at=None).order_by("due_at", "id")
    return (
        Patient.objects.filter(pk=patient)
        .values("given_name", "family_name", "preferred_name", "birth_date", "pronouns", "record_number")
        .annotate(
            also=registration_queries.also_of("pk"),
            allergy_list=ArraySubquery(allergies.order_by("recorded_at", "id").values("substance")),
            asked=Subquery(asked.values(row=JSONObject(outcome="outcome", at="asked_at"))[:1]),
            tasks=ArraySubquery(tasks.values(row=JSONObject(id="id", kind="kind", due_at="due_at"))),
        )
    )


def _latest_course(patient: UUID, today_from: datetime) -> QuerySet[Course, Any]:
    """The active course, which is always the latest, or else the last one that ended."""
    signed_review = Assessment.objects.filter(course=OuterRef("pk"), signed_at__isnull=False)
    signed_plan = TreatmentPlan.objects.filter(course=OuterRef("pk"), signed_at__isnull=False)
    consent = Consent.objects.filter(course=OuterRef("pk")).order_by("-given_at", "-id")
    coming = Q(state=VisitState.SCHEDULED, starts_at__gte=today_from) | Q(state__in=AT_THE_CLINIC)
    visits = Appointment.objects.filter(coming, course=OuterRef("pk")).order_by("starts_at", "id")
    in_room = TreatmentSession.objects.filter(course=OuterRef("pk"), state__in=OPEN_STATES).order_by("-number")
    given = TreatmentSession.objects.filter(course=OuterRef("pk"), stopped_at__isnull=False).order_by()
    review_row = JSONObject(decision="decision", signed_at="signed_at", until="expires_on")
    plan_row = JSONObject(version="version", signed_at="signed_at", sessions="session_count")
    visit_row = JSONObject(id="id", starts_at="starts_at", state="state", room=F("room__label"))
    return (
        Course.objects.filter(patient__person_id=patient)
        .order_by("-opened_at", "-id")
        .values("id", "state", "site__time_zone")
        .annotate(
            review=Subquery(signed_review.order_by("-signed_at", "-id").values(row=review_row)[:1]),
            plan=Subquery(signed_plan.order_by("-version").values(row=plan_row)[:1]),
            has_plan_draft=Exists(TreatmentPlan.objects.filter(course=OuterRef("pk"), signed_at=None)),
            consent_until=Subquery(consent.values("expires_on")[:1]),
            visit=Subquery(visits.values(row=visit_row)[:1]),
            session_now=Subquery(in_room.values(row=JSONObject(id="id", number="number"))[:1]),
            sessions_given=Coalesce(Subquery(given.values("course").annotate(count=Count("pk")).values("count")), 0),
        )[:1]
    )


def _lately_stopped(course: UUID, since: datetime) -> QuerySet[TreatmentSession, Any]:
    ended = CheckIn.objects.filter(session=OuterRef("pk")).values("kind")
    return (
        TreatmentSession.objects.filter(course=course, stopped_at__gt=since)
        .values("id", "stopped_at")
        .annotate(ended=ArraySubquery(ended))
    )


# Every page about a person asks these three.
PATIENT = Compiled(_patient, slots={"patient": UUID}, json_rows=("asked",), json_lists=("tasks",))
LATEST_COURSE = Compiled(
    _latest_course,
    slots={"patient": UUID, "today_from": datetime},
    json_rows=("review", "plan", "visit", "session_now"),
)
LATELY_STOPPED = Compiled(_lately_stopped, slots={"course": UUID, "since": datetime})


def _check_in_now(course_id: UUID, zone: ZoneInfo, now: datetime) -> CheckInNow | None:
    waiting = [
        CheckInNow(row["id"], planned.kind, follow_up_rules.state(planned, None, None, now), planned.due_at)
        for row in LATELY_STOPPED(course=course_id, since=now - follow_up_rules.ALL_OVER_AFTER)
        for planned in follow_up_rules.planned_check_ins(row["stopped_at"], zone)
        if planned.kind not in row["ended"]
    ]
    not_over = [one for one in waiting if one.state != follow_up_rules.EXPIRED]
    return min(not_over, key=lambda one: (not one.is_due, one.due_at, one.session_id), default=None)


def _facts(
    course: Mapping[str, Any] | None, check_in: CheckInNow | None, *, today: date, zone: Any
) -> rail_rules.Facts:
    if course is None:
        return rail_rules.Facts(today=today)
    review, plan, visit, in_room = (course[key] or {} for key in ("review", "plan", "visit", "session_now"))
    eligible = review.get("decision") == Decision.ELIGIBLE
    return rail_rules.Facts(
        today=today,
        state=course["state"],
        eligible_since=_local_day(review["signed_at"], zone) if eligible else None,
        eligible_until=date.fromisoformat(review["until"]) if eligible else None,
        plan_version=plan.get("version"),
        plan_signed_on=_local_day(plan["signed_at"], zone) if plan else None,
        plan_session_count=plan.get("sessions"),
        has_plan_draft=course["has_plan_draft"],
        consent_until=course["consent_until"],
        sessions_given=course["sessions_given"],
        session_now=in_room.get("number"),
        next_visit_at=_moment(visit["starts_at"]).astimezone(zone) if visit else None,
        check_in=_check_in_words(check_in, today, zone),
        is_check_in_due=check_in is not None and check_in.is_due,
    )


def _check_in_words(check_in: CheckInNow | None, today: date, zone: Any) -> str:
    if check_in is None:
        return ""
    due = check_in.due_at.astimezone(zone)
    label = follow_up_rules.CHECK_IN_LABELS[check_in.kind]
    day = "today" if due.date() == today else written.short_day(due)
    if check_in.state == follow_up_rules.LATE:
        return f"{label} is late, was due {day}"
    return f"{label} due {day}" + (f", {written.clock(due)}" if day == "today" else "")


def _banner(
    row: Mapping[str, Any],
    course: Mapping[str, Any] | None,
    facts: rail_rules.Facts,
    *,
    patient_id: UUID,
    user: User,
    now: datetime,
) -> Banner:
    asked = row["asked"] or {}
    known = "known" if row["allergy_list"] else "none" if asked.get("outcome") == "none_known" else "not asked"
    return Banner(
        name=f"{row['given_name']} {row['family_name']}",
        preferred_name="" if row["preferred_name"] == row["given_name"] else row["preferred_name"],
        age=age_years(row["birth_date"], facts.today),
        born=row["birth_date"],
        pronouns=row["pronouns"],
        record_number=row["record_number"],
        also=tuple(row["also"]),
        allergies=_each_once(row["allergy_list"]),
        allergies_known=known,
        allergies_asked_on=_moment(asked["at"]) if asked else None,
        course_state=_course_state(facts) if course else "",
        next_line=_next_line(course, facts) if course else "",
        alerts=_alerts(row["tasks"], user, now),
        url=address("patients:detail", patient_id),
    )


def _each_once(substances: list[str]) -> tuple[str, ...]:
    """Listed on two records of a person, an allergy is named once, as it was written first."""
    first: dict[str, str] = {}
    for substance in substances:
        first.setdefault(substance.casefold(), substance)
    return tuple(first.values())


def _course_state(facts: rail_rules.Facts) -> str:
    plan = f", plan {facts.plan_version}" if facts.plan_version else ""
    return f"{STATE_LABELS[facts.state or '']}{plan}"


def _next_line(course: Mapping[str, Any], facts: rail_rules.Facts) -> str:
    """What comes next, safe for everybody: a session and its day, or where the person is now."""
    visit, starts = course["visit"], facts.next_visit_at
    if visit is None or starts is None:
        return "No visit booked"
    if visit["state"] == VisitState.IN_ROOM:
        return f"In room {visit['room']} now"
    number = facts.session_now or facts.sessions_given + 1
    if visit["state"] == VisitState.ARRIVED:
        return f"Session {number}, waiting since arrival"
    day = "today" if starts.date() == facts.today else written.weekday(starts)
    return f"Session {number}, {day}, {written.clock(starts)}"


def _alerts(tasks: list[dict[str, Any]], user: User, now: datetime) -> tuple[Alert, ...]:
    """The open tasks for those who work on them; for everybody else only that a nurse is needed, never why."""
    if not tasks:
        return ()
    if not user.may(Permission.VIEW_TASKS):
        # a contact that was agreed for later needs nobody now
        needs_nurse = any(task["kind"] != Task.Kind.SAFETY_CONTACT for task in tasks)
        return (Alert("due", "Needs nurse"),) if needs_nurse else ()
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for task in tasks:
        by_kind.setdefault(task["kind"], []).append(task)
    return tuple(_alert(kind, same, now) for kind, same in by_kind.items())


def _alert(kind: str, tasks: list[dict[str, Any]], now: datetime) -> Alert:
    """Tasks of one kind as one line; a single one is opened, of several the list."""
    is_late = any(_moment(task["due_at"]) < now for task in tasks)
    several = f" ({len(tasks)})" if len(tasks) > 1 else ""
    return Alert(
        sign="late" if is_late else "due",
        text=f"{Task.Kind(kind).label}{several}",
        url=reverse("clinic:tasks") if several else address("clinic:task", tasks[0]["id"]),
    )


def _way_in(
    key: str, patient_id: UUID, course: Mapping[str, Any] | None, check_in: CheckInNow | None, user: User
) -> str:
    """Where a step leads, for those who may go there; empty for everybody else."""
    if course is None:
        return ""
    ways: dict[str, tuple[Permission, str, tuple[UUID] | tuple[UUID, str]]] = {
        rail_rules.ASSESSMENT: (Permission.VIEW_CLINICAL, "patients:assessment", (patient_id,)),
        rail_rules.PLAN: (Permission.VIEW_CLINICAL, "patients:plans", (patient_id,)),
        rail_rules.ADMINISTRATION: _way_to_session(course, patient_id, user),
        rail_rules.FOLLOW_UP: (Permission.VIEW_CLINICAL, "patients:progress", (patient_id,)),
    }
    if check_in is not None and check_in.is_due and user.may(Permission.RECORD_FOLLOW_UP):
        ways[rail_rules.FOLLOW_UP] = (
            Permission.RECORD_FOLLOW_UP,
            "sessions:check-in",
            (check_in.session_id, check_in.kind),
        )
    permission, name, arguments = ways[key]
    return address(name, *arguments) if user.may(permission) else ""


def _way_to_session(course: Mapping[str, Any], patient_id: UUID, user: User) -> tuple[Permission, str, tuple[UUID]]:
    if course["session_now"] and user.may(Permission.VIEW_SESSION):
        return Permission.VIEW_SESSION, "sessions:sheet", (course["session_now"]["id"],)
    if course["visit"]:
        return Permission.VIEW_SCHEDULE, "sessions:visit", (course["visit"]["id"],)
    return Permission.BOOK, "sessions:book", (patient_id,)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _local_day(text: str, zone: Any) -> date:
    return _moment(text).astimezone(zone).date()
