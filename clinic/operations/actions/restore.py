"""How does a backup become a database again? Believed only when whole, into an empty one only, and compared after."""

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg2

from clinic import grants
from clinic.kit.keys import uuid7
from clinic.kit.local_postgres import client_program
from clinic.kit.refusals import Refusal
from clinic.kit.sealed_file import FileDamaged, OtherFormat, SealedFile
from clinic.operations import queries
from clinic.operations.actions.backup import DUMP, FORMAT, MANIFEST, TOTALS
from clinic.operations.actions.programs import running
from clinic.operations.queries.server import UNFINISHED_RESTORE

NOT_EMPTY: Final = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
        AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1
"""
OWNS: Final = "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"


class OtherVersion(Refusal):
    """The backup is whole, but of a program or a server that these cannot read."""


class NotReady(Refusal):
    """The server lacks what a restored clinic needs."""


class NotEmpty(Refusal):
    """A restore never mixes with what is there."""


class NotTheSame(Refusal):
    """What came back is not what was written down."""


@dataclass(frozen=True)
class Backup:
    """A backup that was read to its end: every digest is right."""

    file: SealedFile
    manifest: dict[str, Any]
    totals: dict[str, Any]

    @property
    def contents(self) -> queries.Contents:
        return queries.Contents(
            tables={name: queries.TableDigest(**table) for name, table in self.manifest["tables"].items()},
            sequences=self.manifest["sequences"],
            structure=self.manifest["structure"],
        )

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.contents.tables.values())


@dataclass(frozen=True)
class Restored:
    """What the database is now."""

    tables: int
    rows: int
    waiting_migrations: tuple[str, ...]


def read_backup(path: Path, *, key: bytes | None, on_bytes: Callable[[int], None] = lambda _count: None) -> Backup:
    """Read the whole file and believe it, or refuse it; no database is touched."""
    if not path.is_file():
        raise FileDamaged(f"{path} is not there, or is no file. Name the backup to restore.")
    file = SealedFile(path, key)
    file.must_be_whole(on_bytes)
    manifest: dict[str, Any] = {}
    totals: dict[str, Any] = {}
    seen, size = hashlib.sha256(), 0
    for kind, body in file.frames():
        if kind == MANIFEST:
            manifest = json.loads(body)
            _must_be_known(path, manifest)
        elif kind == DUMP:
            seen.update(body)
            size += len(body)
        elif kind == TOTALS:
            totals = json.loads(body)
    if not manifest or (size, seen.hexdigest()) != (totals.get("bytes"), totals.get("sha256")):
        raise FileDamaged(f"{path} is damaged: a part of it is missing. Take another backup file.")
    return Backup(file, manifest, totals)


def _must_be_known(path: Path, manifest: dict[str, Any]) -> None:
    """An older backup is fine: its migrations run afterwards. A newer one holds what this program does not know."""
    if manifest["format"] != FORMAT:
        raise OtherFormat(f"{path} was made by Stepwell {manifest['program']}: restore it with that version.")
    unknown = sorted(set(manifest["migrations"]) - queries.shipped_migrations())
    if unknown:
        raise OtherVersion(
            f"{path} was made by Stepwell {manifest['program']}, which knows {unknown[0]} and this program does not: "
            "restore it with that version."
        )


def restore_backup(
    backup: Backup, *, url: str, app_role: str, on_bytes: Callable[[int], None] = lambda _count: None
) -> Restored:
    """Bring everything back in one transaction, prove that it is the same, then hand out the rights.

    Until the proof is there the database carries a mark, and the application has no right in it and refuses to start.
    """
    with _connected(url) as cursor:
        server = cursor.connection.server_version // 10_000
        _must_be_possible(cursor, backup, server, app_role)
        _mark(cursor, UNFINISHED_RESTORE)
    try:
        _load(backup, url=url, server=server, on_bytes=on_bytes)
    except BaseException:
        # pg_restore works in one transaction: nothing of it is there.
        with _connected(url) as cursor:
            _mark(cursor, "")
        raise
    with _connected(url) as cursor:
        _must_be_the_same(cursor, backup)
    with _connected(url) as cursor:
        grants.apply(cursor, app_role)
        # Tablets read this by way of the epoch, and offer what they still hold once more.
        _mark(cursor, f"Stepwell: restored from the backup of {backup.manifest['taken_at']} as {uuid7()}.")
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("ANALYZE")
    return Restored(tables=len(backup.contents.tables), rows=backup.rows, waiting_migrations=_waiting(backup))


def _must_be_possible(cursor: Any, backup: Backup, server: int, app_role: str) -> None:
    if server < backup.manifest["postgresql"]:
        raise OtherVersion(
            f"The backup is of PostgreSQL {backup.manifest['postgresql']}, this server is {server}: "
            f"restore into PostgreSQL {backup.manifest['postgresql']} or newer."
        )
    cursor.execute(OWNS)
    if not cursor.fetchone()[0]:
        raise NotReady("DATABASE_OWNER_URL does not own the database. Make it with: CREATE DATABASE … OWNER …")
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [app_role])
    if not cursor.rowcount:
        raise NotReady(f"This server has no role {app_role!r}. Make it with scripts/create_roles.sql, then restore.")
    cursor.execute(NOT_EMPTY)
    there = cursor.fetchone()
    if there:
        raise NotEmpty(
            f"The database is not empty: it holds {there[0]}. Make a new one and name it in DATABASE_OWNER_URL and "
            "DATABASE_URL; nothing was changed."
        )


def _load(backup: Backup, *, url: str, server: int, on_bytes: Callable[[int], None]) -> None:
    program = client_program("pg_restore", at_least=max(server, backup.totals["pg_dump"]))
    how = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname", "")
    with running(program, *how, url=url, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None  # noqa: S101 - a pipe was asked for
        for kind, body in backup.file.frames():
            if kind == DUMP:
                process.stdin.write(body)
                on_bytes(len(body))


def _must_be_the_same(cursor: Any, backup: Backup) -> None:
    differences = backup.contents.differences(queries.contents(cursor))
    if differences:
        raise NotTheSame(
            f"What was restored is not what was saved: {', '.join(differences[:5])}. "
            "The application cannot use this database; drop it and restore from another backup."
        )


def _waiting(backup: Backup) -> tuple[str, ...]:
    return tuple(sorted(queries.shipped_migrations() - set(backup.manifest["migrations"])))


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    """One transaction of the owner."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        yield cursor


def _mark(cursor: Any, words: str) -> None:
    """The comment on the database: no table of the clinic, so that every table stays what it was."""
    cursor.execute("SELECT quote_ident(current_database()), quote_literal(%s)", [words])
    database, comment = cursor.fetchone()
    cursor.execute(f"COMMENT ON DATABASE {database} IS {comment}")
