"""What do these tests stand on? A server of their own, made once for each process of a run."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.own_server import OwnServer, own_server


@pytest.fixture(scope="session")
def server(django_db_blocker: Any) -> Iterator[OwnServer]:
    with django_db_blocker.unblock(), own_server() as running:
        yield running


@pytest.fixture
def database(server: OwnServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database for this test alone."""
    with server.database("for_one_test") as name:
        yield name
