"""How does an old key of `FIELD_KEYS` get out of use?"""

from typing import Any

from django.core.management.base import BaseCommand

from clinic.second_factor import actions


class Command(BaseCommand):
    help = (
        "Seals every secret in the database with the first key of FIELD_KEYS. Afterwards the keys behind it can be "
        "taken away; backups made before still need them."
    )

    def handle(self, *_args: object, **_options: Any) -> None:
        count = actions.reseal_secrets()
        self.stdout.write(f"{count} secret{'' if count == 1 else 's'} sealed with the newest key.")
