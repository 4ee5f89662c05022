"""Make ready what a run measures: run as `python -m bench.prepare`, it prints where everything is as one JSON object.

A process of its own, because a process of Django knows one database and a run may measure two clinics.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import Any

import django


@dataclass(frozen=True)
class Prepared:
    """The addresses of every row of the table, the sheets to save into, and the clinic's own moment."""

    made_at: str
    people: int
    is_changed: bool
    addresses: dict[str, list[str]]
    empty: str
    smallest: str
    sheets: list[dict[str, str]]
    app_url: str
    owner_url: str
    static_root: str


def prepare() -> Prepared:
    """Needs Django to be set up, on the database that is meant."""
    # ruff: noqa: PLC0415 - none of these can be imported before Django knows its database
    from django.conf import settings
    from django.core.management import call_command
    from django.urls import reverse

    from bench import fixtures, pages, subjects
    from clinic.demo.actions.house import quick_proofs
    from clinic.staff.models import User
    from patients.registration.models import Patient
    from sessions.administration import queries as session_queries

    call_command("static_files", stdout=sys.stderr)
    now = fixtures.made_at()
    nora = User.objects.get(email="nora@example.org")
    with quick_proofs():
        is_changed = fixtures.make_once(now)
        sheets = fixtures.sheets_to_save_into(now)
    return Prepared(
        made_at=now.isoformat(),
        people=Patient.objects.count(),
        is_changed=is_changed,
        addresses={
            page.title: [address.of(page.route) for address in subjects.find(page.about, now)] for page in pages.PAGES
        },
        empty=reverse(pages.EMPTY),
        smallest=reverse(pages.SMALLEST),
        sheets=[
            {
                "address": reverse(pages.SAVING, args=[session.pk]),
                "ticket": session_queries.author_ticket(nora.pk, session.pk, now=now),
            }
            for session in sheets
        ],
        app_url=settings.APP_DATABASE_URL,
        owner_url=settings.OWNER_DATABASE_URL,
        static_root=str(settings.STATIC_ROOT),
    )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    found: dict[str, Any] = asdict(prepare())
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
