#!/usr/bin/env python
"""Which command does the operator want? Starts the private PostgreSQL around those that need a database."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured

from clinic.kit.local_postgres import Cluster, LocalPostgresError, default_data_dir

AS_OWNER = {
    "migrate",
    "makemigrations",
    "sqlmigrate",
    "showmigrations",
    "flush",
    "dbshell",
    "sqlflush",
    "inspectdb",
    "seed_demo",
}
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "makemigrations",
    "score",
    "static_files",
    "version",
}


def main() -> None:
    """Run one command of Django or of ours."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    if command in AS_OWNER:
        os.environ["STEPWELL_DB_ROLE"] = "owner"
    if command == "serve" or not os.environ.get("DATABASE_URL"):
        # For one's own machine: `serve` listens on no other, and without an address the private server is meant.
        os.environ.setdefault("STEPWELL_MODE", "development")
    signal.signal(signal.SIGTERM, end_in_order)
    with database_for(command):
        from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the settings are chosen

        execute_from_command_line(sys.argv)


@contextlib.contextmanager
def database_for(command: str) -> Iterator[None]:
    """The private PostgreSQL, running for as long as a command needs it."""
    asks_for_help = {"-h", "--help", "--version"} & set(sys.argv[1:])
    elsewhere = os.environ.get("DATABASE_URL") or os.environ["STEPWELL_MODE"] == "production"
    if command in WITHOUT_DATABASE or asks_for_help or elsewhere:
        yield
        return
    with Cluster(default_data_dir() / "postgres").in_use():
        yield


def end_in_order(number: int, _frame: object) -> None:
    """Leave through every `finally`, so that what was started is stopped."""
    sys.exit(128 + number)


if __name__ == "__main__":
    try:
        main()
    except (LocalPostgresError, ImproperlyConfigured) as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
