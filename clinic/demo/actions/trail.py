"""Who looked at what? A believable access log for the auditor to read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from clinic.audit import actions as audit_actions
from clinic.audit.actions import Seen
from clinic.demo.actions.house import House
from clinic.demo.rules.people import key
from clinic.kit.requests import AccessNote
from patients.registration.models import Patient
from sessions.administration.models import TreatmentSession
from sessions.scheduling.models import Appointment

LOOKS: Final = 60
WITHIN_MINUTES: Final = 420
# Who asks for which page, and how it is answered.
PAGES: Final = (
    ("fran", "patients:detail", 200),
    ("fran", "sessions:visit", 200),
    ("nora", "sessions:sheet", 200),
    ("nora", "patients:questionnaires", 200),
    ("nils", "sessions:sheet", 200),
    ("paula", "patients:progress", 200),
    ("paula", "patients:assessment", 200),
    ("paula", "patients:plans", 200),
    ("theo", "patients:progress", 200),
    ("mika", "sessions:visit", 200),
)
REFUSED: Final = (
    ("mika", "patients:progress", 265),
    ("fran", "patients:assessment", 148),
    ("ada", "patients:questionnaires", 1490),
)


@dataclass(frozen=True)
class Look:
    """One request: by whom, for which page, how it was answered, and when."""

    word: str
    route: str
    at: datetime
    status: int = 200
    method: str = "GET"


def look_around(house: House, rng: Random) -> None:
    """Looks of the last hours in order, and the few that were refused."""
    patients = list(Patient.objects.order_by("registered_at", "record_number").values_list("pk", flat=True))
    asked = [(*rng.choice(PAGES), rng.randrange(3, WITHIN_MINUTES)) for _ in range(LOOKS)]
    asked += [(word, route, 403, minutes) for word, route, minutes in REFUSED]
    for word, route, status, minutes in sorted(asked, key=lambda one: -one[3]):
        patient_id = rng.choice(patients)
        at = house.now - timedelta(minutes=minutes, seconds=rng.randrange(60))
        _record(house, rng, Look(word, route, at, status), patient_id, patient_id)


def look_back(house: House, rng: Random) -> None:
    """Looks of long ago: who registered each person, and who opened what at each of their visits."""
    for look, patient_id, record_id in sorted(_of_old(), key=lambda one: (one[0].at, one[0].word)):
        at = look.at + timedelta(seconds=rng.randrange(1, 40))
        if at < house.now:
            _record(house, rng, Look(look.word, look.route, at, look.status, look.method), patient_id, record_id)


def _of_old() -> Iterator[tuple[Look, UUID, UUID]]:
    """Each look with whom it is about and which record was opened."""
    for patient in Patient.objects.order_by("registered_at", "record_number"):
        yield Look("fran", "patients:register", patient.registered_at, 302, "POST"), patient.pk, patient.pk
    for visit in Appointment.objects.order_by("starts_at", "booked_at"):
        yield Look("fran", "sessions:visit", visit.starts_at - timedelta(minutes=4)), visit.patient_id, visit.pk
    for session in TreatmentSession.objects.order_by("opened_at"):
        yield Look("nora", "sessions:sheet", session.opened_at), session.patient_id, session.pk
        if session.stopped_at:
            yield Look("nora", "sessions:entries", session.stopped_at, 200, "POST"), session.patient_id, session.pk
        if session.cosigned_at:
            yield Look("paula", "sessions:record", session.cosigned_at), session.patient_id, session.pk


def _record(house: House, rng: Random, look: Look, patient_id: UUID, record_id: UUID) -> None:
    user = house.staff[look.word]
    seen = Seen(
        occurred_at=look.at,
        user_id=user.pk,
        user_name=str(user),
        roles=" ".join(user.roles),
        method=look.method,
        route=look.route,
        status=look.status,
        address="127.0.0.1",
    )
    request_id = key(rng, int(look.at.timestamp() * 1000))
    audit_actions.record_access(seen, AccessNote(request_id, {patient_id}, record_id))
