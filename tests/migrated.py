"""Where does a test database come from? A copy of one that was migrated once, kept while no migration changes."""

import contextlib
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - it is a class

CHECKOUT = Path(__file__).resolve().parent.parent
PREFIX = "stepwell_migrated_"
KEPT = 3  # of older ones, for a run that is still at work on an older checkout
LOCK = 7_340_031  # any number, the same in every process


def url_of(database: str, variable: str = "DATABASE_OWNER_URL") -> str:
    """The address in the environment, for another database on the same server."""
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{database}"))


def migrated_database() -> str:
    """The name of a database on which every migration has run; made by the first who asks."""
    name = f"{PREFIX}{_fingerprint()}"
    with server() as cursor:
        # One lock for all processes; it ends with the connection.
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not _exists(cursor, name):
            _migrate(cursor, name)
            _drop_old(cursor)
    return name


def create_copy(name: str) -> None:
    """A new database with every table and no row but those that migrations bring."""
    template = migrated_database()
    with server() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*map(sql.Identifier, (name, template))))


def drop(name: str) -> None:
    """Remove a database, whoever is still connected to it."""
    with server() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def server() -> Iterator[Cursor]:
    """A cursor of the owner outside any database of ours, each statement for itself."""
    connection = psycopg2.connect(url_of("postgres"))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _migrate(cursor: Cursor, name: str) -> None:
    """Under a working name until it is whole, so that an interrupted run leaves nothing that looks finished."""
    half = sql.Identifier(f"{name}_half")
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(half))
    cursor.execute(sql.SQL("CREATE DATABASE {}").format(half))
    environment = {
        **os.environ,
        "DATABASE_URL": url_of(f"{name}_half", "DATABASE_URL"),
        "DATABASE_OWNER_URL": url_of(f"{name}_half"),
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=CHECKOUT, env=environment, check=True)
    cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(half, sql.Identifier(name)))


def _drop_old(cursor: Cursor) -> None:
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", [f"{PREFIX}%"])
    for (name,) in cursor.fetchall()[1 + KEPT :]:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _exists(cursor: Cursor, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _fingerprint() -> str:
    """Changes with any migration, with the rights handed out after them, and with the packages that bring more."""
    parts = [CHECKOUT / "requirements.txt", CHECKOUT / "clinic" / "grants.py"]
    for application in ("clinic", "patients", "sessions"):
        parts += sorted((CHECKOUT / application / "migrations").glob("*.py"))
    seen = hashlib.sha256()
    for part in parts:
        seen.update(part.read_bytes() if part.exists() else b"")
        seen.update(str(part.relative_to(CHECKOUT)).encode())
    return seen.hexdigest()[:16]
