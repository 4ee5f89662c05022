"""Is there anybody yet, and who signs in to the demonstration?"""

from dataclasses import dataclass

from django.db import connection

from clinic.sites.models import Site
from clinic.staff import queries as staff_queries
from clinic.staff.models import User
from clinic.staff.permissions import Role
from patients.registration.models import Patient

PATIENTS = Patient._meta.db_table


@dataclass(frozen=True)
class Account:
    """One account of the demonstration clinic."""

    role: str
    name: str
    email: str


def is_empty() -> bool:
    """Whether nobody works here and nobody comes here."""
    return not (User.objects.exists() or Patient.objects.exists() or Site.objects.exists())


def owns_the_tables() -> bool:
    """Whether this connection may alter what it fills."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass", [PATIENTS])
        return bool(cursor.fetchone()[0])


def accounts() -> list[Account]:
    """One demonstration account for each role, in the order of the roles."""
    found: dict[Role, Account] = {}
    for user in User.objects.filter(is_demo=True, is_active=True).order_by("created_at", "id"):
        for role in staff_queries.with_roles(user).roles:
            found.setdefault(role, Account(role.label, str(user), user.email))
    return [found[role] for role in Role if role in found]
