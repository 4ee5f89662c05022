"""How is the private PostgreSQL started, shared and stopped? No network port; one server however many ask at once."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from psycopg2 import OperationalError

from clinic.kit.local_postgres.binaries import (
    Account,
    find_binaries,
    reachable_binaries,
    run,
    server_account,
    version_of,
)
from clinic.kit.local_postgres.errors import LocalPostgresError
from clinic.kit.local_postgres.processes import clear_crashed, postmaster_alive
from clinic.kit.local_postgres.provision import APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER, provision

PRIVATE = 0o700
EMBEDDED_NAME = "stepwell-embedded"  # how a connection can tell that it has reached this kind of server
SECONDS_TO_ANSWER = 30
LONGEST_SOCKET_DIR = 85  # the kernel allows 107 bytes for the whole path of a socket
# Nothing follows this server's log, so it holds no more than a crash needs; a large load is not cut into checkpoints.
DURABLE = {"shared_buffers": "128MB", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "4GB"}
FOR_TESTS = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


def default_data_dir() -> Path:
    """STEPWELL_DATA_DIR, else /var/lib/stepwell for root, else the user's data folder."""
    if chosen := os.environ.get("STEPWELL_DATA_DIR"):
        return Path(chosen).absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/stepwell")
    if shared := os.environ.get("XDG_DATA_HOME"):
        return Path(shared).absolute() / "stepwell"
    return Path.home() / ".local" / "share" / "stepwell"


def embedded_urls(data_dir: Path) -> tuple[str, str]:
    """The addresses for the application role and for the owner; starts nothing."""
    cluster = Cluster(Path(data_dir) / "postgres")
    return cluster.url(APP_ROLE), cluster.url(OWNER_ROLE)


class Cluster:
    """One private PostgreSQL in one folder, shared by every process that is inside `in_use()`."""

    def __init__(self, home: Path, *, for_tests: bool = False) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self.for_tests = for_tests
        self.socket_dir = _socket_dir(self.home)

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of one database as one role; the folder of the socket stands where a host name would."""
        return f"postgresql://{role}@{quote(str(self.socket_dir), safe='')}/{database}"

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Keep the server running for the block; whoever leaves last stops it, also after others were killed."""
        here = os.getpid()
        self._own_folder(self.home, server_account(self.data))
        with _lock_file(self.home / "users.lock") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            self.start()
            try:
                yield
            finally:
                # A forked worker leaves through here too, with its parent still at work.
                if os.getpid() == here and _only_user(users):
                    self.stop()

    def start(self) -> bool:
        """Make sure the server runs; True when this call started it."""
        account = server_account(self.data)
        self._own_folder(self.home, account)
        with _lock_file(self.home / "start.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._answers():
                return False
            self._start_server(account)
            provision(str(self.socket_dir), for_tests=self.for_tests)
            return True

    def runs(self) -> bool:
        """Whether its first process is alive; asks the kernel only, so that it may be asked every second."""
        return postmaster_alive(self.data)

    def stop(self) -> bool:
        """Stop the server if it runs; True when this call stopped it."""
        with _lock_file(self.home / "start.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not postmaster_alive(self.data):
                return False
            account = server_account(self.data)
            programs = reachable_binaries(find_binaries(), account, self.home)
            run(programs / "pg_ctl", "stop", "-w", "-t", 60, "-s", "-m", "fast", "-D", self.data, account=account)
            return True

    def _answers(self) -> bool:
        """Whether the server is there and has its roles; one recovering or just killed is waited for."""
        patience = time.monotonic() + SECONDS_TO_ANSWER
        while postmaster_alive(self.data):
            try:
                provision(str(self.socket_dir), for_tests=self.for_tests)
            except OperationalError as problem:
                if time.monotonic() > patience:
                    message = f"PostgreSQL in {self.data} runs but does not answer ({problem}): see server.log there."
                    raise LocalPostgresError(message) from problem
                time.sleep(0.05)
            else:
                return True
        return False

    def _start_server(self, account: Account | None) -> None:
        self._refuse_unreachable_home(account)
        programs = reachable_binaries(find_binaries(), account, self.home)
        if not (self.data / "PG_VERSION").exists():
            self._create(programs, account)
        self._refuse_other_version(version_of(programs))
        clear_crashed(self.data, self.socket_dir)
        self._own_folder(self.socket_dir, account)
        self._write_configuration()
        log = self.data / "server.log"
        run(programs / "pg_ctl", "start", "-w", "-t", 60, "-s", "-D", self.data, "-l", log, account=account)

    def _create(self, programs: Path, account: Account | None) -> None:
        """Made beside its place and moved there whole, so that an interrupted start leaves nothing half-made."""
        half = self.home / "data.half"
        shutil.rmtree(half, ignore_errors=True)
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--data-checksums"]
        if self.for_tests:
            options.append("--no-sync")
        run(programs / "initdb", "-D", half, "-U", SUPERUSER, *options, account=account)
        with (half / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude = 'stepwell.conf'\n")
        half.rename(self.data)

    def _write_configuration(self) -> None:
        """In a file, not on the command line, which a shell would read: the folder's name may hold any character."""
        quoted_dir = str(self.socket_dir).replace('"', '""')
        settings = {
            "cluster_name": EMBEDDED_NAME,
            "listen_addresses": "",
            "unix_socket_directories": f'"{quoted_dir}"',
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **(FOR_TESTS if self.for_tests else DURABLE),
        }
        lines = [f"{name} = '{_in_quotes(value)}'\n" for name, value in settings.items()]
        (self.data / "stepwell.conf").write_text("".join(lines))

    def _refuse_other_version(self, version: str) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != version.partition(".")[0]:
            raise LocalPostgresError(
                f"The data in {self.data} belongs to PostgreSQL {made_by}, but the programs here are {version}: "
                f"set PG_BINDIR to the programs of PostgreSQL {made_by}, or move the folder away to begin anew."
            )

    def _refuse_unreachable_home(self, account: Account | None) -> None:
        if account is None:
            return
        try:
            run("/usr/bin/test", "-x", self.home, account=account)
        except LocalPostgresError:
            name = self.home.parent
            raise LocalPostgresError(
                f"As root, PostgreSQL runs under another account, which cannot enter {name}: "
                "set STEPWELL_DATA_DIR to a folder that everyone may enter, such as /var/lib/stepwell."
            ) from None

    def _own_folder(self, folder: Path, account: Account | None) -> None:
        """Private to the server's account; a folder that someone else put there is refused."""
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        found = folder.lstat()
        uid = account.uid if account else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), uid):
            raise LocalPostgresError(
                f"{folder} belongs to another account: set STEPWELL_DATA_DIR to a folder of yours."
            )
        if account and found.st_uid != uid:
            os.chown(folder, account.uid, account.gid)
        if stat.S_IMODE(found.st_mode) != PRIVATE:
            folder.chmod(PRIVATE)


def _socket_dir(home: Path) -> Path:
    inside = home / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIR:
        return inside
    key = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path("/tmp") / f"stepwell-{key}"  # noqa: S108 - the same for every process; refused when not ours


@contextlib.contextmanager
def _lock_file(path: Path) -> Iterator[int]:
    """A file to hold a kernel lock on; the kernel releases it when the holder ends, however it ends."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _only_user(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _in_quotes(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
