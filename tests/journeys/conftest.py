"""What does a journey stand on? A served clinic, a browser for each person in it, and a watch on all of them."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import CHROMIUM, FLAGS, Watch
from tests.journeys.server import Served, database_of_its_own, served


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; where it is missing the journeys fail."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(autouse=True)
def quick_passwords() -> None:
    """None here: the served clinic knows no hasher but production's."""


@pytest.fixture
def clinic_database(django_db_blocker: Any) -> Iterator[str]:
    """An empty migrated database, to which Django's own connection in the test points too: seed it with actions."""
    with database_of_its_own() as name, django_db_blocker.unblock():
        connection.close()
        usual = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = name
        try:
            yield name
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual


@pytest.fixture
def clinic(clinic_database: str) -> Iterator[Served]:
    """The application, served on this journey's database. What a test writes with actions shows on its pages."""
    with served(clinic_database) as running:
        yield running


@pytest.fixture
def watch(clinic: Served) -> Iterator[Watch]:
    """The complaints of every browser in this journey; any that was not allowed fails it."""
    watch = Watch(host=urlsplit(clinic.url).netloc)
    yield watch
    assert watch.unexpected() == []


@pytest.fixture
def open_browser(clinic: Served, watch: Watch, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A browser of its own for one more person; takes what a Playwright context takes, such as `color_scheme`."""

    def open_one(**options: Any) -> Page:
        context = new_context(base_url=clinic.url, **options)
        watch.attach(context)
        return context.new_page()

    return open_one


@pytest.fixture
def page(open_browser: Callable[..., Page]) -> Page:
    """The first person's browser."""
    return open_browser()
