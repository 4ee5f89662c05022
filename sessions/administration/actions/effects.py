"""What follows from new entries? The head row, derived from all that stands, and what it means for visit and course."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from clinic.staff.models import User
from patients.courses import actions as course_actions
from patients.courses.models import Course
from patients.courses.rules import CourseState
from patients.history import actions as history_actions
from patients.treatment_plan import rules as plan_rules
from patients.treatment_plan.models import TreatmentPlan
from sessions.administration.actions.judging import Situation
from sessions.administration.rules import chart as chart_rules
from sessions.scheduling import actions as visit_actions
from sessions.scheduling.models import VisitState

HEAD_FIELDS: Final = ("state", "started_at", "stopped_at", "discharged_at", "given_mg")
IS_HERE: Final = frozenset({VisitState.ARRIVED.value, VisitState.IN_ROOM.value})
IS_OVER: Final = frozenset({"discharged", "not_treated"})


def follow(situation: Situation, *, by: User) -> None:
    """Bring the head row up to date with everything that stands now; a discharge moves the visit and the course."""
    session, held = situation.session, situation.held
    was_over = session.state in IS_OVER
    changed = _follow_weight(situation, by)
    progress = chart_rules.progress(situation.facts, held)
    for name in HEAD_FIELDS:
        if getattr(session, name) != getattr(progress, name):
            setattr(session, name, getattr(progress, name))
            changed.append(name)
    if changed:
        session.save(update_fields=changed)
    if progress.state in IS_OVER and not was_over:
        if session.appointment.state in IS_HERE:
            visit_actions.leave(appointment=session.appointment, by=by, now=situation.now)
        _move_course(situation, progress, by)


def order_for(plan: TreatmentPlan, weight_kg: Decimal | None) -> tuple[Decimal, Decimal, Decimal]:
    """Weight, milligrams and rate of the order: today's weight where the plan's tolerance and bag allow it."""
    if weight_kg is not None and not _needs_new_order(plan, weight_kg):
        worked = plan_rules.infusion(
            weight_kg, plan.dose_mg_per_kg, plan.infusion_minutes, plan.bag_drug_mg, plan.bag_volume_ml
        )
        if worked.bag_is_enough and not plan_rules.DOSE_MG.rejects(worked.dose_mg):
            return weight_kg, worked.dose_mg, worked.rate_ml_h
    return plan.weight_kg, plan.dose_mg, plan.rate_ml_h


def _needs_new_order(plan: TreatmentPlan, weight_kg: Decimal) -> bool:
    concerns = plan_rules.weight_change_check(plan.weight_kg, weight_kg)
    return any(concern.level == plan_rules.REFUSE for concern in concerns)


def _follow_weight(situation: Situation, by: User) -> list[str]:
    """Before the start, the order follows the weight of the checklist that stands."""
    session = situation.session
    new = [one for one in situation.taken_in if one.kind == "checklist"]
    for one in new:
        history_actions.record_weight(
            patient=session.patient,
            weight_kg=one.data["weight_kg"],
            measured_at=min(one.occurred_at, situation.now),
            by=by,
            now=situation.now,
        )
    if not new or session.started_at is not None:
        return []
    latest = next((one for one in reversed(situation.held) if one.kind == "checklist"), None)
    order = order_for(session.plan, latest.data["weight_kg"] if latest else None)
    if order == (session.weight_kg, session.ordered_mg, session.ordered_rate_ml_h):
        return []
    session.weight_kg, session.ordered_mg, session.ordered_rate_ml_h = order
    # What was given is capped by the order, and the stop may be in the same batch.
    situation.facts = replace(situation.facts, ordered_mg=order[1], ordered_rate_ml_h=order[2])
    return ["weight_kg", "ordered_mg", "ordered_rate_ml_h"]


def _move_course(situation: Situation, progress: chart_rules.Progress, by: User) -> None:
    """The first session given begins the induction, the last planned one ends it."""
    if progress.started_at is None:
        return
    course: Course = situation.session.course
    if course.state == CourseState.PLANNED:
        course = course_actions.move(
            course=course, to=CourseState.INDUCTION, by=by, now=situation.now, reason="The first session was given."
        )
    if course.state == CourseState.INDUCTION and situation.facts.is_last_planned:
        course_actions.move(
            course=course,
            to=CourseState.EVALUATION,
            by=by,
            now=situation.now,
            reason="The planned sessions have been given.",
        )
