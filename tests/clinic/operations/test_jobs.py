"""What does a worker do with a job that fails, is broken off, or is not its own, and what does each job do?"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from pytest_django import Settings

from clinic.kit.refusals import Refusal
from clinic.operations.actions import jobs
from clinic.operations.actions.jobs import Duty, back_up, check_newest
from clinic.operations.actions.worker import Done, Stopped, do_job, expect_jobs
from clinic.operations.models import Job
from clinic.operations.rules import JobCode, Rhythm
from tests.own_server import OwnServer, django_on

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOURLY = Rhythm(timedelta(hours=1))


def nothing() -> None:
    """Nobody tells the worker to stop."""


def stop() -> None:
    raise Stopped


def row(code: JobCode = JobCode.LOGINS) -> Job:
    return Job.objects.get(code=code)


def do(work: Callable[[datetime, Callable[[], None]], None], now: datetime = NOW) -> Done | None:
    duty = Duty(HOURLY, work)
    expect_jobs({JobCode.LOGINS: duty}, now=NOW)
    return do_job(JobCode.LOGINS, duty, now=now, go_on=nothing)


@pytest.mark.django_db
def test_job_is_marked_with_when_it_began() -> None:
    done = do(lambda _now, _go_on: None)

    assert done == Done(JobCode.LOGINS, "")
    assert (row().done_at, row().failed_at, row().problem) == (NOW, None, "")


@pytest.mark.django_db
def test_job_that_was_done_is_not_done_again_before_its_turn() -> None:
    do(lambda _now, _go_on: None)

    again = do(lambda _now, _go_on: None, NOW + timedelta(minutes=59))
    next_turn = do(lambda _now, _go_on: None, NOW + timedelta(hours=1))

    assert (again, next_turn) == (None, Done(JobCode.LOGINS, ""))


@pytest.mark.django_db
def test_refusal_is_kept_in_its_words_until_the_job_succeeds() -> None:
    def refuse(_now: datetime, _go_on: Callable[[], None]) -> None:
        raise Refusal("The folder is gone. Bring it back.")

    done = do(refuse)
    kept = (row().done_at, row().failed_at, row().problem)
    too_soon = do(refuse, NOW + timedelta(minutes=14))
    do(lambda _now, _go_on: None, NOW + timedelta(minutes=15))

    assert done == Done(JobCode.LOGINS, "The folder is gone. Bring it back.")
    assert kept == (None, NOW, "The folder is gone. Bring it back.")
    assert too_soon is None
    assert (row().done_at, row().failed_at, row().problem) == (NOW + timedelta(minutes=15), None, "")


@pytest.mark.django_db
def test_bug_in_a_job_takes_back_what_the_job_did_and_names_no_value(caplog: pytest.LogCaptureFixture) -> None:
    def stumble(_now: datetime, _go_on: Callable[[], None]) -> None:
        Job.objects.create(code=JobCode.COUNTS, expected_since=NOW)
        raise KeyError("Walter Example")

    done = do(stumble)

    assert done == Done(JobCode.LOGINS, "KeyError")
    assert not Job.objects.filter(code=JobCode.COUNTS).exists()
    assert [record.message for record in caplog.records] == ["A job failed: logins"]


@pytest.mark.django_db
def test_job_that_is_broken_off_is_as_if_it_had_not_begun() -> None:
    with pytest.raises(Stopped):
        do(lambda _now, _go_on: stop())

    assert not Job.objects.filter(done_at__isnull=False).exists()


@pytest.mark.django_db
def test_lost_database_is_not_taken_for_a_failure_of_the_job() -> None:
    def lose(_now: datetime, _go_on: Callable[[], None]) -> None:
        raise DatabaseError

    with pytest.raises(DatabaseError):
        do(lose)

    assert not Job.objects.exclude(problem="").exists()


@pytest.mark.django_db
def test_lock_is_held_for_as_long_as_the_job_takes() -> None:
    """The application's own limit of 30 seconds without a statement would end a backup's transaction."""
    seen: list[str] = []

    def look(_now: datetime, _go_on: Callable[[], None]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            seen.append(cursor.fetchone()[0])

    do(look)

    assert seen == ["0"]


@pytest.mark.django_db
def test_expecting_jobs_again_changes_nothing() -> None:
    do(lambda _now, _go_on: None)

    expect_jobs({JobCode.LOGINS: Duty(HOURLY, lambda _now, _go_on: None)}, now=NOW + timedelta(days=1))

    assert (Job.objects.count(), row().expected_since, row().done_at) == (2, NOW, NOW)


@pytest.mark.django_db
def test_expired_rows_go_in_pieces_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    asked: list[None] = []
    with connection.cursor() as cursor:
        for number in range(5):
            moments = [f"old {number}", NOW - timedelta(seconds=1), f"new {number}", NOW]
            cursor.execute("INSERT INTO django_session VALUES (%s, '', %s), (%s, '', %s)", moments)
            cursor.execute("INSERT INTO clinic_cache VALUES (%s, '', %s), (%s, '', %s)", moments)

    jobs.clear_logins(NOW, lambda: asked.append(None))
    jobs.clear_counts(NOW, lambda: asked.append(None))

    assert len(asked) == 3 + 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session UNION SELECT cache_key FROM clinic_cache")
        assert {key for (key,) in cursor.fetchall()} == {f"new {number}" for number in range(5)}


@pytest.fixture
def backups(
    server: OwnServer, database: str, settings: Settings, tmp_path: Path, django_db_blocker: Any
) -> Iterator[Path]:
    """A folder of a deployment that backs up."""
    settings.BACKUP_DIR = str(tmp_path)
    settings.BACKUP_KEY = ""
    settings.BACKUP_DATABASE_URL = server.url("postgres", database)
    settings.BACKUPS_DAILY, settings.BACKUPS_WEEKLY = 2, 0
    with django_db_blocker.unblock(), django_on(server.url(database=database)):
        expect_jobs(jobs.duties(), now=NOW)
        yield tmp_path


def test_new_backup_lets_go_of_older_ones_of_its_own_only(backups: Path) -> None:
    old = [backups / f"stepwell-2026-11-{day}T080000Z.backup" for day in (17, 18, 19, 20)]
    others = [backups / name for name in ("stepwell-before-upgrade.backup", "clinic-2026-11-01.backup", "notes.txt")]
    for file in (*old, *others, backups / ".stepwell-2026-11-20T080000Z.backup.77.half"):
        file.touch()

    back_up(NOW, nothing)

    new = backups / "stepwell-2026-11-21T090000Z.backup"
    assert set(backups.iterdir()) == {new, old[-1], *others}
    assert new.stat().st_mode & 0o777 == 0o600


def test_backup_that_is_broken_off_leaves_nothing_and_costs_no_older_one(backups: Path) -> None:
    older = backups / "stepwell-2026-11-17T080000Z.backup"
    older.touch()

    with pytest.raises(Stopped):
        back_up(NOW, stop)

    assert list(backups.iterdir()) == [older]


def test_newest_backup_is_read_again(backups: Path) -> None:
    back_up(NOW, nothing)
    newest = backups / "stepwell-2026-11-21T090000Z.backup"
    raw = bytearray(newest.read_bytes())

    check_newest(NOW, nothing)
    raw[len(raw) // 2] ^= 1
    newest.write_bytes(raw)

    with pytest.raises(Refusal, match="is damaged"):
        check_newest(NOW, nothing)


def test_check_misses_backups_that_were_there(backups: Path) -> None:
    check_newest(NOW, nothing)  # before the first night there is nothing to look for
    Job.objects.filter(code=JobCode.BACKUP).update(done_at=NOW)

    with pytest.raises(Refusal, match="Is it the same folder or volume as before"):
        check_newest(NOW, nothing)


def test_backups_are_taken_only_where_a_folder_is_named(settings: Settings) -> None:
    settings.BACKUP_DIR = ""
    without = set(jobs.duties())
    settings.BACKUP_DIR = "/backups"

    assert without == {JobCode.LOGINS, JobCode.COUNTS}
    assert set(jobs.duties()) - without == {JobCode.BACKUP, JobCode.BACKUP_CHECK}
