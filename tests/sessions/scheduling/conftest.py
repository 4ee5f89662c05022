"""One person with an open course, for every test of visits, and a signed-in browser for a role."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from clinic.staff.models import User
from patients.courses.models import Course
from tests.scenarios.cast import NOW, Cast
from tests.scenarios.people import referred


@pytest.fixture
def course(cast: Cast) -> Course:
    return referred(cast)


@pytest.fixture
def at_now() -> Iterator[None]:
    """Mar 10, 2026, 10:42 am at Ashby Street, for whatever asks the clock of a request."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_user(at_now: None) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
