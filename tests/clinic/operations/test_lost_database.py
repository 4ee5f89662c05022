"""Does the served application say honestly that its database is gone, and come back by itself when it is?"""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.journeys.server import CHECKOUT, Served, served
from tests.own_server import OwnServer, django_on
from tests.scenarios.cast import PASSWORD, clinic_cast

MORE_THAN_ALL_THREADS = 24


@pytest.fixture
def clinic(server: OwnServer, database: str, django_db_blocker: Any) -> Iterator[Served]:
    """Two gunicorn workers on the server that the test stops and starts."""
    with django_db_blocker.unblock(), django_on(server.url("stepwell_owner", database)):
        clinic_cast()
    address = {
        "DATABASE_URL": server.url(database=database),
        "DATABASE_OWNER_URL": server.url("stepwell_owner", database),
    }
    with served(database, **address) as running:
        yield running


class Browser:
    """Keeps cookies, follows nothing."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url).netloc
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, **form: str) -> tuple[int, str, str]:
        """Status, body, and Retry-After."""
        asking = http.client.HTTPConnection(self.address, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form:
            body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://{self.address}/"}
        try:
            asking.request("POST" if form else "GET", path, body, headers)
            answer = asking.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode(), answer.headers.get("Retry-After", "")
        finally:
            asking.close()

    def sign_in(self) -> tuple[int, str, str]:
        self.ask("/sign-in/")
        token = self.cookies["stepwell-csrf"]
        return self.ask(
            "/sign-in/", login="nora@clinic.example", password=PASSWORD.replace(" ", "+"), csrfmiddlewaretoken=token
        )


def health(clinic: Served) -> subprocess.CompletedProcess[str]:
    """What the container asks itself."""
    return subprocess.run(
        [sys.executable, "scripts/health.py"],
        cwd=CHECKOUT,
        env={**os.environ, "PORT": str(urlsplit(clinic.url).port)},
        capture_output=True,
        text=True,
        check=False,
    )


def everywhere(browser: Browser) -> list[int]:
    """What a page answers, often enough that every thread of every worker was asked."""
    return [browser.ask("/patients/")[0] for _ in range(MORE_THAN_ALL_THREADS)]


def workers(clinic: Served) -> str:
    """Their process numbers."""
    return Path(f"/proc/{clinic.process.pid}/task/{clinic.process.pid}/children").read_text()


def test_lost_database_is_503_and_mends_without_a_restart(clinic: Served, server: OwnServer) -> None:
    nora = Browser(clinic.url)
    assert nora.sign_in()[0] == 302
    before = everywhere(nora)
    processes = workers(clinic)

    server.cluster.stop()
    page = [nora.ask("/patients/") for _ in range(MORE_THAN_ALL_THREADS)]
    signing_in = Browser(clinic.url).sign_in()
    probe = nora.ask("/readyz")
    script = health(clinic)
    others = [nora.ask(path)[0] for path in ("/healthz", "/static/clinic/css/tokens.css")]
    server.cluster.start()
    time.sleep(1.1)  # as long as an answer of the probe is kept
    ready = (nora.ask("/readyz")[0], health(clinic).returncode)
    after = everywhere(nora)
    # The connections that were kept are dead, and each is made anew before it is used.
    server.restart()
    after_restart = everywhere(nora)

    assert before == [200] * MORE_THAN_ALL_THREADS
    assert {(status, retry) for status, _, retry in page} == {(503, "5")}
    assert all("Traceback" not in body and "Nora" not in body for _, body, _ in page)
    assert (signing_in[0], signing_in[2]) == (503, "5")
    assert (probe[0], json.loads(probe[1])["checks"]["database"]) == (503, "failed")
    assert (script.returncode, "/readyz answers 503" in script.stderr) == (1, True)
    assert (others, ready) == ([200, 200], (200, 0))
    assert after == after_restart == [200] * MORE_THAN_ALL_THREADS
    assert workers(clinic) == processes
