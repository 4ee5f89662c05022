"""Where is this person on the way through the four steps?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clinic.staff.models import User
from patients.registration.models import Patient
from sessions.administration.models import TreatmentSession
from sessions.scheduling.models import Appointment


@dataclass(frozen=True)
class Person:
    """Everything that the banner and the step rail show."""

    patient_id: UUID
    banner: Any
    rail: tuple[Any, ...]


def patient_of(
    *, patient_id: UUID | None = None, session_id: UUID | None = None, appointment_id: UUID | None = None
) -> UUID | None:
    """The patient whom a session or a visit belongs to, or the patient named, if there is one."""
    if session_id is not None:
        return TreatmentSession.objects.filter(pk=session_id).values_list("patient_id", flat=True).first()
    if appointment_id is not None:
        return Appointment.objects.filter(pk=appointment_id).values_list("patient_id", flat=True).first()
    return Patient.objects.filter(pk=patient_id).values_list("pk", flat=True).first()


def person(patient_id: UUID, *, user: User, now: datetime) -> Person:
    """Banner and step rail of one person, as far as this member of staff may know."""
    return Person(patient_id=patient_id, banner=None, rail=())
