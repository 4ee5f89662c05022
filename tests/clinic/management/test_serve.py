"""Does one command bring the clinic up, refuse in a sentence, stop what it started, and survive being killed?"""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.core.management.base import CommandError

from clinic.kit.local_postgres import Cluster
from clinic.management.commands import serve
from tests.drills.kills import wait_for

CHECKOUT = Path(__file__).resolve().parents[3]


class Running:
    """One `manage.py serve` in a data folder of its own."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "STEPWELL"))}
        environment = {**kept, "STEPWELL_MODE": "test", "STEPWELL_DATA_DIR": str(self.data_dir), "PORT": str(self.port)}
        environment["LEAST_FREE_PERCENT"] = "0"  # how full this machine's disk is says nothing about serving again
        self.process = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=CHECKOUT, env=environment)
        patience = time.monotonic() + 300  # a busy machine takes its time over the first migration
        while time.monotonic() < patience and self.process.poll() is None:
            if self.status() == 200:
                return self.process
            time.sleep(0.1)
        raise AssertionError("the clinic did not come up")

    def status(self, path: str = "/sign-in/") -> int | None:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            asking.request("GET", path)
            return asking.getresponse().status
        except OSError:
            return None
        finally:
            asking.close()

    def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@pytest.fixture
def running(open_folder: Path) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = Running(open_folder, port)
    yield running
    if running.process and running.process.poll() is None:
        running.end(signal.SIGTERM)
    Cluster(open_folder / "postgres").stop()


def processes_below(parent: int) -> list[int]:
    try:
        children = [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except FileNotFoundError:  # ended while we looked
        return []
    return children + [below for child in children for below in processes_below(child)]


def ask(data_dir: Path, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(Cluster(data_dir / "postgres").url("stepwell_owner"))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def postmaster_of(running: Running) -> int | None:
    try:
        words = (running.data_dir / "postgres/data/postmaster.pid").read_text().split()
    except FileNotFoundError:
        return None
    return int(words[0]) if words else None


def postgres_of(running: Running) -> list[int]:
    postmaster = postmaster_of(running)
    assert postmaster is not None
    return [postmaster, *processes_below(postmaster)]


def kill(*victims: int) -> None:
    for victim in victims:
        with contextlib.suppress(ProcessLookupError):  # gone with its parent
            os.kill(victim, signal.SIGKILL)


def test_serve_stops_what_it_started_and_loses_nothing_when_killed(running: Running) -> None:
    process = running.start()
    ask(running.data_dir, "CREATE TABLE kept AS SELECT 42 AS value")

    first_postgres = postgres_of(running)
    kill(*first_postgres)
    runs_again = wait_for(lambda: postmaster_of(running) not in {None, first_postgres[0]}, seconds=60)
    serves_again = wait_for(lambda: running.status("/readyz") == 200, seconds=60)

    assert runs_again
    assert serves_again

    second_postgres = postgres_of(running)
    kill(process.pid, *processes_below(process.pid), *second_postgres)
    process.wait()

    process = running.start()
    kept = ask(running.data_dir, "SELECT value FROM kept")
    status = running.end(signal.SIGTERM)

    assert kept == [(42,)]
    assert status == 0
    assert running.status() is None
    assert not (running.data_dir / "postgres/data/postmaster.pid").exists()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "", "８０００", "8000 "])
def test_port_that_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(CommandError, match=re.escape(f"PORT is {port!r}: set it to a number from 1 to 65535.")):
        serve.free_port(port)


def test_port_in_use_is_refused_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match=rf"Port {port} cannot be used .*choose another PORT\."):
            serve.free_port(str(port))


def test_free_port_is_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

    assert serve.free_port(str(port)) == port


@pytest.mark.django_db
def test_migrated_database_is_not_behind() -> None:
    assert serve.schema_is_behind() is False
