"""Does the private PostgreSQL start once, stop when the last leaves, and survive being killed?"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from clinic.kit.local_postgres import (
    EMBEDDED_NAME,
    Cluster,
    LocalPostgresError,
    client_program,
    default_data_dir,
    embedded_urls,
    major_of,
)
from clinic.kit.local_postgres.binaries import _copy, find_binaries, version_of

CHECKOUT = Path(__file__).resolve().parents[3]
START_ONE = "import pathlib, sys; from clinic.kit.local_postgres import Cluster; "
START_ONE += "print(Cluster(pathlib.Path(sys.argv[1])).start())"


@pytest.fixture
def cluster(open_folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(open_folder / "postgres")
    yield cluster
    if cluster.home.exists():
        cluster.stop()


def ask(cluster: Cluster, statement: str, role: str = "stepwell_owner") -> list[tuple[object, ...]]:
    connection = psycopg2.connect(cluster.url(role))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_start_makes_a_database_that_the_owner_owns(cluster: Cluster) -> None:
    cluster.start()

    owner = ask(cluster, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'stepwell'")

    assert owner == [("stepwell_owner",)]


def test_roles_are_plain_outside_tests(cluster: Cluster) -> None:
    cluster.start()

    roles = ask(
        cluster,
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, pg_has_role(rolname, 'stepwell_app', 'MEMBER')"
        " FROM pg_roles WHERE rolname LIKE 'stepwell%' ORDER BY rolname",
    )

    assert roles == [
        ("stepwell_app", False, False, False, True),
        ("stepwell_owner", False, False, False, False),
    ]


def test_server_listens_on_no_network_port(cluster: Cluster) -> None:
    cluster.start()

    assert ask(cluster, "SHOW listen_addresses") == [("",)]


def test_second_start_finds_the_running_server(cluster: Cluster) -> None:
    first = cluster.start()
    process = postmaster(cluster)

    second = cluster.start()

    assert (first, second, postmaster(cluster)) == (True, False, process)


def test_eight_starts_at_once_start_exactly_one(cluster: Cluster) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", START_ONE, str(cluster.home)], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(8)
    ]

    answers = [starter.communicate(timeout=60)[0].strip() for starter in starters]

    assert sorted(answers) == ["False"] * 7 + ["True"]


def test_data_survives_a_kill_of_every_process(cluster: Cluster) -> None:
    cluster.start()
    ask(cluster, "CREATE TABLE kept AS SELECT 42 AS value")
    victim = postmaster(cluster)
    children = Path(f"/proc/{victim}/task/{victim}/children").read_text().split()
    for process in (victim, *map(int, children)):
        with contextlib.suppress(ProcessLookupError):  # gone with its parent
            os.kill(process, signal.SIGKILL)

    started = cluster.start()

    assert (started, ask(cluster, "SELECT value FROM kept")) == (True, [(42,)])


def test_start_right_after_the_main_process_alone_is_killed(cluster: Cluster) -> None:
    cluster.start()
    os.kill(postmaster(cluster), signal.SIGKILL)

    started = cluster.start()

    assert (started, ask(cluster, "SELECT 1")) == (True, [(1,)])


def test_process_number_taken_by_another_program_does_not_block_the_start(cluster: Cluster) -> None:
    cluster.start()
    left_behind = (cluster.data / "postmaster.pid").read_text()
    cluster.stop()
    reused = left_behind.replace(left_behind.split("\n")[0], str(os.getpid()), 1)
    (cluster.data / "postmaster.pid").write_text(reused)

    started = cluster.start()

    assert started is True


def test_last_user_stops_the_server(cluster: Cluster) -> None:
    with cluster.in_use():
        with Cluster(cluster.home).in_use():
            process = postmaster(cluster)
        still_there = postmaster(cluster)

    assert still_there == process
    assert not (cluster.data / "postmaster.pid").exists()


def test_forked_worker_that_ends_leaves_the_server_running(cluster: Cluster) -> None:
    with cluster.in_use():
        leaves_the_block = (
            "import os, pathlib, sys\n"
            "from clinic.kit.local_postgres import Cluster\n"
            "with Cluster(pathlib.Path(sys.argv[1])).in_use():\n"
            "    child = os.fork()\n"
            "    if child: os.waitpid(child, 0)\n"
        )
        subprocess.run([sys.executable, "-c", leaves_the_block, str(cluster.home)], cwd=CHECKOUT, check=True)

        assert ask(cluster, "SELECT 1") == [(1,)]


def test_data_of_another_major_version_is_refused_in_a_sentence(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("11\n")

    with pytest.raises(LocalPostgresError, match=r"belongs to PostgreSQL 11, but the programs here are \d+"):
        cluster.start()


def test_missing_programs_are_named_in_a_sentence(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("clinic.kit.local_postgres.binaries._candidates", lambda: iter([tmp_path]))

    with pytest.raises(LocalPostgresError, match="There are no PostgreSQL programs here"):
        cluster.start()


def test_folder_name_with_a_space_and_a_quote_works(cluster: Cluster) -> None:
    odd = Cluster(cluster.home.parent / "it's a folder")

    with odd.in_use():
        answer = ask(odd, "SELECT 1")

    assert answer == [(1,)]


def test_long_folder_name_moves_the_socket(cluster: Cluster) -> None:
    deep = Cluster(cluster.home.parent / ("a" * 100))

    with deep.in_use():
        answer = ask(deep, "SELECT 1")
    deep.socket_dir.rmdir()

    assert deep.home not in deep.socket_dir.parents
    assert answer == [(1,)]


def test_urls_are_computed_without_starting_anything(tmp_path: Path) -> None:
    app_url, owner_url = embedded_urls(tmp_path / "data")

    assert app_url.startswith("postgresql://stepwell_app@%2F")
    assert owner_url.startswith("postgresql://stepwell_owner@%2F")
    assert not (tmp_path / "data").exists()


def test_data_dir_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STEPWELL_DATA_DIR", str(tmp_path))

    assert default_data_dir() == tmp_path


def test_stop_of_a_stopped_server_says_so(cluster: Cluster) -> None:
    cluster.start()
    first = cluster.stop()

    second = cluster.stop()

    assert (first, second) == (True, False)


def test_copied_programs_run_from_their_new_place(tmp_path: Path) -> None:
    copied = _copy(find_binaries(), tmp_path / "programs")

    assert version_of(copied) == version_of(find_binaries())


def test_server_says_that_it_is_the_private_one(cluster: Cluster) -> None:
    cluster.start()

    assert ask(cluster, "SHOW cluster_name", role="stepwell_app") == [(EMBEDDED_NAME,)]


def test_client_program_is_as_new_as_the_server() -> None:
    program = client_program("pg_dump", at_least=15)

    assert program.name == "pg_dump"
    assert major_of(program) >= 15


def test_client_program_that_is_too_old_or_missing_is_one_sentence() -> None:
    with pytest.raises(
        LocalPostgresError, match=r"pg_dump of PostgreSQL 99 or newer is needed, but the newest here is"
    ):
        client_program("pg_dump", at_least=99)
    with pytest.raises(
        LocalPostgresError, match=r"pg_none of PostgreSQL 15 or newer is needed, but there is none here"
    ):
        client_program("pg_none", at_least=15)
