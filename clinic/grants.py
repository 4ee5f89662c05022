"""What may the application do to each table? One reviewed list, applied again after every migrate.

A table that is not named may be read and added to, never changed: that is right for everything clinical.
"""

from typing import Any

from django.conf import settings
from django.db import connections

# Rows that change while they are drafts, or whose state moves on. The sign-lock and append-only triggers hold on top.
MAY_UPDATE = (
    "clinic_cache",
    "clinic_hold",
    "clinic_job",
    "clinic_knowndevice",
    "clinic_loginsession",
    "clinic_rolegrant",
    "clinic_site",
    "clinic_siteday",
    "clinic_staffpin",
    "clinic_task",
    "clinic_user",
    "django_session",
    "patients_allergy",
    "patients_assessment",
    "patients_course",
    "patients_merge",
    "patients_patient",
    "patients_treatmentplan",
    "treatment_sessions_appointment",
    "treatment_sessions_treatmentsession",
    "account_emailaddress",
    "mfa_authenticator",
)
# Tables of the framework that hold nothing clinical.
MAY_DELETE = ("clinic_cache", "django_session", "account_emailaddress", "mfa_authenticator")
READ_ONLY = ("django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions")


def rights_on(table: str) -> frozenset[str]:
    """What the application may do to the rows of one table."""
    rights = {"SELECT"} if table in READ_ONLY else {"SELECT", "INSERT"}
    if table in MAY_UPDATE:
        rights.add("UPDATE")
    if table in MAY_DELETE:
        rights.add("DELETE")
    return frozenset(rights)


def apply_after_migrate(*, using: str, **_: Any) -> None:
    """Give the application role exactly what the list says, when that role exists on this server."""
    with connections[using].cursor() as cursor:
        apply(cursor, settings.APP_ROLE)


def apply(cursor: Any, name: str) -> None:
    """Nothing but what the list says, on every table there is; nothing at all when there is no such role."""
    cursor.execute("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname = %s", [name])
    found = cursor.fetchone()
    if found is None:
        return
    (role,) = found
    cursor.execute("SELECT tablename, quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
    tables = cursor.fetchall()
    cursor.execute(
        f"GRANT USAGE ON SCHEMA public TO {role};"
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};"
    )
    for table, quoted in sorted(tables):
        cursor.execute(f"GRANT {', '.join(sorted(rights_on(table)))} ON public.{quoted} TO {role}")
