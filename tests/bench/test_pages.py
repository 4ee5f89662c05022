"""Is every page measured, or is there a reason why not?"""

import pytest
from django.urls import reverse

from bench.pages import NOT_MEASURED, PAGES
from clinic.kit.web import Caller
from clinic.staff.permissions import ROLE_PERMISSIONS
from tests.architecture.people import one_of_everything
from tests.architecture.routes import routes

MEASURED = {page.route for page in PAGES}
ACCOUNTS_OF_THE_BENCH = {"thirty": "fran", "hundreds": "fran"}  # front desks of its own two sites


@pytest.fixture
def answering_get(client, cast):
    """The routes that answer GET, asked with a method that none of them has."""
    ids = one_of_everything(cast, room=0)
    found = set()
    for route in routes():
        allowed = (one for one in cast.everybody if not route.access.any_of or any(map(one.may, route.access.any_of)))
        client.force_login(next(allowed))
        words = {"kind": "h24", "code": "phq9", "event_id": 1}
        path = reverse(
            route.name, kwargs={each: {**words, **ids}.get(each, ids["patient_id"]) for each in route.parameters}
        )
        response = client.generic("BREW", path)
        if response.status_code != 405 or "GET" in response["Allow"]:
            found.add(route.name)
    return found


@pytest.mark.django_db
def test_every_page_is_measured_or_left_out_with_a_reason(answering_get):
    assert sorted(answering_get - MEASURED - set(NOT_MEASURED)) == []
    assert all(NOT_MEASURED.values())


def test_only_what_exists_is_measured_or_left_out():
    known = {route.name for route in routes()}

    assert sorted((MEASURED | set(NOT_MEASURED)) - known) == []
    assert sorted(MEASURED & set(NOT_MEASURED)) == []


def test_no_two_rows_have_one_title():
    titles = [page.title for page in PAGES]

    assert len(titles) == len(set(titles))


@pytest.mark.django_db
def test_who_asks_for_a_page_may_open_it(cast):
    access = {route.name: route.access for route in routes()}
    people = {person.email.partition("@")[0]: person for person in cast.everybody}
    refused = [
        page.title
        for page in PAGES
        if access[page.route].caller is Caller.STAFF
        and access[page.route].any_of
        and not any(
            needed in ROLE_PERMISSIONS[role]
            for needed in access[page.route].any_of
            for role in people[ACCOUNTS_OF_THE_BENCH.get(page.who, page.who)].roles
        )
    ]

    assert refused == []
