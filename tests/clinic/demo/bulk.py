"""A small clinic of people who are told and a crowd that is like them, and how to look at both."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html.parser import HTMLParser

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.demo.actions import seed
from clinic.demo.actions.seed import Silence
from clinic.demo.rules.stories import ALLERGIC, ENDED, STORIES, TO_DECIDE
from clinic.worklist.models import Task
from patients.registration.models import Patient
from sessions.follow_up.models import CheckIn
from tests.clinic.demo.content import counts

NOW = datetime(2026, 3, 10, 16, 30, 20, tzinfo=UTC)  # a Tuesday, half past noon at Ashby Street
HASHERS = ["tests.scenarios.cast.QuickPasswordHasher"]
# A few whose stories are short: somebody in a room, somebody to call at once, somebody who never came, some who ended.
TOLD = [
    STORIES[1],
    STORIES[4],
    STORIES[17],
    replace(ENDED[12], special=(ALLERGIC,)),
    ENDED[0],
    ENDED[3],
    ENDED[5],
    replace(ENDED[7], special=(TO_DECIDE,)),
    ENDED[9],
]
LONGEST = 7  # the one with most sessions
PEOPLE = 60
# So few that a second house is needed.
PEOPLE_OF_A_HOUSE = 35
# What belongs to nobody: limits that come with the program.
OF_NOBODY = {"clinic_limit"}
DAY_OR_HOUR = re.compile(
    r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|[ap]m\b"
)


@dataclass
class Clinic:
    """What was there before, when everybody told was there, and at the end; of two clinics of the same seed."""

    catalogue: list
    told: dict
    first: dict
    second: dict


class Watching(Silence):
    """Counts the rows of those who are told, before anybody else comes."""

    def begin(self, what, _total):
        if what == "Finding rooms":
            self.told = counts()


def made(telling):
    seed(count=PEOPLE, seed_number=1, now=NOW, told=TOLD, sessions_each=4, telling=telling)


def copies_of(original):
    """Those who went through what this person went through."""
    sessions = original.treatment_sessions.count()
    return [
        one
        for one in Patient.objects.order_by("record_number")[len(TOLD) :]
        if one.treatment_sessions.count() == sessions
    ]


def original(place=LONGEST):
    return Patient.objects.order_by("record_number")[place]


class Shown(HTMLParser):
    """The kinds of parts that a page has, in order: headings and column heads by their words, other parts by tag."""

    def __init__(self, html):
        super().__init__()
        self.parts, self.inside = [], ""
        self.feed(html)

    def handle_starttag(self, tag, _attrs):
        self.inside = tag
        if tag in {"section", "table", "tr", "li", "dt", "button", "form"}:
            self.parts.append(tag)

    def handle_data(self, data):
        if self.inside in {"h2", "h3", "th", "dt", "caption", "legend", "button"} and data.strip():
            self.parts.append(re.sub(r"[^A-Za-z ]", "", DAY_OR_HOUR.sub("", data)).strip())


def pages_of(patient):
    session = patient.treatment_sessions.get(number=3)
    task = Task.objects.filter(patient_id=patient.pk).first()
    day7 = CheckIn.objects.filter(session__patient=patient, kind="day7").order_by("happened_at").first()
    yield from (
        f"/patients/{patient.pk}/{page}" for page in ("", "progress/", "assessment/", "plans/", "questionnaires/")
    )
    yield from (f"/sessions/{session.pk}/record/", f"/visits/{session.appointment_id}/")
    yield f"/sessions/{day7.session_id}/check-ins/day7/"
    yield f"/calendar/?day={session.started_at:%Y-%m-%d}"
    if task:
        yield f"/tasks/{task.pk}/"


def opened(client, address):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200, address
    return len(queries), Shown(response.text).parts
