"""How is a running clinic hurt? Processes are killed without a warning, or stand still for a while."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from clinic.kit.local_postgres import Cluster, LocalPostgresError


def children(process: int) -> list[int]:
    """Process numbers; none when the process is gone."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def kill_worker(web: int, lots: random.Random) -> bool:
    """One of the workers, whatever it is doing."""
    workers = children(web)
    if workers:
        kill(lots.choice(workers))
    return bool(workers)


def kill_postgres(cluster: Cluster) -> int:
    """The first process and each of its children, so that nothing can be tidied up. How many there were."""
    first = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
    processes = [first, *children(first)]
    for process in processes:
        kill(process)
    return len(processes)


def start_again(cluster: Cluster, *, patience_seconds: float = 60) -> float:
    """What a service manager does: start until it runs. How many seconds it took."""
    began = time.monotonic()
    while True:
        try:
            cluster.start()
        except LocalPostgresError:
            if time.monotonic() - began > patience_seconds:
                raise
            time.sleep(0.1)
        else:
            return time.monotonic() - began


@contextlib.contextmanager
def standing_still(*processes: int) -> Iterator[None]:
    """Neither dead nor answering for the length of the block; what they hold stays held."""
    for process in processes:
        kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            kill(process, signal.SIGCONT)


def wait_for(happened: Callable[[], bool], *, seconds: float) -> bool:
    """Whether it happened in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happened():  # asked once: of two servers the other may still say what it knew a moment ago
            return True
        time.sleep(0.02)
    return happened()


def kill(process: int, how: signal.Signals = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, how)
