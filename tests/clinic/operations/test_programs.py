"""Are PostgreSQL's programs run without telling the list of processes who signs in with what?"""

import subprocess
from pathlib import Path

import pytest

from clinic.operations.actions.programs import ProgramFailed, running

URL = "postgresql://reader:very%20secret@db.example:6432/stepwell?sslmode=verify-full&sslrootcert=/etc/ca.pem"


def script(folder: Path, body: str) -> Path:
    program = folder / "pg_something"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return program


def test_password_is_in_the_environment_only(tmp_path: Path) -> None:
    program = script(tmp_path, 'echo "$@"; env | grep ^PG | sort')

    with running(program, "--verbose", url=URL, stdout=subprocess.PIPE) as process:
        arguments, *environment = process.stdout.read().decode().splitlines()

    assert arguments == "--no-password --verbose"
    assert environment == [
        "PGDATABASE=stepwell",
        "PGHOST=db.example",
        "PGPASSWORD=very secret",
        "PGPORT=6432",
        "PGSSLMODE=verify-full",
        "PGSSLROOTCERT=/etc/ca.pem",
        "PGTZ=UTC",
        "PGUSER=reader",
    ]


def test_program_that_fails_says_why_in_one_sentence(tmp_path: Path) -> None:
    program = script(tmp_path, "echo no such thing >&2; exit 3")

    with pytest.raises(ProgramFailed, match=r"^pg_something failed: no such thing$"), running(program, url=URL):
        pass


def test_program_that_takes_no_more_is_heard_out(tmp_path: Path) -> None:
    program = script(tmp_path, "exec 0<&-; echo that was not for me >&2; exit 1")

    def feed() -> None:
        with running(program, url=URL, stdin=subprocess.PIPE) as process:
            while True:
                process.stdin.write(b"x" * 100_000)

    with pytest.raises(ProgramFailed, match="that was not for me"):
        feed()
