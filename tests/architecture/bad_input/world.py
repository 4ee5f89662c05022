"""Who is there to try things on? One person in each state that some form of the program is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from clinic.worklist import actions as worklist_actions
from clinic.worklist.models import Task
from patients.assessment.models import Assessment
from patients.courses.models import Course
from patients.history import actions as history_actions
from patients.history.models import Allergy
from patients.instruments.models import QuestionnaireResponse
from patients.merging.models import Merge
from patients.registration.models import Patient
from patients.treatment_plan.models import TreatmentPlan
from sessions.administration.models import TreatmentSession
from sessions.scheduling.models import Appointment
from tests.scenarios import assessments, duplicates, people, plans, treatments, visits
from tests.scenarios.cast import NOW, Cast, clinic_cast

SOFT, HARD = "liver", "hypersensitivity"
NAMES = ("Otto", "Ana", "Bela", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hugo")


@dataclass(frozen=True)
class World:
    cast: Cast
    maria: Patient
    merge: Merge
    allergy: Allergy
    assessment: Assessment
    response: QuestionnaireResponse
    task: Task
    deviation: Task
    planless: Course
    draft: TreatmentPlan
    visit: Appointment
    held: TreatmentSession
    prepared: TreatmentSession
    doubtful: UUID
    stopped: TreatmentSession
    discharged: TreatmentSession
    signed: TreatmentSession


def built() -> World:
    """Everybody, through the real actions."""
    cast = clinic_cast()
    maria = people.registered(cast)
    reviewed = assessments.under_review(cast, course=_referred(cast, 0), met=[SOFT, HARD])
    alarming = assessments.answered(cast, reviewed.course, answers=(2,) * 8 + (3,))
    prepared = treatments.prepared_session(cast, **_visit(cast, 5, day=1))
    doubtful = treatments.charted(
        cast, prepared, "vitals", {"heart_rate_bpm": 150}, prepared.opened_at + timedelta(minutes=18)
    )
    return World(
        cast=cast,
        maria=maria,
        merge=_merge(cast),
        allergy=history_actions.add_allergy(
            patient=maria, substance="Penicillin", reaction="Hives", by=cast.nora, now=NOW
        ),
        assessment=reviewed,
        response=QuestionnaireResponse.objects.exclude(pk=alarming.pk).get(course=reviewed.course, instrument="phq9"),
        task=Task.objects.get(source__endswith=str(alarming.pk)),
        deviation=worklist_actions.open_task(
            kind="deviation",
            level="low",
            site=cast.site,
            patient_id=maria.pk,
            source=f"entry:{doubtful}",
            detail="Started before the checklist was complete.",
            by=cast.nora,
            now=NOW,
        ),
        planless=assessments.eligible_course(cast, course=_referred(cast, 1)),
        draft=plans.drafted_plan(cast, assessments.eligible_course(cast, course=_referred(cast, 2))),
        visit=visits.booked_visit(cast, _referred(cast, 3), room=cast.rooms[1], nurse=cast.nils),
        held=_hungry(cast, treatments.opened_session(cast, **_visit(cast, 4, day=0))),
        prepared=prepared,
        doubtful=doubtful,
        stopped=_watched(cast, treatments.stopped_session(cast, **_visit(cast, 6, day=2))),
        discharged=treatments.discharged_session(cast, **_visit(cast, 7, day=3)),
        signed=treatments.signed_session(cast, **_visit(cast, 8, day=6)),
    )


def ids_of(world: World) -> Mapping[str, Any]:
    """One id for each parameter of the addresses, of rows that belong together as far as an address needs it."""
    return {
        "patient_id": world.signed.patient_id,
        "session_id": world.signed.pk,
        "appointment_id": world.signed.appointment_id,
        "task_id": world.task.pk,
    }


def in_morning(session: TreatmentSession, minutes: int) -> datetime:
    """So many minutes after the session was opened."""
    opened: datetime = session.opened_at
    return opened + timedelta(minutes=minutes)


def _merge(cast: Cast) -> Merge:
    twins = [people.registered(cast, given_name=name, family_name="Twin", phone="") for name in ("Ida", "Ila")]
    return duplicates.merged(cast, *twins)


def _referred(cast: Cast, number: int) -> Course:
    return people.referred(
        cast,
        now=NOW - timedelta(hours=1),
        given_name=NAMES[number],
        family_name=f"Number{number}",
        preferred_name="",
        phone=f"+1202555018{number}",
    )


def _visit(cast: Cast, number: int, *, day: int) -> dict[str, Any]:
    """A course ready for its first session, and the day of that session."""
    course = treatments.planned_course(cast, course=_referred(cast, number))
    return {"course": course, "starts_at": visits.TODAY_AT_ELEVEN + timedelta(days=day)}


def _hungry(cast: Cast, session: TreatmentSession) -> TreatmentSession:
    """A check that holds the start and may be overridden: not long enough without food."""
    ate = {**treatments.CHECKS, "fasting_hours": 2}
    treatments.charted(cast, session, "checklist", ate, session.opened_at)
    return session


def _watched(cast: Cast, session: TreatmentSession) -> TreatmentSession:
    """An hour after the stop, with a last reading: everything is there for the discharge."""
    at = session.stopped_at + timedelta(minutes=60)
    treatments.charted(cast, session, "vitals", treatments.BASELINE, at)
    return session
