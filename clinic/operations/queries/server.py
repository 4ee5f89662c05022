"""What do the settings and the database say before anything is served? Facts for the rules."""

import tomllib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import connection

from clinic import grants
from clinic.kit.local_postgres import EMBEDDED_NAME
from clinic.operations import rules
from clinic.operations.queries.health import seconds_apart, waiting_migrations
from clinic.staff.models import User

UNFINISHED_RESTORE: Final = "Stepwell: a restore into this database has not ended."
AT_LEAST_COST: Final = "$m=8,"  # Argon2 with 8 KiB, where production asks for a hundred thousand
POWERS: Final = {
    "rolsuper": "is a superuser",
    "rolbypassrls": "may bypass row security",
    "rolcreaterole": "may make roles",
    "rolcreatedb": "may make databases",
    "rolreplication": "may replicate",
}
ROLE: Final = "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
OWNED: Final = """
    SELECT 'database ' || datname FROM pg_database
        WHERE datname = current_database() AND pg_get_userbyid(datdba) = current_user
    UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) = current_user
    UNION ALL SELECT 'table ' || relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user
        AND relkind IN ('r', 'p', 'v', 'm', 'S') AND relpersistence <> 't'
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pg_get_userbyid(proowner) = current_user
"""
MEMBER_OF: Final = "SELECT pg_get_userbyid(roleid) FROM pg_auth_members WHERE pg_get_userbyid(member) = current_user"
# Whatever way a right came: granted, to everybody, or for single columns.
TABLE_RIGHTS: Final = """
    SELECT c.relname, array_remove(array_agg(CASE
        WHEN has_table_privilege(c.oid, held) THEN held
        WHEN held IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(c.oid, held) THEN held
    END), NULL)
    FROM pg_class c,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS held
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    GROUP BY c.relname ORDER BY c.relname
"""
OTHER_RIGHTS: Final = """
    SELECT 'UPDATE on sequence ' || relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
        AND CASE WHEN relkind = 'S' THEN has_sequence_privilege(oid, 'UPDATE') ELSE false END
    UNION ALL SELECT 'CREATE in schema public' WHERE has_schema_privilege('public', 'CREATE')
    UNION ALL SELECT 'CREATE in the database' WHERE has_database_privilege(current_database(), 'CREATE')
"""
# Settings of other roles and of the database: the owner's migrations must not be lost either.
OVERRIDES: Final = """
    SELECT concat_ws(' ', one, 'for', CASE WHEN setrole = 0 THEN 'every role' ELSE 'role ' || setrole::regrole END,
        CASE WHEN setdatabase <> 0 THEN 'in this database' END), one
    FROM pg_db_role_setting
    JOIN LATERAL unnest(setconfig) AS one ON true
    WHERE setdatabase = 0 OR setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def settings_findings() -> list[rules.Finding]:
    """What can be told without asking the database."""
    return rules.about_settings(
        secret=settings.SECRET_KEY,
        fallbacks=settings.SECRET_KEY_FALLBACKS,
        field_keys=settings.FIELD_KEYS,
        debug=settings.DEBUG,
        hosts=settings.ALLOWED_HOSTS,
        database_url=settings.APP_DATABASE_URL,
    )


def server(*, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> rules.Server:
    """What the database says to the role that the application connects as."""
    with connection.cursor() as cursor:
        cursor.execute(f"{ROLE} WHERE rolname = current_user")
        role, *flags = cursor.fetchone()
        powers = tuple(said for said, holds in zip(POWERS.values(), flags, strict=True) if holds)
        owned = _column(cursor, OWNED)
        member_of = _column(cursor, MEMBER_OF)
        # Whoever is more than plain has rights by being so, which no list takes back.
        extra, missing = ((), ()) if powers or owned or member_of else _rights(cursor)
        # Neither is asked of a database whose tables may not be there, or not be ours to read.
        waiting = () if missing else waiting_migrations(cursor)
        return rules.Server(
            version=cursor.connection.server_version // 10_000,
            role=role,
            powers=powers,
            owned=owned,
            member_of=member_of,
            extra_rights=extra,
            missing_rights=missing,
            settings={name: _setting(cursor, name) for name in (*rules.HONEST, *rules.ADVISED)},
            overrides=_overrides(cursor),
            is_embedded=_setting(cursor, "cluster_name") == EMBEDDED_NAME,
            unfinished_restore=_comment(cursor) == UNFINISHED_RESTORE,
            seconds_apart=seconds_apart(cursor, clock=clock),
            waiting_migrations=waiting,
            demo_accounts=0 if waiting or missing else User.objects.filter(is_demo=True).count(),
            cheap_passwords=0 if waiting or missing else User.objects.filter(password__contains=AT_LEAST_COST).count(),
        )


def program_version() -> str:
    """Which Stepwell this is."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def weak_passwords(known: Iterable[str], on_account: Callable[[], None] = lambda: None) -> list[str]:
    """The addresses of active accounts that a known password opens. Slow on purpose: each is tried in full."""
    found = []
    for user in User.objects.filter(is_active=True).order_by("email"):
        if any(check_password(password, user.password) for password in known):
            found.append(user.email)
        on_account()
    return found


def _rights(cursor: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """More than the reviewed list, and less than it."""
    extra, missing = [], []
    cursor.execute(TABLE_RIGHTS)
    for table, rights in cursor.fetchall():
        held, meant = set(rights), grants.rights_on(table)
        extra += [f"{right} on {table}" for right in sorted(held - meant)]
        missing += [f"{right} on {table}" for right in sorted(meant - held)]
    return (*extra, *_column(cursor, OTHER_RIGHTS)), tuple(missing)


def _overrides(cursor: Any) -> tuple[str, ...]:
    cursor.execute(OVERRIDES)
    found = []
    for said, setting in cursor.fetchall():
        name, _, value = setting.partition("=")
        if name in rules.HONEST and value not in rules.HONEST[name]:
            found.append(said)
    return tuple(found)


def _setting(cursor: Any, name: str) -> str:
    cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [name])
    return str(cursor.fetchone()[0])


def _comment(cursor: Any) -> str:
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()")
    return cursor.fetchone()[0] or ""


def _column(cursor: Any, statement: str) -> tuple[str, ...]:
    cursor.execute(statement)
    return tuple(row[0] for row in cursor.fetchall())
