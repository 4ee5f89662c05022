"""How are PostgreSQL's own programs run? With the address in the environment, where no list of processes shows it."""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from psycopg2.extensions import parse_dsn

from clinic.kit.refusals import Refusal

NAMES: Final = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
LONGEST_SAYING: Final = 1000


class ProgramFailed(Refusal):
    """One of PostgreSQL's programs gave up; the message carries what it said."""


@contextlib.contextmanager
def running(program: Path, *arguments: str, url: str, **pipes: int) -> Iterator[subprocess.Popen[bytes]]:
    """The program at work on one database; ends with it, and with a sentence when it did not succeed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    # A file, not a pipe: nobody reads what it says before it has ended.
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(program), "--no-password", *arguments],
            env={**kept, **_address(url), "LC_ALL": "C.UTF-8", "PGTZ": "UTC"},
            stderr=said,
            **pipes,  # type: ignore[call-overload]  # stdin or stdout
        )
        try:
            # What the program does not take any more, it explains on its way out.
            with contextlib.suppress(BrokenPipeError):
                yield process
                if process.stdin:
                    process.stdin.close()
            process.wait()
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                # What is still in it has no reader any more.
                with contextlib.suppress(BrokenPipeError):
                    if pipe:
                        pipe.close()
        if process.returncode:
            raise ProgramFailed(f"{program.name} failed: {_read(said)}")


def _address(url: str) -> dict[str, str]:
    return {NAMES[name]: value for name, value in parse_dsn(url).items() if name in NAMES}


def _read(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode(errors="replace").strip()[-LONGEST_SAYING:]
