"""Is anything lost or doubled when processes are killed under load? `make drill` kills for a minute."""

import logging
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sessions.administration.models import TreatmentSession
from tests.drills.kills import kill, kill_postgres, kill_worker, standing_still, start_again, wait_for
from tests.drills.load import KEYLESS, NO_ANSWER, Batch, Browser, Heard, Reader, Tablet
from tests.drills.oracle import Verdict, damage, verdict
from tests.drills.supervised import Supervised, supervised
from tests.journeys.lossy_proxy import LOSE_ANSWER, PASS, lossy
from tests.own_server import OwnServer, django_on, own_server
from tests.scenarios import treatments
from tests.scenarios.cast import Cast, clinic_cast

SECONDS = float(os.environ.get("DRILL_SECONDS", "4"))
IS_SHORT = SECONDS < 15
TABLETS = [f"tablet {number}" for number in range(8)]
TOKEN = "a" * 32
PATIENCE_SECONDS = 2.0
STILL_SECONDS = PATIENCE_SECONDS + (0.2 if IS_SHORT else 2)
SERVING_AGAIN_WITHIN_SECONDS = 60
MOST_CONNECTIONS = 12  # two workers of four threads, the watching, and the test's own


@pytest.fixture(scope="module")
def server(django_db_blocker: Any) -> Iterator[OwnServer]:
    with django_db_blocker.unblock(), own_server() as running:
        yield running


@pytest.fixture(scope="module")
def database(server: OwnServer, django_db_blocker: Any) -> Iterator[str]:
    """On a durable PostgreSQL; Django's own connection in the test points there too."""
    with (
        server.database("drill") as name,
        django_db_blocker.unblock(),
        django_on(server.url("stepwell_owner", name)),
    ):
        yield name


@pytest.fixture(scope="module")
def web(server: OwnServer, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervised]:
    log = tmp_path_factory.mktemp("web") / "log"
    owner = server.url("stepwell_owner", database)
    with supervised(database, log, DATABASE_URL=server.url(database=database), DATABASE_OWNER_URL=owner) as running:
        yield running


@pytest.fixture(scope="module")
def cast(database: str) -> Cast:
    return clinic_cast()


@pytest.fixture(scope="module")
def busy(cast: Cast) -> TreatmentSession:
    return treatments.opened_session(cast)


@pytest.fixture(scope="module")
def quiet(cast: Cast) -> TreatmentSession:
    course = treatments.planned_course(cast, course=treatments.another_referral(cast))
    return treatments.opened_session(cast, course=course, room=cast.rooms[1], nurse=cast.nils)


class Load:
    """Tablets that chart on one session until they are told to stop: a reading and its note in each batch."""

    def __init__(self, cast: Cast, session: TreatmentSession, folder: Path) -> None:
        self.cast, self.session = cast, session
        self.heard = Heard(folder / f"acked-{session.pk}.jsonl")
        self.ended = threading.Event()
        self.threads: list[threading.Thread] = []
        self.devices: list[str] = []
        client = Client()
        client.force_login(cast.nora)
        login = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={login}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        self.sheet = f"/sessions/{session.pk}/"

    def make(self, device: str, number: int) -> Batch:
        rate = 60 + number % 40
        values = {"vitals": {"heart_rate_bpm": rate}, "note": {"text": str(rate)}}
        return [
            treatments.wire(self.cast, self.session, kind, data, datetime.now(UTC), seq=number, device=device)
            for kind, data in values.items()
        ]

    def begin(self, port: int, devices: list[str], *, each: int = 10**6, pause_seconds: float = 0) -> None:
        self.devices += devices
        for device in devices:
            left = iter(range(each))
            tablet = Tablet(self.browser(port), f"{self.sheet}entries/", device, self.heard, pause_seconds)
            self._go(lambda tablet=tablet, left=left: tablet.chart(self.make, lambda: self.goes_on(left)))

    def read(self, port: int) -> None:
        reader = Reader(self.browser(port), self.sheet, self.heard)
        self._go(lambda: reader.read(self.goes_on))

    def browser(self, port: int) -> Browser:
        return Browser(port, self.cookies, TOKEN, PATIENCE_SECONDS)

    def goes_on(self, left: Iterator[int] | None = None) -> bool:
        return not self.ended.is_set() and (left is None or next(left, None) is not None)

    def finish(self) -> None:
        """Until every tablet has its last answer."""
        for thread in self.threads:
            thread.join(SERVING_AGAIN_WITHIN_SECONDS)
        assert not any(thread.is_alive() for thread in self.threads)

    def _go(self, target: Callable[[], None]) -> None:
        self.threads.append(threading.Thread(target=target, daemon=True))
        self.threads[-1].start()


class Drill:
    """What is done to the clinic, and how often."""

    def __init__(self, load: Load, web: Supervised, server: OwnServer) -> None:
        self.load, self.web, self.server = load, web, server
        self.lots, self.done = random.Random(11), Counter[str]()

    def rounds(self) -> None:
        acts = [self.still, self.everything] if IS_SHORT else [self.postgres, self.still, self.master, self.everything]
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            self.lots.shuffle(acts)
            for act in acts:
                self.workers(until=time.monotonic() + SECONDS / (4 * len(acts)))
                act()
                self.answered()

    def workers(self, *, until: float) -> None:
        """One every 0.3 s, but never before something was answered since."""
        while time.monotonic() < until:
            time.sleep(0.3)
            self.done["workers killed"] += kill_worker(self.web.process.pid, self.lots)
            self.answered()

    def postgres(self) -> None:
        self.done["processes of PostgreSQL killed"] += kill_postgres(self.server.cluster)
        self.done["kills of PostgreSQL"] += 1
        time.sleep(0.5)
        start_again(self.server.cluster)

    def master(self) -> None:
        self.web.kill_master()
        self.done["masters killed"] += 1

    def everything(self) -> None:
        """As when the machine goes: the workers last, because they would be started anew."""
        self.master()
        self.done["workers killed"] += len(self.web.orphans[-2:])
        for orphan in self.web.orphans[-2:]:
            kill(orphan)
        self.postgres()

    def still(self) -> None:
        """A worker and a server process of PostgreSQL, longer than a tablet waits for an answer."""
        backends = self.server.ask("SELECT pid FROM pg_stat_activity WHERE usename = 'stepwell_app'")
        still = [self.lots.choice(one) for one in (self.web.workers(), [pid for (pid,) in backends]) if one]
        with standing_still(*still):
            time.sleep(STILL_SECONDS)
        self.done["processes held still"] += len(still)

    def answered(self) -> None:
        """Serving again: a batch was taken in that was not when this was asked."""
        so_far = len(self.load.heard.acked)
        goes_on = wait_for(lambda: len(self.load.heard.acked) > so_far, seconds=SERVING_AGAIN_WITHIN_SECONDS)
        assert goes_on, self.web.log.read_text()[-4000:]


def not_wished(answers: Counter[str]) -> set[str]:
    """Anything but an answer, being told to come again, or none."""
    return {
        said
        for said in answers
        if said not in {"200", NO_ANSWER} and not (said.startswith("503 Retry-After ") and said.split()[-1].isdigit())
    }


def test_killed_and_stopped_processes_lose_and_double_nothing(
    web: Supervised, server: OwnServer, cast: Cast, busy: TreatmentSession, quiet: TreatmentSession, tmp_path: Path
) -> None:
    load, beside = Load(cast, busy, tmp_path), Load(cast, quiet, tmp_path)
    drill = Drill(load, web, server)
    load.begin(web.port, TABLETS)
    beside.begin(web.port, ["quiet tablet"], pause_seconds=0.2)
    beside.read(web.port)
    drill.answered()

    drill.rounds()
    wait_for(lambda: beside.heard.looks["200"] > 0, seconds=SERVING_AGAIN_WITHIN_SECONDS)  # on a busy machine
    for each in (load, beside):
        each.ended.set()
    for each in (load, beside):
        each.finish()

    say = logging.getLogger(__name__).info
    connections = server.ask("SELECT count(*) FROM pg_stat_activity WHERE usename = 'stepwell_app'")[0][0]
    say("%s; %d starts; %d connections", dict(drill.done), web.starts, connections)
    say("longest gap %.1f s; looks meanwhile %s", load.heard.longest_gap_seconds, dict(beside.heard.looks))
    for each in (load, beside):
        found = verdict(each.session, each.heard, devices=each.devices)
        say("%s %s %s", dict(each.heard.answers), dict(each.heard.fates), found)
        nothing_is_wrong(each.heard, found)
    assert beside.heard.looks["200"] > 0
    assert load.heard.longest_gap_seconds < SERVING_AGAIN_WITHIN_SECONDS
    assert connections <= MOST_CONNECTIONS
    assert damage(lambda statement: server.ask(statement, database="drill")) == []
    assert all(drill.done[what] > 0 for what in ("workers killed", "kills of PostgreSQL", "masters killed"))
    assert drill.done["processes held still"] > 0


def nothing_is_wrong(heard: Heard, found: Verdict) -> None:
    assert found.faults == {}
    assert found.acked == found.stored == len(heard.file.read_text().splitlines()) > 0
    assert set(heard.fates) <= {"accepted", "duplicate"}
    assert found.repeats_in_the_trail >= heard.fates["duplicate"] / 2  # two entries in a batch
    assert not_wished(heard.answers + heard.looks) == set()


@pytest.mark.parametrize(("device", "doubles"), [("lonely tablet", False), (KEYLESS, True)])
def test_oracle_sees_what_a_tablet_without_keys_doubles(
    web: Supervised, cast: Cast, busy: TreatmentSession, tmp_path: Path, device: str, *, doubles: bool
) -> None:
    load = Load(cast, busy, tmp_path)
    lots = random.Random(5)
    plan = [LOSE_ANSWER] + [lots.choice([PASS, LOSE_ANSWER]) for _ in range(500)]

    with lossy("127.0.0.1", web.port, plan.__getitem__) as port:
        load.begin(port, [device], each=10)
        load.finish()

    found = verdict(busy, load.heard, devices=[device])
    assert (found.doubled > 0) is doubles
    assert found.lost == 0


def test_server_that_gives_too_few_connections_turns_some_away_and_loses_nothing(
    web: Supervised, server: OwnServer, cast: Cast, busy: TreatmentSession, tmp_path: Path
) -> None:
    load = Load(cast, busy, tmp_path)
    server.ask("ALTER ROLE stepwell_app CONNECTION LIMIT 2")
    web.kill_workers()  # whose connections are from before

    try:
        load.begin(web.port, [f"thirsty tablet {number}" for number in range(8)], each=5)
        load.read(web.port)
        wait_for(lambda: len(load.heard.acked) == 8 * 5 * 2, seconds=SERVING_AGAIN_WITHIN_SECONDS)
    finally:
        server.ask("ALTER ROLE stepwell_app CONNECTION LIMIT -1")
        load.ended.set()
    load.finish()

    logging.getLogger(__name__).info("%s %s", dict(load.heard.answers), dict(load.heard.looks))
    nothing_is_wrong(load.heard, verdict(busy, load.heard, devices=load.devices))
    assert load.heard.answers["503 Retry-After 5"] > 0
