"""Who is found, and what does the desk need to know of one person?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.courses import queries as course_queries
from patients.courses.queries import CourseRow
from patients.history import queries as history_queries
from patients.history.queries import AllergyRow
from patients.registration import queries as registration_queries
from patients.registration.models import Patient
from patients.registration.queries import PersonRow
from sessions.scheduling.models import Appointment, VisitState

MOST_VISITS: Final = 30


@dataclass(frozen=True)
class FoundRow:
    """One person in the list of those found."""

    person: PersonRow
    course_state: str


@dataclass(frozen=True)
class Found:
    """The answer to a search. `has_more` says that the words fit more people than are listed."""

    words: str
    rows: tuple[FoundRow, ...]
    has_more: bool


@dataclass(frozen=True)
class VisitRow:
    """One visit of a person."""

    id: UUID
    starts_at: datetime
    room: str
    state: str
    is_to_come: bool


@dataclass(frozen=True)
class Overview:
    """One person as the desk knows them."""

    patient: Patient
    reach: tuple[tuple[str, str], ...]
    help: tuple[tuple[str, str], ...]
    about: tuple[tuple[str, str], ...]
    courses: tuple[CourseRow, ...]
    has_open_course: bool
    visits: tuple[VisitRow, ...]
    allergies: tuple[AllergyRow, ...]


def found(words: str, *, today: date) -> Found:
    """People whom the words can mean, the likeliest first, each with where their course stands."""
    people = registration_queries.search(words, today=today)
    listed = people[: registration_queries.MOST_FOUND]
    states = course_queries.latest_states([person.id for person in listed])
    return Found(
        words=words,
        rows=tuple(FoundRow(person, states.get(person.id, "")) for person in listed),
        has_more=len(people) > len(listed),
    )


def overview(patient_id: UUID, *, user: User, now: datetime) -> Overview:
    """The page of one person. Diagnoses are left out for whom they are not meant."""
    patient = registration_queries.patient(patient_id)
    courses = course_queries.courses_of(patient_id, with_indication=user.may(Permission.VIEW_CLINICAL))
    return Overview(
        patient=patient,
        reach=_reach(patient),
        help=_help(patient),
        about=_about(patient),
        courses=tuple(courses),
        has_open_course=any(course.is_open for course in courses),
        visits=_visits(patient_id, now),
        allergies=tuple(row for row in history_queries.allergy_rows(patient_id) if row.retracted_at is None),
    )


def _reach(patient: Patient) -> tuple[tuple[str, str], ...]:
    voicemail = "Yes, may name the clinic" if patient.is_voicemail_safe else "No, only by speaking to them"
    town = " ".join(filter(None, (patient.state, patient.postal_code)))
    return (
        ("Phone", _phone(patient.phone)),
        ("Voicemail", voicemail if patient.phone else ""),
        ("E-mail", patient.email),
        ("Address", ", ".join(filter(None, (patient.address, patient.city, town)))),
    )


def _help(patient: Patient) -> tuple[tuple[str, str], ...]:
    relation = f" ({patient.emergency_relation})" if patient.emergency_relation else ""
    return (
        ("Emergency contact", f"{patient.emergency_name}{relation}"),
        ("Their phone", _phone(patient.emergency_phone)),
        ("Ride home with", patient.escort_name),
        ("Phone of the ride", _phone(patient.escort_phone)),
    )


def _about(patient: Patient) -> tuple[tuple[str, str], ...]:
    interpreter = ", needs an interpreter" if patient.needs_interpreter else ""
    return (
        ("Legal name", patient.legal_name),
        ("Preferred name", patient.preferred_name),
        ("Sex at birth", patient.get_sex_at_birth_display()),
        ("Gender", patient.gender),
        ("Language", f"{patient.get_language_display()}{interpreter}"),
        ("Referred by", patient.referrer),
        ("Payer", patient.payer),
    )


def _phone(number: Any) -> str:
    return str(number.as_national) if number else ""


def _visits(patient_id: UUID, now: datetime) -> tuple[VisitRow, ...]:
    """Visits to come and past ones, the latest first."""
    visits = (
        Appointment.objects.filter(patient__person_id=patient_id).select_related("room").order_by("-starts_at", "-id")
    )
    return tuple(
        VisitRow(
            id=visit.pk,
            starts_at=visit.starts_at,
            room=str(visit.room),
            state=visit.get_state_display(),
            is_to_come=visit.starts_at > now and visit.state == VisitState.SCHEDULED,
        )
        for visit in visits[:MOST_VISITS]
    )
