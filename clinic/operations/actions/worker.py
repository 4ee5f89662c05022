"""Who does the jobs? As many workers as are started; a row's lock decides which of them does one, and for how long."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import psycopg2
from django.db import DatabaseError, InterfaceError, connection, transaction

from clinic.kit.local_postgres import LocalPostgresError
from clinic.kit.refusals import Refusal
from clinic.operations import queries, rules
from clinic.operations.actions.jobs import Duty, duties
from clinic.operations.models import Job
from clinic.operations.rules import JobCode

logger = logging.getLogger(__name__)
SECONDS_TO_END: Final = 3
LONGEST_PROBLEM: Final = 500
# The lock is held in a transaction that has nothing to do while a backup is written. Should this machine vanish
# without a word, the server finds out within a minute and gives the lock to another worker.
HOLD_ON: Final = """
    SELECT set_config('idle_in_transaction_session_timeout', '0', true), set_config('tcp_keepalives_idle', '30', true),
        set_config('tcp_keepalives_interval', '10', true), set_config('tcp_keepalives_count', '3', true)
"""


class Stopped(Exception):
    """The worker was told to end in the middle of a job, which is then as if it had not begun."""


@dataclass(frozen=True)
class Done:
    """One job that was tried; `problem` is empty when it was done."""

    code: JobCode
    problem: str


def expect_jobs(codes: Mapping[JobCode, Duty], *, now: datetime) -> None:
    """A row for each, made once; where one is there already it stays."""
    wanted = [JobCode.PULSE, *codes]
    Job.objects.bulk_create([Job(code=code, expected_since=now) for code in wanted], ignore_conflicts=True)


def do_job(code: JobCode, duty: Duty, *, now: datetime, go_on: Callable[[], None]) -> Done | None:
    """Do it unless somebody else does or it is no longer due; its mark is set in the transaction that holds it."""
    with transaction.atomic():
        row = Job.objects.select_for_update(skip_locked=True).filter(code=code).first()
        if row is None or not rules.is_due(duty.rhythm, done_at=row.done_at, failed_at=row.failed_at, now=now):
            return None
        with connection.cursor() as cursor:
            cursor.execute(HOLD_ON)
        row.problem = _problem_with(code, duty, now=now, go_on=go_on)[:LONGEST_PROBLEM]
        if row.problem:
            row.failed_at = now
        else:
            row.done_at, row.failed_at = now, None
        row.save(update_fields=["done_at", "failed_at", "problem"])
    return Done(code, row.problem)


def _problem_with(code: JobCode, duty: Duty, *, now: datetime, go_on: Callable[[], None]) -> str:
    try:
        with transaction.atomic():
            duty.work(now, go_on)
    except (Stopped, DatabaseError, InterfaceError):
        raise  # nothing can be marked, or nothing is to be
    except psycopg2.OperationalError as problem:
        return f"The database of DATABASE_BACKUP_URL does not answer ({str(problem).strip().partition(chr(10))[0]})."
    except (Refusal, LocalPostgresError, OSError) as problem:
        return str(problem) or type(problem).__name__
    except Exception as problem:
        logger.exception("A job failed: %s", code)
        return type(problem).__name__
    return ""


def beat(*, now: datetime) -> None:
    """Say that a worker is there."""
    Job.objects.filter(code=JobCode.PULSE).update(done_at=now)


class Worker:
    """Does what is due in one thread and gives signs of life from another, since a backup takes its time."""

    def __init__(self, *, pause_seconds: float, beat_file: Path | None, say: Callable[[str], None]) -> None:
        self._pause_seconds = pause_seconds
        self._beat_file = beat_file
        self._say = say
        self._stopping = threading.Event()
        self._duties = duties()

    def run(self) -> None:
        """Until the process is told to end. What cannot be broken off within seconds is left to die with it."""
        working = threading.Thread(target=self._work, name="jobs", daemon=True)
        working.start()
        try:
            while working.is_alive():
                self._with_database(self._beat)
                # Not `join`: broken off by a signal, it takes the thread for ended.
                self._stopping.wait(self._pause_seconds)
        finally:
            self._stopping.set()
            working.join(SECONDS_TO_END)

    def do_all_once(self) -> bool:
        """What is due now; whether all of it went well."""
        expect_jobs(self._duties, now=queries.now())
        beat(now=queries.now())
        return all(not done.problem for done in self._do_due())

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._with_database(self._do_due)
            self._stopping.wait(self._pause_seconds)
        connection.close()

    def _do_due(self) -> list[Done]:
        rhythms = {code: duty.rhythm for code, duty in self._duties.items()}
        tried = []
        for code in queries.due_jobs(rhythms, queries.now()):
            done = do_job(code, self._duties[code], now=queries.now(), go_on=self._go_on)
            if done:
                self._say(f"{done.code}: {done.problem or 'done'}")
                tried.append(done)
        return tried

    def _beat(self) -> None:
        expect_jobs(self._duties, now=queries.now())
        beat(now=queries.now())
        if self._beat_file:
            self._beat_file.touch()

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise Stopped

    def _with_database(self, step: Callable[[], object]) -> None:
        """A database that is gone is asked again after the pause, on a new connection."""
        try:
            step()
        except Stopped:
            connection.close()
        except (DatabaseError, InterfaceError) as problem:
            logger.warning("The database does not answer (%s).", type(problem).__name__)
            connection.close()
