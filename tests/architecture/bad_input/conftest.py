"""The people things are tried on: built once for a module, and everything that happens to them is taken back."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.architecture.bad_input.world import World, built

HASHERS = ["tests.scenarios.cast.QuickPasswordHasher"]


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One transaction for the whole module; each try is a savepoint in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(db: None) -> World:
    """Everybody, until the last test of the module."""
    with override_settings(PASSWORD_HASHERS=HASHERS):
        return built()
