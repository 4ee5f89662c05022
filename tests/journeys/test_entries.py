"""Nothing charted is lost or doubled: lost answers, and many tablets on one session, against the served clinic."""

import contextlib
import http.client
import json
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from sessions.administration.models import SessionEntry
from tests.journeys.lossy_proxy import LOSE_ANSWER, LOSE_REQUEST, PASS, lossy
from tests.scenarios import treatments
from tests.scenarios.cast import clinic_cast

TOKEN = "a" * 32


def cookies_of(user) -> str:
    """What the tablet of a signed-in person sends along."""
    client = Client()
    client.force_login(user)
    signed_in = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={signed_in}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


def send(port: int, session, cookies: str, entries: list[dict]) -> list[str] | None:
    """The fates of a batch; None when no answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {
        "Content-Type": "application/json",
        "Cookie": cookies,
        "X-CSRFToken": TOKEN,
        "Connection": "close",
    }
    with contextlib.closing(connection):
        try:
            connection.request("POST", f"/sessions/{session.pk}/entries/", json.dumps(entries), headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            return None
    assert answer.status == 200, body
    return [one["fate"] for one in json.loads(body)["entries"]]


def readings(cast, session, count: int) -> Iterator[dict]:
    for number in range(count):
        yield treatments.wire(
            cast, session, "vitals", {"heart_rate_bpm": 60 + number % 40}, datetime.now(UTC), seq=number
        )


def test_200_entries_through_lost_answers_are_200_rows(clinic):
    cast = clinic_cast()
    session = treatments.opened_session(cast)
    cookies = cookies_of(cast.nora)
    lots = random.Random(7)
    plan = [lots.choices([PASS, LOSE_ANSWER, LOSE_REQUEST], [55, 35, 10])[0] for _ in range(2000)]
    sent = list(readings(cast, session, 200))
    seen = []

    with lossy("127.0.0.1", urlsplit(clinic.url).port, plan.__getitem__) as port:
        for entry in sent:
            while (fates := send(port, session, cookies, [entry])) is None:
                pass
            seen += fates

    stored = list(SessionEntry.objects.filter(session=session).values_list("pk", flat=True))
    assert sorted(map(str, stored)) == sorted(entry["id"] for entry in sent)
    assert set(seen) == {"accepted", "duplicate"}


def test_many_tablets_on_one_session_lose_nothing(clinic):
    cast = clinic_cast()
    session = treatments.opened_session(cast)
    port = urlsplit(clinic.url).port
    batches = [list(readings(cast, session, 10)) for _ in range(8)]
    fates = []

    def chart(user, batch: list[dict]) -> None:
        cookies = cookies_of(user)
        for entry in batch:
            fates.extend(send(port, session, cookies, [entry]) or ["lost"])

    people = [cast.nora, cast.nils]
    threads = [threading.Thread(target=chart, args=(people[number % 2], batch)) for number, batch in enumerate(batches)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert fates == ["accepted"] * 80
    assert SessionEntry.objects.filter(session=session).count() == 80
