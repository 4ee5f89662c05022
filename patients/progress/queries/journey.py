"""What does the page of progress show? One course with its scores, sessions, check-ins and plans, in four queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from clinic.kit import written
from clinic.kit.compiled import Compiled
from clinic.kit.constraints import EARLIEST
from patients.courses.models import Course
from patients.instruments.catalogue import instrument
from patients.instruments.models import QuestionnaireResponse
from patients.instruments.rules import change as change_rules
from patients.progress import charts
from patients.progress.rules import journey as journey_rules
from patients.progress.rules import prompts as prompt_rules
from patients.progress.rules import summary as summary_rules
from patients.progress.rules import table as table_rules
from patients.progress.rules.days import short_day
from patients.progress.rules.journey import CODES, GAD7, PHQ9, Journey
from patients.treatment_plan.models import TreatmentPlan
from sessions.administration.models import TreatmentSession
from sessions.follow_up import rules as follow_up_rules
from sessions.follow_up.models import CheckIn, ContactAttempt
from sessions.scheduling.models import Appointment, VisitState

MOST_SCORES = 400
NO_COURSE = UUID(int=0)


@dataclass(frozen=True)
class Words:
    """A few words of the summary, with the row that a day leads to."""

    text: str
    is_strong: bool
    anchor: str


@dataclass(frozen=True)
class Stat:
    """One figure of the glance."""

    label: str
    value: str
    unit: str = ""
    more: str = ""


@dataclass(frozen=True)
class Progress:
    """Everything on the page of progress, ready to be drawn."""

    lead: tuple[tuple[Words, ...], ...]
    details: tuple[tuple[Words, ...], ...]
    drawings: tuple[charts.Picture, ...]
    chart_title: str
    chart_words: str
    rows: tuple[table_rules.Row, ...]
    names: tuple[str, ...]
    stats: tuple[Stat, ...]
    prompts: tuple[prompt_rules.Prompt, ...]
    plan_version: int | None
    goals: tuple[str, ...]
    axis: str
    has_days: bool


def progress(patient_id: UUID, course_id: UUID | None, *, axis: str, now: datetime) -> Progress:
    """The page of progress of one person; `axis` is "dates" or "days"."""
    journey = journey_of(patient_id, course_id, now=now)
    told = summary_rules.summary(journey)
    has_days = journey.first_dose_on is not None
    shown_axis = axis if axis in charts.AXES and has_days else charts.DATES
    is_empty = not any(journey_rules.scored(journey, code) for code in CODES) and not journey.sessions
    plan = journey.plans[-1] if journey.plans else None
    return Progress(
        lead=tuple(_words(sentence) for sentence in told.lead),
        details=tuple(_words(sentence) for sentence in told.details),
        drawings=() if is_empty else charts.drawings(chart_input(journey, shown_axis)),
        chart_title=_chart_title(journey),
        chart_words=" ".join("".join(part.text for part in sentence) for sentence in (*told.lead, *told.details)),
        rows=table_rules.rows(journey),
        names=tuple(journey_rules.short_name(code) for code in CODES),
        stats=_stats(journey),
        prompts=prompt_rules.prompts(journey),
        plan_version=plan.version if plan else None,
        goals=tuple(line.strip() for line in plan.goal.splitlines() if line.strip()) if plan else (),
        axis=shown_axis,
        has_days=has_days,
    )


def journey_of(patient_id: UUID, course_id: UUID | None, *, now: datetime) -> Journey:
    """What happened on a course, in plain values; without a course, the scores alone."""
    course = next(iter(COURSE(course=course_id, now=now)), None) if course_id else None
    zone = ZoneInfo(course["site__time_zone"]) if course else timezone.get_current_timezone()
    every_session = SESSIONS(patient=patient_id)
    mine = [row for row in every_session if row["course_id"] == course_id]
    first_dose_at = min((row["started_at"] for row in mine), default=None)
    return Journey(
        today=now.astimezone(zone).date(),
        state=course["state"] if course else None,
        first_dose_at=first_dose_at,
        first_dose_on=first_dose_at.astimezone(zone).date() if first_dose_at else None,
        scores=_scores(patient_id, course, zone),
        sessions=tuple(_given(row, zone) for row in mine),
        asked=tuple(_asked(mine, zone, now)),
        plans=_plans(course_id, zone),
        visits=tuple(visit.astimezone(zone).date() for visit in (course["visits"] if course else ())),
        given_mg_in_all=sum((row["given_mg"] or Decimal(0) for row in every_session), Decimal(0)),
        sessions_in_all=sum(row["stopped_at"] is not None for row in every_session),
    )


def chart_input(journey: Journey, axis: str) -> charts.Input:
    """The journey as the chart takes it."""
    start = journey_rules.baseline(journey, PHQ9)
    form = instrument(PHQ9)
    total = start.total if start else None
    is_evaluable = total is not None and total >= form.response_baseline_from
    no_score = {score.day for score in journey.scores if score.total is None}
    changes = zip(journey.plans, journey.plans[1:], strict=False)
    return charts.Input(
        today=journey.today,
        axis=axis,
        day_zero=journey.first_dose_on,
        series=tuple(_series(journey, code) for code in CODES if journey_rules.scored(journey, code)),
        doses=(*_doses(journey), *_planned(journey)),
        plan_changes=tuple((after.signed_on, table_rules.plan_label(before, after)) for before, after in changes),
        unanswered=tuple({asked.day for asked in journey_rules.missed(journey)} | no_score),
        baseline=total,
        response_at=Decimal(total) * (100 - change_rules.RESPONSE_PERCENT) / 100 if total and is_evaluable else None,
        remission_below=form.remission_below,
    )


def _course(course: UUID, now: datetime) -> QuerySet[Course, Any]:
    coming = Appointment.objects.filter(course=OuterRef("pk"), state=VisitState.SCHEDULED, starts_at__gte=now)
    return (
        Course.objects.filter(pk=course)
        .values("id", "state", "opened_at", "site__time_zone")
        .annotate(visits=ArraySubquery(coming.order_by("starts_at", "id").values("starts_at")))
    )


def _sessions(patient: UUID) -> QuerySet[TreatmentSession, Any]:
    """Every session of the person that was started, with what came of its check-ins."""
    check_ins = CheckIn.objects.filter(session=OuterRef("pk")).values(
        row=JSONObject(
            kind="kind", outcome="outcome", at="happened_at", mood="mood_nrs", urinary="has_urinary_symptoms"
        )
    )
    attempts = ContactAttempt.objects.filter(session=OuterRef("pk")).values("kind")
    return (
        TreatmentSession.objects.filter(patient__person_id=patient, started_at__isnull=False)
        .order_by("started_at", "id")
        .values("id", "course_id", "number", "started_at", "stopped_at", "given_mg")
        .annotate(ended=ArraySubquery(check_ins), tried=ArraySubquery(attempts))
    )


def _responses(patient: UUID, course: UUID, earliest: datetime) -> QuerySet[QuestionnaireResponse, Any]:
    """Answers of this course, and those before it that may be its baseline; corrected ones are left out."""
    mine = Q(course=course) | Q(answered_at__gte=earliest)
    return (
        QuestionnaireResponse.objects.filter(mine, patient__person_id=patient, instrument__in=CODES, superseded_by=None)
        .order_by("-answered_at", "-id")
        .values("id", "instrument", "answered_at", "total", "missing_count", "safety_answer")[:MOST_SCORES]
    )


def _signed_plans(course: UUID) -> QuerySet[TreatmentPlan, Any]:
    return (
        TreatmentPlan.objects.filter(course=course, signed_at__isnull=False)
        .order_by("version")
        .values(
            "version",
            "signed_at",
            "dose_mg_per_kg",
            "dose_mg",
            "infusion_minutes",
            "session_count",
            "interval_days",
            "goal",
            "review_on",
        )
    )


COURSE = Compiled(_course, slots={"course": UUID, "now": datetime})
SESSIONS = Compiled(_sessions, slots={"patient": UUID}, json_lists=("ended",))
RESPONSES = Compiled(_responses, slots={"patient": UUID, "course": UUID, "earliest": datetime})
SIGNED_PLANS = Compiled(_signed_plans, slots={"course": UUID})


def _scores(patient_id: UUID, course: Mapping[str, Any] | None, zone: Any) -> tuple[journey_rules.Score, ...]:
    rows = RESPONSES(
        patient=patient_id,
        course=course["id"] if course else NO_COURSE,
        earliest=course["opened_at"] - change_rules.BASELINE_MAX_AGE if course else EARLIEST,
    )
    return tuple(
        journey_rules.Score(
            id=str(row["id"]),
            code=row["instrument"],
            at=row["answered_at"],
            day=row["answered_at"].astimezone(zone).date(),
            total=row["total"],
            band="" if row["total"] is None else instrument(row["instrument"]).band_for(row["total"]).label,
            missing=row["missing_count"],
            safety_answer=row["safety_answer"],
        )
        for row in reversed(rows)
    )


def _given(row: Mapping[str, Any], zone: Any) -> journey_rules.Given:
    return journey_rules.Given(
        id=str(row["id"]),
        number=row["number"],
        started_at=row["started_at"],
        day=row["started_at"].astimezone(zone).date(),
        given_mg=row["given_mg"],
        is_over=row["stopped_at"] is not None,
    )


def _asked(rows: Iterable[Mapping[str, Any]], zone: Any, now: datetime) -> Iterable[journey_rules.Asked]:
    for row in rows:
        if row["stopped_at"] is None:
            continue
        ended = {one["kind"]: one for one in row["ended"]}
        for planned in follow_up_rules.planned_check_ins(row["stopped_at"], zone):
            outcome = ended.get(planned.kind, {})
            at = datetime.fromisoformat(outcome["at"]) if outcome else None
            answered = at if outcome.get("outcome") == CheckIn.Outcome.ANSWERED else None
            yield journey_rules.Asked(
                session_id=str(row["id"]),
                session_number=row["number"],
                kind=planned.kind,
                due_at=planned.due_at,
                day=planned.due_at.astimezone(zone).date(),
                state=follow_up_rules.state(planned, answered, at if answered is None else None, now),
                attempts=row["tried"].count(planned.kind),
                answered_on=answered.astimezone(zone).date() if answered else None,
                mood_nrs=outcome.get("mood"),
                has_urinary_symptoms=outcome.get("urinary"),
            )


def _plans(course_id: UUID | None, zone: Any) -> tuple[journey_rules.PlanVersion, ...]:
    if course_id is None:
        return ()
    return tuple(
        journey_rules.PlanVersion(
            version=row["version"],
            signed_on=row["signed_at"].astimezone(zone).date(),
            mg_per_kg=row["dose_mg_per_kg"],
            dose_mg=row["dose_mg"],
            minutes=row["infusion_minutes"],
            session_count=row["session_count"],
            interval_days=row["interval_days"],
            goal=row["goal"],
            review_on=row["review_on"],
        )
        for row in SIGNED_PLANS(course=course_id)
    )


def _series(journey: Journey, code: str) -> charts.Series:
    gaps = [score.day for score in journey.scores if score.code == code and score.total is None]
    if code == PHQ9:
        gaps += [asked.day for asked in journey_rules.missed(journey) if journey_rules.asks_for_score(asked)]
    points = [(score.day, score.total) for score in journey_rules.scored(journey, code) if score.total is not None]
    return charts.Series(CODES.index(code) + 1, journey_rules.short_name(code), tuple(points), tuple(gaps))


def _doses(journey: Journey) -> Iterable[charts.Dose]:
    for session in journey.sessions:
        yield charts.Dose(session.day, session.number, session.given_mg if session.is_over else None)


def _planned(journey: Journey) -> Iterable[charts.Dose]:
    for number, day in enumerate(journey.visits, start=len(journey.sessions) + 1):
        yield charts.Dose(day, number, None, is_planned=True)


def _chart_title(journey: Journey) -> str:
    days = [score.day for score in journey.scores] + [session.day for session in journey.sessions]
    if not days:
        return "No scores yet"
    first, last = (f"{day:%B} {day.day}, {day.year}" for day in (min(days), journey.today))
    return f"PHQ-9 and GAD-7 with sessions and doses, {first} to {last}"


def _stats(journey: Journey) -> tuple[Stat, ...]:
    latest = [_latest(journey, code) for code in (PHQ9, GAD7)]
    total = written.number(journey.given_mg_in_all)
    plural = "session" if journey.sessions_in_all == 1 else "sessions"
    return (*latest, _safety(journey), Stat("Given in all", total, "mg", f"{journey.sessions_in_all} {plural}"))


def _latest(journey: Journey, code: str) -> Stat:
    name, series = journey_rules.short_name(code), journey_rules.scored(journey, code)
    if not series:
        return Stat(name, "–", more="not asked yet")
    latest, start = series[-1], journey_rules.baseline(journey, code)
    status = journey_rules.status_words(journey_rules.judged(journey, latest))
    words = [f"from {start.total}" if start and start is not latest else latest.band, status.capitalize()]
    return Stat(
        f"{name}, {short_day(latest.day, journey.today)}", str(latest.total), more=". ".join(filter(None, words))
    )


def _safety(journey: Journey) -> Stat:
    label = "Item 9, self-harm"
    asked = [score for score in journey.scores if score.code == PHQ9]
    if not asked:
        return Stat(label, "–", more="not asked yet")
    latest = asked[-1]
    day = short_day(latest.day, journey.today)
    if latest.safety_answer is None:
        return Stat(label, "–", more=f"left blank {day}")
    since = latest
    for score in reversed(asked):
        if score.safety_answer != latest.safety_answer:
            break
        since = score
    return Stat(label, str(latest.safety_answer), more=f"since {short_day(since.day, journey.today)}")


def _words(sentence: summary_rules.Sentence) -> tuple[Words, ...]:
    return tuple(
        Words(part.text, part.is_strong, table_rules.anchor(part.day) if part.day else "") for part in sentence
    )
