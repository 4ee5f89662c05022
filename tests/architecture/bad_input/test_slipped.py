"""What a form does not ask cannot be said with it, and what it asks is said once."""

import re

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from tests.architecture.bad_input.case import Case
from tests.architecture.bad_input.cases import CASES
from tests.architecture.bad_input.walk import REFUSED, TAKEN, Walk, encoded
from tests.architecture.bad_input.world import World

# Columns that a hand could add to a body: rights, people, signatures, versions, keys.
SLIPPED = dict.fromkeys(
    [
        "is_active",
        "is_staff",
        "is_superuser",
        "role",
        "roles",
        "groups",
        "granted",
        "home_site",
        "merged_into",
        "state",
        "status",
        "supersedes",
    ],
    "1",
) | {
    "patient": "0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6e",
    "patient_id": "0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6e",
    "id": "0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6e",
    "pk": "0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6e",
    "signed_by": "1",
    "signed_at": "2026-03-10",
    "recorded_by": "1",
    "recorded_at": "2020-01-01",
    "created_by": "1",
    "created_at": "2020-01-01",
    "version": "9",
    "balance": "9",
    "_state": "x",
    "record_number": "999-999",
    "search_text": "x",
    "starts_at": "2020-01-01",
    "total": "0",
    "dose_mg": "1.0",
}
# Signing in and asking change these; histories and numbers of rows differ from try to try.
LEFT_OUT = re.compile(r"clinic_accessevent|clinic_cache|django_session|.*event$")
MADE_UP = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]+-[0-9]{3}\b|[0-9a-f]{64}|argon2[\w$=,+/]+"
)


@pytest.fixture
def walk(world: World, request: pytest.FixtureRequest):
    case: Case = request.param
    client = Client(raise_request_exception=False)
    with transaction.atomic(), time_machine.travel(case.now(world), tick=False):
        client.force_login(getattr(world.cast, case.who))
        yield Walk(world, case, client)
        transaction.set_rollback(True)


@pytest.mark.parametrize("walk", CASES, indirect=True, ids=lambda case: case.name)
def test_column_that_is_not_asked_is_not_set_and_what_is_sent_twice_is_refused(walk: Walk) -> None:
    extra = {name: value for name, value in SLIPPED.items() if name not in walk.fields}
    body = {name: walk.body.get(name, "") for name in walk.fields}

    with walk.sent({}) as answer:
        plain, taken = rows(), answer.status
    with walk.sent(extra) as answer:
        slipped, also_taken = rows(), answer.status
    with transaction.atomic():
        twice = walk.posted(encoded(body) + b"&" + encoded(body))
        transaction.set_rollback(True)

    assert (taken, also_taken, twice.status) == (TAKEN, TAKEN, REFUSED)
    assert slipped == plain
    assert set(twice.errors) >= set(walk.fields)


def rows() -> dict[str, list[str]]:
    """Every row of every table but histories, without what is made anew each time."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if not LEFT_OUT.fullmatch(table):
                cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names come from the catalogue
                found[table] = sorted(MADE_UP.sub("-", row[0]) for row in cursor.fetchall())
    return found
