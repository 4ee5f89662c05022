"""Fifty desks send the booking form for one room and one time to the running application at the same moment."""

import http.client
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from threading import Barrier
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.kit.keys import uuid7
from clinic.rooms.models import Hold
from sessions.scheduling.models import Appointment
from tests.journeys.server import Served
from tests.scenarios.cast import clinic_cast
from tests.scenarios.people import referred

AT_ONCE = 50
TOKEN = secrets.token_hex(16)


@dataclass(frozen=True)
class Answer:
    status: int
    said: str


def test_one_of_fifty_books_and_forty_nine_are_told_why(clinic: Served) -> None:
    now = datetime.now(UTC)
    cast = clinic_cast(now=now)
    people = [
        referred(cast, given_name=f"P{number}", family_name="Quick", phone=f"+120255501{number:02}", now=now).patient_id
        for number in range(AT_ONCE)
    ]
    desk = Client()
    desk.force_login(cast.fran)
    cookie = f"{settings.SESSION_COOKIE_NAME}={desk.cookies[settings.SESSION_COOKIE_NAME].value}"
    day = f"{now + timedelta(days=7):%Y-%m-%d}"
    ready = Barrier(AT_ONCE)

    def book(patient_id: object) -> Answer:
        form = {"day": day, "time": "10:00", "room": cast.rooms[0].pk, "nurse": "", "key": uuid7()}
        connection = http.client.HTTPConnection(urlsplit(clinic.url).netloc, timeout=60)
        ready.wait(timeout=60)
        connection.request(
            "POST",
            reverse("sessions:book", args=[patient_id]),
            urlencode({**form, "csrfmiddlewaretoken": TOKEN}),
            {
                "Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        response = connection.getresponse()
        answer = Answer(response.status, response.read().decode())
        connection.close()
        return answer

    with ThreadPoolExecutor(max_workers=AT_ONCE) as desks:
        answers = list(desks.map(book, people))

    told = [unescape(answer.said) for answer in answers if answer.status == 422]
    assert Counter(answer.status for answer in answers) == {302: 1, 422: AT_ONCE - 1}
    assert all("Room 1 is taken from 9:50 am to 12:10 pm. Free next: 12:20 pm." in page for page in told)
    assert Appointment.objects.count() == 1
    assert Counter(Hold.objects.values_list("kind", flat=True)) == {"room": 1, "patient": 1}
    assert AccessEvent.objects.filter(route="sessions:book").count() == AT_ONCE
