"""Does an administrator see who has what, reach their own site's people only, and leave a line in the trail?"""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from clinic.second_factor import queries
from clinic.sites.models import Site
from clinic.staff.permissions import Role
from tests.scenarios import second_factors
from tests.scenarios.cast import NOW, PASSWORD, hire

pytestmark = pytest.mark.django_db
HOUSE = "/staff/second-factor/"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def in_the_morning(db):
    cache.clear()
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def ada(client, cast):
    client.force_login(cast.ada)
    return cast.ada


def reset_of(user):
    return reverse("clinic:second-factor-reset", args=[user.pk])


def test_list_says_who_has_what(client, cast, ada):
    second_factors.with_app(cast.nora, now=NOW)

    house = client.get(HOUSE).context["house"]

    assert {each.name: each.has_any for each in house.people}["Nora Nolan, RN"] is True
    assert house.without == len(cast.everybody) - 1
    assert {note.get_kind_display() for note in house.lately} == {"Recovery codes made", "Authenticator app set up"}


def test_rule_is_changed_with_password_and_reason(client, cast, ada):
    body = {"is_required": "yes", "reason": "Policy of March", "password": PASSWORD}

    refused = client.post(HOUSE, {**body, "password": "a guess"})
    done = client.post(HOUSE, body)

    assert refused.status_code == 422
    assert "Policy of March" in refused.content.decode()
    assert done["Location"] == HOUSE
    assert Site.objects.get(pk=cast.site.pk).requires_second_factor is True
    assert client.get("/")["Location"] == reverse("clinic:second-factor")


def test_somebody_of_another_site_is_not_found(client, cast, ada):
    other = Site.objects.create(name="Larimer Street", time_zone="America/Denver")
    dora = second_factors.with_app(hire("Dora Dell", Role.NURSE, site=other), now=NOW)

    answers = [client.get(reset_of(dora)), client.post(reset_of(dora), {"reason": "x", "password": PASSWORD})]

    assert [each.status_code for each in answers] == [404, 404]
    assert queries.has_any(dora)


def test_own_factor_is_not_reset_by_oneself(client, cast, ada):
    second_factors.with_app(ada, now=NOW)

    page = client.post(reset_of(ada), {"reason": "Lost it", "password": PASSWORD})

    assert page.status_code == 422
    assert "Ask another administrator" in page.content.decode()
    assert f'href="{reset_of(ada)}"' not in client.get(HOUSE).content.decode()
    assert queries.has_any(ada)


def test_reset_signs_the_person_out_on_every_device(client, cast, ada):
    second_factors.with_app(cast.nora, now=NOW)
    in_the_room, at_the_desk = Client(), Client()
    for each in (in_the_room, at_the_desk):
        each.force_login(cast.nora)
    before = [each.get("/account/").status_code for each in (in_the_room, at_the_desk)]

    page = client.post(reset_of(cast.nora), {"reason": "Lost her phone", "password": PASSWORD}, follow=True)

    after = [each.get("/account/") for each in (in_the_room, at_the_desk)]
    assert before == [200, 200]
    assert [answer["Location"] for answer in after] == ["/sign-in/?next=/account/"] * 2
    assert "they are signed out everywhere" in page.content.decode()
    assert {note.get_kind_display() for note in page.context["house"].lately} >= {"Signed out everywhere"}
    assert client.get("/account/").status_code == 200


def test_auditor_reads_it_in_the_trail_of_changes(client, cast, ada):
    second_factors.with_app(cast.nora, now=NOW)
    client.post(reset_of(cast.nora), {"reason": "Lost her phone", "password": PASSWORD})
    client.force_login(cast.olga)

    page = client.get(reverse("clinic:trail-changes"), {"kind": "secondfactornote"})

    rows = page.context["page"].rows
    assert [(row.label, row.who) for row in rows][:1] == [("Second factor note", "Ada Abel")]
    detail = client.get(reverse("clinic:trail-row", args=["secondfactornote", rows[0].event_id])).content.decode()
    assert "Lost her phone" in detail
    assert "Nora Nolan, RN" in detail
