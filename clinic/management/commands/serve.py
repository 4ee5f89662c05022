"""How does one command bring up the whole clinic? Schema, demonstration people, static files, then the web server."""

import os
import socket
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from gunicorn.app.base import Application
from gunicorn.arbiter import Arbiter
from psycopg2 import OperationalError as NoConnection

from clinic.kit.local_postgres import Cluster, LocalPostgresError, default_data_dir

HOST = "127.0.0.1"
HIGHEST_PORT = 65_535


class Command(BaseCommand):
    help = "Brings the database up to date, fills an empty one with the demonstration clinic, and serves it on PORT."

    def handle(self, **_options: Any) -> None:
        port = free_port(os.environ.get("PORT", "8000"))
        if schema_is_behind():
            self.say("Bringing the database up to date …")
            migrate()
        if settings.MODE == "development":
            call_command("seed_demo", if_empty=True)
        call_command("static_files")
        self.say(f"Stepwell is at http://{HOST}:{port}/ (Ctrl-C stops it).")
        if settings.MODE == "development":
            call_command("demo_accounts")
            sys.stdout.flush()  # what is still unsaid would be said by every worker
        WebServer(port).run()

    def say(self, sentence: str) -> None:
        """At once, also when the output goes to a file."""
        self.stdout.write(sentence)
        self.stdout.flush()


def free_port(asked: str) -> int:
    """The port, when it is one and nobody listens there."""
    if not (asked.isascii() and asked.isdecimal()) or not 0 < int(asked) <= HIGHEST_PORT:
        raise CommandError(f"PORT is {asked!r}: set it to a number from 1 to {HIGHEST_PORT}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(asked)))
        except OSError as problem:
            raise CommandError(
                f"Port {asked} cannot be used ({problem.strerror}): end the other program or choose another PORT."
            ) from None
    return int(asked)


def schema_is_behind() -> bool:
    """Whether a migration waits."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError as problem:
        raise CommandError(
            f"The database does not answer ({problem}): start it, or correct DATABASE_URL; nothing was started."
        ) from problem
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """As the owner, therefore in a process of its own: this one is the application."""
    done = subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=settings.BASE_DIR, check=False)
    if done.returncode:
        raise CommandError("The database could not be brought up to date, for the reason above; nothing was started.")


class WebServer(Application):
    """gunicorn inside this process: Django is loaded already, so the first page does not wait for it again."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        self.load_config_from_file(str(settings.BASE_DIR / "gunicorn.conf.py"))
        self.cfg.set("bind", f"{HOST}:{self.port}")
        self.cfg.set("loglevel", "warning")

    def load(self) -> Any:
        return get_wsgi_application()

    def run(self) -> None:
        TerminalArbiter(self).run()


class TerminalArbiter(Arbiter):
    """gunicorn where no service manager looks after anything."""

    def __init__(self, app: WebServer) -> None:
        self.cluster = private_postgres()
        self.last_problem = ""
        super().__init__(app)

    def handle_hup(self) -> None:
        """A terminal that is closed ends the server, where gunicorn would read it as a wish to reload."""
        self.handle_term()

    def murder_workers(self) -> None:
        """Asked about once a second: workers that hang are ended, and a private PostgreSQL that died is started."""
        super().murder_workers()
        if self.cluster is None or self.cluster.runs():
            return
        try:
            self.cluster.start()
        except (LocalPostgresError, NoConnection) as problem:
            if str(problem) != self.last_problem:
                self.log.critical("The database ended and does not start: %s", problem)
            self.last_problem = str(problem)
        else:
            self.log.warning("The database had ended and runs again. What was saved is there.")
            self.last_problem = ""


def private_postgres() -> Cluster | None:
    """The server that came with this command; None when DATABASE_URL names another one, which others look after."""
    ours, _ = settings.EMBEDDED_URLS
    return Cluster(default_data_dir() / "postgres") if ours == settings.APP_DATABASE_URL else None
