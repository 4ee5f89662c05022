"""Which rows do today's lists read? Each list by one query, whose SQL is built once and names what a line shows."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import JSONObject

from clinic.home.queries.parts import name_of
from clinic.kit.compiled import AnyOf, Compiled
from clinic.rooms.models import Room
from clinic.worklist.models import Task
from patients.assessment.models import Assessment, Finding, Override
from patients.assessment.rules import BY_CODE, HARD_STOP, IV
from patients.courses.models import Course
from patients.courses.rules import ACTIVE_STATES, CourseState
from patients.instruments.models import QuestionnaireResponse
from patients.treatment_plan.models import TreatmentPlan
from sessions.administration.models import AdverseEvent, SessionState, TreatmentSession
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
SAID: Final = ("given_name", "family_name", "preferred_name", "is_voicemail_safe", "merged_into", "person_id")


def shown(path: str = "patient") -> tuple[str, ...]:
    """The columns of a person, and of the record that stands for them after a merge."""
    return tuple(f"{path}__{step}{name}" for step in ("", "merged_into__") for name in SAID)


def _scores(site: UUID, since: datetime) -> QuerySet[QuestionnaireResponse]:
    """Every PHQ-9 of the courses with a recent one."""
    asked = QuestionnaireResponse.objects.filter(instrument="phq9", superseded_by=None)
    recent = asked.filter(answered_at__gte=since, course__site=site, course__first_session_at__isnull=False)
    return (
        asked.filter(AnyOf(F("course"), ArraySubquery(recent.values("course"))))  # found first, as an array
        .select_related("patient__merged_into")
        .only("course", "answered_at", "total", "safety_answer", *shown())
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
        .only("stopped_at", *shown())
        .annotate(ended=ArraySubquery(ended), tried=ArraySubquery(tried))
    )


def _tasks(site: UUID, now: datetime) -> QuerySet[Any]:
    at_risk = Q(kind=Task.Kind.SUICIDE_RISK) | Q(kind=Task.Kind.SAFETY_CONTACT, due_at__lte=now)
    return (
        Task.objects.filter(site=site, closed_at=None)
        .select_related("owner")
        .only("kind", "due_at", "acknowledged_at", "patient_id", "owner__full_name")
        .annotate(patient_name=name_of("patient_id"), is_behind=Case(When(at_risk, then=False), default=True))
        .order_by("is_behind", "due_at", "id")[:MOST_LINES]
    )


def _to_decide(site: UUID) -> QuerySet[Any]:
    """Assessments under review, with the latest PHQ-9 and how every condition stands."""
    score = _answered("phq9").values("total")[:1]
    said = JSONObject(code="code", answer="answer")
    latest = Finding.objects.filter(assessment=OuterRef("pk")).order_by("code", "-found_at", "-id").distinct("code")
    return (
        Assessment.objects.filter(signed_at=None, course__state=CourseState.UNDER_REVIEW, course__site=site)
        .select_related("patient__merged_into", "course")
        .only("started_at", "course__indication", *shown())
        .annotate(phq9=Subquery(score), findings_now=ArraySubquery(latest.values(row=said)))
        .order_by("started_at", "id")[:MOST_LINES]
    )


def _plans(site: UUID) -> QuerySet[Any]:
    """Courses with a draft, and eligible ones without a signed plan."""
    drafts = TreatmentPlan.objects.filter(course=OuterRef("pk"), signed_at=None)
    signed = TreatmentPlan.objects.filter(course=OuterRef("pk"), signed_at__isnull=False)
    return (
        Course.objects.filter(site=site, state__in=sorted(ACTIVE_STATES))
        .annotate(draft_id=Subquery(drafts.values("pk")[:1]), drafted_at=Subquery(drafts.values("drafted_at")[:1]))
        .filter(Q(draft_id__isnull=False) | Q(~Exists(signed), state=CourseState.ELIGIBLE))
        .select_related("patient__merged_into")
        .only("opened_at", *shown())
        .order_by(F("drafted_at").asc(nulls_last=True), "opened_at", "id")[:MOST_LINES]
    )


def _to_cosign(site: UUID) -> QuerySet[Any]:
    return (
        TreatmentSession.objects.filter(
            # Its rooms are found first, as an array: what other sites leave open is not looked at.
            AnyOf(F("room"), ArraySubquery(Room.objects.filter(site=site).values("pk"))),
            signed_at__isnull=False,
            cosigned_at=None,
            state=SessionState.DISCHARGED,
        )
        .select_related("patient__merged_into", "signed_by")
        .only("number", "signed_at", "signed_by__full_name", "signed_by__credentials", *shown())
        .order_by("signed_at", "id")[:MOST_LINES]
    )


def _unsigned(site: UUID) -> QuerySet[Any]:
    over = [str(SessionState.DISCHARGED), str(SessionState.NOT_TREATED)]
    return (
        TreatmentSession.objects.filter(appointment__site=site, signed_at=None, state__in=over)
        .select_related("patient__merged_into")
        .only("number", "opened_at", "discharged_at", *shown())
        .order_by("discharged_at", "id")[:MOST_LINES]
    )


def _hard_stop_findings(site: UUID) -> QuerySet[Any]:
    """What was found last of each hard stop in the open assessments, met or not."""
    given = Override.objects.filter(
        assessment=OuterRef("assessment"), code=OuterRef("code"), is_hard_stop=True, given_at__gte=OuterRef("found_at")
    )
    return (
        Finding.objects.filter(assessment__signed_at=None, assessment__course__site=site, code__in=HARD_STOPS)
        .select_related("assessment__patient__merged_into")
        .only("code", "answer", "evidence", "found_at", *shown("assessment__patient"))
        .annotate(is_overridden=Exists(given))
        .order_by("assessment", "code", "-found_at", "-id")
        .distinct("assessment", "code")
    )


def _severe_events(site: UUID, since: datetime, visited_since: datetime) -> QuerySet[Any]:
    visited = TreatmentSession.objects.filter(appointment__site=site, appointment__starts_at__gte=visited_since)
    return (
        AdverseEvent.objects.filter(
            Q(is_serious=True) | Q(grade__gte=SEVERE_FROM),
            # The sessions of these days are found first, as an array, however many events other sites have had.
            AnyOf(F("entry__session"), ArraySubquery(visited.values("pk"))),
            entry__occurred_at__gte=since,
            entry__answers=None,
        )
        .select_related("entry__session__patient__merged_into")
        .only("is_serious", "grade", "term", "action_taken", "entry__occurred_at", *shown("entry__session__patient"))
        .order_by("-entry__occurred_at", "-entry__id")[:MOST_LINES]
    )


def _answered(code: str) -> QuerySet[QuestionnaireResponse]:
    answered = QuestionnaireResponse.objects.filter(
        patient__person_id=OuterRef("patient__person_id"), instrument=code, superseded_by=None
    )
    return answered.order_by("-answered_at", "-id")


SCORES = Compiled(_scores, slots={"site": UUID, "since": datetime})
RECENT_SESSIONS = Compiled(_recent_sessions, slots={"site": UUID, "since": datetime, "visited_since": datetime})
TO_DECIDE = Compiled(_to_decide, slots={"site": UUID})
TASKS = Compiled(_tasks, slots={"site": UUID, "now": datetime})
PLANS = Compiled(_plans, slots={"site": UUID})
TO_COSIGN = Compiled(_to_cosign, slots={"site": UUID})
UNSIGNED = Compiled(_unsigned, slots={"site": UUID})
HARD_STOP_FINDINGS = Compiled(_hard_stop_findings, slots={"site": UUID})
SEVERE_EVENTS = Compiled(_severe_events, slots={"site": UUID, "since": datetime, "visited_since": datetime})
