"""Can the application do its work right now? One small write that is taken back, and what else could stop it."""

import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, InterfaceError, connection, transaction

from clinic.kit.keys import uuid7
from clinic.operations import queries, rules

OK, FAILED, UNKNOWN = "ok", "failed", "unknown"
SECONDS_KEPT: Final = 1  # however many ask, the database is asked this often
MILLISECONDS_TO_ANSWER: Final = 2000


def database_takes_writes() -> bool:
    """As the application's own role, in a transaction that is rolled back; a replica or a full disk refuses here."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(MILLISECONDS_TO_ANSWER)])
        cursor.execute(
            "INSERT INTO clinic_cache (cache_key, value, expires) VALUES (%s, '', now())", [f"readyz {uuid7()}"]
        )
        transaction.set_rollback(True)
    return True


def clocks_agree() -> bool:
    with connection.cursor() as cursor:
        return not rules.apart(queries.seconds_apart(cursor, clock=queries.now))


# The first is asked first: without it the others of the database are not known.
OF_THE_DATABASE: Final[dict[str, Callable[[], bool]]] = {
    "database": database_takes_writes,
    "migrations": queries.migrations_are_applied,
    "archive": lambda: rules.archive_keeps_up(queries.archive()),
    "clock": clocks_agree,
    "worker": queries.worker_is_alive,
    "backup": queries.backups_are_recent,
}
OF_THE_MACHINE: Final[dict[str, Callable[[], bool]]] = {"disk": queries.watched_folders_have_room}


class Readiness:
    """The last answer, kept for a moment, so that a storm of probes costs the database no more than one."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._answer: dict[str, str] = {}
        self._asked_at = -float("inf")

    def ask(self) -> dict[str, str]:
        """Each check and how it stands. While one asks, the others wait for its answer."""
        with self._asking:
            if time.monotonic() - self._asked_at >= SECONDS_KEPT:
                self._answer = look()
                self._asked_at = time.monotonic()
            return self._answer


def look() -> dict[str, str]:
    """Ask everything now."""
    found = {name: _state(check) for name, check in OF_THE_MACHINE.items()}
    for name, check in OF_THE_DATABASE.items():
        found[name] = _state(check) if found.get("database", OK) == OK else UNKNOWN
    return found


def _state(check: Callable[[], bool]) -> str:
    try:
        return OK if check() else FAILED
    except (DatabaseError, InterfaceError):
        return FAILED


readiness = Readiness()
