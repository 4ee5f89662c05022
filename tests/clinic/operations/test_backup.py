"""Does a clinic come back byte for byte, is anything else refused, and does nothing half-done remain?"""

import base64
import contextlib
import hashlib
import io
import json
import random
import resource
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from clinic.kit.sealed_file import SealedFile, SealedWriter
from clinic.operations import actions, queries, rules
from clinic.operations.actions.backup import Progress
from clinic.operations.queries.server import UNFINISHED_RESTORE
from sessions.administration.queries import epoch
from tests.digest import digest_of_everything
from tests.own_server import OwnServer, django_on
from tests.scenarios import treatments
from tests.scenarios.cast import clinic_cast

KEY, OTHER_KEY = (
    base64.urlsafe_b64encode(hashlib.sha256(name).digest()).decode().rstrip("=") for name in (b"one", b"another")
)
OF_THE_MOMENT = """
    INSERT INTO django_session VALUES ('a key', 'a login', now());
    INSERT INTO clinic_cache VALUES ('a count', '3', now());
    INSERT INTO clinic_accessevent
        (id, occurred_at, user_name, roles, method, route, patient_ids, status, request_id)
        VALUES (gen_random_uuid(), now(), '', '', 'GET', 'clinic:home', '{}', 200, gen_random_uuid());
"""


@pytest.fixture(scope="module")
def clinic(server: OwnServer, django_db_blocker: Any) -> Iterator[str]:
    """A database with people, a signed session, its history and its trail, and somebody signed in."""
    with server.database("a_clinic") as name, django_db_blocker.unblock():
        with django_on(server.url("stepwell_owner", name)):
            treatments.signed_session(clinic_cast())
        server.ask(OF_THE_MOMENT, database=name)
        yield name


@pytest.fixture(scope="module")
def backup_file(server: OwnServer, clinic: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One backup of it, not encrypted, for those who damage copies."""
    file = tmp_path_factory.mktemp("backup") / "clinic.backup"
    taken = actions.take_backup(
        url=server.url("stepwell_owner", clinic), target=file, key=None, program_version="0.1.0", now=datetime.now(UTC)
    )
    assert taken.rows > 100
    return file


@pytest.fixture
def empty(server: OwnServer, django_db_blocker: Any) -> Iterator[str]:
    """A new database with nothing in it."""
    server.ask("CREATE DATABASE restored OWNER stepwell_owner", database="postgres")
    with django_db_blocker.unblock():
        yield "restored"
    server.ask("DROP DATABASE restored WITH (FORCE)", database="postgres")


@pytest.fixture
def restore(server: OwnServer, empty: str, settings: Settings) -> Callable[..., None]:
    """As a person would type it, into the empty database."""
    settings.OWNER_DATABASE_URL = server.url("stepwell_owner", empty)
    settings.APP_ROLE = "stepwell_app"
    settings.BACKUP_KEY = ""

    def restore(file: Path, **options: Any) -> None:
        call_command("restore", str(file), **options)

    return restore


def tables_in(server: OwnServer, database: str) -> int:
    (count,) = server.ask(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace", database=database
    )
    return count[0]


def comment_on(server: OwnServer, database: str) -> str | None:
    ((words,),) = server.ask(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()",
        database=database,
    )
    return words


def everything(server: OwnServer, database: str) -> tuple[dict[str, str], queries.Contents, str]:
    """Two independent digests of every row, and the epoch that tablets are told."""
    with django_on(server.url("stepwell_owner", database)):
        rows, life = digest_of_everything(), epoch()
    with contextlib.closing(psycopg2.connect(server.url("stepwell_owner", database))) as asked:
        return rows, queries.contents(asked.cursor()), life


@pytest.mark.parametrize("key", ["", KEY], ids=["open", "sealed"])
def test_restored_clinic_is_the_same_in_every_table(
    server: OwnServer,
    clinic: str,
    empty: str,
    restore: Callable[..., None],
    settings: Settings,
    tmp_path: Path,
    key: str,
) -> None:
    settings.BACKUP_DATABASE_URL = server.url("stepwell_owner", clinic)
    settings.BACKUP_KEY = key
    file, said, warned = tmp_path / "clinic.backup", io.StringIO(), io.StringIO()

    call_command("backup", str(file), stderr=warned)
    restore(file, stdout=said)

    before, after = everything(server, clinic), everything(server, empty)
    assert after[:2] == before[:2]
    assert after[2] != before[2]
    assert {"public.django_session", "public.clinic_accessevent"} <= after[1].tables.keys()
    assert "each byte as it was saved" in said.getvalue()
    assert ("This backup is not encrypted" in warned.getvalue()) is (not key)
    assert (b"Nora" in file.read_bytes()) is False
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["clinic.backup"]


def test_restored_clinic_is_guarded_as_before(
    server: OwnServer, empty: str, restore: Callable[..., None], backup_file: Path
) -> None:
    restore(backup_file)

    with django_on(server.url(database=empty)):
        found = queries.server()
    assert [one.to_do for one in (rules.about_role(found), *rules.about_server(found)) if not one.is_ok] == []
    for statement in (
        "UPDATE clinic_accessevent SET status = 0",
        "DELETE FROM patients_patient",
        "DROP TABLE clinic_task",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            server.ask(statement, role="stepwell_app", database=empty)
    with pytest.raises(psycopg2.errors.RestrictViolation, match="never changed or removed"):
        server.ask("UPDATE clinic_accessevent SET status = 0", role="stepwell_owner", database=empty)
    with pytest.raises(psycopg2.errors.RestrictViolation, match="signed"):
        server.ask(
            "UPDATE treatment_sessions_treatmentsession SET signed_at = NULL", role="stepwell_owner", database=empty
        )


def test_backup_holds_one_moment_while_the_clinic_goes_on(
    server: OwnServer, clinic: str, empty: str, restore: Callable[..., None], tmp_path: Path
) -> None:
    """Somebody signs in while each table is read; the restore would say if dump and digests were of two moments."""
    keys = iter(range(1000))

    def sign_in(_table: str) -> None:
        server.ask(f"INSERT INTO django_session VALUES ('later {next(keys)}', '', now())", database=clinic)  # noqa: S608 - a number

    file = tmp_path / "clinic.backup"
    url = server.url("stepwell_owner", clinic)
    try:
        actions.take_backup(
            url=url,
            target=file,
            key=None,
            program_version="0",
            now=datetime.now(UTC),
            progress=Progress(on_table=sign_in),
        )
    finally:
        server.ask("DELETE FROM django_session WHERE session_key LIKE 'later%'", database=clinic)
    restore(file)

    assert next(keys) > 10
    assert server.ask("SELECT session_key FROM django_session", database=empty) == [("a key",)]


def test_sealed_backup_with_another_key_is_refused(
    server: OwnServer, clinic: str, empty: str, restore: Callable[..., None], settings: Settings, tmp_path: Path
) -> None:
    settings.BACKUP_DATABASE_URL = server.url("stepwell_owner", clinic)
    settings.BACKUP_KEY = KEY
    file = tmp_path / "clinic.backup"
    call_command("backup", str(file))

    for key, sentence in (
        (OTHER_KEY, "BACKUP_KEY does not open"),
        ("", "is encrypted: set BACKUP_KEY"),
        ("too short", "BACKUP_KEY is not a key"),
    ):
        settings.BACKUP_KEY = key
        with pytest.raises(CommandError, match=sentence):
            restore(file)

    assert tables_in(server, empty) == 0
    assert comment_on(server, empty) is None


def test_damaged_backup_is_refused_before_anything_is_touched(
    server: OwnServer, empty: str, restore: Callable[..., None], backup_file: Path, tmp_path: Path
) -> None:
    """A single flipped bit at 24 places, 12 lengths, and bytes behind the end."""
    whole = backup_file.read_bytes()
    chance = random.Random(20260310)
    damaged = [whole + b"\n", b"", b"\0" * len(whole)]
    for place in [0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(22))]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        damaged.append(bytes(flipped))
    damaged += [whole[: chance.randrange(len(whole))] for _ in range(12)]
    file = tmp_path / "damaged.backup"

    for number, raw in enumerate(damaged):
        file.write_bytes(raw)
        with pytest.raises(CommandError, match=r"is damaged|is no backup of Stepwell"):
            restore(file, check=bool(number % 2))

    assert tables_in(server, empty) == 0
    assert comment_on(server, empty) is None


def rewritten(source: Path, target: Path, change: Callable[[bytes, bytes], list[tuple[bytes, bytes]]]) -> Path:
    """The same backup with other frames, and with every digest of the file right again."""
    with target.open("wb") as file:
        writer = SealedWriter(file, None)
        for kind, body in SealedFile(source).frames():
            for one in change(kind, body):
                writer.write(*one)
        writer.end()
    return target


def with_manifest(**values: Any) -> Callable[[bytes, bytes], list[tuple[bytes, bytes]]]:
    return lambda kind, body: [(kind, json.dumps({**json.loads(body), **values}).encode() if kind == b"M" else body)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda kind, body: [] if kind == b"D" else [(kind, body)], "a part of it is missing"),
        (lambda kind, body: [] if kind == b"M" else [(kind, body)], "a part of it is missing"),
        (lambda kind, body: [] if kind == b"T" else [(kind, body)], "a part of it is missing"),
        (lambda kind, body: [(kind, body[:-1] if kind == b"D" else body)], "a part of it is missing"),
        (with_manifest(format=2, program="9.9"), r"was made by Stepwell 9\.9: restore it with that version"),
        (
            with_manifest(migrations=["patients.9999_later"], program="9.9"),
            r"was made by Stepwell 9\.9, which knows patients\.9999_later and this program does not",
        ),
        (
            with_manifest(postgresql=99),
            r"The backup is of PostgreSQL 99, this server is \d+: restore into PostgreSQL 99",
        ),
    ],
)
def test_backup_with_a_missing_part_or_of_another_version_is_refused(
    server: OwnServer,
    empty: str,
    restore: Callable[..., None],
    backup_file: Path,
    tmp_path: Path,
    change: Callable[[bytes, bytes], list[tuple[bytes, bytes]]],
    sentence: str,
) -> None:
    file = rewritten(backup_file, tmp_path / "other.backup", change)

    with pytest.raises(CommandError, match=sentence):
        restore(file)

    assert tables_in(server, empty) == 0
    assert comment_on(server, empty) is None


def test_dump_that_cannot_be_read_leaves_the_database_empty(
    server: OwnServer, empty: str, restore: Callable[..., None], backup_file: Path, tmp_path: Path
) -> None:
    """Even when somebody has made every digest of the file right again."""
    dump = b"".join(body for kind, body in SealedFile(backup_file).frames() if kind == b"D")
    cut = dump[: len(dump) * 2 // 3]
    totals = {"bytes": len(cut), "sha256": hashlib.sha256(cut).hexdigest(), "pg_dump": 18}
    bodies = {b"T": json.dumps(totals).encode(), b"D": cut}
    file = rewritten(backup_file, tmp_path / "cut.backup", lambda kind, body: [(kind, bodies.get(kind, body))])

    with pytest.raises(CommandError, match="pg_restore failed: "):
        restore(file)

    assert tables_in(server, empty) == 0
    assert comment_on(server, empty) is None


def test_restore_that_is_broken_off_leaves_the_database_empty(
    server: OwnServer, empty: str, restore: Callable[..., None], backup_file: Path
) -> None:
    backup = actions.read_backup(backup_file, key=None)

    def break_off(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.restore_backup(
            backup, url=server.url("stepwell_owner", empty), app_role="stepwell_app", on_bytes=break_off
        )

    assert tables_in(server, empty) == 0
    assert comment_on(server, empty) is None
    restore(backup_file)
    assert tables_in(server, empty) > 0


def test_restore_that_is_not_the_same_stays_out_of_use(
    server: OwnServer, empty: str, restore: Callable[..., None], backup_file: Path, tmp_path: Path
) -> None:
    manifest = json.loads(next(body for kind, body in SealedFile(backup_file).frames() if kind == b"M"))
    manifest["tables"]["public.clinic_task"]["sha256"] = "0" * 64
    file = rewritten(backup_file, tmp_path / "other.backup", with_manifest(tables=manifest["tables"]))

    with pytest.raises(
        CommandError, match=r"is not what was saved: table public\.clinic_task\. The application cannot"
    ):
        restore(file)

    assert comment_on(server, empty) == UNFINISHED_RESTORE
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        server.ask("SELECT count(*) FROM patients_patient", role="stepwell_app", database=empty)


def test_restore_into_a_database_with_anything_in_it_is_refused(
    server: OwnServer, empty: str, restore: Callable[..., None], backup_file: Path
) -> None:
    server.ask("CREATE TABLE mine AS SELECT 42 AS value", role="stepwell_owner", database=empty)

    with pytest.raises(CommandError, match=r"The database is not empty: it holds mine\. .* nothing was changed"):
        restore(backup_file)

    assert server.ask("SELECT value FROM mine", database=empty) == [(42,)]
    assert tables_in(server, empty) == 1


@pytest.mark.parametrize(
    ("roles", "sentence"),
    [
        (
            ("stepwell_owner", "nobody_here"),
            r"This server has no role 'nobody_here'\. Make it with scripts/create_roles",
        ),
        (("stepwell_app", "stepwell_app"), r"DATABASE_OWNER_URL does not own the database"),
    ],
)
def test_restore_on_a_server_that_is_not_ready_is_refused(
    server: OwnServer,
    empty: str,
    restore: Callable[..., None],
    settings: Settings,
    backup_file: Path,
    roles: tuple[str, str],
    sentence: str,
) -> None:
    owner, settings.APP_ROLE = roles
    settings.OWNER_DATABASE_URL = server.url(owner, empty)

    with pytest.raises(CommandError, match=sentence):
        restore(backup_file)

    assert tables_in(server, empty) == 0


def test_backup_over_another_file_is_refused(
    server: OwnServer, clinic: str, settings: Settings, tmp_path: Path
) -> None:
    settings.BACKUP_DATABASE_URL = server.url("stepwell_owner", clinic)
    settings.BACKUP_KEY = ""
    (tmp_path / "kept").write_text("yesterday's")

    with pytest.raises(
        CommandError, match=r"is already there\. Name a new file; a backup is never written over another"
    ):
        call_command("backup", str(tmp_path / "kept"))

    assert (tmp_path / "kept").read_text() == "yesterday's"


def test_backup_that_cannot_be_written_leaves_nothing(
    server: OwnServer, clinic: str, settings: Settings, tmp_path: Path
) -> None:
    settings.BACKUP_DATABASE_URL = server.url("stepwell_owner", clinic)
    settings.BACKUP_KEY = ""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, usual[1]))  # as if the disk were full then
    try:
        with pytest.raises(CommandError, match=r"could not be written \(File too large\): choose another folder"):
            call_command("backup", str(tmp_path / "clinic.backup"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    with pytest.raises(CommandError, match=r"could not be written \(No such file or directory\)"):
        call_command("backup", str(tmp_path / "nowhere" / "clinic.backup"))

    assert list(tmp_path.iterdir()) == []


def test_backup_as_a_role_that_only_reads(server: OwnServer, clinic: str, tmp_path: Path) -> None:
    server.ask("CREATE ROLE reader LOGIN IN ROLE pg_read_all_data")
    file = tmp_path / "clinic.backup"
    try:
        taken = actions.take_backup(
            url=server.url("reader", clinic), target=file, key=None, program_version="0", now=datetime.now(UTC)
        )
    finally:
        server.ask("DROP ROLE reader")

    assert actions.read_backup(file, key=None).rows == taken.rows


@pytest.mark.parametrize(
    ("command", "names", "sentence"),
    [
        ("backup", ["BACKUP_DATABASE_URL"], "DATABASE_BACKUP_URL and DATABASE_OWNER_URL are not set"),
        ("restore", ["OWNER_DATABASE_URL"], "DATABASE_OWNER_URL is not set"),
    ],
)
def test_command_without_an_address_says_which_to_set(
    settings: Settings, tmp_path: Path, command: str, names: list[str], sentence: str
) -> None:
    for name in names:
        setattr(settings, name, "")

    with pytest.raises(CommandError, match=sentence):
        call_command(command, str(tmp_path / "file"))


def test_command_without_an_answer_says_so(settings: Settings, tmp_path: Path, server: OwnServer) -> None:
    settings.BACKUP_DATABASE_URL = server.url("stepwell_owner", "no_such_database")

    with pytest.raises(CommandError, match="The database does not answer"):
        call_command("backup", str(tmp_path / "file"))
