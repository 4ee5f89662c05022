"""How does the whole database come into one file? One snapshot: its digests, and PostgreSQL's own dump of it."""

import contextlib
import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import psycopg2

from clinic.kit.local_postgres import client_program, major_of
from clinic.kit.refusals import Refusal
from clinic.kit.sealed_file import SealedFile, SealedWriter
from clinic.operations import queries
from clinic.operations.actions.programs import running

FORMAT: Final = 1
MANIFEST, DUMP, TOTALS = b"M", b"D", b"T"
CHUNK: Final = 1024 * 1024
# What belongs to one server and not to the clinic.
DUMPED: Final = ("--format=custom", "--no-owner", "--no-privileges", "--no-publications", "--no-subscriptions")


class AlreadyThere(Refusal):
    """A backup is never written over another."""


class CannotWrite(Refusal):
    """The folder does not take the file: missing, full, or not ours."""


@dataclass(frozen=True)
class Taken:
    """What was written."""

    tables: int
    rows: int
    bytes: int
    is_sealed: bool


@dataclass(frozen=True)
class Progress:
    """What a person may be shown while it runs."""

    on_table: Callable[[str], None] = lambda _name: None
    on_bytes: Callable[[int], None] = lambda _count: None


def take_backup(
    *, url: str, target: Path, key: bytes | None, program_version: str, now: datetime, progress: Progress | None = None
) -> Taken:
    """Write everything the database holds into one new file, private to its owner and whole or not there at all."""
    progress = progress or Progress()
    if target.exists():
        raise AlreadyThere(f"{target} is already there. Name a new file; a backup is never written over another.")
    with _snapshot(url) as (cursor, snapshot), _new_file(target) as file:
        manifest = _manifest(cursor, program_version=program_version, now=now, on_table=progress.on_table)
        writer = SealedWriter(file, key)
        writer.write(MANIFEST, json.dumps(manifest).encode())
        _dump(writer, url=url, snapshot=snapshot, server=manifest["postgresql"], on_bytes=progress.on_bytes)
        writer.end()
        size = file.tell()
    tables = manifest["tables"]
    rows = sum(table["rows"] for table in tables.values())
    return Taken(tables=len(tables), rows=rows, bytes=size, is_sealed=key is not None)


@contextlib.contextmanager
def _snapshot(url: str) -> Iterator[tuple[Any, str]]:
    """One moment of the database, that pg_dump can join; the clinic goes on working meanwhile."""
    connection = psycopg2.connect(url)
    try:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchall()[0]
            yield cursor, snapshot
    finally:
        connection.close()


def _manifest(cursor: Any, *, program_version: str, now: datetime, on_table: Callable[[str], None]) -> dict[str, Any]:
    """Everything that a restore compares itself with."""
    held = queries.contents(cursor, on_table)
    cursor.execute("SELECT app || '.' || name FROM public.django_migrations ORDER BY 1")
    migrations = [row[0] for row in cursor.fetchall()]
    cursor.execute("SELECT id::text, occurred_at::text FROM public.clinic_accessevent ORDER BY id DESC LIMIT 1")
    return {
        "format": FORMAT,
        "program": program_version,
        "postgresql": cursor.connection.server_version // 10_000,
        "taken_at": now.isoformat(),
        "migrations": migrations,
        "tables": {name: asdict(table) for name, table in held.tables.items()},
        "sequences": held.sequences,
        "structure": held.structure,
        "last_of_the_trail": cursor.fetchone(),
    }


def _dump(writer: SealedWriter, *, url: str, snapshot: str, server: int, on_bytes: Callable[[int], None]) -> None:
    program = client_program("pg_dump", at_least=server)
    seen, size = hashlib.sha256(), 0
    with running(program, *DUMPED, f"--snapshot={snapshot}", url=url, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        while chunk := process.stdout.read(CHUNK):
            writer.write(DUMP, chunk)
            seen.update(chunk)
            size += len(chunk)
            on_bytes(len(chunk))
    totals = {"bytes": size, "sha256": seen.hexdigest(), "pg_dump": major_of(program)}
    writer.write(TOTALS, json.dumps(totals).encode())


@contextlib.contextmanager
def _new_file(target: Path) -> Iterator[BinaryIO]:
    """Beside its place until it is whole and on the disk; then under its name at once, never over another."""
    half = target.with_name(f".{target.name}.{os.getpid()}.half")
    try:
        with open(os.open(half, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:  # noqa: PTH123 - with its mode
            yield file
            file.flush()
            os.fsync(file.fileno())
        SealedFile(half).must_be_whole()
        os.link(half, target)
        _sync_folder(target.parent)
    except FileExistsError:
        raise AlreadyThere(f"{target} is already there. Name a new file.") from None
    except OSError as problem:
        raise CannotWrite(f"{target} could not be written ({problem.strerror}): choose another folder.") from problem
    finally:
        half.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
