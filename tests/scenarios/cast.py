"""Who works at the clinic of the tests? One site with four rooms, and a person for each role."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.hashers import Argon2PasswordHasher

from clinic.rooms.models import Room
from clinic.sites.models import Site
from clinic.staff import actions as staff_actions
from clinic.staff import queries as staff_queries
from clinic.staff.models import User
from clinic.staff.permissions import Role

PASSWORD = "nineteen quiet herons"
NOW = datetime(2026, 3, 10, 14, 42, tzinfo=UTC)  # Mar 10, 2026, 10:42 am at Ashby Street, a Tuesday
ROOM_LABELS = ("1", "2", "3", "4")


class QuickPasswordHasher(Argon2PasswordHasher):
    """The real algorithm at its smallest cost; the running clinic can check what it made."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


@dataclass(frozen=True)
class Cast:
    site: Site
    rooms: tuple[Room, ...]
    fran: User  # front desk
    nora: User  # nurse
    nils: User  # second nurse
    mika: User  # medical assistant
    paula: User  # prescriber
    dirk: User  # medical director
    theo: User  # therapist
    ada: User  # administrator
    olga: User  # auditor

    @property
    def everybody(self) -> tuple[User, ...]:
        return (
            self.fran,
            self.nora,
            self.nils,
            self.mika,
            self.paula,
            self.dirk,
            self.theo,
            self.ada,
            self.olga,
        )


def clinic_cast(*, now: datetime = NOW) -> Cast:
    """Ashby Street with its rooms and everybody who works there, each with the roles held."""
    site = Site.objects.create(
        name="Ashby Street", time_zone="America/New_York", phone="+12025550100", requires_second_factor=False
    )
    rooms = tuple(Room.objects.create(site=site, label=label) for label in ROOM_LABELS)
    return Cast(
        site=site,
        rooms=rooms,
        fran=hire("Fran Feld", Role.FRONT_DESK, site=site, now=now),
        nora=hire("Nora Nolan", Role.NURSE, credentials="RN", site=site, now=now),
        nils=hire("Nils Nyberg", Role.NURSE, credentials="RN", site=site, now=now),
        mika=hire("Mika Mori", Role.MEDICAL_ASSISTANT, credentials="MA", site=site, now=now),
        paula=hire("Paula Petit", Role.PRESCRIBER, credentials="MD", site=site, now=now),
        dirk=hire("Dirk Dorn", Role.MEDICAL_DIRECTOR, credentials="MD", site=site, now=now),
        theo=hire("Theo Tamm", Role.THERAPIST, credentials="PhD", site=site, now=now),
        ada=hire("Ada Abel", Role.ADMINISTRATOR, site=site, now=now),
        olga=hire("Olga Ortiz", Role.AUDITOR, site=site, now=now),
    )


def hire(full_name: str, *roles: Role, site: Site, now: datetime = NOW, credentials: str = "") -> User:
    """An account with roles at one site, signing in as first-name@clinic.example with PASSWORD."""
    user = staff_actions.add_user(
        email=f"{full_name.split(maxsplit=1)[0].lower()}@clinic.example",
        full_name=full_name,
        credentials=credentials,
        site=site,
        password=PASSWORD,
        now=now,
    )
    for role in roles:
        staff_actions.grant_role(user=user, role=role, site=site, by=None, now=now)
    return staff_queries.with_roles(user)
