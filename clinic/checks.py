"""Is this deployment safe to start? Checks that Django runs before it serves."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import register as register_check
from django.db import DatabaseError, InterfaceError

from clinic.operations import queries, rules


def register() -> None:
    """Hand the checks to Django."""
    register_check(settings_are_safe, Tags.security, deploy=True)
    register_check(role_is_plain, Tags.database)
    register_check(server_is_safe, Tags.database, deploy=True)


def settings_are_safe(**_: Any) -> list[CheckMessage]:
    """Refuse a weak secret, debugging, a host that matches everything, and a database over an open wire."""
    return errors(queries.settings_findings())


def role_is_plain(*, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """The web application must not connect as a role that owns tables or is a superuser, on any machine."""
    if not databases or settings.DB_ROLE == "owner":
        return []
    return asked(lambda: [rules.about_role(queries.server())])


def server_is_safe(*, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Refuse a server that may lose what it confirmed, or that is not the one that was reviewed."""
    if not databases or settings.DB_ROLE == "owner":
        return []
    return asked(lambda: [one for one in rules.about_server(queries.server()) if one.code != "E004"])


def errors(findings: list[rules.Finding]) -> list[CheckMessage]:
    """What is not right, as Django wants it said; advice is for `manage.py doctor`."""
    return [
        Error(finding.to_do, id=f"clinic.{finding.code}")
        for finding in findings
        if not finding.is_ok and not finding.is_advice
    ]


def asked(look: Any) -> list[CheckMessage]:
    """The findings, or that nobody answers."""
    try:
        return errors(look())
    except (DatabaseError, InterfaceError) as problem:
        said = str(problem).strip().splitlines()
        return [Error(rules.no_answer(said[0] if said else ""), id="clinic.E009")]
