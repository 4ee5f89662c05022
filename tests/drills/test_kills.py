"""Is anything lost or doubled when processes are killed under load? `make drill` kills for a minute."""

import logging
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from sessions.administration.models import SessionEntry
from tests.drills.kills import kill_postgres, kill_worker, start_again, wait_for
from tests.drills.load import KEYLESS, Heard, Tablet
from tests.journeys.lossy_proxy import LOSE_ANSWER, PASS, lossy
from tests.journeys.server import Served, served
from tests.own_server import OwnServer, django_on, own_server
from tests.scenarios import treatments
from tests.scenarios.cast import Cast, clinic_cast

SECONDS = float(os.environ.get("DRILL_SECONDS", "6"))
TABLETS = 8
TOKEN = "a" * 32
SERVING_AGAIN_WITHIN_SECONDS = 60
MOST_CONNECTIONS = 12  # two workers of four threads, the watching, and the test's own


@pytest.fixture(scope="module")
def server(django_db_blocker: Any) -> Iterator[OwnServer]:
    with django_db_blocker.unblock(), own_server() as running:
        yield running


@pytest.fixture
def clinic(server: OwnServer, django_db_blocker: Any) -> Iterator[Served]:
    """On a durable PostgreSQL; Django's own connection in the test points there too."""
    with server.database("drill") as name, django_db_blocker.unblock():
        owner = server.url("stepwell_owner", name)
        with (
            django_on(owner),
            served(name, DATABASE_URL=server.url(database=name), DATABASE_OWNER_URL=owner) as running,
        ):
            yield running


@pytest.fixture
def cast(clinic: Served) -> Cast:
    return clinic_cast()


class Load:
    """Tablets that chart on one session until they are told to stop."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast, self.session = cast, treatments.opened_session(cast)
        self.heard = Heard(folder / "acked.jsonl")
        self.ended = threading.Event()
        self.threads: list[threading.Thread] = []

    def make(self, device: str, number: int) -> dict[str, Any]:
        signs = {"heart_rate_bpm": 60 + number % 40}
        return treatments.wire(self.cast, self.session, "vitals", signs, datetime.now(UTC), seq=number, device=device)

    def begin(self, port: int, devices: list[str], *, each: int = 10**6) -> None:
        client = Client()
        client.force_login(self.cast.nora)
        login = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = f"{settings.SESSION_COOKIE_NAME}={login}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        path = f"/sessions/{self.session.pk}/entries/"
        for device in devices:
            tablet = Tablet(port, path, cookies, TOKEN, device, self.heard)
            left = iter(range(each))
            goes_on = lambda left=left: not self.ended.is_set() and next(left, None) is not None  # noqa: E731
            self.threads.append(threading.Thread(target=tablet.chart, args=(self.make, goes_on), daemon=True))
            self.threads[-1].start()

    def end(self) -> float:
        """Until every tablet has its last answer; how many seconds that took."""
        began = time.monotonic()
        self.ended.set()
        self.finish()
        return time.monotonic() - began

    def finish(self) -> None:
        for thread in self.threads:
            thread.join(SERVING_AGAIN_WITHIN_SECONDS)
        assert not any(thread.is_alive() for thread in self.threads)


def verdict(load: Load) -> dict[str, int]:
    """The oracle: what tablets were told, against what stands in the database."""
    connection.close()  # of the test itself, and killed with the rest
    rows = list(SessionEntry.objects.filter(session=load.session).values_list("pk", "device", "seq"))
    stored = {str(pk) for pk, _, _ in rows}
    taps = Counter((device, seq) for _, device, seq in rows)
    acked = {entry["id"] for entry in load.heard.acked}
    with_signs = SessionEntry.objects.filter(session=load.session, vitals__isnull=False).count()
    return {
        "acked": len(acked),
        "stored": len(stored),
        "lost": len(acked - stored),
        "doubled": sum(taps.values()) - len(taps),
        "phantom": len(stored - load.heard.sent),
        "half stored": len(stored) - with_signs,
    }


def hurt(load: Load, clinic: Served, server: OwnServer) -> Counter[str]:
    """A worker every 0.3 s, but never before something was answered since; PostgreSQL every tenth or so of the time."""
    lots, done = random.Random(11), Counter[str]()
    ends = time.monotonic() + SECONDS
    next_postgres = time.monotonic() + SECONDS / 3
    while time.monotonic() < ends:
        so_far = len(load.heard.acked)
        time.sleep(0.3)
        wait_for(lambda before=so_far: len(load.heard.acked) > before, seconds=SERVING_AGAIN_WITHIN_SECONDS)
        done["workers killed"] += kill_worker(clinic.process.pid, lots)
        if time.monotonic() > next_postgres:
            done["processes of PostgreSQL killed"] += kill_postgres(server.cluster)
            done["kills of PostgreSQL"] += 1
            time.sleep(0.5)
            start_again(server.cluster)
            next_postgres = time.monotonic() + max(SECONDS / 10, 3)
    return done


def test_killed_workers_and_databases_lose_and_double_nothing(
    clinic: Served, server: OwnServer, cast: Cast, tmp_path: Path
) -> None:
    load = Load(cast, tmp_path)
    load.begin(urlsplit(clinic.url).port, [f"tablet {number}" for number in range(TABLETS)])

    done = hurt(load, clinic, server)
    seconds = load.end()

    found = verdict(load)
    connections = server.ask("SELECT count(*) FROM pg_stat_activity WHERE usename = 'stepwell_app'")[0][0]
    say = logging.getLogger(__name__).info
    say("%s %s %s %s", dict(done), dict(load.heard.answers), dict(load.heard.fates), found)
    say("all answered %.1f s after the last kill; %d connections", seconds, connections)
    assert done["workers killed"] > 0
    assert done["kills of PostgreSQL"] > 0
    assert (found["lost"], found["doubled"], found["phantom"], found["half stored"]) == (0, 0, 0, 0)
    assert found["acked"] == found["stored"] == len(load.heard.file.read_text().splitlines())
    assert set(load.heard.fates) <= {"accepted", "duplicate"}
    assert {
        said for said in load.heard.answers if not said.startswith(("200", "503 Retry-After", "no answer"))
    } == set()
    assert "503 Retry-After None" not in load.heard.answers
    assert seconds < SERVING_AGAIN_WITHIN_SECONDS
    assert connections <= MOST_CONNECTIONS


@pytest.mark.parametrize(("device", "doubles"), [("tablet", False), (KEYLESS, True)])
def test_oracle_sees_what_a_tablet_without_keys_doubles(
    clinic: Served, cast: Cast, tmp_path: Path, device: str, *, doubles: bool
) -> None:
    load = Load(cast, tmp_path)
    lots = random.Random(5)
    plan = [LOSE_ANSWER] + [lots.choice([PASS, LOSE_ANSWER]) for _ in range(500)]

    with lossy("127.0.0.1", urlsplit(clinic.url).port, plan.__getitem__) as port:
        load.begin(port, [device], each=10)
        load.finish()

    assert (verdict(load)["doubled"] > 0) is doubles
    assert verdict(load)["lost"] == 0
