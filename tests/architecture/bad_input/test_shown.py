"""What was taken in is shown as text on every page that shows it, and breaks none of them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from clinic.staff.models import User
from tests.architecture.bad_input.case import KEY, Case
from tests.architecture.bad_input.cases import CASES
from tests.architecture.bad_input.corpus import TEXT
from tests.architecture.bad_input.walk import TAKEN, Walk
from tests.architecture.bad_input.world import World
from tests.architecture.routes import routes

# No break in a word, so that the page must break it; letters of three scripts, joined and piled up.
PAYLOADS = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)><svg/onload=alert(2)>{{7*7}}{% now 'Y' %}",
    "\U0001f469\U0001f3fd\u200d\u2695\ufe0f\u0645\u062d\u0645\u062f\u674e\u0174\u0303\u0304" + "W" * 20_000,
)
RAW = ("<script>alert", "<img src=x", "<svg/onload", "onerror=alert(1)>")
NEEDED = {route.name: route.access.any_of for route in routes()}
SHOWN = [case for case in CASES if case.shown]
IN_TRAIL = re.compile(r'href="(/trail/changes/[a-z]+/[0-9]+/)')


@pytest.mark.parametrize("payload", PAYLOADS, ids=["markup", "long"])
@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.name)
def test_what_was_typed_is_text_on_every_page(world: World, case: Case, payload: str) -> None:
    with transaction.atomic(), time_machine.travel(case.now(world), tick=False):
        walk = Walk(world, case, signed_in(getattr(world.cast, case.who)))
        typed = texts(walk, payload)
        with walk.sent(typed) as answer:
            assert answer.status == TAKEN, answer.errors
            wrong = list(faults(world, case, typed))
        transaction.set_rollback(True)

    assert wrong == []


def texts(walk: Walk, payload: str) -> dict[str, str]:
    """The payload in every field of text, as much of it as fits."""
    return {
        name: payload[: walk.fields[name].max_length].strip()
        for name, kind in walk.kinds.items()
        if kind in TEXT and name not in walk.case.decided and not walk.fields[name].widget.is_hidden
    }


def faults(world: World, case: Case, typed: Mapping[str, str]) -> Iterator[str]:
    found = set()
    for path, client in pages(world, case):
        answer = client.get(path)
        page = answer.content.decode()
        if answer.status_code not in {200, 302}:
            yield f"{path} answers {answer.status_code}"
        if answer["Content-Type"].startswith("text/html"):
            yield from (f"{path} holds {raw} as markup" for raw in RAW if raw in page)
            found |= {name for name, value in typed.items() if escape(value) in page}
    if typed and not found:
        yield "is on none of its pages"


def pages(world: World, case: Case) -> Iterator[tuple[str, Client]]:
    """Where it is shown, today's page, the lists, and the trail with the newest changes."""
    ids = subject(world, case)
    for name in (*case.shown, "clinic:home", "sessions:day"):
        parameters = next(route.parameters for route in routes() if route.name == name)
        path = reverse(name, kwargs={each: ids[each] for each in parameters})
        yield path, signed_in(one_who_may(world, name, case.who))
    auditor = signed_in(world.cast.olga)
    yield reverse("clinic:trail"), auditor
    changes = reverse("clinic:trail-changes")
    yield changes, auditor
    for path in IN_TRAIL.findall(auditor.get(changes).content.decode())[:3]:
        yield path, auditor


def subject(world: World, case: Case) -> dict[str, Any]:
    """Every id that the pages of this case need."""
    given = {"patient_id": KEY, "plan_id": KEY, **case.ids(world)}
    for name in ("visit", "held", "prepared", "stopped", "discharged", "signed", "task"):
        row = getattr(world, name)
        if row.pk in given.values():
            given["patient_id"] = row.patient_id
    return {**given, "response_id": KEY}


def one_who_may(world: World, route: str, who: str) -> User:
    first = getattr(world.cast, who)
    needed = NEEDED[route]
    return next(
        person for person in (first, *world.cast.everybody) if not needed or any(person.may(each) for each in needed)
    )


def signed_in(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client
