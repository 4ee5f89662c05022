"""Does a password alone open anything that asks for more? Every route is tried, at each stage of signing in."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.kit.web import Caller
from clinic.second_factor import actions, queries, rules
from clinic.second_factor.middleware import AT_THE_SCREEN, SETTING_UP
from clinic.second_factor.models import SecondFactorNote
from tests.architecture.routes import routes
from tests.architecture.test_access import address
from tests.scenarios import second_factors
from tests.scenarios.cast import NOW, PASSWORD
from tests.scenarios.second_factors import code

pytestmark = pytest.mark.django_db
OF_STAFF = [route for route in routes() if route.access.caller is Caller.STAFF]
LATER = NOW + timedelta(minutes=5)
SIGN_IN, SECOND_STEP = "/sign-in/", "/sign-in/second-step/"


@pytest.fixture(autouse=True)
def in_the_morning(db):
    cache.clear()
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def asked(cast):
    """Ashby Street asks everybody for a second factor."""
    reason = {"reason": "Policy of March", "by": None, "password": ""}
    actions.set_requirement(site=cast.site, is_required=True, now=NOW, **reason)
    return cast


def with_password(client, user):
    return client.post(SIGN_IN, {"login": user.email, "password": PASSWORD})


def opened(client, allowed=frozenset()):
    """The staff routes that answer with anything but a way back or a refusal."""
    found = []
    for route in OF_STAFF:
        for method in ("get", "post"):
            response = getattr(client, method)(address(route))
            if response.status_code not in {302, 403, 405} and route.name not in allowed:
                found.append((route.name, method, response.status_code))
    return found


def test_password_only_login_reaches_nothing_but_setting_up(client, asked):
    entered = with_password(client, asked.ada)

    refused = {
        route.name: (client.get(address(route)), client.post(address(route)))
        for route in OF_STAFF
        if route.name not in SETTING_UP | AT_THE_SCREEN
    }

    assert entered["Location"] == "/"
    assert len(refused) > 60
    overview = reverse("clinic:second-factor")
    assert {name for name, (got, _) in refused.items() if got.headers.get("Location") != overview} == set()
    assert {name for name, (_, sent) in refused.items() if sent.status_code != 403} == set()
    assert "Set yours up" in refused["clinic:tasks"][1].content.decode()


def test_part_of_a_page_is_refused_rather_than_filled_with_another(client, asked):
    with_password(client, asked.nora)

    response = client.get("/", headers={"HX-Request": "true"})

    assert response.status_code == 403


def test_login_that_only_typed_the_password_may_set_up_and_sign_out(client, asked):
    with_password(client, asked.nora)

    pages = [client.get(reverse(name)).status_code for name in sorted(SETTING_UP)]
    out = client.post("/sign-out/")

    assert pages == [200] * len(SETTING_UP)
    assert out["Location"] == SIGN_IN


def test_setting_up_opens_the_rest_with_a_new_session_id(client, asked):
    with_password(client, asked.nora)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    secret = client.get(reverse("clinic:second-factor-app")).context["secret"].replace(" ", "")

    shown = rules.code_at(secret, rules.step_at(LATER))
    done = client.post(reverse("clinic:second-factor-app"), {"code": shown, "password": PASSWORD})

    assert done["Location"] == reverse("clinic:second-factor-codes")
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.get("/").status_code == 200


def test_requirement_holds_from_the_next_request_of_a_login_that_stands(client, cast):
    with_password(client, cast.nora)
    before = client.get("/").status_code

    actions.set_requirement(site=cast.site, is_required=True, reason="Now", by=None, password="", now=LATER)

    assert before == 200
    assert client.get("/")["Location"] == reverse("clinic:second-factor")


def test_second_step_is_asked_for_and_the_pending_login_opens_nothing(client, cast):
    second_factors.with_app(cast.ada, now=NOW)

    entered = with_password(client, cast.ada)

    assert entered["Location"] == SECOND_STEP
    assert client.get(SECOND_STEP).status_code == 200
    assert opened(client) == []
    assert "_auth_user_id" not in client.session


def test_code_completes_the_login_with_a_new_session_id(client, cast):
    second_factors.with_app(cast.nora, now=NOW)
    with_password(client, cast.nora)
    before = client.cookies[settings.SESSION_COOKIE_NAME].value

    done = client.post(SECOND_STEP, {"code": code(LATER)})

    assert done["Location"] == "/"
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert client.get("/").status_code == 200


def test_wrong_code_stays_on_the_page_and_in_the_trail(client, cast):
    second_factors.with_app(cast.nora, now=NOW)
    with_password(client, cast.nora)

    page = client.post(SECOND_STEP, {"code": "000000"})

    note = SecondFactorNote.objects.get(kind="step_failed")
    assert page.status_code == 422
    assert "That code is not right" in page.content.decode()
    assert (note.user, note.by, note.occurred_at) == (cast.nora, None, LATER)
    assert AccessEvent.objects.filter(route="mfa_authenticate", status=422).count() == 1
    assert opened(client) == []


def test_second_step_without_the_first_leads_back(client, cast):
    second_factors.with_app(cast.nora, now=NOW)

    for path in (SECOND_STEP, "/sign-in/passkey/"):
        assert client.post(path, {"code": code(LATER)})["Location"] == SIGN_IN


def test_login_that_was_begun_can_be_given_up_for_somebody_elses(client, cast):
    second_factors.with_app(cast.nora, now=NOW)
    with_password(client, cast.nora)

    stuck = client.get(SIGN_IN)
    client.post("/sign-out/")

    assert stuck["Location"] == SECOND_STEP
    assert client.get(SIGN_IN).status_code == 200
    assert with_password(client, cast.nils)["Location"] == "/"


def test_code_of_one_person_does_not_complete_anothers_login(client, cast):
    second_factors.with_app(cast.nora, now=NOW)
    second_factors.with_app(cast.nils, now=NOW)
    actions.pass_by_code(user=cast.nils, typed=code(LATER), now=LATER)
    with_password(client, cast.nils)

    page = client.post(SECOND_STEP, {"code": code(LATER)})

    assert page.status_code == 422
    assert queries.has_any(cast.nora)


def test_account_closed_between_the_steps_stays_out(client, cast):
    second_factors.with_app(cast.nora, now=NOW)
    with_password(client, cast.nora)
    type(cast.nora).objects.filter(pk=cast.nora.pk).update(is_active=False)

    client.post(SECOND_STEP, {"code": code(LATER)})

    assert opened(client) == []


def test_login_of_before_the_setting_up_elsewhere_changes_nothing(client, cast):
    with_password(client, cast.nora)
    second_factors.with_app(cast.nora, now=NOW)

    page = client.post(reverse("clinic:second-factor-app-remove"), {"password": PASSWORD})
    overview = client.get(reverse("clinic:second-factor"))

    assert page.status_code == 422
    assert "Sign out, then sign in with it" in page.content.decode()
    assert "Sign out, then sign in with it" in overview.content.decode()
    assert queries.has_any(cast.nora)


def test_preset_session_never_survives_either_step(client, cast):
    second_factors.with_app(cast.nora, now=NOW)
    planted = "a" * 32
    client.cookies[settings.SESSION_COOKIE_NAME] = planted

    seen = [planted]
    with_password(client, cast.nora)
    seen.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    client.post(SECOND_STEP, {"code": code(LATER)})
    seen.append(client.cookies[settings.SESSION_COOKIE_NAME].value)

    assert len(set(seen)) == 3


def test_sign_in_is_in_the_trail_under_the_persons_name(client, cast):
    second_factors.with_app(cast.nora, now=NOW)
    with_password(client, cast.nora)
    client.post(SECOND_STEP, {"code": queries.recovery_codes(cast.nora)[0]})

    row = AccessEvent.objects.get(route="mfa_authenticate")
    assert (row.user_id, row.status) == (cast.nora.pk, 302)
    assert SecondFactorNote.objects.filter(user=cast.nora, kind="code_used").count() == 1
