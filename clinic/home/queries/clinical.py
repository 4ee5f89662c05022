"""What waits for a nurse, a prescriber, a director or a therapist? One query for each list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import JSONObject

from clinic.home import rules
from clinic.home.queries.parts import Act, Line, called, link, name_of
from clinic.kit import written
from clinic.kit.compiled import AnyOf, Compiled
from clinic.rooms.models import Room
from clinic.sites.models import Site
from clinic.worklist.models import Task
from patients.assessment.models import Assessment, Finding, Override
from patients.assessment.rules import BY_CODE, HARD_STOP, IV
from patients.courses.models import Course
from patients.courses.rules import ACTIVE_STATES, CourseState
from patients.instruments.models import QuestionnaireResponse
from patients.instruments.rules import change
from patients.registration import queries as registration_queries
from patients.treatment_plan.models import TreatmentPlan
from sessions.administration.models import AdverseEvent, SessionState, TreatmentSession
from sessions.follow_up import rules as follow_up_rules
from sessions.follow_up.models import CheckIn, ContactAttempt
from sessions.scheduling.models import Appointment

# The last check-in of a session closes on day 10; one day more for the zones.
CHECK_INS_WITHIN: Final = timedelta(days=12)
# From the planned beginning of a visit to the end of its infusion, with much to spare.
LONGEST_VISIT: Final = timedelta(days=1)
SCORES_OF: Final = timedelta(days=14)
EVENTS_OF: Final = timedelta(days=30)
SEVERE_FROM: Final = 3
MOST_LINES: Final = 30
MOST_SCORES: Final = 15
HARD_STOPS: Final = tuple(code for code, one in BY_CODE.items() if one.tier(IV) == HARD_STOP)
# What a line says of the person.
SHOWN: Final = tuple(
    f"patient__{name}"
    for name in ("given_name", "family_name", "preferred_name", "is_voicemail_safe", "merged_into", "person_id")
)
SHOWN_IF_MERGED: Final = tuple(name.replace("patient__", "patient__merged_into__") for name in SHOWN)
SIGN_OF_CHECK_IN: Final = {follow_up_rules.OPEN: "due", follow_up_rules.LATE: "late"}


@dataclass(frozen=True)
class Found:
    """The lines of a list, and whose records they show."""

    lines: tuple[Line, ...]
    patient_ids: frozenset[UUID]

    @property
    def late(self) -> int:
        return sum(line.sign == "late" for line in self.lines)


def tasks(site: Site, *, now: datetime) -> Found:
    """Open tasks: a risk to assess, or whose contact is late, before everything else; then by deadline."""
    at_risk = Q(kind=Task.Kind.SUICIDE_RISK) | Q(kind=Task.Kind.SAFETY_CONTACT, due_at__lte=now)
    rows = (
        Task.objects.filter(site=site, closed_at=None)
        .select_related("owner")
        .annotate(patient_name=name_of("patient_id"), is_behind=Case(When(at_risk, then=False), default=True))
        .order_by("is_behind", "due_at", "id")[:MOST_LINES]
    )
    return _found((_task(row, now), row.patient_id) for row in rows)


def check_ins(site: Site, *, now: datetime) -> Found:
    """Check-ins that are open or late, derived from when the infusions stopped; the late ones first."""
    zone = ZoneInfo(site.time_zone)
    waiting = [
        (state == follow_up_rules.OPEN, planned.due_at, row.patient.person_id, row, planned, state)
        for row in RECENT_SESSIONS.models(
            site=site.pk, since=now - CHECK_INS_WITHIN, visited_since=now - CHECK_INS_WITHIN - LONGEST_VISIT
        )
        for planned in follow_up_rules.planned_check_ins(row.stopped_at, zone)
        if planned.kind not in row.ended
        and (state := follow_up_rules.state(planned, None, None, now)) in SIGN_OF_CHECK_IN
    ]
    in_order = sorted(waiting, key=lambda one: one[:3])
    return _found(
        (_check_in(row, planned, state, now), patient_id)
        for _, _, patient_id, row, planned, state in in_order[:MOST_LINES]
    )


def to_decide(site: Site, *, now: datetime) -> Found:
    """Assessments handed to the prescriber, the longest wait first."""
    score = _answered("phq9").values("total")[:1]
    said = JSONObject(code="code", answer="answer")
    latest = Finding.objects.filter(assessment=OuterRef("pk")).order_by("code", "-found_at", "-id").distinct("code")
    rows = (
        Assessment.objects.filter(signed_at=None, course__state=CourseState.UNDER_REVIEW, course__site=site)
        .select_related("patient__merged_into", "course")
        .annotate(
            phq9=Subquery(score),
            findings_now=ArraySubquery(latest.values(row=said)),
        )
        .order_by("started_at", "id")[:MOST_LINES]
    )
    return _found((_assessment(row, now), row.patient.person_id) for row in rows)


def plans(site: Site, *, now: datetime) -> Found:
    """People who are eligible and wait for a plan, and drafts that wait for a signature."""
    drafts = TreatmentPlan.objects.filter(course=OuterRef("pk"), signed_at=None)
    signed = TreatmentPlan.objects.filter(course=OuterRef("pk"), signed_at__isnull=False)
    rows = (
        Course.objects.filter(site=site, state__in=sorted(ACTIVE_STATES))
        .annotate(draft_id=Subquery(drafts.values("pk")[:1]), drafted_at=Subquery(drafts.values("drafted_at")[:1]))
        .filter(Q(draft_id__isnull=False) | Q(~Exists(signed), state=CourseState.ELIGIBLE))
        .select_related("patient__merged_into")
        .order_by(F("drafted_at").asc(nulls_last=True), "opened_at", "id")[:MOST_LINES]
    )
    return _found((_plan(row, now), row.patient.person_id) for row in rows)


def to_cosign(site: Site, *, now: datetime) -> Found:
    """Sessions that a nurse has signed and no prescriber yet."""
    rows = (
        TreatmentSession.objects.filter(
            # Its rooms are found first, as an array: what other sites leave open is not looked at.
            AnyOf(F("room"), ArraySubquery(Room.objects.filter(site=site).values("pk"))),
            signed_at__isnull=False,
            cosigned_at=None,
            state=SessionState.DISCHARGED,
        )
        .select_related("patient__merged_into", "signed_by")
        .order_by("signed_at", "id")[:MOST_LINES]
    )
    return _found((_signed(row, now), row.patient.person_id) for row in rows)


def unsigned(site: Site, *, now: datetime) -> Found:
    """Sessions that are over and not signed."""
    over = [str(SessionState.DISCHARGED), str(SessionState.NOT_TREATED)]
    rows = (
        TreatmentSession.objects.filter(appointment__site=site, signed_at=None, state__in=over)
        .select_related("patient__merged_into")
        .order_by("discharged_at", "id")[:MOST_LINES]
    )
    return _found((_unsigned(row, now), row.patient.person_id) for row in rows)


def scores(site: Site, *, now: datetime, worse_only: bool = False) -> Found:
    """PHQ-9 answers of the last days beside the ones before; those that have become worse lead."""
    by_course: dict[UUID, list[QuestionnaireResponse]] = defaultdict(list)
    for row in SCORES.models(site=site.pk, since=now - SCORES_OF):
        if row.course_id is not None:
            by_course[row.course_id].append(row)
    judged = [(_warnings(series), series) for series in by_course.values()]
    kept = [one for one in judged if one[0]] if worse_only else judged
    in_order = sorted(kept, key=lambda one: (not one[0], -one[1][-1].answered_at.timestamp(), one[1][-1].pk))
    return _found(
        (_score(series, warned, now), series[-1].patient.person_id) for warned, series in in_order[:MOST_SCORES]
    )


def overrides_asked(site: Site, *, now: datetime) -> Found:
    """Hard stops that are met in an open assessment and not overridden: only the director may let one pass."""
    given = Override.objects.filter(
        assessment=OuterRef("assessment"), code=OuterRef("code"), is_hard_stop=True, given_at__gte=OuterRef("found_at")
    )
    latest = (
        Finding.objects.filter(assessment__signed_at=None, assessment__course__site=site, code__in=HARD_STOPS)
        .select_related("assessment__patient__merged_into")
        .annotate(is_overridden=Exists(given))
        .order_by("assessment", "code", "-found_at", "-id")
        .distinct("assessment", "code")
    )
    asked = [row for row in latest if row.answer == "met" and not row.is_overridden]
    return _found((_hard_stop(row, now), row.assessment.patient.person_id) for row in asked[:MOST_LINES])


def events(site: Site, *, now: datetime) -> Found:
    """Adverse events of the last weeks that were severe or serious."""
    visited = TreatmentSession.objects.filter(
        appointment__site=site, appointment__starts_at__gte=now - EVENTS_OF - LONGEST_VISIT
    )
    rows = (
        AdverseEvent.objects.filter(
            Q(is_serious=True) | Q(grade__gte=SEVERE_FROM),
            # The sessions of these days are found first, as an array, however many events other sites have had.
            AnyOf(F("entry__session"), ArraySubquery(visited.values("pk"))),
            entry__occurred_at__gte=now - EVENTS_OF,
            entry__answers=None,
        )
        .select_related("entry__session__patient__merged_into")
        .order_by("-entry__occurred_at", "-entry__id")[:MOST_LINES]
    )
    return _found((_event(row, site), row.entry.session.patient.person_id) for row in rows)


def _found(pairs: Iterable[tuple[Line, UUID]]) -> Found:
    every = list(pairs)
    return Found(tuple(line for line, _ in every), frozenset(patient_id for _, patient_id in every))


def _scores(site: UUID, since: datetime) -> QuerySet[QuestionnaireResponse]:
    """Every PHQ-9 of the courses with a recent one."""
    asked = QuestionnaireResponse.objects.filter(instrument="phq9", superseded_by=None)
    recent = asked.filter(answered_at__gte=since, course__site=site, course__first_session_at__isnull=False)
    return (
        asked.filter(AnyOf(F("course"), ArraySubquery(recent.values("course"))))  # found first, as an array
        .select_related("patient__merged_into")
        .only("course", "answered_at", "total", "safety_answer", *SHOWN, *SHOWN_IF_MERGED)
        .order_by("course", "answered_at", "id")
    )


def _visits(site: UUID, since: datetime) -> QuerySet[Any, Any]:
    return Appointment.objects.filter(site=site, starts_at__gte=since).order_by().values("pk")


def _recent_sessions(site: UUID, since: datetime, visited_since: datetime) -> QuerySet[Any]:
    ended = CheckIn.objects.filter(session=OuterRef("pk")).values("kind")
    tried = ContactAttempt.objects.filter(session=OuterRef("pk")).values("kind")
    return (
        TreatmentSession.objects.filter(
            # The visits of these days are found first, as an array, however many the site has had.
            AnyOf(F("appointment"), ArraySubquery(_visits(site, visited_since))),
            stopped_at__gt=since,
        )
        .select_related("patient__merged_into")
        .only("stopped_at", *SHOWN, *SHOWN_IF_MERGED)
        .annotate(ended=ArraySubquery(ended), tried=ArraySubquery(tried))
    )


SCORES = Compiled(_scores, slots={"site": UUID, "since": datetime})
RECENT_SESSIONS = Compiled(_recent_sessions, slots={"site": UUID, "since": datetime, "visited_since": datetime})


def _answered(code: str) -> QuerySet[QuestionnaireResponse]:
    answered = QuestionnaireResponse.objects.filter(
        patient__person_id=OuterRef("patient__person_id"), instrument=code, superseded_by=None
    )
    return answered.order_by("-answered_at", "-id")


def _count(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _task(row: Any, now: datetime) -> Line:
    is_late = row.due_at <= now
    span = rules.how_long(abs(now - row.due_at))
    url = link("clinic:task", row.pk)
    return Line(
        sign="late" if is_late else "due",
        name=row.patient_name or "",
        what=Task.Kind(row.kind).label,
        url=url,
        note=f"{row.owner.full_name}{'' if row.acknowledged_at else ', not taken yet'}",
        when=f"{span} late" if is_late else f"due in {span}",
        act=Act("Open task", url),
        is_urgent=is_late or row.acknowledged_at is None,
    )


def _check_in(row: Any, planned: follow_up_rules.Planned, state: str, now: datetime) -> Line:
    tries = row.tried.count(planned.kind)
    span = rules.how_long(abs(now - planned.due_at))
    url = link("sessions:check-in", row.pk, planned.kind)
    tried = f", tried {'once' if tries == 1 else f'{tries} times'}" if tries else ""
    voicemail = "voicemail is safe" if registration_queries.standing(row.patient).is_voicemail_safe else "no voicemail"
    return Line(
        sign=SIGN_OF_CHECK_IN[state],
        name=called(row.patient),
        what=follow_up_rules.CHECK_IN_LABELS[planned.kind],
        url=link("patients:detail", row.patient.person_id),
        note=f"{voicemail}{tried}",
        when=f"{span} late" if state == follow_up_rules.LATE else f"within {span}",
        act=Act("Record", url) if url else None,
    )


def _assessment(row: Any, now: datetime) -> Line:
    url = link("patients:assessment", row.patient.person_id)
    met = [one["code"] for one in row.findings_now if one["answer"] == "met"]
    hard = sum(code in HARD_STOPS for code in met)
    words = [_count(hard, "hard stop")] if hard else []
    words += [f"{len(met) - hard} to decide"] if len(met) > hard else []
    stands = " and ".join(words) or "nothing stands against it"
    return Line(
        sign="due",
        name=called(row.patient),
        what=f"PHQ-9 {row.phq9}, {stands}" if row.phq9 is not None else stands.capitalize(),
        url=url,
        note=str(row.course.get_indication_display()),
        when=rules.how_long(now - row.started_at),
        act=Act("Decide", url) if url else None,
    )


def _plan(row: Any, now: datetime) -> Line:
    if row.draft_id is None:
        url = link("patients:plan-new", row.patient.person_id)
        return Line("open", called(row.patient), "Eligible, no plan yet", url, act=Act("Write plan", url))
    url = link("patients:plan", row.patient.person_id, row.draft_id)
    span = rules.how_long(now - row.drafted_at)
    return Line("due", called(row.patient), "Draft to sign", url, when=span, act=Act("Read and sign", url))


def _signed(row: Any, now: datetime) -> Line:
    url = link("sessions:record", row.pk) or link("sessions:sheet", row.pk)
    return Line(
        sign="due",
        name=called(row.patient),
        what=f"Session {row.number}",
        url=url,
        note=f"signed by {row.signed_by}",
        when=rules.how_long(now - row.signed_at),
        act=Act("Read and co-sign", url),
    )


def _unsigned(row: Any, now: datetime) -> Line:
    url = link("sessions:sheet", row.pk)
    since = now - (row.discharged_at or row.opened_at)
    is_late = since > timedelta(days=1)
    return Line(
        sign="late" if is_late else "due",
        name=called(row.patient),
        what=f"Session {row.number} is not signed",
        url=url,
        when=rules.how_long(since),
        act=Act("Open", url),
    )


def _warnings(series: list[QuestionnaireResponse]) -> tuple[str, ...]:
    """What speaks of becoming worse in the PHQ-9 answers of one course, in order."""
    return change.early_warning(
        [(one.answered_at, one.total) for one in series if one.total is not None],
        [(one.answered_at, one.safety_answer) for one in series if one.safety_answer is not None],
    )


def _score(series: list[QuestionnaireResponse], warned: tuple[str, ...], now: datetime) -> Line:
    latest = series[-1]
    totals = [one.total for one in series if one.total is not None]
    url = link("patients:progress", latest.patient.person_id)
    before = f", {totals[-2]} before" if len(totals) > 1 else ""
    return Line(
        sign="due" if warned else "done",
        name=called(latest.patient),
        what=f"PHQ-9 {latest.total if latest.total is not None else 'without a score'}{before}",
        url=url,
        note=warned[0] if warned else "",
        when=f"{rules.how_long(now - latest.answered_at)} ago",
        act=Act("Progress", url) if url else None,
    )


def _hard_stop(row: Any, now: datetime) -> Line:
    url = link("patients:assessment", row.assessment.patient.person_id)
    return Line(
        sign="late",
        name=called(row.assessment.patient),
        what=BY_CODE[row.code].title,
        url=url,
        note=row.evidence,
        when=rules.how_long(now - row.found_at),
        act=Act("Read the case", url) if url else None,
    )


def _event(row: Any, site: Site) -> Line:
    session, at = row.entry.session, row.entry.occurred_at.astimezone(ZoneInfo(site.time_zone))
    url = link("sessions:sheet", session.pk)
    return Line(
        sign="late" if row.is_serious else "due",
        name=called(session.patient),
        what=f"{row.term.replace('_', ' ').capitalize()}, grade {row.grade}{', serious' if row.is_serious else ''}",
        url=url,
        note=row.action_taken,
        when=f"{written.short_day(at)}, {written.clock(at)}",
        act=Act("Open", url),
    )
