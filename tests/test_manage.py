"""Which commands bring a database along, and what do they say when they cannot?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """As a person would type it, with nothing in the environment but what the test sets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "STEPWELL"))}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [("check",), ("help",), ("migrate", "--help"), ("serve", "-h"), ("version",)])
def test_command_without_need_of_a_database_starts_none(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    data_dir = tmp_path / "data"

    done = manage(*arguments, STEPWELL_DATA_DIR=str(data_dir))

    assert done.returncode == 0, done.stderr
    assert not data_dir.exists()


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FIELD_KEYS", "ALLOWED_HOSTS", "DATABASE_URL", "DATABASE_OWNER_URL"])
def test_production_stops_without(missing: str, tmp_path: Path) -> None:
    complete = {
        "STEPWELL_MODE": "production",
        "STEPWELL_DATA_DIR": str(tmp_path / "data"),
        "SECRET_KEY": "k" * 60,
        "FIELD_KEYS": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
        "ALLOWED_HOSTS": "clinic.example",
        "DATABASE_URL": "postgresql://stepwell_app@db.example/stepwell",
        "DATABASE_OWNER_URL": "postgresql://stepwell_owner@db.example/stepwell",
    }
    del complete[missing]

    done = manage("showmigrations", **complete)

    assert done.returncode == 1
    assert f"{missing} is not set." in done.stderr
    assert not (tmp_path / "data").exists()


def test_serve_without_its_database_says_so_in_a_sentence() -> None:
    nowhere = "postgresql://stepwell_app@127.0.0.1:1/stepwell"

    done = manage("serve", DATABASE_URL=nowhere, PORT="28731")

    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "correct DATABASE_URL; nothing was started." in done.stderr
    assert "Traceback" not in done.stderr


def test_database_that_cannot_start_is_one_sentence(open_folder: Path) -> None:
    data = open_folder / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("11\n")

    done = manage("showmigrations", STEPWELL_DATA_DIR=str(open_folder))

    assert done.returncode == 1
    assert "belongs to PostgreSQL 11, but the programs here are" in done.stderr
    assert "Traceback" not in done.stderr
