"""Who comes to the clinic of the tests? People registered at the desk, with or without an open course."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from patients.courses import actions as course_actions
from patients.courses.models import Course, Indication
from patients.history import actions as history_actions
from patients.history.models import Weight
from patients.registration import actions as registration_actions
from patients.registration.models import Patient, SexAtBirth
from tests.scenarios.cast import NOW, Cast

DETAILS: dict[str, Any] = {
    "given_name": "Maria",
    "family_name": "Ordóñez",
    "preferred_name": "Mia",
    "birth_date": date(1982, 6, 4),
    "sex_at_birth": SexAtBirth.FEMALE.value,
    "pronouns": "she/her",
    "phone": "+12025550143",
    "is_voicemail_safe": True,
    "emergency_name": "Luis Ordóñez",
    "emergency_relation": "Brother",
    "emergency_phone": "+12025550144",
    "escort_name": "Luis Ordóñez",
    "escort_phone": "+12025550144",
}


def registered(cast: Cast, *, now: datetime = NOW, **details: Any) -> Patient:
    """A person whom Fran registered; Maria Ordóñez where nothing else is said."""
    return registration_actions.register(
        details={**DETAILS, **details}, by=cast.fran, now=now, anyway_because="She has an identity card with her."
    )


def referred(cast: Cast, *, patient: Patient | None = None, now: datetime = NOW, **details: Any) -> Course:
    """A course just opened for a severe recurrent depression, of a new person unless one is given."""
    return course_actions.open_course(
        patient=patient or registered(cast, now=now, **details),
        indication=Indication.DEPRESSION_RECURRENT.value,
        referrer="Dr. Hale, Elm Street Practice",
        site=cast.site,
        by=cast.fran,
        now=now,
    )


def weighed(cast: Cast, patient: Patient, *, weight_kg: Decimal = Decimal("72.0"), now: datetime = NOW) -> Weight:
    """A weight that Nora has just measured."""
    return history_actions.record_weight(patient=patient, weight_kg=weight_kg, measured_at=now, by=cast.nora, now=now)
