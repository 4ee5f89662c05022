"""Does the doctor look at everything, say what to do, and end with a status that a script can use?"""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from clinic.demo.actions.house import DEMO_PASSWORD
from clinic.staff.models import User
from tests.own_server import OwnServer, django_on
from tests.scenarios.cast import clinic_cast


@pytest.fixture
def doctor(server: OwnServer, database: str, settings: Settings, django_db_blocker: Any) -> Iterator[Callable[[], str]]:
    """What it prints, and its last line when it is not content."""
    settings.SECRET_KEY = "yQ7fN0aXv3LkR9tBcE2wUhZs6mJpGdKi8oVx1TqYbWn4HrCe5SfAuMzDgPlOj-Xy"
    settings.SECRET_KEY_FALLBACKS = []
    settings.FIELD_KEYS = ["x6qS1Ff3mQ0oJr5v8yB2dT7gK4nZ9uWcE1hLpXaVbRs="]
    settings.ALLOWED_HOSTS = ["clinic.example"]
    settings.APP_DATABASE_URL = server.url(database=database)

    def ask(role: str = "stepwell_app") -> str:
        said = io.StringIO()
        with django_on(server.url(role, database)):
            try:
                call_command("doctor", stdout=said)
            except CommandError as problem:
                return said.getvalue() + str(problem)
        return said.getvalue()

    with django_db_blocker.unblock():
        yield ask


def test_doctor_is_content_with_a_sound_deployment(doctor: Callable[..., str]) -> None:
    lines = doctor().splitlines()

    assert len(lines) == 20
    assert {line[:8] for line in lines} == {"ok      "}


def test_doctor_lists_every_fault_at_once(doctor: Callable[..., str], settings: Settings, server: OwnServer) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["*"]
    server.configure("fsync", "off")
    try:
        lines = doctor().splitlines()
    finally:
        server.configure("fsync", None)

    wrong = [line for line in lines if line.startswith("not ok")]
    assert [line.partition(":")[0] for line in wrong] == [
        "not ok  Debugging",
        "not ok  Host names",
        "not ok  Durability",
    ]
    assert lines[-1] == "3 of 20 are not ok; each line says what to do."


def test_doctor_finds_who_kept_the_password_of_the_demonstration(
    doctor: Callable[..., str], server: OwnServer, database: str
) -> None:
    with django_on(server.url("stepwell_owner", database)):
        clinic_cast()
        nora = User.objects.get(email="nora@clinic.example")
        nora.set_password(DEMO_PASSWORD)
        nora.save(update_fields=["password"])

    said = doctor()

    assert "not ok  Known passwords: The password of the demonstration opens nora@clinic.example. Set another" in said
    assert "not ok  Stored passwords: 9 accounts store their password as the demonstration does" in said
    assert said.endswith("2 of 20 are not ok; each line says what to do.")


def test_doctor_says_when_nobody_answers(doctor: Callable[..., str]) -> None:
    said = doctor("nobody_of_this_name")

    assert "not ok  Database: The database of DATABASE_URL does not answer as it should (" in said
    assert "Traceback" not in said
