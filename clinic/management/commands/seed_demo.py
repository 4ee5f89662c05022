"""Fill an empty clinic with made-up people at every step of a course."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from clinic.demo import actions, queries
from clinic.demo.rules import stories
from clinic.kit.refusals import Refusal

USUAL_PEOPLE = 60
MOST_PEOPLE = 500_000
MOST_SESSIONS_EACH = 12


class Command(BaseCommand):
    help = (
        "Makes the demonstration clinic: people at every step, each made by the same actions as a real one, and a busy "
        "day around this moment. Beyond the first of them, people like those are written in bulk, in as many houses as "
        "it takes. The same seed on the same day makes the same people and the same past."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, default=USUAL_PEOPLE, help=f"how many people ({USUAL_PEOPLE})")
        parser.add_argument("--seed", type=int, default=1, help="which clinic; the same number makes the same one")
        parser.add_argument("--sessions-each", type=int, help="how many sessions each has had; by size unless given")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where somebody is on the books already")

    def handle(self, *_args: object, patients: int, seed: int, if_empty: bool, **options: Any) -> None:
        if settings.MODE == "production":
            raise CommandError("The demonstration has accounts with a known password: it is not made in production.")
        if not 1 <= patients <= MOST_PEOPLE:
            raise CommandError(f"--patients must be from 1 to {MOST_PEOPLE}.")
        each = options["sessions_each"]
        if each is not None and not 1 <= each <= MOST_SESSIONS_EACH:
            raise CommandError(f"--sessions-each must be from 1 to {MOST_SESSIONS_EACH}.")
        if if_empty and not queries.is_empty():
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console()) as progress:
            bars = Bars(progress)
            try:
                actions.must_be_empty()
                actions.seed(count=patients, seed_number=seed, now=datetime.now(UTC), sessions_each=each, telling=bars)
            except Refusal as refusal:
                raise CommandError(str(refusal)) from refusal
            if patients > stories.MOST_TOLD:
                actions.settle(bars)


class Bars:
    """One bar for each part of the work, one below the other; where no bar can move, a line for each."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def begin(self, what: str, total: int) -> None:
        self.what = what
        self.task = self.progress.add_task(what, total=total)
        if not self.progress.console.is_terminal:
            self.progress.console.print(f"{what}: {total:,} …")

    def on(self, parts: int, detail: str = "") -> None:
        self.progress.update(self.task, advance=parts, description=f"{self.what} {detail}".strip())
