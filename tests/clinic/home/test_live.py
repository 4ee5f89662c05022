"""Pages that stay open: what they show again is one look, what is new is another."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.home.queries.pages import today
from clinic.home.queries.wall import wall
from tests.scenarios import treatments, visits
from tests.scenarios.cast import NOW

MOST_QUERIES = 12
PAIRS = [("clinic:home", "clinic:today-now"), ("clinic:wall", "clinic:wall-now")]


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def poll(client, route, note):
    return client.get(reverse(route), headers={"X-Look": note})


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "part"), PAIRS)
def test_a_page_that_stays_open_leaves_one_row(cast, page, part):
    visits.arrived_visit(cast, treatments.planned_course(cast))
    with time_machine.travel(visits.TODAY_AT_ELEVEN, tick=False) as clock:
        client = signed_in(cast.nora)
        note = client.get(reverse(page)).context["look"]

        for _ in range(29):
            clock.shift(timedelta(seconds=30))
            answer = poll(client, part, note)

    assert answer.status_code == 200
    assert "X-Look" not in answer
    assert list(AccessEvent.objects.values_list("route", flat=True)) == [page]


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "part"), PAIRS)
def test_after_a_quarter_of_an_hour_it_is_a_look_of_its_own(cast, page, part):
    with time_machine.travel(NOW, tick=False) as clock:
        client = signed_in(cast.nora)
        note = client.get(reverse(page)).context["look"]
        clock.shift(timedelta(minutes=10))
        client.post(reverse("clinic:stay"))
        clock.shift(timedelta(minutes=5))

        answer = poll(client, part, note)
        clock.shift(timedelta(minutes=9))
        poll(client, part, answer["X-Look"])

    told = AccessEvent.objects.exclude(route="clinic:stay").values_list("route", flat=True)
    assert sorted(told) == sorted([page, part])


@pytest.mark.django_db
def test_a_person_who_was_not_shown_before_makes_it_a_look(cast):
    with time_machine.travel(visits.TODAY_AT_ELEVEN, tick=False):
        client = signed_in(cast.nora)
        note = client.get(reverse("clinic:home")).context["look"]
        visit = visits.arrived_visit(cast, treatments.planned_course(cast))

        answer = poll(client, "clinic:today-now", note)

    row = AccessEvent.objects.get(route="clinic:today-now")
    assert "Mia Ordóñez" in answer.text
    assert row.patient_ids == [visit.patient_id]


@pytest.mark.django_db
def test_a_note_of_somebody_else_or_of_another_page_does_not_hide_a_look(cast):
    with time_machine.travel(NOW, tick=False):
        nora, nils = signed_in(cast.nora), signed_in(cast.nils)
        note = nora.get(reverse("clinic:home")).context["look"]

        poll(nils, "clinic:today-now", note)
        poll(nora, "clinic:wall-now", note)
        nora.get(reverse("clinic:home"), headers={"X-Look": note})

    assert Counter(AccessEvent.objects.values_list("user_id", "route")) == {
        (cast.nora.pk, "clinic:home"): 2,
        (cast.nils.pk, "clinic:today-now"): 1,
        (cast.nora.pk, "clinic:wall-now"): 1,
    }


@pytest.mark.django_db
def test_a_refused_poll_is_logged_whatever_it_carries(cast):
    with time_machine.travel(NOW, tick=False):
        client = signed_in(cast.fran)
        note = client.get(reverse("clinic:home")).context["look"]

        answer = poll(client, "clinic:wall-now", note)

    row = AccessEvent.objects.get(route="clinic:wall-now")
    assert (answer.status_code, row.status) == (403, 403)


@pytest.mark.django_db
def test_the_part_is_what_the_page_shows(cast):
    visits.arrived_visit(cast, treatments.planned_course(cast))
    with time_machine.travel(visits.TODAY_AT_ELEVEN, tick=False):
        client = signed_in(cast.fran)

        whole, part = client.get(reverse("clinic:home")), client.get(reverse("clinic:today-now"))

    assert "<html" not in part.text
    assert part.context["page"] == whole.context["page"]


@pytest.mark.django_db
@pytest.mark.parametrize("route", ["clinic:today-now", "clinic:wall", "clinic:wall-now"])
def test_parts_stay_within_their_queries(cast, route):
    visits.arrived_visit(cast, treatments.planned_course(cast))
    client = signed_in(cast.nora)
    client.get(reverse(route))

    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(route))

    assert len(captured) <= MOST_QUERIES


@pytest.mark.django_db
def test_the_wall_names_nobody_and_says_what_is_late(cast):
    session = treatments.running_session(cast)
    at = treatments.START + timedelta(minutes=25)
    with time_machine.travel(at, tick=False):
        page = signed_in(cast.nora).get(reverse("clinic:wall"))

    (room,) = [room for room in page.context["wall"].rooms if not room.is_free]
    assert (room.who, room.state, room.minutes, room.tone) == ("M. O.", "Infusing", 25, "late")
    for word in (session.patient.given_name, session.patient.family_name, session.patient.preferred_name):
        assert word not in page.text
    assert "<title>Wall</title>" in page.text


@pytest.mark.django_db
def test_a_severe_event_shows_on_the_wall_and_to_the_desk_without_its_name(cast):
    session = treatments.running_session(cast)
    at = treatments.START + timedelta(minutes=5)
    event = {"term": "Hypertension", "grade": 3, "is_serious": False, "action_taken": "", "detail": ""}
    treatments.charted(cast, session, "event", event, at)
    now = at + timedelta(minutes=1)

    (on_wall,) = [room for room in wall(cast.nora, now=now).rooms if not room.is_free]
    (for_desk,) = [room for room in today(cast.fran, role="", now=now).rooms if not room.is_free]

    assert (on_wall.tone, on_wall.sign) == ("late", "late")
    assert on_wall.line.startswith("Severe event")
    assert (for_desk.tone, for_desk.line) == ("late", "Needs the nurse")


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["clinic:home", "clinic:wall"])
def test_a_page_that_stays_open_says_how_old_it_is_in_the_clinics_zone(cast, page):
    with time_machine.travel(NOW, tick=False):
        answer = signed_in(cast.nora).get(reverse(page))

    assert f'data-zone="{cast.nora.home_site.time_zone}"' in answer.text
