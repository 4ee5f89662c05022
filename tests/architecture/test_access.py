import uuid

import pytest
from django.urls import reverse

from clinic.kit.web import Caller
from clinic.staff.permissions import ROLE_PERMISSIONS, Role
from tests.architecture.routes import reviewed, routes
from tests.scenarios import treatments

ROUTES = routes()
MOST_PUBLIC_ROUTES = 12
NUMBERED = {"event_id"}  # history rows are counted by their library
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


def name(route):
    return route.name


def address(route, **known):
    return reverse(route.name, kwargs={each: known.get(each, example(each)) for each in route.parameters})


def example(parameter):
    if parameter in NUMBERED:
        return 1
    return uuid.uuid4() if parameter.endswith("_id") else "phq9"


def test_the_table_of_roles_and_routes_is_the_reviewed_one():
    """To review a change: `make routes`, then read the difference of tests/architecture/routes.csv."""
    assert [route.row() for route in ROUTES] == reviewed()


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_every_route_declares_its_caller(route):
    assert route.access is not None
    assert route.access.caller in Caller


def test_few_routes_are_public_and_each_says_why():
    public = [route for route in ROUTES if route.access.caller is Caller.PUBLIC]

    assert len(public) <= MOST_PUBLIC_ROUTES
    assert all(route.access.reason for route in public)


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_nothing_opens_without_signing_in(client, method):
    opened = []
    for route in ROUTES:
        if route.access.caller is Caller.PUBLIC:
            continue
        response = getattr(client, method)(address(route))
        to_sign_in = response.status_code == 302 and response["Location"].startswith("/sign-in/")
        if not to_sign_in and response.status_code not in {401, 403, 404, 405}:
            opened.append((route.name, response.status_code))

    assert opened == []


@pytest.fixture
def a_session(cast):
    return treatments.opened_session(cast)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_role_without_the_permission_is_told_so(client, cast, a_session, role, method):
    """With a real person, visit and session in the address, so that the refusal is about the role."""
    client.force_login(next(person for person in cast.everybody if role in person.roles))
    wrong = []
    for route in ROUTES:
        needed = route.access.any_of
        if not needed or ROLE_PERMISSIONS[role] & set(needed):
            continue
        response = getattr(client, method)(
            address(
                route,
                patient_id=a_session.patient_id,
                session_id=a_session.pk,
                appointment_id=a_session.appointment_id,
            )
        )
        if response.status_code != 403:
            wrong.append((route.name, response.status_code))

    assert wrong == []
