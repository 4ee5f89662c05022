"""Where does a run take place? A clinic of some size in a PostgreSQL of its own, served by two workers."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg2
from rich.console import Console

from clinic.kit.local_postgres import Cluster, default_data_dir

CHECKOUT: Final = Path(__file__).resolve().parent.parent
SEED: Final = 1
SECONDS_TO_START: Final = 120
OUR_OWN: Final = ("DATABASE_URL", "DATABASE_OWNER_URL", "STEPWELL_DB_ROLE", "DJANGO_SETTINGS_MODULE")


@dataclass(frozen=True)
class World:
    """A served clinic and everything that `prepare.py` said about it."""

    size: int
    port: int
    prepared: dict[str, Any]
    moved_by: timedelta

    @property
    def now(self) -> datetime:
        """What its clock shows."""
        return datetime.now(UTC) + self.moved_by


class NotReady(Exception):
    """A clinic that cannot be measured, and why."""


def data_dir(size: int) -> Path:
    """Kept from run to run; one for each size."""
    return default_data_dir() / f"bench-{size}"


@contextlib.contextmanager
def open_world(size: int, console: Console) -> Iterator[World]:
    """Start PostgreSQL, bring its clinic up to date, and serve it until the block ends."""
    home = data_dir(size)
    home.mkdir(parents=True, exist_ok=True)
    environment = _environment(home)
    with Cluster(home / "postgres").in_use():
        console.print(f"{size:,} people in {home}: preparing …")
        _manage(environment, "migrate", "--verbosity=0")
        environment["BENCH_MADE_AT"] = _filled(home, environment, size)
        prepared = _prepare(environment)
        if prepared["is_changed"]:
            _vacuum(prepared["owner_url"])
        moved_by = datetime.fromisoformat(prepared["made_at"]) - datetime.now(UTC)
        environment["BENCH_CLOCK_MOVED_BY_SECONDS"] = str(moved_by.total_seconds())
        with _served(environment) as port:
            yield World(size, port, prepared, moved_by)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OUR_OWN}
    return {**kept, "STEPWELL_MODE": "development", "STEPWELL_DATA_DIR": str(home)}


def _manage(environment: dict[str, str], *words: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=CHECKOUT, env=environment, check=False)
    if done.returncode:
        raise NotReady(f"manage.py {words[0]} ended with status {done.returncode}.")


def _filled(home: Path, environment: dict[str, str], size: int) -> str:
    """Make the clinic of this size once, and remember when; the command itself refuses or mends one half made."""
    remembered = home / "made_at"
    if not remembered.exists():
        began = datetime.now(UTC).isoformat()
        _manage(environment, "seed_demo", f"--patients={size}", f"--seed={SEED}")
        remembered.write_text(began)
    return remembered.read_text().strip()


def _prepare(environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.prepare"],
        cwd=CHECKOUT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "bench.settings"},
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise NotReady("The clinic could not be prepared, for the reason above.")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _vacuum(owner_url: str) -> None:
    """As autovacuum would have left it by the next morning, at every size alike."""
    connection = psycopg2.connect(owner_url)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


@contextlib.contextmanager
def _served(environment: dict[str, str]) -> Iterator[int]:
    """Two gunicorn workers as the application role, with the configuration of production."""
    with socket.create_server(("127.0.0.1", 0)) as listener, tempfile.TemporaryFile() as log:
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "bench.wsgi", "--bind", f"fd://{listener.fileno()}"],
            cwd=CHECKOUT,
            env={**environment, "DJANGO_SETTINGS_MODULE": "bench.settings"},
            pass_fds=[listener.fileno()],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        listener.close()
        try:
            if not _answers(port, process):
                log.seek(0)
                raise NotReady(f"The server did not start: {log.read().decode()[-2000:]}")
            yield port
        finally:
            process.terminate()
            process.wait(timeout=60)


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    patience = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < patience and process.poll() is None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_START)) as asking:
            try:
                asking.request("GET", "/sign-in/")
                asking.getresponse().read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            else:
                return True
    return False
