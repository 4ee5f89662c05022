"""Is every odd value in the forms of the second step refused on the page, and never an error of the server?"""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from clinic.second_factor import queries
from tests.architecture.bad_input import corpus
from tests.architecture.bad_input.walk import HALF, URLENCODED, encoded
from tests.scenarios import second_factors
from tests.scenarios.cast import NOW, PASSWORD

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def answer(**response):
    return json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": response})


# No answer of a passkey, each one stage further in.
BROKEN = (
    "null",
    "[]",
    "0",
    '"x"',
    "{}",
    '{"id": 1}',
    '{"id": "AA", "rawId": "AA", "type": "public-key"}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": null}',
    '{"id": {"id": []}, "rawId": {}, "type": [], "response": [1, 2]}',
    '{"id": "AA", "rawId": "%%", "type": "x", "response": {}}',
    answer(),
    answer(clientDataJSON="e30", attestationObject="oA"),
    answer(clientDataJSON="bnVsbA", attestationObject="_w"),
    answer(clientDataJSON="W10", attestationObject="gA"),
    answer(clientDataJSON="%%", attestationObject="%%"),
    answer(clientDataJSON="e30", authenticatorData="AA", signature="AA"),
    answer(clientDataJSON="e30", authenticatorData="A" * 60, signature=""),
    answer(clientDataJSON=1, authenticatorData=[], signature={}),
    '{"response": ' + "[" * 2000,
    '{"id": "' + "A" * 15000 + '"}',
    '{"a": 1, "a": 2}',
    "\u0000",
    "é" * 4000,
)


@pytest.fixture(autouse=True)
def in_the_morning(db):
    cache.clear()
    with time_machine.travel(LATER, tick=False):
        yield


def refusals(client, path, bodies):
    """What was neither refused on the page nor unreadable, as (status, body)."""
    wrong = []
    for body in bodies:
        cache.clear()
        response = client.post(path, encoded(body), content_type=URLENCODED)
        wanted = 400 if any(HALF.search(value) for value in body.values()) else 422
        if response.status_code != wanted:
            wrong.append((response.status_code, body))
    return wrong


def pending(user):
    client = Client(raise_request_exception=False)
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    return client


def odd(*kinds):
    return [each.value for kind in kinds for each in corpus.values(kind)]


def test_odd_codes_are_refused_at_the_second_step(cast):
    second_factors.with_app(cast.nora, now=NOW)
    tries = odd("words", "integer", "key")
    client = pending(cast.nora)

    wrong = refusals(client, "/sign-in/second-step/", [{"code": value} for value in tries])

    assert len(tries) > 60
    assert wrong == []


def test_odd_answers_are_refused_at_the_second_step(cast):
    second_factors.with_app(cast.nora, now=NOW)
    client = pending(cast.nora)
    client.get("/sign-in/second-step/")

    wrong = refusals(client, "/sign-in/passkey/", [{"answer": value} for value in (*BROKEN, *odd("note"))])

    assert wrong == []


def test_odd_answers_add_no_passkey(cast):
    client = pending(cast.nora)
    path = reverse("clinic:second-factor-passkey-add")
    body = {"name": "Blue key", "password": PASSWORD}
    client.get(path)

    wrong = refusals(client, path, [{**body, "answer": value} for value in BROKEN])

    assert wrong == []
    assert queries.has_any(cast.nora) is False


def test_odd_codes_and_passwords_set_up_no_app(cast):
    client = pending(cast.nora)
    path = reverse("clinic:second-factor-app")
    client.get(path)

    wrong = refusals(client, path, [{"code": value, "password": PASSWORD} for value in odd("words", "integer")])
    wrong += refusals(client, path, [{"code": "123456", "password": value} for value in odd("password")])

    assert wrong == []
    assert queries.has_any(cast.nora) is False


def test_odd_passwords_remove_nothing(cast):
    client = pending(cast.nora)
    second_factors.with_app(cast.nora, now=NOW)

    wrong = refusals(client, reverse("clinic:second-factor-app-remove"), [{"password": v} for v in odd("password")])

    assert wrong == []
    assert queries.has_any(cast.nora)
