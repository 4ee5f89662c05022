"""Is each record reachable only through its own person, session or visit?"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from clinic.kit.web import Caller
from sessions.administration import queries
from tests.architecture.people import one_of_everything
from tests.architecture.routes import routes
from tests.digest import digest_of_everything
from tests.scenarios.cast import PASSWORD

SUBJECTS = ("patient_id", "session_id", "appointment_id")
OF_TWO_IDS = [route for route in routes() if sum(parameter.endswith("_id") for parameter in route.parameters) > 1]
OF_ONE_PERSON = [
    route
    for route in routes()
    if route.access.caller is Caller.STAFF and any(subject in route.parameters for subject in SUBJECTS)
]
# What a hand could slip into any form: names of columns and of other people's rows.
SLIPPED = {
    "is_active": "1",
    "role": "prescriber",
    "signed_at": "2026-03-10",
    "signed_by": "1",
    "version": "9",
    "pk": "1",
}


def address(name: str, parameters: tuple[str, ...], ids: Mapping[str, Any]) -> str:
    return reverse(
        name, kwargs={each: ids.get(each, "phq9" if not each.endswith("_id") else uuid4()) for each in parameters}
    )


@pytest.fixture
def maria(cast):
    return one_of_everything(cast, room=0)


@pytest.fixture
def otto(cast):
    return one_of_everything(cast, room=1, given_name="Otto", family_name="Other", phone="+12025550177")


def client_for(client, cast, route):
    """Signed in as somebody who may open this route."""
    allowed = next((person for person in cast.everybody if any(person.may(each) for each in route.access.any_of)), None)
    client.force_login(allowed or cast.nora)
    return client


@pytest.mark.django_db
def test_another_persons_row_in_the_path_is_not_found_and_nothing_changes(client, cast, maria, otto):
    before, wrong = digest_of_everything(), []
    for route in OF_TWO_IDS:
        inner = [each for each in route.parameters if each.endswith("_id")][-1]
        path = address(route.name, route.parameters, {**maria, inner: otto[inner]})
        for method in ("get", "post"):
            response = getattr(client_for(client, cast, route), method)(path)
            if response.status_code not in {404, 405}:
                wrong.append((route.name, method, response.status_code))

    assert OF_TWO_IDS
    assert wrong == []
    assert digest_of_everything() == before


@pytest.mark.django_db
def test_ids_that_are_nobodys_are_not_found(client, cast):
    wrong = []
    for route in OF_ONE_PERSON:
        for method in ("get", "post"):
            response = getattr(client_for(client, cast, route), method)(address(route.name, route.parameters, {}))
            if response.status_code not in {404, 405}:
                wrong.append((route.name, method, response.status_code))

    assert wrong == []


@pytest.mark.django_db
def test_another_persons_ids_in_a_body_never_reach_that_person(client, cast, maria, otto):
    """Every form of Maria's is sent with Otto's ids in every field that could hold one, and with columns slipped in."""
    cache.clear()
    ottos = {
        **{name.removesuffix("_id"): str(value) for name, value in otto.items()},
        **{n: str(v) for n, v in otto.items()},
    }
    otto_before, failed = rows_of(otto), []
    for route in OF_ONE_PERSON:
        for key in (
            otto["plan_id"],
            otto["consent_id"],
            otto["response_id"],
            otto["allergy_id"],
            otto["appointment_id"],
        ):
            body = {**ottos, **SLIPPED, "key": str(key), "id": str(key), "password": PASSWORD}
            response = client_for(client, cast, route).post(address(route.name, route.parameters, maria), body)
            if response.status_code >= 500:
                failed.append((route.name, response.status_code))

    assert failed == []
    assert rows_of(otto) == otto_before


@pytest.mark.django_db
def test_an_entry_cannot_answer_an_entry_of_another_session(client, cast, maria, otto):
    client.force_login(cast.nora)
    before = rows_of(otto)
    entry = {
        "id": str(uuid4()),
        "kind": "retract",
        "occurred_at": "2026-03-10T15:30:00+00:00",
        "recorded_at": "2026-03-10T15:30:00+00:00",
        "seq": 9,
        "device": "tablet 1",
        "author_ticket": queries.author_ticket(cast.nora.pk, maria["session_id"]),
        "data": {"target": str(otto["entry_id"]), "reason": "not mine"},
    }

    response = client.post(
        reverse("sessions:entries", args=[maria["session_id"]]), json.dumps([entry]), content_type="application/json"
    )

    assert response.json()["entries"][0]["fate"] == "refused"
    assert rows_of(otto) == before


def rows_of(person: Mapping[str, Any]) -> list[str]:
    """Every row that mentions one of this person's ids, as text."""
    ids = tuple(str(value) for value in person.values())
    found: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in {"clinic_accessevent", "clinic_cache", "django_session"}:
                continue
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names come from the catalogue
            found += [f"{table} {row[0]}" for row in cursor.fetchall() if any(each in row[0] for each in ids)]
    return sorted(found)
