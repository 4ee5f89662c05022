import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.urls import Resolver404, resolve

from clinic.audit.models import AccessEvent
from clinic.demo import queries
from clinic.demo.actions import NotEmpty, seed
from clinic.demo.actions.house import DEMO_PASSWORD
from clinic.staff.models import User
from clinic.worklist.models import Task
from patients.courses.models import Course
from patients.merging.models import Merge
from patients.merging.queries import pairs_page
from patients.registration.models import Patient
from sessions.administration.models import SessionEntry, TreatmentSession
from sessions.scheduling.models import Appointment
from tests.clinic.demo.content import content, own_models

NOW = datetime(2026, 3, 10, 16, 30, 20, tzinfo=UTC)  # a Tuesday, half past noon at Ashby Street
FEW = 7
CRAWLED = 20
EACH_PAGE_AT_MOST = 3


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        address = dict(attrs).get("href") or ""
        if tag == "a" and address.startswith("/"):
            self.found.append(address.partition("#")[0])


def made(*, count=FEW, number=1, now=NOW):
    seed(count=count, seed_number=number, now=now)


@pytest.fixture
def demo(db):
    made(count=FEW)


@pytest.mark.django_db
def test_the_same_seed_at_the_same_moment_makes_the_same_clinic():
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
        cursor.execute("SELECT last_value, is_called FROM patients_record_serial")
        serial = cursor.fetchone()
    made(count=8)
    first = content()
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT before")
        cursor.execute("SELECT setval('patients_record_serial', %s, %s)", serial)

    made(count=8)

    second = content()
    assert second.keys() == first.keys()
    for name, rows in first.items():
        assert second[name] == rows, name
    assert len(first["SessionEntry"]) > 100


@pytest.mark.django_db
def test_another_seed_makes_other_people():
    made(count=4, number=2)
    names = set(Patient.objects.values_list("family_name", flat=True))

    assert len(names) == 4
    assert names != {"Huang", "Blackwood"}


def test_sixty_people_stand_at_every_step(db):
    made(count=60)

    states = Counter(Course.objects.values_list("state", flat=True))
    assert sum(states.values()) == 59
    assert set(states) >= {
        "referred", "intake_in_progress", "under_review", "more_info", "declined", "eligible", "planned",
        "induction", "evaluation", "maintenance", "on_hold", "completed", "discontinued",
    }  # fmt: skip
    sessions = Counter(TreatmentSession.objects.values_list("state", flat=True))
    assert (sessions["running"], sessions["recovery"], sessions["not_treated"]) == (2, 1, 1)
    visits = Counter(Appointment.objects.values_list("state", flat=True))
    assert visits["no_show"] == 2
    assert visits["arrived"] == 2
    assert Task.objects.filter(kind="suicide_risk", closed_at=None).count() == 1
    assert Patient.objects.filter(merged_into=None).count() == 61
    assert Merge.objects.filter(undone_at=None).count() == 1
    assert [pair.verdict for pair in pairs_page(None).reported] == ["registered"]


def test_nothing_happened_after_this_moment(demo):
    late = []
    for model in own_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.DateTimeField) or field.name in {"starts_at", "ends_at", "due_at"}:
                continue
            if model.objects.filter(**{f"{field.name}__gt": NOW}).exists():
                late.append(f"{model.__name__}.{field.name}")

    assert late == []


def test_every_milligram_of_a_signed_session_is_accounted_for(demo):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT session.id, session.given_mg,
                   sum(amount_mg) FILTER (WHERE movement = 'draw'),
                   coalesce(sum(amount_mg) FILTER (WHERE movement = 'waste'), 0)
            FROM treatment_sessions_treatmentsession session
            JOIN treatment_sessions_sessionentry entry ON entry.session_id = session.id
            JOIN treatment_sessions_drugrecord drug ON drug.entry_id = entry.id
            WHERE session.signed_at IS NOT NULL
            GROUP BY session.id
            """
        )
        rows = cursor.fetchall()

    assert len(rows) > 5
    assert [row for row in rows if row[1] + row[3] != row[2]] == []


def test_the_pressure_is_highest_near_the_end_of_the_infusion(demo):
    session = TreatmentSession.objects.filter(state="discharged").order_by("opened_at").first()
    readings = {
        (entry.occurred_at - session.started_at) // timedelta(minutes=5) * 5: entry.vitals.systolic_mmhg
        for entry in SessionEntry.objects.filter(session=session, kind="vitals").select_related("vitals")
    }

    assert max(readings, key=readings.get) in {20, 30, 40}
    assert readings[max(readings)] < max(readings.values()) - 5


def test_changes_in_the_trail_name_who_made_them(demo):
    events = Patient.pgh_event_model.objects.all()

    assert {event.pgh_context["user"] for event in events} == {str(User.objects.get(email="fran@example.org").pk)}


def test_a_clinic_with_people_is_left_alone(demo):
    with pytest.raises(NotEmpty):
        made(count=1)
    with pytest.raises(CommandError, match="has people already"):
        call_command("seed_demo", patients=1)

    call_command("seed_demo", patients=1, if_empty=True)

    assert Patient.objects.count() == FEW


@pytest.mark.django_db
def test_no_demonstration_is_made_in_production(settings):
    settings.MODE = "production"

    with pytest.raises(CommandError, match="not made in production"):
        call_command("seed_demo")

    assert queries.is_empty()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, -1, 500_001])
def test_an_impossible_number_of_people_is_refused(count):
    with pytest.raises(CommandError, match="from 1 to 500000"):
        call_command("seed_demo", patients=count)


@pytest.mark.django_db
@pytest.mark.parametrize("each", [0, 13])
def test_an_impossible_number_of_sessions_is_refused(each):
    with pytest.raises(CommandError, match="from 1 to 12"):
        call_command("seed_demo", sessions_each=each)

    assert queries.is_empty()


def test_an_account_of_each_role_is_printed_and_signs_in(demo, client):
    printed = StringIO()

    call_command("demo_accounts", stdout=printed)

    emails = re.findall(r"\S+@example\.org", printed.getvalue())
    assert len(emails) == 8
    assert DEMO_PASSWORD in printed.getvalue()
    response = client.post("/sign-in/", {"login": emails[0], "password": DEMO_PASSWORD})
    assert response["Location"] == "/"


@pytest.mark.django_db
def test_without_a_demonstration_the_way_to_one_is_printed():
    printed = StringIO()

    call_command("demo_accounts", stdout=printed)

    assert "seed_demo" in printed.getvalue()


def test_names_and_numbers_belong_to_nobody(demo):
    people = Patient.objects.all()

    assert all(person.email.endswith("@example.org") for person in people)
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", person.phone.as_e164) for person in people)
    assert len({(person.given_name, person.family_name) for person in people}) == FEW


def test_every_page_that_a_role_can_reach_opens(db):
    """From today's page along every link, a few of each kind, for each role."""
    made(count=CRAWLED)
    wrong = []
    for account in queries.accounts():
        client = Client()
        client.force_login(User.objects.get(email=account.email))
        wrong += [(account.role, *each) for each in crawl(client)]

    assert wrong == []


def test_every_record_that_a_page_shows_is_in_the_trail(demo):
    client = Client()
    client.force_login(User.objects.get(email="paula@example.org"))
    patient = Course.objects.filter(state="induction").order_by("opened_at").first().patient_id

    for page in ("", "questionnaires/", "assessment/", "plans/", "progress/"):
        client.get(f"/patients/{patient}/{page}")
        row = AccessEvent.objects.order_by("-occurred_at", "-id").first()
        assert (row.status, row.patient_ids) == (200, [patient]), page


def crawl(client):
    """Every kind of page reached from "/" that does not answer with 200, and from where it was linked."""
    seen, opened, wrong, waiting = set(), Counter(), [], [("/", "")]
    while waiting:
        address, linked_from = waiting.pop(0)
        try:
            name = resolve(address.partition("?")[0]).view_name
        except Resolver404:
            wrong.append((address, 404, linked_from))
            continue
        if address in seen or opened[name] >= EACH_PAGE_AT_MOST:
            continue
        seen.add(address)
        opened[name] += 1
        response = client.get(address)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            waiting += [(found, address) for found in Links(response.text).found]
        elif response.status_code == 302:
            waiting.append((response["Location"], address))
        elif response.status_code != 200:
            wrong.append((address, response.status_code, linked_from))
    return wrong
