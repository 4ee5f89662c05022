"""How was somebody afterwards? Check-ins answered, missed and still waiting: step 4, and what follows from it."""

from datetime import datetime, timedelta
from typing import Any, Final

from clinic.demo.actions.house import acting
from clinic.demo.actions.intake import Case, close_risk, write_plan
from clinic.demo.actions.treatment import stopped_sessions
from clinic.demo.rules import curves, stories
from patients.courses import actions as course_actions
from patients.courses.rules import CourseState
from patients.instruments.models import Mode
from sessions.administration.models import TreatmentSession
from sessions.follow_up import actions as follow_up_actions
from sessions.follow_up import rules as follow_up_rules
from sessions.follow_up.rules import Planned

ANSWERED_OF_CLOSED: Final = 88  # percent
ANSWERED_OF_OPEN: Final = 65
WITH_SCALES: Final = frozenset({1, 2, 4, 6, 7, 8, 9, 10})  # sessions whose day 7 asks the questionnaires
EFFECTS: Final = (
    "none",
    "none",
    "none",
    "Tired the next morning.",
    "Mild headache until noon.",
    "Vivid dreams.",
)
NOT_REACHED: Final = ("Voicemail left, no details.", "Rang out.", "Mailbox full.")
CALLS_BEGIN_AT: Final = 9


def check_in_all(case: Case) -> None:
    """Every check-in of every session so far, in the order in which they fell due."""
    zone = case.house.diary.zone
    planned = [
        (one, session)
        for session in stopped_sessions(case.house, case)
        if session.stopped_at
        for one in follow_up_rules.planned_check_ins(session.stopped_at, zone)
    ]
    for one, session in sorted(planned, key=lambda pair: pair[0].due_at):
        if one.opens_at < case.house.now:
            _check_in(case, session, one)


def move_on(case: Case, *, at: datetime) -> None:
    """After six sessions: a new plan, with more days between them."""
    with acting(case.house.staff["paula"]) as paula:
        course_actions.move(
            course=case.course,
            to=CourseState.MAINTENANCE.value,
            by=paula,
            now=at,
            reason="Response after induction; spacing out.",
        )
    write_plan(
        case,
        at=at + timedelta(minutes=8),
        session_count=12,
        is_confirmed=True,
        interval_days=case.story.every_days,
        change_reason=f"Response after six sessions. Every {case.story.every_days} days, review after three.",
    )


def end_course(case: Case, *, at: datetime) -> None:
    """The course ends, or rests: finished, given up, or on hold."""
    stage = case.story.stage
    to, reason = {
        stories.COMPLETED: (CourseState.COMPLETED, "Remission held for two weeks; relapse watch with the referrer."),
        stories.DISCONTINUED: (CourseState.DISCONTINUED, _why_given_up(case)),
        stories.ON_HOLD: (CourseState.ON_HOLD, "Starting a new antihypertensive; held until the pressure is settled."),
    }[stage]
    with acting(case.house.staff["paula"]) as paula:
        course = case.fresh_course()
        if stage == stories.COMPLETED and course.state == CourseState.MAINTENANCE:
            course = course_actions.move(
                course=course, to=CourseState.EVALUATION.value, by=paula, now=at, reason="Planned review."
            )
        course_actions.move(course=course, to=to.value, by=paula, now=at, reason=reason)


def _why_given_up(case: Case) -> str:
    if stories.SEVERE_EVENT in case.story.special:
        return "Pressure above 180/110 during the infusion; the person prefers not to go on."
    return "No response after four sessions; referred back with advice on electroconvulsive therapy."


def _check_in(case: Case, session: TreatmentSession, one: Planned) -> None:
    at = _called_at(case, one)
    is_over = one.closes_at < case.house.now
    share = ANSWERED_OF_CLOSED if is_over else ANSWERED_OF_OPEN
    is_reached = case.rng.randrange(100) < share and stories.SILENT not in case.story.special
    if is_reached and at < case.house.now:
        _answered(case, session, one, at)
    elif (is_over or one.due_at < case.house.now) and at < case.house.now:
        _tried(case, session, one, at)


def _called_at(case: Case, one: Planned) -> datetime:
    """In the morning of the day it falls due, and within its window."""
    diary = case.house.diary
    morning = diary.moment(one.due_at.astimezone(diary.zone).date(), CALLS_BEGIN_AT)
    at = max(one.opens_at, morning) + timedelta(minutes=case.rng.randrange(2, 150))
    return min(at, one.closes_at - timedelta(minutes=5))


def _answered(case: Case, session: TreatmentSession, one: Planned, at: datetime) -> None:
    rng = case.rng
    total = curves.total_after(case.first_score, case.story.path, _given_before(case, at), rng)
    answers: dict[str, Any] = {
        "mood_nrs": curves.mood(total, rng),
        "adverse_effects": rng.choice(EFFECTS),
        "has_urinary_symptoms": False,
        "mode": Mode.PHONE.value,
        "happened_at": at - timedelta(minutes=4),
    }
    if one.kind == follow_up_rules.DAY7 and session.number in WITH_SCALES:
        answers["phq9"] = curves.phq9(total, rng, suicide_item=1 if _is_warning(case, session) else 0)
        answers["gad7"] = curves.gad7(curves.gad7_total(total, rng), rng)
    with acting(case.house.staff[rng.choice(("nora", "theo", "nils"))]) as caller:
        follow_up_actions.record_check_in(
            session=session, kind=one.kind, answers=answers, by=caller, now=at, key=case.key(at)
        )
    if "phq9" in answers and _is_warning(case, session):
        close_risk(case, at=at + timedelta(minutes=20))


def _given_before(case: Case, at: datetime) -> int:
    """How many infusions the person had had by then."""
    return sum(bool(one.stopped_at and one.stopped_at < at) for one in stopped_sessions(case.house, case))


def _is_warning(case: Case, session: TreatmentSession) -> bool:
    """One positive answer in the story that goes the wrong way."""
    return case.story.path == curves.WORSENING and session.number == 1


def _tried(case: Case, session: TreatmentSession, one: Planned, at: datetime) -> None:
    """Called once or twice, and nobody picked up."""
    with acting(case.house.staff["nora"]) as nora:
        for minutes in (0, 55)[: case.rng.randrange(1, 3)]:
            tried_at = at + timedelta(minutes=minutes)
            if tried_at < min(case.house.now, one.closes_at):
                note = case.rng.choice(NOT_REACHED)
                follow_up_actions.note_attempt(
                    session=session, kind=one.kind, by=nora, now=tried_at, note=note, key=case.key(tried_at)
                )
