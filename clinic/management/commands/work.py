"""Do what has to be done again and again: clear what has expired, back up every night."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.operations import actions


class Command(BaseCommand):
    help = (
        "Clears expired logins and counts every hour; with BACKUP_DIR, backs up every night at BACKUP_AT (UTC), reads "
        "each backup to its end, and keeps BACKUPS_DAILY days and BACKUPS_WEEKLY weeks. Runs until it is ended; there "
        "may be as many as wanted, on any machines, and each job is done by one of them."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")
        parser.add_argument("--beat-file", type=Path, metavar="FILE", help="touched with every sign of life")
        parser.add_argument("--pause-seconds", type=float, default=10, help="between two looks at what is due (10)")

    def handle(self, *_args: object, once: bool, beat_file: Path | None, pause_seconds: float, **_options: Any) -> None:
        if settings.BACKUP_DIR and not settings.BACKUP_DATABASE_URL:
            raise CommandError(
                "BACKUP_DIR is set, but DATABASE_BACKUP_URL is not. Name a role that may read everything."
            )
        if settings.BACKUP_DIR and not Path(settings.BACKUP_DIR).is_dir():
            raise CommandError(f"BACKUP_DIR is {settings.BACKUP_DIR}, which is no folder. Make it, or name another.")
        self.check(databases=["default"], include_deployment_checks=settings.MODE == "production")
        worker = actions.Worker(pause_seconds=pause_seconds, beat_file=beat_file, say=self.say)
        if not once:
            worker.run()
        elif not worker.do_all_once():
            raise CommandError("Not everything could be done; the reasons are above, and it is tried again.")

    def say(self, sentence: str) -> None:
        """At once, also when the output goes to a file."""
        self.stdout.write(sentence)
        self.stdout.flush()
