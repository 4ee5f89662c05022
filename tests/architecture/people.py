"""Two people with one of everything, a merge too, to prove that neither can be reached through the other."""

from typing import Any
from uuid import UUID

from patients.assessment.models import Assessment
from patients.history import actions as history_actions
from patients.instruments.models import QuestionnaireResponse
from patients.treatment_plan.models import Consent, TreatmentPlan
from sessions.administration.models import SessionEntry
from tests.scenarios import duplicates, people, treatments, visits
from tests.scenarios.cast import Cast


def one_of_everything(cast: Cast, *, room: int, **details: Any) -> dict[str, UUID]:
    """The ids of one person's rows, by the name that the addresses give them."""
    patient = people.registered(cast, **details)
    twin = people.registered(cast, **{**details, "given_name": "Twin"})
    merge = duplicates.merged(cast, patient, twin)
    course = treatments.planned_course(cast, course=people.referred(cast, patient=patient))
    session = treatments.checked_session(cast, course=course, room=cast.rooms[room])
    return {
        "patient_id": patient.pk,
        "session_id": session.pk,
        "appointment_id": session.appointment_id,
        "assessment_id": Assessment.objects.get(patient=patient).pk,
        "plan_id": TreatmentPlan.objects.get(patient=patient).pk,
        "consent_id": Consent.objects.get(patient=patient).pk,
        "response_id": QuestionnaireResponse.objects.filter(patient=patient).latest("recorded_at").pk,
        "entry_id": SessionEntry.objects.filter(session=session).latest("received_at").pk,
        "allergy_id": _allergy(cast, patient),
        "merge_id": merge.pk,
    }


def _allergy(cast: Cast, patient: Any) -> UUID:
    allergy = history_actions.add_allergy(
        patient=patient, substance="Penicillin", reaction="Hives", by=cast.nora, now=visits.TODAY_AT_ELEVEN
    )
    return allergy.pk
