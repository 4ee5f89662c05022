"""Do workers do what is due once, do it again when one of them dies, and end when they are told to?

Real processes of `manage.py work`, and several where it matters, on a PostgreSQL that the test may stop.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from clinic.kit.sealed_file import readable_key
from clinic.operations.actions import read_backup
from tests.own_server import OwnServer, django_on

CHECKOUT = Path(__file__).resolve().parents[3]
KEY = "x6qS1Ff3mQ0oJr5v8yB2dT7gK4nZ9uWcE1hLpXaVbRs="
SECONDS_OF_PATIENCE = 60
SECONDS_TO_END = 5
JOBS = "SELECT code FROM clinic_job WHERE done_at IS NOT NULL AND problem = '' ORDER BY code"
ALL_DONE = [("backup",), ("backup_check",), ("counts",), ("logins",), ("pulse",)]


class Workers:
    """Those of one deployment: one database, one folder for its backups."""

    def __init__(self, server: OwnServer, database: str, folder: Path) -> None:
        self.server = server
        self.database = database
        self.folder = folder
        self.running: list[subprocess.Popen[str]] = []

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "STEPWELL_DB_ROLE": "app",
            "DATABASE_URL": self.server.url(database=self.database),
            "DATABASE_OWNER_URL": "",
            "DATABASE_BACKUP_URL": self.server.url("postgres", self.database),
            "BACKUP_DIR": str(self.folder),
            "BACKUP_KEY": KEY,
            # Hours away from its turn and that of its check, whenever the test runs.
            "BACKUP_AT": f"{datetime.now(UTC) - timedelta(hours=6):%H:%M}",
        }

    def start(self, *more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", "work", "--pause-seconds=0.1", *more]
        started = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(started)
        return started

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        return self.server.ask(statement, database=self.database)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def end(self) -> None:
        for each in self.running:
            each.kill()
            each.communicate()


@pytest.fixture
def workers(server: OwnServer, database: str, tmp_path: Path, django_db_blocker: Any) -> Iterator[Workers]:
    with django_db_blocker.unblock():
        started = Workers(server, database, tmp_path)
        yield started
        started.end()


def wait_until(came: Callable[[], bool]) -> None:
    patience = time.monotonic() + SECONDS_OF_PATIENCE
    while not came():
        assert time.monotonic() < patience
        time.sleep(0.05)


def test_two_workers_do_each_job_once_and_end_when_told(workers: Workers) -> None:
    workers.ask(
        "INSERT INTO django_session VALUES ('old', '', now() - interval '1 s'), ('new', '', now() + interval '1 h')"
    )
    workers.ask(
        "INSERT INTO clinic_cache VALUES ('old', '', now() - interval '1 second'), ('new', '', now() + interval '1 h')"
    )
    began_at = datetime.now(UTC)
    both = [workers.start(), workers.start()]

    wait_until(lambda: workers.ask(JOBS) == ALL_DONE)
    time.sleep(0.5)  # five looks more of each at what is due
    for each in both:
        each.terminate()
    begun = time.monotonic()
    said = [each.communicate() for each in both]

    assert time.monotonic() - begun < SECONDS_TO_END
    assert [each.returncode for each in both] == [128 + signal.SIGTERM] * 2
    assert [errors for _, errors in said] == ["", ""]
    lines = Counter("".join(words for words, _ in said).splitlines())
    assert (lines["backup: done"], lines["backup_check: done"]) == (1, 1)
    # Should the test have met the full hour, both are due once more.
    assert 1 <= lines["logins: done"] <= 1 + (datetime.now(UTC).hour != began_at.hour)
    assert lines.keys() == {"backup: done", "backup_check: done", "counts: done", "logins: done"}
    assert workers.ask("SELECT session_key FROM django_session") == [("new",)]
    assert workers.ask("SELECT cache_key FROM clinic_cache") == [("new",)]
    (only,) = workers.files()
    backup = read_backup(workers.folder / only, key=readable_key(KEY))
    assert (backup.file.is_sealed, backup.contents.tables["public.clinic_job"].rows) == (True, 5)


def test_job_of_a_killed_worker_is_done_by_another(workers: Workers) -> None:
    """The backup waits for a table that the test holds; so the first is at it when it is killed."""
    with django_on(workers.server.url("stepwell_owner", workers.database)), held_table() as let_go:
        first = workers.start()
        wait_until(lambda: bool(waiting_backups(workers)))
        workers.ask("UPDATE clinic_job SET done_at = NULL WHERE code = 'logins'")
        second = workers.start()
        wait_until(lambda: workers.ask("SELECT 1 FROM clinic_job WHERE code = 'logins' AND done_at IS NULL") == [])
        was_left_alone = len(waiting_backups(workers))
        first.kill()
        first.wait()
        halves = [name for name in workers.files() if name.endswith(".half")]
        let_go()
        wait_until(lambda: workers.ask(JOBS) == ALL_DONE)

    assert (was_left_alone, len(halves)) == (1, 1)
    assert second.poll() is None
    assert [name.endswith(".backup") for name in workers.files()] == [True]


def test_worker_ends_in_time_whatever_it_waits_for_and_leaves_the_job(workers: Workers) -> None:
    with django_on(workers.server.url("stepwell_owner", workers.database)), held_table():
        worker = workers.start()
        wait_until(lambda: bool(waiting_backups(workers)))
        worker.terminate()
        begun = time.monotonic()
        worker.wait(timeout=30)
        took = time.monotonic() - begun

    assert took < SECONDS_TO_END
    assert workers.ask("SELECT done_at, failed_at FROM clinic_job WHERE code = 'backup'") == [(None, None)]


def test_worker_goes_on_when_the_database_comes_back(workers: Workers, tmp_path_factory: Any) -> None:
    beat_file = tmp_path_factory.mktemp("beat") / "beat"
    worker = workers.start("--beat-file", str(beat_file))
    wait_until(lambda: workers.ask(JOBS) == ALL_DONE)

    workers.server.restart()
    workers.ask("UPDATE clinic_job SET done_at = NULL WHERE code IN ('logins', 'pulse')")
    wait_until(lambda: workers.ask(JOBS) == ALL_DONE)
    is_running = worker.poll() is None
    beating = asked_of_the_beat(beat_file)
    worker.kill()
    worker.wait()
    os.utime(beat_file, (time.time() - 61, time.time() - 61))
    silent = asked_of_the_beat(beat_file)
    beat_file.unlink()
    unheard = asked_of_the_beat(beat_file)

    assert (is_running, beating.returncode) == (True, 0)
    assert (silent.returncode, silent.stderr) == (1, "The worker has not been heard of for 61 seconds.\n")
    assert (unheard.returncode, unheard.stderr) == (1, f"The worker has not made {beat_file} yet.\n")


def test_worker_says_what_failed_and_tries_no_other_job_less(workers: Workers) -> None:
    environment = {**workers.environment(), "DATABASE_BACKUP_URL": workers.server.url(database="no_such_database")}

    done = subprocess.run(
        [sys.executable, "manage.py", "work", "--once"],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, "Not everything could be done" in done.stderr) == (1, True)
    assert "backup: The database of DATABASE_BACKUP_URL does not answer (" in done.stdout
    assert "logins: done" in done.stdout
    assert workers.ask("SELECT code FROM clinic_job WHERE problem <> ''") == [("backup",)]
    assert workers.files() == []


def waiting_backups(workers: Workers) -> list[tuple[Any, ...]]:
    return workers.ask(
        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'postgres'"
        " AND datname = current_database()"
    )


@contextlib.contextmanager
def held_table() -> Iterator[Callable[[], None]]:
    """Nobody reads it until it is let go."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE clinic_site")
        try:
            yield lambda: cursor.execute("ROLLBACK")
        finally:
            cursor.execute("ROLLBACK")


def asked_of_the_beat(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/health.py", "--beat", str(file)]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
