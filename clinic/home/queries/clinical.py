"""What waits for a nurse, a prescriber, a director or a therapist? One query for each list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.home import rules
from clinic.home.queries import reads
from clinic.home.queries.parts import Act, Line, called, link
from clinic.kit import written
from clinic.sites.models import Site
from clinic.worklist.models import Task
from patients.assessment.rules import BY_CODE
from patients.instruments.models import QuestionnaireResponse
from patients.instruments.rules import change
from patients.registration import queries as registration_queries
from sessions.follow_up import rules as follow_up_rules

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
    rows = reads.TASKS.models(site=site.pk, now=now)
    return _found((_task(row, now), row.patient_id) for row in rows)


def check_ins(site: Site, *, now: datetime) -> Found:
    """Check-ins that are open or late, derived from when the infusions stopped; the late ones first."""
    zone = ZoneInfo(site.time_zone)
    waiting = [
        (state == follow_up_rules.OPEN, planned.due_at, row.patient.person_id, row, planned, state)
        for row in reads.RECENT_SESSIONS.models(
            site=site.pk,
            since=now - reads.CHECK_INS_WITHIN,
            visited_since=now - reads.CHECK_INS_WITHIN - reads.LONGEST_VISIT,
        )
        for planned in follow_up_rules.planned_check_ins(row.stopped_at, zone)
        if planned.kind not in row.ended
        and (state := follow_up_rules.state(planned, None, None, now)) in SIGN_OF_CHECK_IN
    ]
    in_order = sorted(waiting, key=lambda one: one[:3])
    return _found(
        (_check_in(row, planned, state, now), patient_id)
        for _, _, patient_id, row, planned, state in in_order[: reads.MOST_LINES]
    )


def to_decide(site: Site, *, now: datetime) -> Found:
    """Assessments handed to the prescriber, the longest wait first."""
    rows = reads.TO_DECIDE.models(site=site.pk)
    return _found((_assessment(row, now), row.patient.person_id) for row in rows)


def plans(site: Site, *, now: datetime) -> Found:
    """People who are eligible and wait for a plan, and drafts that wait for a signature."""
    rows = reads.PLANS.models(site=site.pk)
    return _found((_plan(row, now), row.patient.person_id) for row in rows)


def to_cosign(site: Site, *, now: datetime) -> Found:
    """Sessions that a nurse has signed and no prescriber yet."""
    rows = reads.TO_COSIGN.models(site=site.pk)
    return _found((_signed(row, now), row.patient.person_id) for row in rows)


def unsigned(site: Site, *, now: datetime) -> Found:
    """Sessions that are over and not signed."""
    rows = reads.UNSIGNED.models(site=site.pk)
    return _found((_unsigned(row, now), row.patient.person_id) for row in rows)


def scores(site: Site, *, now: datetime, worse_only: bool = False) -> Found:
    """PHQ-9 answers of the last days beside the ones before; those that have become worse lead."""
    by_course: dict[UUID, list[QuestionnaireResponse]] = defaultdict(list)
    for row in reads.SCORES.models(site=site.pk, since=now - reads.SCORES_OF):
        if row.course_id is not None:
            by_course[row.course_id].append(row)
    judged = [(_warnings(series), series) for series in by_course.values()]
    kept = [one for one in judged if one[0]] if worse_only else judged
    in_order = sorted(kept, key=lambda one: (not one[0], -one[1][-1].answered_at.timestamp(), one[1][-1].pk))
    return _found(
        (_score(series, warned, now), series[-1].patient.person_id) for warned, series in in_order[: reads.MOST_SCORES]
    )


def overrides_asked(site: Site, *, now: datetime) -> Found:
    """Hard stops that are met in an open assessment and not overridden: only the director may let one pass."""
    latest = reads.HARD_STOP_FINDINGS.models(site=site.pk)
    asked = [row for row in latest if row.answer == "met" and not row.is_overridden]
    return _found((_hard_stop(row, now), row.assessment.patient.person_id) for row in asked[: reads.MOST_LINES])


def events(site: Site, *, now: datetime) -> Found:
    """Adverse events of the last weeks that were severe or serious."""
    rows = reads.SEVERE_EVENTS.models(
        site=site.pk, since=now - reads.EVENTS_OF, visited_since=now - reads.EVENTS_OF - reads.LONGEST_VISIT
    )
    return _found((_event(row, site), row.entry.session.patient.person_id) for row in rows)


def _found(pairs: Iterable[tuple[Line, UUID]]) -> Found:
    every = list(pairs)
    return Found(tuple(line for line, _ in every), frozenset(patient_id for _, patient_id in every))


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
    hard = sum(code in reads.HARD_STOPS for code in met)
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
