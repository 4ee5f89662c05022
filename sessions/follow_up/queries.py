"""Who is to be called, who is late, and what was said? Check-ins follow from the stop of a session."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from clinic.kit.compiled import AnyOf, Compiled
from clinic.kit.phones import national
from clinic.worklist.models import Task
from patients.courses.rules import CourseState
from patients.registration import queries as registration_queries
from patients.registration.models import Patient
from sessions.administration.models import TreatmentSession
from sessions.follow_up import rules
from sessions.follow_up.models import CheckIn, ContactAttempt

EXPIRED_SHOWN = timedelta(days=7)
COMING_WITHIN = timedelta(hours=24)
MOST_SESSIONS = 1000
# Nobody calls the family of somebody who has died, or a person who is cared for elsewhere.
NOT_CALLED = (CourseState.DECEASED.value, CourseState.TRANSFERRED.value)
OF_PERSON = ("given_name", "family_name", "preferred_name", "record_number", "phone", "is_voicemail_safe")
FIELDS = (
    "id",
    "number",
    "stopped_at",
    *registration_queries.columns_of_person(OF_PERSON),
    "course__site__time_zone",
)


@dataclass(frozen=True)
class Row:
    """One check-in of the worklist."""

    patient_id: UUID
    session_id: UUID
    name: str
    record_number: str
    phone: str
    is_voicemail_safe: bool
    session_number: int
    kind: str
    label: str
    state: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    late_by: str
    attempts: int
    last_tried_at: datetime | None
    open_tasks: int


@dataclass(frozen=True)
class Worklist:
    """Check-ins by what they ask for, the most pressing first."""

    late: tuple[Row, ...]
    open: tuple[Row, ...]
    coming: tuple[Row, ...]
    expired: tuple[Row, ...]

    @property
    def patient_ids(self) -> set[UUID]:
        return {row.patient_id for row in (*self.late, *self.open, *self.coming, *self.expired)}


@dataclass(frozen=True)
class Attempt:
    """A call that reached nobody."""

    tried_at: datetime
    tried_by: str
    note: str


@dataclass(frozen=True)
class Ended:
    """How a check-in ended, and what was said."""

    id: UUID
    outcome: str
    happened_at: datetime
    recorded_by: str
    mood_nrs: int | None
    adverse_effects: str
    has_urinary_symptoms: bool | None
    note: str
    response_id: UUID | None
    score: str


@dataclass(frozen=True)
class Detail:
    """One check-in with everything about it; `session` is for the actions, `person` is who is called."""

    session: TreatmentSession
    person: Patient
    kind: str
    label: str
    state: str
    planned: rules.Planned
    late_by: str
    attempts: tuple[Attempt, ...]
    ended: Ended | None
    asks_for_scores: bool


def worklist(site_id: UUID, now: datetime) -> Worklist:
    """The check-ins of a site that are late, open, soon to open, or expired in the last week."""
    since = now - rules.ALL_OVER_AFTER - EXPIRED_SHOWN
    sessions = SESSIONS(site=site_id, since=since, until=now + COMING_WITHIN)
    rows = sorted(_rows(sessions, now), key=lambda row: (row.due_at, row.name, row.session_id))

    def those(state: str) -> tuple[Row, ...]:
        return tuple(row for row in rows if row.state == state)

    return Worklist(
        late=those(rules.LATE),
        open=those(rules.OPEN),
        coming=tuple(row for row in those(rules.PLANNED) if row.opens_at <= now + COMING_WITHIN),
        expired=tuple(row for row in reversed(those(rules.EXPIRED)) if row.closes_at >= now - EXPIRED_SHOWN),
    )


def check_in(session_id: UUID, kind: str, now: datetime) -> Detail | None:
    """One planned check-in; None when the session has none of this kind."""
    sessions = TreatmentSession.objects.select_related("patient__merged_into", "course__site")
    session = sessions.filter(pk=session_id).first()
    if session is None or session.stopped_at is None:
        return None
    plans = rules.planned_check_ins(session.stopped_at, ZoneInfo(session.course.site.time_zone))
    planned = next((one for one in plans if one.kind == kind), None)
    if planned is None:
        return None
    ended = CheckIn.objects.select_related("recorded_by", "response").filter(session=session, kind=kind).first()
    is_answered = ended is not None and ended.outcome == CheckIn.Outcome.ANSWERED
    at = ended.happened_at if ended else None
    tried = ContactAttempt.objects.select_related("tried_by").filter(session=session, kind=kind)
    state = rules.state(planned, at if is_answered else None, None if is_answered else at, now)
    return Detail(
        session=session,
        person=registration_queries.standing(session.patient),
        kind=kind,
        label=rules.CHECK_IN_LABELS[kind],
        state=state,
        planned=planned,
        late_by=rules.how_late(planned.due_at, now) if state in {rules.LATE, rules.EXPIRED} else "",
        attempts=tuple(
            Attempt(one.tried_at, str(one.tried_by), one.note) for one in tried.order_by("-tried_at", "-id")
        ),
        ended=_ended(ended) if ended else None,
        asks_for_scores=kind == rules.DAY7,
    )


def _sessions(site: UUID, since: datetime, until: datetime) -> QuerySet[TreatmentSession, Any]:
    ended = CheckIn.objects.filter(session=OuterRef("pk")).values("kind")
    tried = ContactAttempt.objects.filter(session=OuterRef("pk")).values(row=JSONObject(kind="kind", at="tried_at"))
    records = registration_queries.records_of(OuterRef(OuterRef("patient__person_id")))
    tasks = Task.objects.filter(patient_id__in=records, closed_at=None).order_by().values("closed_at")
    # Of what all sites did in these weeks the index alone tells which are of this one.
    lately = TreatmentSession.objects.filter(stopped_at__gt=since, stopped_at__lte=until, course__site=site)
    rows: QuerySet[TreatmentSession, Any] = (
        TreatmentSession.objects.filter(AnyOf(F("pk"), ArraySubquery(lately.order_by().values("pk"))))
        .exclude(course__state__in=NOT_CALLED)
        .order_by("-stopped_at", "id")
        .values(*FIELDS)
        .annotate(
            ended=ArraySubquery(ended),
            tried=ArraySubquery(tried),
            open_tasks=Coalesce(Subquery(tasks.annotate(count=Count("pk")).values("count")), 0),
        )[:MOST_SESSIONS]
    )
    return rows


SESSIONS = Compiled(_sessions, slots={"site": UUID, "since": datetime, "until": datetime}, json_lists=("tried",))


def _rows(sessions: Iterable[Mapping[str, Any]], now: datetime) -> Iterable[Row]:
    for one in sessions:
        for planned in rules.planned_check_ins(one["stopped_at"], ZoneInfo(one["course__site__time_zone"])):
            if planned.kind not in one["ended"]:
                yield _row(one, planned, now)


def _row(one: Mapping[str, Any], planned: rules.Planned, now: datetime) -> Row:
    tries = [datetime.fromisoformat(tried["at"]) for tried in one["tried"] if tried["kind"] == planned.kind]
    of = registration_queries.values_of_person(one, OF_PERSON)
    return Row(
        patient_id=one["patient__person_id"],
        session_id=one["id"],
        name=f"{of['preferred_name'] or of['given_name']} {of['family_name']}",
        record_number=of["record_number"],
        phone=national(of["phone"]),
        is_voicemail_safe=of["is_voicemail_safe"],
        session_number=one["number"],
        kind=planned.kind,
        label=rules.CHECK_IN_LABELS[planned.kind],
        state=rules.state(planned, None, None, now),
        opens_at=planned.opens_at,
        due_at=planned.due_at,
        closes_at=planned.closes_at,
        late_by=rules.how_late(planned.due_at, now),
        attempts=len(tries),
        last_tried_at=max(tries, default=None),
        open_tasks=one["open_tasks"],
    )


def _ended(row: CheckIn) -> Ended:
    response = row.response
    score = "" if response is None else "too many blanks for a score" if response.total is None else str(response.total)
    return Ended(
        id=row.pk,
        outcome=row.outcome,
        happened_at=row.happened_at,
        recorded_by=str(row.recorded_by),
        mood_nrs=row.mood_nrs,
        adverse_effects=row.adverse_effects,
        has_urinary_symptoms=row.has_urinary_symptoms,
        note=row.note,
        response_id=row.response_id,
        score=score,
    )
