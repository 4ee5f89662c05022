"""Who looked at what in the last hours? A believable piece of the access log for the auditor to read."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final
from uuid import UUID

from clinic.audit import actions as audit_actions
from clinic.audit.actions import AccessNote, Seen
from clinic.demo.actions.house import House
from clinic.demo.rules.people import key
from patients.registration.models import Patient

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
    """One request: by whom, for which page, how it was answered, and how many minutes ago."""

    word: str
    route: str
    status: int
    minutes: int


def look_around(house: House, rng: Random) -> None:
    """Looks of the last hours in order, and the few that were refused."""
    patients = list(Patient.objects.order_by("registered_at", "record_number").values_list("pk", flat=True))
    looks = [Look(*rng.choice(PAGES), rng.randrange(3, WITHIN_MINUTES)) for _ in range(LOOKS)]
    looks += [Look(word, route, 403, minutes) for word, route, minutes in REFUSED]
    for look in sorted(looks, key=lambda one: -one.minutes):
        _record(house, rng, look, rng.choice(patients))


def _record(house: House, rng: Random, look: Look, patient_id: UUID) -> None:
    user, at = house.staff[look.word], house.now - timedelta(minutes=look.minutes, seconds=rng.randrange(60))
    seen = Seen(
        occurred_at=at,
        user_id=user.pk,
        user_name=str(user),
        roles=" ".join(user.roles),
        method="GET",
        route=look.route,
        status=look.status,
        address="127.0.0.1",
    )
    request_id = key(rng, int(at.timestamp() * 1000))
    audit_actions.record_access(seen, AccessNote(request_id, {patient_id}, patient_id))
