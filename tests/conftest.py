"""What holds for every test: a database copied from a migrated one, a cast, and no network beyond this machine."""

import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import connection
from django.db.models.signals import post_migrate
from pytest_django import DjangoDbBlocker, Settings

from clinic.policy.models import Limit
from tests import migrated
from tests.scenarios.cast import Cast, clinic_cast
from tests.template_guard import no_queries_in_templates


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copied, not migrated, for each run and each parallel worker."""
    django_settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated.migrated_database()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Ends what would keep the run's database from being dropped.

    Once a browser's event loop runs in this thread, Django gives it a second connection, which nobody closes.
    """
    post_migrate.connect(ship_limits_again, sender=apps.get_app_config("clinic"))
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


def ship_limits_again(**_signal: object) -> None:
    """What a migration ships is there again once a test that commits has emptied every table."""
    if not Limit.objects.exists():
        import_module("clinic.migrations.0003_shipped_limits").ship(apps, None)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """A cast of nine is made for nearly every test; the running clinic uses the full cost."""
    settings.PASSWORD_HASHERS = ["tests.scenarios.cast.QuickPasswordHasher"]


@pytest.fixture(autouse=True)
def templates_do_not_query() -> Iterator[None]:
    """A page's queries are in its query function, all of them."""
    with no_queries_in_templates():
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    """Ashby Street and everybody who works there."""
    return clinic_cast()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter; pytest's own is closed to the one that PostgreSQL runs under for root."""
    with tempfile.TemporaryDirectory(prefix="stepwell-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
