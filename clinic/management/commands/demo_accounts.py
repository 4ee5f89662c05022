"""Who can sign in to the demonstration clinic?"""

from typing import Any

from django.core.management.base import BaseCommand

from clinic.demo import queries
from clinic.demo.actions.house import DEMO_PASSWORD


class Command(BaseCommand):
    help = "Prints one demonstration account for each role, with their password."

    def handle(self, *_args: object, **_options: Any) -> None:
        accounts = queries.accounts()
        if not accounts:
            self.stdout.write("There are no demonstration accounts here. Make them with: manage.py seed_demo")
            return
        wide = max(len(account.role) for account in accounts)
        widest = max(len(account.email) for account in accounts)
        self.stdout.write(f"Sign in with any of these; the password of all is “{DEMO_PASSWORD}”:")
        for account in accounts:
            self.stdout.write(f"  {account.role:<{wide}}  {account.email:<{widest}}  {account.name}")
