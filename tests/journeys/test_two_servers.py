"""Do two web servers on one database act as one? Nothing is kept in a process, so any of them answers any request."""

import http.client
import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import pytest

from clinic.lock import actions as lock_actions
from sessions.administration.models import SessionEntry
from tests.journeys.server import Served, served
from tests.scenarios import treatments
from tests.scenarios.cast import PASSWORD, Cast, clinic_cast

PIN = "739518"
NORA = "nora@clinic.example"


@pytest.fixture
def other(clinic: Served) -> Iterator[Served]:
    """A second gunicorn on the same database."""
    with served(clinic.database) as running:
        yield running


@pytest.fixture
def cast(clinic: Served, other: Served) -> Cast:
    cast = clinic_cast()
    lock_actions.set_pin(user=cast.nora, pin=PIN, again=PIN, now=datetime.now(UTC))
    return cast


class Tablet:
    """Keeps its cookies, whichever server it talks to."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def ask(self, at: Served, path: str, *, form: dict[str, str] | None = None, entries: list | None = None):
        """Status and body."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self.cookies["stepwell-csrf"]})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif entries is not None:
            body = json.dumps(entries)
            headers |= {"Content-Type": "application/json", "X-CSRFToken": self.cookies["stepwell-csrf"]}
        asking = http.client.HTTPConnection(urlsplit(at.url).netloc, timeout=60)
        try:
            asking.request("GET" if body is None else "POST", path, body, headers)
            answer = asking.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()
        finally:
            asking.close()

    def sign_in(self, at: Served, password: str = PASSWORD) -> tuple[int, str]:
        self.ask(at, "/sign-in/")
        return self.ask(at, "/sign-in/", form={"login": NORA, "password": password})


def test_login_lock_and_pin_hold_at_both(clinic: Served, other: Served, cast: Cast) -> None:
    tablet = Tablet()

    signed_in = tablet.sign_in(clinic)[0]
    opened = [tablet.ask(at, "/account/")[0] for at in (other, clinic)]
    lock = tablet.ask(clinic, "/screen/lock/", form={})[0]
    locked = [tablet.ask(at, "/account/")[0] for at in (other, clinic)]
    unlocked = tablet.ask(other, "/screen/unlock/", form={"pin": PIN})[0]
    after = [tablet.ask(at, "/account/")[0] for at in (clinic, other)]

    assert (signed_in, opened) == (302, [200, 200])
    assert (lock, locked) == (302, [423, 423])
    assert (unlocked, after) == (302, [200, 200])


def test_entries_sent_to_both_in_turn_and_at_once_are_stored_once(clinic: Served, other: Served, cast: Cast) -> None:
    session = treatments.opened_session(cast)
    tablet = Tablet()
    tablet.sign_in(clinic)
    path = f"/sessions/{session.pk}/entries/"
    sent = [
        treatments.wire(cast, session, "vitals", {"heart_rate_bpm": 60 + number}, datetime.now(UTC), seq=number)
        for number in range(20)
    ]

    def fates(at: Served, entry: dict) -> str:
        return json.loads(tablet.ask(at, path, entries=[entry])[1])["entries"][0]["fate"]

    in_turn = [fates((clinic, other)[number % 2], entry) for number, entry in enumerate(sent[:10])]
    again = [fates((other, clinic)[number % 2], entry) for number, entry in enumerate(sent[:10])]
    with ThreadPoolExecutor(2) as both:
        at_once = [list(both.map(fates, (clinic, other), (entry, entry))) for entry in sent[10:]]

    assert Counter(in_turn) == {"accepted": 10}
    assert Counter(again) == {"duplicate": 10}
    assert [sorted(pair) for pair in at_once] == [["accepted", "duplicate"]] * 10
    stored = SessionEntry.objects.filter(session=session).values_list("pk", flat=True)
    assert sorted(map(str, stored)) == sorted(entry["id"] for entry in sent)


def test_styles_and_scripts_have_the_same_names_and_bytes(clinic: Served, other: Served, cast: Cast) -> None:
    tablet = Tablet()

    names = [set(re.findall(r'"(/static/[^"]+)"', tablet.ask(at, "/sign-in/")[1])) for at in (clinic, other)]
    files = [{name: tablet.ask(at, name) for name in sorted(names[0])} for at in (clinic, other)]

    assert names[0] == names[1] != set()
    assert files[0] == files[1]
    assert {status for status, _ in files[0].values()} == {200}
