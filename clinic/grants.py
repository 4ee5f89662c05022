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


def apply_after_migrate(*, using: str, **_: Any) -> None:
    """Give the application role exactly what the list says, when that role exists on this server."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.APP_ROLE])
        if cursor.fetchone() is None:
            return
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()}
        role = connections[using].ops.quote_name(settings.APP_ROLE)
        cursor.execute(
            f"GRANT USAGE ON SCHEMA public TO {role};"
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};"
            f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {role};"
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};"
        )
        for right, names in (("UPDATE", MAY_UPDATE), ("DELETE", MAY_DELETE)):
            for table in sorted(tables.intersection(names)):
                cursor.execute(f'GRANT {right} ON "{table}" TO {role}')
        for table in sorted(tables.intersection(READ_ONLY)):
            cursor.execute(f'REVOKE INSERT ON "{table}" FROM {role}')
