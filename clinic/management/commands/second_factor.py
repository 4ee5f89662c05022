"""What can be done about second factors on the server itself, when nobody can sign in who could do it on a page?"""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.second_factor import actions, queries

LONGEST_REASON = 200


class Command(BaseCommand):
    help = (
        "Say whether a site asks everybody for a second factor (require, release, by the site's name), or take every "
        "second factor from one person who has lost theirs (reset, by e-mail). All of it stands in the trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["require", "release", "reset"])
        parser.add_argument("whose", help="the name of a site, or the e-mail of a person")
        parser.add_argument("--reason", required=True, help="why, and who asked; it is kept in the trail")

    def handle(self, *_args: object, act: str, whose: str, reason: str, **_options: Any) -> None:
        reason = reason.strip()
        if not reason or len(reason) > LONGEST_REASON:
            raise CommandError(f"--reason must say why, in at most {LONGEST_REASON} characters.")
        if act == "reset":
            self._reset(whose, reason)
        else:
            self._rule(whose, reason, is_required=act == "require")

    def _reset(self, email: str, reason: str) -> None:
        user = queries.person_by_email(email)
        if user is None:
            raise CommandError(f"Nobody signs in as {email}.")
        actions.reset(user=user, reason=reason, by=None, password="", now=datetime.now(UTC))
        said = "has no second factor now and is signed out everywhere. They set up a new one after their password."
        self.stdout.write(f"{user} {said}")

    def _rule(self, name: str, reason: str, *, is_required: bool) -> None:
        site = queries.site_by_name(name)
        if site is None:
            raise CommandError(f"There is no site called {name}.")
        actions.set_requirement(
            site=site,
            is_required=is_required,
            reason=reason,
            by=None,
            password="",
            now=datetime.now(UTC),
        )
        self.stdout.write(
            f"{site} {'asks everybody for a second factor' if is_required else 'is content with a password'}."
        )
