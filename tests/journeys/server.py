"""How do journeys reach the application? A real gunicorn as the application role, on a database of its own."""

import contextlib
import http.client
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests import migrated

CHECKOUT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 60
_numbers = itertools.count(1)


class ServerDidNotStartError(AssertionError):
    """The message carries what gunicorn said."""


@dataclass(frozen=True)
class Served:
    """A running application: where it answers, which database it works on, and its main process."""

    url: str
    database: str
    process: subprocess.Popen[bytes]

    def environment(self) -> dict[str, str]:
        """For `manage.py` commands on the same database."""
        return environment_for(self.database)


@contextlib.contextmanager
def database_of_its_own() -> Iterator[str]:
    """A migrated database that nothing else uses; the run's process number in its name tells whose it was."""
    run = urlsplit(os.environ["DATABASE_OWNER_URL"]).path.lstrip("/")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{run}_{worker}_journey_{next(_numbers)}"
    migrated.create_copy(name)
    try:
        yield name
    finally:
        migrated.drop(name)


@contextlib.contextmanager
def served(database: str, **overrides: str) -> Iterator[Served]:
    """Two gunicorn workers, as in production, with the rights of the application role only.

    `overrides` are values of the environment that a test wants otherwise.
    """
    # The socket is ours before gunicorn exists, so no other process can take the port in between.
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile() as log:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--bind", f"fd://{listener.fileno()}"],
            cwd=CHECKOUT,
            env={**environment_for(database), **overrides},
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        listener.close()
        try:
            _wait(url, process, log)
            yield Served(url=url, database=database, process=process)
        finally:
            process.terminate()
            process.wait(timeout=30)


def environment_for(database: str) -> dict[str, str]:
    """The application role, on this database."""
    return {
        **os.environ,
        "STEPWELL_DB_ROLE": "app",
        "DATABASE_URL": migrated.url_of(database, "DATABASE_URL"),
        "DATABASE_OWNER_URL": migrated.url_of(database),
    }


def _wait(url: str, process: subprocess.Popen[bytes], log: "tempfile._TemporaryFileWrapper[bytes]") -> None:
    patience = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < patience and process.poll() is None:
        with contextlib.closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=SECONDS_TO_START)) as asking:
            try:
                asking.request("GET", "/")
                asking.getresponse().read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            else:
                return
    log.seek(0)
    raise ServerDidNotStartError(log.read().decode())
