"""Make a site of the clinic, and its rooms."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.kit.refusals import Refusal
from clinic.operations import actions


class Command(BaseCommand):
    help = "Makes a site, and the rooms or chairs that it does not have yet; run again, it adds what is new."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="as people call it: Ashby Street")
        parser.add_argument("--time-zone", required=True, help="where it is: America/New_York")
        parser.add_argument("--phone", default="", help="the desk's, as +12025550100")
        parser.add_argument("--room", action="append", default=[], help="its label on the door; may be repeated")

    def handle(self, *_args: object, name: str, time_zone: str, phone: str, room: list[str], **_options: Any) -> None:
        try:
            site, made = actions.open_site(
                name=name, time_zone=time_zone, phone=phone, rooms=room, now=datetime.now(UTC)
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{site} is there, with {made} new {'room' if made == 1 else 'rooms'}.")
