"""Nothing that was typed or stored gets into a log, whatever broke; and an outage does not fill the disk with it."""

import logging
import sys
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from clinic.kit.logs import Discreet
from clinic.sites.models import Site

CANARY = "Zqxv-Canary"


def logged(break_it: Callable[[], object]) -> str:
    try:
        break_it()
    except Exception:  # noqa: BLE001 - whatever it is
        record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "Broken: /", (), sys.exc_info())
        return Discreet("{levelname} {message}", style="{").format(record)
    raise AssertionError("nothing broke")


def insert_twice() -> None:
    with transaction.atomic():
        Site.objects.create(name=CANARY, time_zone="America/Denver")
        Site.objects.create(name=CANARY, time_zone="No/Where")


def compare_as_a_day() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::date", [CANARY])


def read_as_a_number() -> None:
    try:
        int(CANARY)
    except ValueError as error:
        raise KeyError(CANARY) from error


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("break_it", "kind"), [(insert_twice, "IntegrityError: 23"), (compare_as_a_day, "DataError: 22007")]
)
def test_value_that_the_database_refused_is_not_logged(break_it: Callable[[], object], kind: str) -> None:
    told = logged(break_it)

    assert kind in told
    assert f"in {break_it.__name__}" in told
    assert CANARY not in told


def test_error_is_told_with_its_cause_and_without_its_words() -> None:
    told = logged(read_as_a_number).splitlines()

    assert told[0] == "ERROR Broken: /"
    assert [line for line in told if not line.startswith(" ")][1:] == ["ValueError", "KeyError"]
    assert any("in read_as_a_number" in line for line in told)
    assert not any(CANARY in line for line in told)


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_database_that_is_away_is_one_line_that_says_why(kind: type[Exception]) -> None:
    def break_it() -> None:
        raise kind("the database system is starting up\nDETAIL: more of it")

    told = logged(break_it)

    assert told == f"ERROR Broken: /\n{kind.__name__}: the database system is starting up"


def test_every_log_is_written_that_way() -> None:
    assert settings.LOGGING["formatters"]["plain"]["class"] == "clinic.kit.logs.Discreet"
    assert set(settings.LOGGING["formatters"]) == {"plain"}
    assert all(each["formatter"] == "plain" for each in settings.LOGGING["handlers"].values())
