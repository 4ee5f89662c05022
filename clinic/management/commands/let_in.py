"""Give somebody an account, or a new password, when nobody can sign in who could do it on a page."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.kit.refusals import Refusal
from clinic.operations import actions
from clinic.staff.permissions import Role


class Command(BaseCommand):
    help = (
        "With --name, --site and --role: makes an account. Without: gives the person a new password and ends every "
        "login made with the old one. Prints the password once; all of it stands in the trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="what the person signs in with")
        parser.add_argument("--name", default="", help="in full, for a new account")
        parser.add_argument("--credentials", default="", help="as signed after the name: RN, MD")
        parser.add_argument("--site", default="", help="where the person works")
        parser.add_argument("--role", action="append", default=[], choices=[role.value for role in Role])

    def handle(self, *_args: object, email: str, **given: Any) -> None:
        is_new = bool(given["name"])
        if is_new is not bool(given["site"]) or is_new is not bool(given["role"]):
            raise CommandError(
                "A new account needs --name, --site and at least one --role; a new password none of them."
            )
        now = datetime.now(UTC)
        try:
            let_in = (
                actions.let_in(
                    email=email,
                    full_name=given["name"],
                    credentials=given["credentials"],
                    site_name=given["site"],
                    roles=given["role"],
                    now=now,
                )
                if is_new
                else actions.give_new_password(email=email, now=now)
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{let_in.user} signs in as {let_in.user.email} with: {let_in.password}")
