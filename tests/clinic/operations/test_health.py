"""Do the probes tell the truth, each red for its own reason, and tell nothing else?"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from clinic.audit.models import AccessEvent
from clinic.operations.actions.probe import Readiness, look
from clinic.operations.models import Job
from tests.own_server import OwnServer, django_on
from tests.scenarios.cast import Cast

GREEN = dict.fromkeys(("database", "migrations", "archive", "clock", "worker", "backup", "disk"), "ok")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def green_but(server: OwnServer, database: str, django_db_blocker: Any) -> Iterator[Callable[..., dict[str, str]]]:
    """The checks that are not green, asked as the application on this test's own database."""

    def ask() -> dict[str, str]:
        with django_on(server.url(database=database)):
            return {name: state for name, state in look().items() if state != GREEN[name]}

    with django_db_blocker.unblock():
        yield ask


@pytest.mark.django_db
def test_healthz_says_only_that_the_process_lives(client: Client) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"checks": {"process": "ok"}})
    assert len(asked) == 0


@pytest.mark.django_db
def test_readyz_is_green_where_everything_is(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"checks": GREEN})
    assert answer["Cache-Control"] == "no-store"
    assert set(answer.headers) == {"Content-Type", "Cache-Control"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probe_is_no_look_of_anybody_and_needs_neither_name_nor_tls(
    client: Client, cast: Cast, settings: Settings, path: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["clinic.example"]
    client.force_login(cast.nora)
    before = AccessEvent.objects.count()

    answer = client.get(path, headers={"host": "10.1.2.3:8000"})

    assert answer.status_code == 200
    assert not answer.cookies
    assert AccessEvent.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_probe_takes_nothing(client: Client, path: str, method: str) -> None:
    assert getattr(client, method)(path).status_code == 405


@pytest.mark.django_db
def test_probe_leaves_nothing_behind_and_asks_little(client: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = look()

    assert found == GREEN
    # Five for the write that is taken back, two for the migrations, one each for the archive and the clock.
    assert len(asked) == 9
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM clinic_cache WHERE cache_key LIKE 'readyz%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_storm_of_probes_asks_the_database_once() -> None:
    readiness = Readiness()
    readiness.ask()

    with CaptureQueriesContext(connection) as asked:
        answers = [readiness.ask() for _ in range(100)]

    assert answers == [GREEN] * 100
    assert len(asked) == 0


def test_everything_is_green_on_a_sound_server(green_but: Callable[[], dict[str, str]]) -> None:
    assert green_but() == {}


def test_database_that_takes_no_writes_is_red(
    green_but: Callable[[], dict[str, str]], server: OwnServer, database: str
) -> None:
    """As on a replica, or after a failover that left the application behind."""
    server.ask(f"ALTER DATABASE {database} SET default_transaction_read_only = on")

    assert green_but() == {name: "unknown" for name in GREEN if name != "disk"} | {"database": "failed"}


def test_role_without_its_right_is_red(
    green_but: Callable[[], dict[str, str]], server: OwnServer, database: str
) -> None:
    server.ask("REVOKE INSERT ON clinic_cache FROM stepwell_app", database=database)

    assert green_but()["database"] == "failed"


def test_locked_table_is_red_within_seconds(
    green_but: Callable[[], dict[str, str]], server: OwnServer, database: str
) -> None:
    begun = time.monotonic()
    with django_on(server.url("stepwell_owner", database)), connection.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE clinic_cache")
        holder = connection.connection
        connection.connection = None

        found = green_but()
        holder.close()

    assert found["database"] == "failed"
    assert time.monotonic() - begun < 30


def test_missing_migration_is_red(green_but: Callable[[], dict[str, str]], server: OwnServer, database: str) -> None:
    server.ask("DELETE FROM django_migrations WHERE (app, name) = ('clinic', '0002_locks')", database=database)

    assert green_but() == {"migrations": "failed"}


@pytest.mark.parametrize("seconds", [-65, 65])
def test_clock_that_is_off_is_red(green_but: Callable[[], dict[str, str]], seconds: int) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds)):
        found = green_but()

    assert found == {"clock": "failed"}


def test_disk_that_runs_full_is_red(green_but: Callable[[], dict[str, str]], settings: Settings) -> None:
    settings.WATCHED_FOLDERS = ["/"]
    settings.LEAST_FREE_PERCENT = 100  # no disk is as free as that

    assert green_but() == {"disk": "failed"}


def test_watched_folder_that_is_gone_is_red(green_but: Callable[[], dict[str, str]], settings: Settings) -> None:
    settings.WATCHED_FOLDERS = ["/no/such/folder"]

    assert green_but() == {"disk": "failed"}


def test_archiver_that_fails_is_red_until_it_succeeds(
    green_but: Callable[[], dict[str, str]], server: OwnServer
) -> None:
    server.configure("archive_command", "false")
    try:
        server.ask("SELECT pg_switch_wal() FROM pg_create_restore_point('test')")
        wait_for(server, "SELECT last_failed_time IS NOT NULL FROM pg_stat_archiver")
        red = green_but()
    finally:
        server.configure("archive_command", "true")
    wait_for(server, "SELECT last_archived_time > last_failed_time FROM pg_stat_archiver")

    assert (red, green_but()) == ({"archive": "failed"}, {})


def wait_for(server: OwnServer, question: str) -> None:
    patience = time.monotonic() + 90
    while server.ask(question) != [(True,)]:
        assert time.monotonic() < patience, question
        time.sleep(0.05)


@pytest.fixture
def job_since(server: OwnServer, database: str, settings: Settings) -> Callable[..., None]:
    """A worker is expected, and backups; a job was done so many minutes ago."""
    settings.WORKER_EXPECTED = True
    settings.BACKUP_DIR = "/backups"

    def job_since(code: str, minutes: int, problem: str = "") -> None:
        moments = {"expected_since": LONG_AGO, "done_at": datetime.now(UTC) - timedelta(minutes=minutes)}
        with django_on(server.url(database=database)):
            Job.objects.create(code=code, problem=problem, **moments)

    return job_since


def test_worker_and_backup_are_green_while_both_are_young(
    green_but: Callable[[], dict[str, str]], job_since: Callable[..., None]
) -> None:
    job_since("pulse", 2)
    job_since("backup", 35 * 60)
    job_since("backup_check", 60)

    assert green_but() == {}


def test_silent_worker_is_red(green_but: Callable[[], dict[str, str]], job_since: Callable[..., None]) -> None:
    job_since("pulse", 4)
    job_since("backup", 60)

    assert green_but() == {"worker": "failed"}


def test_worker_that_never_came_is_red(green_but: Callable[[], dict[str, str]], job_since: Callable[..., None]) -> None:
    assert green_but() == {"worker": "failed", "backup": "failed"}


def test_night_without_a_backup_is_red(green_but: Callable[[], dict[str, str]], job_since: Callable[..., None]) -> None:
    job_since("pulse", 0)
    job_since("backup", 37 * 60)

    assert green_but() == {"backup": "failed"}


def test_backup_that_is_no_longer_whole_is_red(
    green_but: Callable[[], dict[str, str]], job_since: Callable[..., None]
) -> None:
    job_since("pulse", 0)
    job_since("backup", 60)
    job_since("backup_check", 60, "The newest backup is damaged.")

    assert green_but() == {"backup": "failed"}
