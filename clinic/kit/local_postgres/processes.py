"""Is a server of this data folder alive? Read from the kernel, because a process number may be reused or a zombie."""

import time
from pathlib import Path

from clinic.kit.local_postgres.errors import LocalPostgresError

SHARED_MEMORY = Path("/proc/sysvipc/shm")
SECONDS_FOR_A_CRASHED_SERVER_TO_GO = 10
LINE_OF_SHARED_MEMORY = 6


def postmaster_alive(data: Path) -> bool:
    """True only for a living process that was started on this very folder."""
    lines = _pid_file(data)
    if not lines:
        return False
    process = Path("/proc") / lines[0].strip()
    try:
        arguments = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return str(data).encode() in arguments


def clear_crashed(data: Path, socket_dir: Path) -> None:
    """Remove what a killed server left, once its last child is gone.

    postmaster.pid is what keeps two servers off one folder. PostgreSQL takes a reused process number for a living
    server and refuses to start, so the file must go, but only when nothing is attached to its shared memory.
    """
    if not (data / "postmaster.pid").exists() or not SHARED_MEMORY.exists():
        return
    patience = time.monotonic() + SECONDS_FOR_A_CRASHED_SERVER_TO_GO
    while _shared_memory_in_use(data):
        if time.monotonic() > patience:
            raise LocalPostgresError(f"Processes of a killed server still use {data}: end them and start again.")
        time.sleep(0.05)
    for left in (data / "postmaster.pid", socket_dir / ".s.PGSQL.5432.lock", socket_dir / ".s.PGSQL.5432"):
        left.unlink(missing_ok=True)


def _shared_memory_in_use(data: Path) -> bool:
    lines = _pid_file(data)
    if len(lines) <= LINE_OF_SHARED_MEMORY:
        return False
    key, segment = (int(number) & 0xFFFFFFFF for number in lines[LINE_OF_SHARED_MEMORY].split())
    for row in SHARED_MEMORY.read_text().splitlines()[1:]:
        columns = [int(column) for column in row.split()[:7]]
        if (columns[0] & 0xFFFFFFFF, columns[1]) == (key, segment):
            return columns[6] > 0
    return False


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
