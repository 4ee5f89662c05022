"""What is known about this person's eligibility, how is it judged, and what is still open?"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from clinic.kit.clock import local_date
from clinic.worklist.models import Task
from patients.assessment import rules
from patients.assessment.models import Answer, Assessment, Decision, Finding, Override, Source
from patients.courses import queries as course_queries
from patients.courses.models import Course
from patients.courses.rules import ACTIVE_STATES, STATE_LABELS
from patients.instruments import queries as instrument_queries
from patients.registration import queries as registration_queries
from patients.registration.rules import age_years

REQUESTS_SHOWN = 6


@dataclass(frozen=True)
class Evidence:
    """One answer as it was given; of several, the newest counts."""

    answer: str
    words: str
    source: str
    found_at: datetime
    found_by: str


@dataclass(frozen=True)
class ReasonGiven:
    """Why treatment may go ahead although the condition is met."""

    text: str
    given_at: datetime
    given_by: str


@dataclass(frozen=True)
class ConditionRow:
    """One condition of the table with its answer, evidence and reason."""

    condition: rules.Contraindication
    tier: str
    answer: str
    words: str
    is_open: bool
    evidence: tuple[Evidence, ...]
    reason: ReasonGiven | None
    is_hard_stop: bool

    @property
    def is_asked(self) -> bool:
        """Whether somebody has dealt with it, if only to call it unknown."""
        return bool(self.evidence)

    @property
    def in_words(self) -> str:
        """The answer with what shows it."""
        return f"{Answer(self.answer).label}. {self.words}".strip()


@dataclass(frozen=True)
class Standing:
    """The findings and reasons that count, judged by the rules."""

    judged: rules.Eligibility
    findings: Mapping[str, tuple[Finding, ...]]
    reasons: Mapping[str, Override]
    baseline_missing: tuple[str, ...]
    is_risk_open: bool

    @property
    def unasked(self) -> tuple[rules.Contraindication, ...]:
        return rules.unasked(self.findings.keys())


@dataclass(frozen=True)
class Sheet:
    """The head of one assessment."""

    id: UUID
    row_version: int
    route: str
    route_label: str
    rule_set: str
    started_at: datetime
    started_by: str
    decision: str
    decision_label: str
    decision_note: str
    signed_at: datetime | None
    signed_by: str
    expires_on: date | None
    is_latest: bool

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


@dataclass(frozen=True)
class AssessmentPage:
    """Everything the page of step 1 shows. Without a course or a first assessment, only the way to begin."""

    course_id: UUID | None
    course_state: str
    course_state_label: str
    indication: str
    may_start: bool
    sheet: Sheet | None = None
    earlier: tuple[Sheet, ...] = ()
    hard_stops: tuple[ConditionRow, ...] = ()
    to_decide: tuple[ConditionRow, ...] = ()
    unknown: tuple[ConditionRow, ...] = ()
    information: tuple[ConditionRow, ...] = ()
    fine: tuple[ConditionRow, ...] = ()
    blocking: tuple[str, ...] = ()
    baseline_missing: tuple[str, ...] = ()
    is_risk_open: bool = False
    unasked_count: int = 0
    scores: tuple[instrument_queries.BaselineScore, ...] = ()

    @property
    def route(self) -> str:
        return self.sheet.route if self.sheet else rules.IV

    @property
    def open_stops(self) -> int:
        return sum(row.is_open for row in self.hard_stops)

    @property
    def open_decisions(self) -> int:
        return sum(row.is_open for row in self.to_decide)

    @property
    def decided(self) -> int:
        return len(self.to_decide) - self.open_decisions

    @property
    def not_yet(self) -> str:
        """Why nobody can be found eligible yet, in one sentence; empty when they can."""
        if not self.blocking:
            return ""
        stops, decisions, unknown = self.open_stops, self.open_decisions, sum(row.is_open for row in self.unknown)
        parts = [
            *([f"{stops} hard stop{'s' if stops > 1 else ''}"] if stops else []),
            *([f"{decisions} decision{'s' if decisions > 1 else ''}"] if decisions else []),
            *([f"{unknown} unknown"] if unknown else []),
            *self.baseline_missing,
            *(["a positive suicide answer"] if self.is_risk_open else []),
        ]
        listed = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
        return f"Not yet: {listed} {'is' if len(parts) == 1 and stops + decisions + unknown <= 1 else 'are'} open."

    @property
    def requests(self) -> tuple[str, ...]:
        """What more information would be about."""
        return tuple(row.condition.title for row in (*self.hard_stops, *self.to_decide, *self.unknown) if row.is_open)

    @property
    def more_requests(self) -> int:
        return max(0, len(self.requests) - REQUESTS_SHOWN)

    @property
    def rows(self) -> tuple[ConditionRow, ...]:
        return (*self.hard_stops, *self.to_decide, *self.unknown, *self.information, *self.fine)


def page(patient_id: UUID, *, now: datetime, assessment_id: UUID | None = None) -> AssessmentPage | None:
    """The assessment of the latest course, or the one named; None when this person has none of that id."""
    course = _courses().filter(patient__person_id=patient_id).order_by("-opened_at", "-id")
    if assessment_id is not None:
        course = course.filter(assessments=assessment_id)
    found = course.first()
    if found is None:
        return AssessmentPage(None, "", "", "", may_start=False) if assessment_id is None else None
    assessments = _with_people().filter(course=found.pk).order_by("-started_at", "-id")
    sheets = list(assessments)
    shown = next((one for one in sheets if assessment_id in {None, one.pk}), None)
    may_start = found.state in ACTIVE_STATES and (not sheets or sheets[0].is_signed)
    if shown is None:
        return AssessmentPage(found.pk, found.state, STATE_LABELS[found.state], _indication(found), may_start)
    return _page(found, shown, sheets, may_start=may_start, now=now)


def standing(assessment: Assessment, *, now: datetime) -> Standing:
    """The draft as it would be judged at this moment, for the actions."""
    return _standing(assessment, _courses().get(pk=assessment.course_id), now)


def assessment_of(patient_id: UUID, assessment_id: UUID) -> Assessment | None:
    """One assessment of this person, to act on."""
    return Assessment.objects.select_related("course").filter(patient__person_id=patient_id, pk=assessment_id).first()


def open_course(patient_id: UUID) -> Course | None:
    """The course that an assessment would be started for."""
    return course_queries.open_course_of(patient_id)


def latest_signed(course_id: UUID) -> Assessment | None:
    """The review that counts for a course: the last one signed."""
    signed = Assessment.objects.filter(course=course_id, signed_at__isnull=False)
    return signed.order_by("-signed_at", "-id").first()


def is_eligible(course_id: UUID, *, today: date) -> bool:
    """Whether the last signed review says eligible and still holds on that day."""
    latest = latest_signed(course_id)
    if latest is None or latest.decision != Decision.ELIGIBLE or latest.expires_on is None:
        return False
    return rules.assessment_is_current(latest.expires_on, today)


def _courses() -> QuerySet[Course]:
    records = registration_queries.records_of(OuterRef(OuterRef("patient__person_id")))
    risk = Task.objects.filter(patient_id__in=records, kind=Task.Kind.SUICIDE_RISK, closed_at=None)
    courses = Course.objects.select_related("patient__merged_into", "site").annotate(is_risk_open=Exists(risk))
    return instrument_queries.with_baseline(courses)


def _with_people() -> QuerySet[Assessment]:
    return Assessment.objects.select_related("started_by", "signed_by")


def _page(
    course: Course, shown: Assessment, sheets: list[Assessment], *, may_start: bool, now: datetime
) -> AssessmentPage:
    state = _standing(shown, course, shown.signed_at or now)
    judged = state.judged
    return AssessmentPage(
        course_id=course.pk,
        course_state=course.state,
        course_state_label=STATE_LABELS[course.state],
        indication=_indication(course),
        may_start=may_start,
        sheet=_sheet(shown, is_latest=shown.pk == sheets[0].pk),
        earlier=tuple(_sheet(one, is_latest=one.pk == sheets[0].pk) for one in sheets if one.pk != shown.pk),
        hard_stops=_rows(judged.hard_stops, state),
        to_decide=_rows(judged.to_decide, state),
        unknown=_rows(judged.unknown, state),
        information=_rows(judged.information, state),
        fine=_rows(judged.fine, state),
        blocking=judged.blocking,
        baseline_missing=state.baseline_missing,
        is_risk_open=state.is_risk_open,
        unasked_count=len(state.unasked),
        scores=instrument_queries.baseline_scores(course),
    )


def _standing(assessment: Assessment, course: Course, at: datetime) -> Standing:
    findings: dict[str, tuple[Finding, ...]] = defaultdict(tuple)
    rows = Finding.objects.filter(assessment=assessment).select_related("found_by").order_by("-found_at", "-id")
    for finding in rows:
        findings[finding.code] += (finding,)
    reasons = _current_reasons(assessment, findings)
    baseline_missing = instrument_queries.baseline_missing(course)
    is_risk_open: bool = course.is_risk_open  # type: ignore[attr-defined]  # annotated by _courses
    judged = rules.eligibility(
        assessment.route,
        {code: rules.Finding(given[0].answer, given[0].evidence) for code, given in findings.items()},
        reasons={code: given.reason for code, given in reasons.items()},
        director_overrides={code for code, given in reasons.items() if given.is_hard_stop},
        age=age_years(registration_queries.standing(course.patient).birth_date, local_date(at, course.site.time_zone)),
        scores_complete=not baseline_missing,
        suicide_screen_reviewed=not is_risk_open,
    )
    return Standing(judged, dict(findings), reasons, baseline_missing, is_risk_open)


def _current_reasons(assessment: Assessment, findings: Mapping[str, tuple[Finding, ...]]) -> dict[str, Override]:
    """The last reason for each condition; one given before the finding changed no longer counts."""
    reasons: dict[str, Override] = {}
    given = Override.objects.filter(assessment=assessment).select_related("given_by").order_by("given_at", "id")
    for reason in given:
        found = findings.get(reason.code)
        if found is None or reason.given_at >= found[0].found_at:
            reasons[reason.code] = reason
    return reasons


def _rows(judged: tuple[rules.Judged, ...], state: Standing) -> tuple[ConditionRow, ...]:
    return tuple(_row(one, state) for one in judged)


def _row(one: rules.Judged, state: Standing) -> ConditionRow:
    given = state.reasons.get(one.condition.code)
    return ConditionRow(
        condition=one.condition,
        tier=one.tier,
        answer=one.finding.answer,
        words=one.finding.evidence,
        is_open=one.is_open,
        evidence=tuple(_evidence(finding) for finding in state.findings.get(one.condition.code, ())),
        reason=ReasonGiven(given.reason, given.given_at, str(given.given_by)) if given else None,
        is_hard_stop=one.tier == rules.HARD_STOP,
    )


def _evidence(finding: Finding) -> Evidence:
    return Evidence(
        answer=Answer(finding.answer).label,
        words=finding.evidence,
        source=Source(finding.source).label,
        found_at=finding.found_at,
        found_by=str(finding.found_by),
    )


def _sheet(assessment: Assessment, *, is_latest: bool) -> Sheet:
    return Sheet(
        id=assessment.pk,
        row_version=assessment.row_version,
        route=assessment.route,
        route_label=rules.ROUTES[assessment.route],
        rule_set=assessment.rule_set,
        started_at=assessment.started_at,
        started_by=str(assessment.started_by),
        decision=assessment.decision,
        decision_label=Decision(assessment.decision).label if assessment.decision else "",
        decision_note=assessment.decision_note,
        signed_at=assessment.signed_at,
        signed_by=str(assessment.signed_by or ""),
        expires_on=assessment.expires_on,
        is_latest=is_latest,
    )


def _indication(course: Course) -> str:
    return course.get_indication_display()
