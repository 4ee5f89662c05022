"""What holds for every test: a database copied from a migrated one, and no network beyond this machine."""

import pytest
from django.conf import settings

from tests import migrated


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copied, not migrated, for each run and each parallel worker."""
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated.migrated_database()
