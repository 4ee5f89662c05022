"""Fill an empty clinic with made-up people at every step of a course."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from clinic.demo import actions, queries

USUAL_PEOPLE = 60
MOST_PEOPLE = 2000


class Command(BaseCommand):
    help = (
        "Makes the demonstration clinic: people at every step, each made by the same actions as a real one, and a busy "
        "day around this moment. The same seed on the same day makes the same people and the same past."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, default=USUAL_PEOPLE, help=f"how many people ({USUAL_PEOPLE})")
        parser.add_argument("--seed", type=int, default=1, help="which clinic; the same number makes the same one")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where somebody is on the books already")

    def handle(self, *_args: object, patients: int, seed: int, if_empty: bool, **_options: Any) -> None:
        if settings.MODE == "production":
            raise CommandError("The demonstration has accounts with a known password: it is not made in production.")
        if not 1 <= patients <= MOST_PEOPLE:
            raise CommandError(f"--patients must be from 1 to {MOST_PEOPLE}.")
        if if_empty and not queries.is_empty():
            return
        try:
            actions.must_be_empty()
        except actions.NotEmpty as refusal:
            raise CommandError(str(refusal)) from refusal
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console()) as progress:
            task = progress.add_task("Making the demonstration clinic", total=patients)
            actions.seed(
                count=patients, seed_number=seed, now=datetime.now(UTC), on_person=lambda: progress.advance(task)
            )
