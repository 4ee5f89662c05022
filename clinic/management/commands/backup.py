"""Write the whole clinic into one file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from clinic.kit.local_postgres import LocalPostgresError
from clinic.kit.refusals import Refusal
from clinic.kit.sealed_file import readable_key
from clinic.operations import actions, queries
from clinic.operations.actions import backup


class Command(BaseCommand):
    help = (
        "Writes everything the database holds into FILE, with a digest of every table, while the clinic goes on "
        "working. Encrypted when BACKUP_KEY is set. Reads with DATABASE_BACKUP_URL, else DATABASE_OWNER_URL."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a new file; an existing one is never overwritten")

    def handle(self, *_args: object, file: Path, **_options: Any) -> None:
        if not settings.BACKUP_DATABASE_URL:
            raise CommandError("DATABASE_BACKUP_URL and DATABASE_OWNER_URL are not set. Set one of them.")
        columns = (SpinnerColumn(), TextColumn("{task.description}"), DownloadColumn(), TimeElapsedColumn())
        try:
            with Progress(*columns, console=Console(stderr=True)) as shown:
                task = shown.add_task("Reading", total=None)
                taken = actions.take_backup(
                    url=settings.BACKUP_DATABASE_URL,
                    target=file.absolute(),
                    key=readable_key(settings.BACKUP_KEY),
                    program_version=queries.program_version(),
                    now=datetime.now(UTC),
                    progress=backup.Progress(
                        on_table=lambda name: shown.update(task, description=f"Reading {name}"),
                        on_bytes=lambda count: shown.update(task, description="Writing", advance=count),
                    ),
                )
        except (Refusal, LocalPostgresError) as refusal:
            raise CommandError(str(refusal)) from refusal
        except psycopg2.OperationalError as problem:
            raise CommandError(
                f"The database does not answer ({str(problem).strip()}). Start it and try again."
            ) from problem
        if not taken.is_sealed:
            self.stderr.write(
                "This backup is not encrypted: whoever has the file can read every chart. Set BACKUP_KEY, "
                "or keep the file where only you can read it."
            )
        self.stdout.write(
            f"{file}: {taken.tables} tables, {taken.rows:,} rows, {taken.bytes:,} bytes, "
            f"{'encrypted' if taken.is_sealed else 'not encrypted'}. Read back whole."
        )
