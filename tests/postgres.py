"""Which database do the tests run on? A PostgreSQL of their own, started before Django reads its settings."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic.kit.local_postgres import Cluster, LocalPostgresError
from tests import migrated

CHECKOUT = Path(__file__).resolve().parent.parent
DATABASE_PREFIX = "stepwell_run_"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fresh-cluster",
        action="store_true",
        help="Run on a new PostgreSQL in a temporary folder instead of the one kept between runs.",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before pytest-django, which reads the settings in this hook. Parallel workers inherit what is set here."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        stack = contextlib.ExitStack()
        early_config.add_cleanup(stack.close)
        os.environ["STEPWELL_MODE"] = "test"
        os.environ["STEPWELL_DB_ROLE"] = "owner"
        # The browser driver runs an event loop in the test's thread, in which Django would refuse every query.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        if not os.environ.get("DATABASE_OWNER_URL"):
            try:
                use_own_cluster(stack, fresh=early_config.known_args_namespace.fresh_cluster)
            except LocalPostgresError as problem:
                raise pytest.UsageError(str(problem)) from problem
    return (yield)


def use_own_cluster(stack: contextlib.ExitStack, *, fresh: bool) -> None:
    """Name this process's database in the environment; several runs share the server but never a database."""
    if fresh:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stepwell-test-")))
        if os.geteuid() == 0:
            home.chmod(0o755)
        cluster = Cluster(home / "postgres", for_tests=True)
        stack.enter_context(cluster.in_use())
    else:
        cluster = kept_cluster(stack)
    name = f"{DATABASE_PREFIX}{os.getpid()}"
    os.environ["DATABASE_URL"] = cluster.url("stepwell_app", name)
    os.environ["DATABASE_OWNER_URL"] = cluster.url("stepwell_owner", name)
    drop_databases_of_ended_runs()


def kept_cluster(stack: contextlib.ExitStack) -> Cluster:
    """The server of this checkout, in .cache; where root's server account cannot enter, in the temporary folder."""
    inside = Cluster(CHECKOUT / ".cache" / "postgres", for_tests=True)
    try:
        stack.enter_context(inside.in_use())
    except LocalPostgresError:
        if os.geteuid() != 0:
            raise
        key = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]
        outside = Cluster(Path(tempfile.gettempdir()) / f"stepwell-test-{key}", for_tests=True)
        stack.enter_context(outside.in_use())
        return outside
    return inside


def drop_databases_of_ended_runs() -> None:
    """A killed run leaves its databases behind; the process number in the name tells whose they were."""
    with migrated.server() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"%{DATABASE_PREFIX}%"])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        process = name.partition(DATABASE_PREFIX)[2].partition("_")[0]
        if not Path("/proc", process).exists():
            migrated.drop(name)
