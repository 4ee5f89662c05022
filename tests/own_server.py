"""Where does a test find a server that it may misconfigure, stop and start? A PostgreSQL as a clinic would run it."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
from django.db import connection

from clinic.kit.local_postgres import Cluster
from clinic.operations import actions
from tests import migrated

ROLES_OF_DJANGO = ("HOST", "USER", "NAME", "PASSWORD", "PORT")
SECONDS_TO_FOLLOW = 30
AS_IN_PRODUCTION = {
    "cluster_name": "clinic",
    "wal_level": "replica",
    "max_wal_senders": "10",
    "archive_mode": "on",
    "archive_command": "true",
}
ROOM_FOR_A_SERVER_BYTES = 10**9


@dataclass(frozen=True)
class OwnServer:
    """Durable and with archiving, as production asks; its database `stepwell` is migrated and empty."""

    cluster: Cluster

    def url(self, role: str = "stepwell_app", database: str = "stepwell") -> str:
        return self.cluster.url(role, database)

    def ask(self, statement: str, *, role: str = "postgres", database: str = "stepwell") -> list[tuple[Any, ...]]:
        """One statement, for itself, in a connection of its own."""
        with contextlib.closing(psycopg2.connect(self.url(role, database))) as asked:
            asked.autocommit = True
            with asked.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

    def configure(self, name: str, value: str | None) -> None:
        """Change a setting that needs no restart, and wait until new connections see it; None takes it back."""
        before = self.ask(f"SHOW {name}")
        self.ask(f"ALTER SYSTEM SET {name} = '{value}'" if value is not None else f"ALTER SYSTEM RESET {name}")
        self.ask("SELECT pg_reload_conf()")
        patience = time.monotonic() + SECONDS_TO_FOLLOW
        while self.ask(f"SHOW {name}") == before and time.monotonic() < patience:
            time.sleep(0.02)

    def restart(self) -> None:
        self.cluster.stop()
        self.cluster.start()

    @contextlib.contextmanager
    def database(self, name: str) -> Iterator[str]:
        """A copy of the migrated one, for one test."""
        self.ask(f"CREATE DATABASE {name} OWNER stepwell_owner TEMPLATE stepwell", database="postgres")
        try:
            yield name
        finally:
            self.ask(f"DROP DATABASE {name} WITH (FORCE)", database="postgres")


@contextlib.contextmanager
def own_server() -> Iterator[OwnServer]:
    """Its schema comes out of the tests' migrated database by way of a backup."""
    with tempfile.TemporaryDirectory(prefix="stepwell-own-", dir=folder_in_memory()) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = OwnServer(Cluster(folder / "postgres"))
        server.cluster.start()
        try:
            for setting, value in AS_IN_PRODUCTION.items():
                server.ask(f"ALTER SYSTEM SET {setting} = '{value}'")
            server.restart()
            fill(server, folder / "migrated")
            yield server
        finally:
            server.cluster.stop()


def folder_in_memory() -> str | None:
    """Where the machine has the room: every commit is flushed, and there it costs nothing."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_FOR_A_SERVER_BYTES
    return str(memory) if has_room else None


def fill(server: OwnServer, file: Path) -> None:
    """From a copy: nobody may be connected to the migrated database while another process copies it."""
    source = f"{file.parent.name.replace('-', '_')}_source"
    migrated.create_copy(source)
    try:
        actions.take_backup(
            url=migrated.url_of(source), target=file, key=None, program_version="0", now=datetime.now(UTC)
        )
    finally:
        migrated.drop(source)
    backup = actions.read_backup(file, key=None)
    actions.restore_backup(backup, url=server.url("stepwell_owner"), app_role="stepwell_app")


@contextlib.contextmanager
def django_on(url: str) -> Iterator[None]:
    """Django's own connection in the test, pointed at another server, database or role."""
    parts = urlsplit(url)
    usual = {name: connection.settings_dict[name] for name in ROLES_OF_DJANGO}
    connection.close()
    connection.settings_dict.update(
        HOST=unquote(parts.netloc.rpartition("@")[2]),
        USER=parts.username,
        NAME=parts.path.lstrip("/"),
        PASSWORD="",
        PORT="",
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(usual)
