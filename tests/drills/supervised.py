"""What starts a web server anew that has ended? A service manager; this one does it as the container's would."""

import contextlib
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.drills.kills import children, kill
from tests.journeys.server import CHECKOUT, environment_for

SECONDS_BEFORE_THE_NEXT_START = 0.2
SECONDS_FOR_ORPHANS_TO_GO = 30


class Supervised:
    """gunicorn on a port of its own, started again and again until it is told to end."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port, self.environment, self.log = free_port(), environment, log
        self.starts, self.ended = 0, threading.Event()
        self.orphans: list[int] = []
        self.process = self._start()
        self.watching = threading.Thread(target=self._watch, daemon=True)
        self.watching.start()

    def kill_workers(self) -> int:
        """All of them at once. How many there were."""
        workers = children(self.process.pid)
        for worker in workers:
            kill(worker)
        return len(workers)

    def kill_master(self) -> None:
        """Its workers are orphans from then on: they hold the port and their connections until they notice."""
        self.orphans += children(self.process.pid)
        kill(self.process.pid)

    def workers(self) -> list[int]:
        return children(self.process.pid)

    def end(self) -> list[int]:
        """In order. The process numbers of those that are still there although they should be gone."""
        self.ended.set()
        self.process.terminate()
        self.watching.join(SECONDS_FOR_ORPHANS_TO_GO)
        patience = time.monotonic() + SECONDS_FOR_ORPHANS_TO_GO
        while (left := [one for one in self.orphans if _runs(one)]) and time.monotonic() < patience:
            time.sleep(0.1)
        return left

    def _watch(self) -> None:
        while True:
            self.process.wait()
            if self.ended.is_set():
                return
            time.sleep(SECONDS_BEFORE_THE_NEXT_START)
            self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "clinic.wsgi", "--bind", f"127.0.0.1:{self.port}"],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )


@contextlib.contextmanager
def supervised(database: str, log: Path, **overrides: str) -> Iterator[Supervised]:
    """Two workers, as in production, with the rights of the application role only."""
    running = Supervised({**environment_for(database), **overrides}, log)
    try:
        yield running
    finally:
        left = running.end()
    assert left == [], "workers of a killed master did not notice that it is gone"


def free_port() -> int:
    """Below those that the kernel hands to clients: while nobody listens, a tablet must not meet itself there."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
