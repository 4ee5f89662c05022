"""Does production refuse to start with exactly one fault, and say what to do about it?

The faults are real: the server is misconfigured, the role given a power, the row deleted. What is called is what
gunicorn calls before it serves; two tests start gunicorn itself.
"""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from clinic.operations.queries.server import UNFINISHED_RESTORE
from tests.own_server import OwnServer, django_on
from tests.scenarios.cast import clinic_cast

CHECKOUT = Path(__file__).resolve().parents[3]
GOOD_FIELD_KEY = "x6qS1Ff3mQ0oJr5v8yB2dT7gK4nZ9uWcE1hLpXaVbRs="
GOOD_SECRET = "yQ7fN0aXv3LkR9tBcE2wUhZs6mJpGdKi8oVx1TqYbWn4HrCe5SfAuMzDgPlOj-Xy"


@pytest.fixture
def start(settings: Settings, django_db_blocker: Any, server: OwnServer, database: str) -> Iterator[Callable[..., str]]:
    """Does what gunicorn does before it serves; returns its refusal, empty when it would start."""
    settings.MODE = "production"
    settings.DB_ROLE = "app"
    settings.SILENCED_SYSTEM_CHECKS = ["async.E001"]  # the journeys need it, in this process
    settings.SECRET_KEY = GOOD_SECRET
    settings.SECRET_KEY_FALLBACKS = []
    settings.FIELD_KEYS = [GOOD_FIELD_KEY]
    settings.ALLOWED_HOSTS = ["clinic.example"]
    settings.APP_DATABASE_URL = server.url(database=database)

    def start(role: str = "stepwell_app") -> str:
        on_starting = runpy.run_path(str(CHECKOUT / "gunicorn.conf.py"))["on_starting"]
        with django_on(server.url(role, database)):
            try:
                on_starting(None)
            except SystemExit as refusal:
                return str(refusal.code)
        return ""

    with django_db_blocker.unblock():
        yield start


def refusals(said: str) -> list[str]:
    """Our own sentences, without Django's list around them."""
    return [line.partition(") ")[2] for line in said.splitlines() if line.startswith("?: (clinic.")]


def test_start_without_a_fault(start: Callable[..., str]) -> None:
    assert start() == ""


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", GOOD_SECRET[:49], "SECRET_KEY is short: it needs at least 50 random characters."),
        ("SECRET_KEY", "k" * 60, "SECRET_KEY can be guessed: it repeats itself."),
        ("SECRET_KEY", "Zx9-" * 20, "SECRET_KEY can be guessed: it repeats itself."),
        ("SECRET_KEY", "local-only-" + GOOD_SECRET, "SECRET_KEY is a sample that everybody can read."),
        ("SECRET_KEY", "django-insecure-" + GOOD_SECRET, "SECRET_KEY is a sample that everybody can read."),
        ("SECRET_KEY_FALLBACKS", ["k" * 60], "SECRET_KEY can be guessed: it repeats itself."),
        ("FIELD_KEYS", ["bG9jYWwtb25seS1sb2NhbC1vbmx5LWxvY2FsLW9ubHk="], "FIELD_KEYS holds a sample that everybody"),
        ("DEBUG", True, "DEBUG is on. Turn it off"),
        ("ALLOWED_HOSTS", ["clinic.example", "*"], "ALLOWED_HOSTS allows '*', which is more than one host."),
        ("ALLOWED_HOSTS", [".example"], "ALLOWED_HOSTS allows '.example', which is more than one host."),
        (
            "APP_DATABASE_URL",
            "postgresql://stepwell_app@db.example/stepwell",
            "DATABASE_URL reaches db.example over the network without TLS. Add ?sslmode=verify-full",
        ),
    ],
)
def test_start_with_an_unsafe_setting(
    start: Callable[..., str], settings: Settings, name: str, value: Any, sentence: str
) -> None:
    setattr(settings, name, value)

    (said,) = refusals(start())

    assert said.startswith(sentence)


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        ("postgres", "DATABASE_URL connects as postgres, which is a superuser and may bypass row security"),
        ("stepwell_owner", "DATABASE_URL connects as stepwell_owner, which owns database for_one_test, table"),
    ],
)
def test_start_as_somebody_else(start: Callable[..., str], role: str, sentence: str) -> None:
    (said,) = refusals(start(role))

    assert said.startswith(sentence)
    assert said.endswith("Use the plain application role; scripts/create_roles.sql makes it.")


@pytest.mark.parametrize(
    ("fault", "mend", "sentence"),
    [
        ("ALTER ROLE stepwell_app BYPASSRLS", "ALTER ROLE stepwell_app NOBYPASSRLS", "which may bypass row security."),
        ("ALTER ROLE stepwell_app CREATEROLE", "ALTER ROLE stepwell_app NOCREATEROLE", "which may make roles."),
        ("ALTER ROLE stepwell_app CREATEDB", "ALTER ROLE stepwell_app NOCREATEDB", "which may make databases."),
        ("ALTER ROLE stepwell_app REPLICATION", "ALTER ROLE stepwell_app NOREPLICATION", "which may replicate."),
        (
            "GRANT pg_write_all_data TO stepwell_app",
            "REVOKE pg_write_all_data FROM stepwell_app",
            "which acts for pg_write_all_data.",
        ),
        ("ALTER TABLE clinic_task OWNER TO stepwell_app", "", "which owns table clinic_task"),
        ("GRANT DELETE ON clinic_accessevent TO stepwell_app", "", "list says: DELETE on clinic_accessevent."),
        ("GRANT UPDATE (status) ON clinic_accessevent TO PUBLIC", "", "list says: UPDATE on clinic_accessevent."),
        ("GRANT TRUNCATE ON patients_patient TO PUBLIC", "", "list says: TRUNCATE on patients_patient."),
        ("GRANT UPDATE ON SEQUENCE patients_record_serial TO stepwell_app", "", "sequence patients_record_serial."),
        ("GRANT CREATE ON SCHEMA public TO stepwell_app", "", "list says: CREATE in schema public."),
        ("REVOKE INSERT ON clinic_task FROM stepwell_app", "", "stepwell_app lacks INSERT on clinic_task."),
        (
            "ALTER ROLE stepwell_owner SET synchronous_commit = off",
            "ALTER ROLE stepwell_owner RESET synchronous_commit",
            "what it has confirmed: synchronous_commit=off for role stepwell_owner.",
        ),
        (
            "ALTER DATABASE for_one_test SET synchronous_commit = local",
            "",
            "what it has confirmed: synchronous_commit=local for every role in this database.",
        ),
        (
            "DELETE FROM django_migrations WHERE (app, name) = ('patients', '0002_locks')",
            "",
            "The database is behind the program by patients.0002_locks. Run as the owner: python manage.py migrate",
        ),
        (
            f"COMMENT ON DATABASE for_one_test IS '{UNFINISHED_RESTORE}'",
            "",
            "A restore into this database has not ended.",
        ),
    ],
)
def test_start_with_a_fault_of_the_database(
    start: Callable[..., str], server: OwnServer, database: str, fault: str, mend: str, sentence: str
) -> None:
    server.ask(fault, database=database)
    try:
        said = refusals(start())
    finally:
        if mend:
            server.ask(mend)

    # A setting of the database is also the session's: told once for each place where it would be mended.
    assert any(sentence in one for one in said)
    assert len(said) == (2 if "ALTER DATABASE" in fault else 1)


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_start_on_a_server_that_lies(start: Callable[..., str], server: OwnServer, name: str) -> None:
    server.configure(name, "off")
    try:
        said = refusals(start())
    finally:
        server.configure(name, None)

    mend = "Set fsync, full_page_writes and synchronous_commit to on, and data_sync_retry to off, in postgresql.conf."
    assert said == [f"PostgreSQL may lose what it has confirmed: {name} is off. {mend}"]
    assert start() == ""


def test_start_on_the_private_server_of_one_machine(start: Callable[..., str], server: OwnServer) -> None:
    server.ask("ALTER SYSTEM RESET cluster_name")
    server.restart()
    try:
        said = refusals(start())
    finally:
        server.ask("ALTER SYSTEM SET cluster_name = 'clinic'")
        server.restart()

    assert said == ["DATABASE_URL leads to the private PostgreSQL of one machine. Give the clinic a server of its own."]


def test_start_with_accounts_of_the_demonstration(
    start: Callable[..., str], server: OwnServer, database: str, settings: Settings
) -> None:
    with django_on(server.url("stepwell_owner", database)):
        clinic_cast()
    server.ask("UPDATE clinic_user SET is_demo = true WHERE email LIKE 'nora@%'", database=database)

    said = refusals(start())

    demo, cheap = said
    assert demo == (
        "There is 1 account of the demonstration, whose password everybody knows. Begin with an empty database."
    )
    assert cheap == (
        "9 accounts store their password as the demonstration does, which is soon guessed. Give each a new one: "
        "python manage.py let_in E-MAIL"
    )


@pytest.mark.parametrize(("seconds", "starts"), [(55, True), (-55, True), (65, False), (-65, False)])
def test_start_with_clocks_apart(start: Callable[..., str], *, seconds: int, starts: bool) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds)):
        said = refusals(start())

    assert (said == []) is starts
    assert all(one.startswith("The clocks of this machine and of the database are 6") for one in said)


def test_start_without_an_answer_from_the_database(start: Callable[..., str]) -> None:
    said = refusals(start("nobody_of_this_name"))

    assert len(said) == 2
    assert all(one.startswith("The database of DATABASE_URL does not answer as it should (") for one in said)


def gunicorn(**environment: str) -> subprocess.CompletedProcess[str]:
    """As a person would type it, in production, with nothing in the environment but what the test sets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "STEPWELL"))}
    return subprocess.run(
        [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--bind", "127.0.0.1:0"],
        cwd=CHECKOUT,
        env={
            **kept,
            "STEPWELL_MODE": "production",
            "ALLOWED_HOSTS": "clinic.example",
            "FIELD_KEYS": GOOD_FIELD_KEY,
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_gunicorn_without_a_secret_says_one_sentence(server: OwnServer) -> None:
    done = gunicorn(DATABASE_URL=server.url())

    assert done.returncode != 0
    assert done.stderr.strip().endswith("SECRET_KEY is not set. Set it in the environment; .env.example says how.")
    assert "Traceback" not in done.stderr


def test_gunicorn_as_the_owner_says_what_to_do(server: OwnServer) -> None:
    done = gunicorn(DATABASE_URL=server.url("stepwell_owner"), SECRET_KEY=GOOD_SECRET)

    assert done.returncode != 0
    assert "DATABASE_URL connects as stepwell_owner, which owns" in done.stderr
    assert "Traceback" not in done.stderr
