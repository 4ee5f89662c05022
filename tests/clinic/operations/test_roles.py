"""Does scripts/create_roles.sql make roles that can do what each is for, and no more?"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from clinic.kit.local_postgres import client_program
from tests.own_server import OwnServer

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "create_roles.sql"


@pytest.fixture
def trial(server: OwnServer, django_db_blocker: Any) -> Iterator[OwnServer]:
    """The script, run as the manual says, under names that this server does not have yet."""
    passwords = {f"STEPWELL_{role}_PASSWORD": f"of-{role.lower()}" for role in ("OWNER", "APP", "BACKUP")}
    with django_db_blocker.unblock():
        run = subprocess.run(
            [client_program("psql", at_least=15), "--quiet", f"--dbname={server.url('postgres', 'postgres')}"],
            input=SCRIPT.read_text().replace("ROLE stepwell_", "ROLE trial_").replace("stepwell", "trial"),
            env={**os.environ, **passwords},
            text=True,
            capture_output=True,
            check=False,
        )
        assert (run.returncode, run.stderr) == (0, "")
        yield server
        server.ask("DROP DATABASE trial", database="postgres")
        for role in ("owner", "app", "backup"):
            server.ask(f"DROP ROLE trial_{role}", database="postgres")


def test_roles_may_do_what_each_is_for(trial: OwnServer) -> None:
    plain = trial.ask(
        "SELECT rolname, rolcanlogin, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls,"
        " rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname LIKE 'trial%' ORDER BY 1"
    )
    trial.ask("CREATE TABLE chart AS SELECT 'written down' AS note", role="trial_owner", database="trial")

    read = trial.ask("SELECT note FROM chart", role="trial_backup", database="trial")

    assert plain == [(f"trial_{role}", True, False, True) for role in ("app", "backup", "owner")]
    assert read == [("written down",)]
    for role, statement in (
        ("trial_backup", "INSERT INTO chart VALUES ('made up')"),
        ("trial_app", "SELECT note FROM chart"),
        ("trial_app", "CREATE TABLE another (note text)"),
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            trial.ask(statement, role=role, database="trial")
