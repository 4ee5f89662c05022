"""Do the commands of docs/operations.md work as they stand there, in their order, on a server like production's?"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinic.kit.local_postgres import client_program
from tests.own_server import OwnServer, own_server

CHECKOUT = Path(__file__).resolve().parent.parent
MANUAL = CHECKOUT / "docs" / "operations.md"
RUN_HERE = ("Open the clinic", "Backup", "Restore drill", "When nobody can sign in")
PRODUCTION = {
    "STEPWELL_MODE": "production",
    "SECRET_KEY": "yQ7fN0aXv3LkR9tBcE2wUhZs6mJpGdKi8oVx1TqYbWn4HrCe5SfAuMzDgPlOj-Xy",
    "FIELD_KEYS": "x6qS1Ff3mQ0oJr5v8yB2dT7gK4nZ9uWcE1hLpXaVbRs=",
    "BACKUP_KEY": "x6qS1Ff3mQ0oJr5v8yB2dT7gK4nZ9uWcE1hLpXaVbRs=",
    "ALLOWED_HOSTS": "clinic.example",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "",  # what the journeys need in this process is refused in production
}


@pytest.fixture(scope="module")
def server(django_db_blocker: Any) -> Iterator[OwnServer]:
    with django_db_blocker.unblock(), own_server() as running:
        yield running


def blocks() -> list[str]:
    """The fenced commands of the sections that this test answers for, section by section."""
    sections = re.split(r"^## (.+)$", MANUAL.read_text(), flags=re.MULTILINE)[1:]
    by_title = dict(zip(sections[::2], sections[1::2], strict=True))
    return [block for title in RUN_HERE for block in re.findall(r"```console\n(.+?)```", by_title[title], re.DOTALL)]


def test_commands_of_the_manual_work_in_their_order(server: OwnServer, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "STEPWELL"))}
    programs = client_program("psql", at_least=15).parent
    environment = {
        **kept,
        **PRODUCTION,
        "PATH": f"{Path(sys.executable).parent}:{programs}:{kept['PATH']}",
        "PGHOST": str(server.cluster.socket_dir),
        "PGUSER": "postgres",
        "DATABASE_URL": server.url(),
        "DATABASE_OWNER_URL": server.url("stepwell_owner"),
        "BACKUPS": str(tmp_path),
    }
    # The drill points the addresses elsewhere, for itself only.
    script = "\n".join(f"( set -euo pipefail\n{block})" if "export" in block else block for block in blocks())

    done = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Ashby Street is there, with 2 new rooms." in done.stdout
    assert re.search(r"Ada Abel signs in as ada@clinic\.example with: \S{20}\n", done.stdout)
    assert "Read back whole." in done.stdout
    assert {"backup: done", "backup_check: done"} <= set(done.stdout.splitlines())
    assert len(list(tmp_path.glob("stepwell-*Z.backup"))) == 1
    assert "encrypted. Every digest is right." in done.stdout
    assert re.search(r"Restored: \d+ tables and \d+ rows, each byte as it was saved\.", done.stdout)
    assert "1 | accounts" in done.stdout
    assert "not ok" not in done.stdout
    assert server.ask("SELECT count(*) FROM pg_database WHERE datname = 'stepwell_drill'") == [(0,)]
