"""Do the journeys stand on what they claim: the plain role, two workers, and a watch that sees every complaint?"""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page

from tests import migrated
from tests.journeys.browser import Watch, check_axe
from tests.journeys.server import CHECKOUT, Served, ServerDidNotStartError, served


def test_server_works_as_the_application_role(clinic: Served, page: Page) -> None:
    looked_up_in_the_database = {"name": settings.SESSION_COOKIE_NAME, "value": "a" * 32, "url": clinic.url}
    page.context.add_cookies([looked_up_in_the_database])

    page.goto("/sign-in/")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [clinic.database],
        )
        roles = cursor.fetchall()

    assert roles == [("stepwell_app",)]


def test_server_runs_two_workers(clinic: Served) -> None:
    main = clinic.process.pid
    children = Path(f"/proc/{main}/task/{main}/children")

    patience = time.monotonic() + 10  # the first answers while the second is still being made
    while len(children.read_text().split()) < 2 and time.monotonic() < patience:
        time.sleep(0.05)

    assert len(children.read_text().split()) == 2


def test_server_refuses_to_start_as_the_owner_of_the_tables(clinic_database: str) -> None:
    as_owner = migrated.url_of(clinic_database)

    with (
        pytest.raises(ServerDidNotStartError, match="Use the plain application role"),
        served(clinic_database, DATABASE_URL=as_owner),
    ):
        pass


def test_health_follows_the_server(clinic: Served) -> None:
    port = clinic.url.rpartition(":")[2]
    ask = [sys.executable, "scripts/health.py"]
    environment = {**os.environ, "PORT": port, "ALLOWED_HOSTS": "127.0.0.1,localhost"}

    alive = subprocess.run(ask, cwd=CHECKOUT, env=environment, check=False)
    clinic.process.terminate()
    clinic.process.wait(timeout=30)
    gone = subprocess.run(ask, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)

    assert (alive.returncode, gone.returncode) == (0, 1)
    assert gone.stderr.startswith("No answer:")


def test_database_of_a_journey_is_not_the_one_of_other_tests(clinic: Served) -> None:
    assert connection.settings_dict["NAME"] == clinic.database
    assert clinic.database in migrated.url_of(clinic.database)


def test_application_role_owns_nothing(clinic: Served) -> None:
    connection = psycopg2.connect(clinic.environment()["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
            owned = cursor.fetchone()
    finally:
        connection.close()

    assert owned == (0,)


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("fetch('http://example.invalid/').catch(() => 0)", "content security policy: connect-src"),
        ("console.error('a script complains')", "console: a script complains"),
        ("setTimeout(() => { throw new Error('a script breaks') })", "script: .*a script breaks"),
        ("document.body.setAttribute('style', 'color: red')", "content security policy: style-src"),
        ("fetch('/no-such-address/')", "status of 404"),
    ],
)
def test_watch_sees(page: Page, watch: Watch, script: str, complaint: str) -> None:
    page.goto("/sign-in/")

    page.evaluate(f"() => {{ {script} }}")
    page.wait_for_timeout(300)

    assert watch.unexpected() != []
    watch.allow(complaint)
    watch.allow("Content Security Policy")  # Chromium says the same in its own words
    assert watch.unexpected() == []


def test_watch_sees_a_request_to_another_host(page: Page, watch: Watch) -> None:
    page.route("http://example.invalid/**", lambda route: route.fulfill(body="elsewhere"))

    page.goto("http://example.invalid/")

    assert watch.unexpected() == ["request to another host: http://example.invalid/"]
    watch.allow("request to another host")


def test_axe_names_a_picture_without_words(page: Page, watch: Watch) -> None:
    page.goto("/sign-in/")
    page.evaluate("() => { document.querySelector('main').append(new Image(20, 20)) }")

    with pytest.raises(AssertionError, match="image-alt"):
        check_axe(page)
