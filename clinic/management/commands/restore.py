"""Bring a backup back into an empty database."""

from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from clinic.kit.local_postgres import LocalPostgresError
from clinic.kit.refusals import Refusal
from clinic.kit.sealed_file import readable_key
from clinic.operations import actions
from clinic.operations.actions.restore import Backup


class Command(BaseCommand):
    help = (
        "Reads FILE to its end and refuses it if a single bit is wrong; restores it into the empty database of "
        "DATABASE_OWNER_URL; compares every table with what the backup wrote down. With --check, only the first."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a file that `backup` wrote")
        parser.add_argument("--check", action="store_true", help="only read the file to its end; touch no database")

    def handle(self, *_args: object, file: Path, check: bool, **_options: Any) -> None:
        if not (check or settings.OWNER_DATABASE_URL):
            raise CommandError("DATABASE_OWNER_URL is not set. Set it to the empty database, as its owner.")
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        try:
            with Progress(*columns, console=Console(stderr=True)) as shown:
                self.run(file, shown, only_check=check)
        except (Refusal, LocalPostgresError) as refusal:
            raise CommandError(str(refusal)) from refusal
        except psycopg2.OperationalError as problem:
            raise CommandError(
                f"The database does not answer ({str(problem).strip()}). Start it and try again."
            ) from problem

    def run(self, file: Path, shown: Progress, *, only_check: bool) -> None:
        size = file.stat().st_size if file.is_file() else 0
        reading = shown.add_task("Reading", total=size)
        backup = actions.read_backup(
            file, key=readable_key(settings.BACKUP_KEY), on_bytes=lambda count: shown.advance(reading, count)
        )
        self.stdout.write(said_of(backup))
        if only_check:
            return
        restoring = shown.add_task("Restoring", total=backup.totals["bytes"])
        restored = actions.restore_backup(
            backup,
            url=settings.OWNER_DATABASE_URL,
            app_role=settings.APP_ROLE,
            on_bytes=lambda count: shown.advance(restoring, count),
        )
        self.stdout.write(f"Restored: {restored.tables} tables and {restored.rows:,} rows, each byte as it was saved.")
        if restored.waiting_migrations:
            self.stdout.write("The backup is older than this program. Now run: python manage.py migrate")


def said_of(backup: Backup) -> str:
    """What the backup is, in one line."""
    taken_at = datetime.fromisoformat(backup.manifest["taken_at"])
    return (
        f"Backup of {taken_at:%b} {taken_at.day}, {taken_at:%Y, %H:%M} UTC by Stepwell {backup.manifest['program']} on "
        f"PostgreSQL {backup.manifest['postgresql']}: {len(backup.contents.tables)} tables, {backup.rows:,} rows, "
        f"{'encrypted' if backup.file.is_sealed else 'not encrypted'}. Every digest is right."
    )
