"""Is this deployment safe to start? Checks that Django runs before it serves."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import register as register_check
from django.db import connection

from clinic.kit.sealing import HOW

WEAK_SECRETS = ("local-only-", "django-insecure-", "change-me")
SAMPLE_FIELD_KEY = "bG9jYWwtb25seS"
SHORTEST_SECRET = 50


def register() -> None:
    """Hand the checks to Django."""
    register_check(settings_are_safe, Tags.security, deploy=True)
    register_check(role_is_plain, Tags.database)


def settings_are_safe(**_: Any) -> list[CheckMessage]:
    """Refuse a weak secret, debugging, and a host that matches everything."""
    problems: list[CheckMessage] = []
    secret = settings.SECRET_KEY
    if len(secret) < SHORTEST_SECRET or secret.startswith(WEAK_SECRETS):
        problems.append(Error("SECRET_KEY is short or a sample. Set at least 50 random characters.", id="clinic.E001"))
    if settings.DEBUG:
        problems.append(Error("DEBUG is on. Turn it off outside a developer's machine.", id="clinic.E002"))
    if any(key.startswith(SAMPLE_FIELD_KEY) for key in settings.FIELD_KEYS):
        problems.append(Error(f"FIELD_KEYS holds the sample. Make a key of your own: {HOW}", id="clinic.E010"))
    if "*" in settings.ALLOWED_HOSTS:
        problems.append(Error("ALLOWED_HOSTS allows every host. Name the clinic's own.", id="clinic.E003"))
    return problems


def role_is_plain(*, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """The web application must not connect as a role that owns tables or is a superuser."""
    if not databases or settings.DB_ROLE == "owner":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tableowner = rolname)"
            " FROM pg_roles WHERE rolname = current_user"
        )
        row = cursor.fetchone()
    if row and row[0]:
        sentence = "DATABASE_URL connects as a role that owns tables or is a superuser. Use the plain application role."
        return [Error(sentence, id="clinic.E004")]
    return []
