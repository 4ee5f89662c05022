"""When does a screen lock, what does it say then, and what opens it? Through the real addresses, on a moved clock."""

import itertools
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import get_resolver, reverse

from clinic.audit.models import AccessEvent
from clinic.kit.web import Caller
from clinic.lock.middleware import asks_by_itself
from clinic.lock.models import KnownDevice, LoginSession
from clinic.staff import actions as staff_actions
from clinic.staff.models import RoleGrant
from tests.architecture.routes import routes
from tests.architecture.test_access import address
from tests.clinic.lock.signed_in import AT, HOME, MINUTE, PIN, at_screen, login_of, unlock, with_pin
from tests.scenarios import treatments
from tests.scenarios.cast import PASSWORD

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LOCKED = 423
DEVICE = "stepwell-device"
FUZZ = (
    {"skip_timeout_reset": "0", "activity": "1"},
    {"touch": "true", "keep_alive": "1", "is_background": "0"},
)
HEADERS = (
    {},
    {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"},
    {"X-Requested-With": "XMLHttpRequest", "HX-Request": "true"},
    {"X-Activity": "1", "Referer": "http://testserver/"},
)


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nora(cast, clock):
    return at_screen(with_pin(cast.nora))


def background_routes():
    """Every address that pages ask by themselves, as the views say it."""
    found, waiting = [], [(get_resolver(), ())]
    while waiting:
        resolver, spaces = waiting.pop()
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                waiting.append((pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces))
            elif asks_by_itself(pattern.callback):
                found.append(":".join((*spaces, pattern.name)))
    return sorted(found)


# ---------------------------------------------------------------- the fifteen minutes
def test_page_opens_until_fifteen_minutes_and_is_locked_at_fifteen(nora, clock):
    clock.move_to(AT + 15 * MINUTE - SECOND)
    at_last = nora.get(HOME).status_code
    clock.move_to(AT + 30 * MINUTE - SECOND)
    too_late = nora.get(HOME)

    assert at_last == 200
    assert too_late.status_code == LOCKED
    assert "<h1>Locked</h1>" in too_late.content.decode()


@pytest.mark.parametrize("act", ["page", "form"])
def test_opening_a_page_or_sending_a_form_begins_the_fifteen_minutes_again(nora, clock, act):
    clock.move_to(AT + 14 * MINUTE)
    if act == "page":
        nora.get(HOME)
    else:
        nora.post(reverse("clinic:stay"))
    clock.move_to(AT + 28 * MINUTE)

    assert nora.get(HOME).status_code == 200


def test_last_activity_is_written_at_most_once_a_minute(nora, clock, cast):
    moments = []
    for seconds in (10, 59, 60, 90, 119, 121):
        clock.move_to(AT + timedelta(seconds=seconds))
        nora.get(HOME)
        moments.append(int((login_of(cast.nora).active_at - AT).total_seconds()))

    assert moments == [0, 0, 60, 60, 60, 121]


def test_what_pages_ask_by_themselves_is_this_list():
    assert background_routes() == [
        "clinic:screen",
        "clinic:today-now",
        "clinic:wall-now",
        "patients:plan-reckon",
        "patients:register-look",
        "sessions:entries",
        "sessions:sheet-state",
    ]


def test_no_poll_keeps_a_screen_open_whatever_it_sends_and_none_sets_a_cookie(cast, clock):
    nora = at_screen(cast.nora)
    session = treatments.running_session(cast)
    polls = [
        reverse("clinic:today-now"),
        reverse("clinic:wall-now"),
        reverse("clinic:screen"),
        reverse("sessions:sheet-state", args=[session.pk]),
    ]
    tries = itertools.cycle(itertools.product(polls, FUZZ, HEADERS))
    wrong = []

    for seconds in range(0, 16 * 60 + 1, 30):
        clock.move_to(AT + timedelta(seconds=seconds))
        for poll, parameters, headers in itertools.islice(tries, 4):
            answer = nora.get(poll, parameters, headers=headers)
            expected = 200 if seconds < 15 * 60 else LOCKED
            if answer.status_code != expected or answer.cookies:
                wrong.append((seconds, poll, answer.status_code, answer.cookies.output()))

    assert wrong == []
    assert login_of(cast.nora).active_at == AT


def test_part_of_a_page_that_a_script_fetches_keeps_nothing_open(nora, clock, cast):
    clock.move_to(AT + 10 * MINUTE)
    nora.get(HOME, headers={"HX-Request": "true"})
    nora.get(HOME, headers={"Sec-Fetch-Mode": "cors"})

    assert login_of(cast.nora).active_at == AT


@pytest.mark.parametrize(("seconds_ago", "counts"), [(0, True), (60, True), (61, False)])
def test_entry_counts_when_it_was_tapped_within_the_last_minute(cast, clock, seconds_ago, counts):
    session = treatments.running_session(cast)
    tapped = treatments.started(session) + 12 * MINUTE
    clock.move_to(tapped - 5 * MINUTE)
    nora = at_screen(cast.nora)
    clock.move_to(tapped + timedelta(seconds=seconds_ago))

    entry = treatments.wire(cast, session, "note", {"text": "Calm"}, tapped)
    answer = nora.post(reverse("sessions:entries", args=[session.pk]), [entry], content_type="application/json")

    assert answer.json()["entries"][0]["fate"] == "accepted"
    assert not answer.cookies
    assert (login_of(cast.nora).active_at > tapped - 5 * MINUTE) is counts


def test_entry_of_another_author_or_sent_again_is_no_sign_of_somebody(cast, clock):
    session = treatments.running_session(cast)
    tapped = treatments.started(session) + 12 * MINUTE
    clock.move_to(tapped - 5 * MINUTE)
    nils = at_screen(cast.nils)
    clock.move_to(tapped)
    entry = treatments.wire(cast, session, "note", {"text": "Calm"}, tapped)

    for _ in range(2):
        nils.post(reverse("sessions:entries", args=[session.pk]), [entry], content_type="application/json")

    assert login_of(cast.nils).active_at == tapped - 5 * MINUTE


def test_login_ends_after_twelve_hours_of_work(nora, clock, cast):
    for tens in range(72):
        clock.move_to(AT + tens * 10 * MINUTE)
        assert nora.get(HOME).status_code == 200
    clock.move_to(AT + timedelta(hours=12))

    answer = nora.get(HOME)

    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={HOME}")
    assert nora.get(HOME).status_code == 302


# ---------------------------------------------------------------- what a locked screen says
def test_locked_screen_answers_every_staff_address_with_the_lock_only(cast, clock):
    nora = at_screen(cast.nora)
    session = treatments.running_session(cast)
    known = {
        "patient_id": session.patient_id,
        "session_id": session.pk,
        "appointment_id": session.appointment_id,
    }
    open_at_the_lock = {"clinic:unlock", "clinic:switch"}
    nora.post(reverse("clinic:lock"))
    wrong = []

    for route in routes():
        if route.access.caller is not Caller.STAFF or route.name in open_at_the_lock:
            continue
        for method, headers in itertools.product(("get", "post"), ({}, {"HX-Request": "true"})):
            answer = getattr(nora, method)(address(route, **known), headers=headers)
            said = answer.content.decode()
            if answer.status_code != LOCKED or "Ordóñez" in said or "Maria" in said:
                wrong.append((route.name, method, answer.status_code))

    assert wrong == []


def test_request_of_a_script_is_told_in_a_sentence(nora):
    nora.post(reverse("clinic:lock"))

    answer = nora.get(reverse("clinic:screen"), headers={"Accept": "application/json"})

    assert answer.status_code == LOCKED
    assert answer.json() == {"is_locked": True, "sentence": "This screen is locked. Unlock it, then try again."}
    assert answer["Cache-Control"] == "no-store"


def test_look_at_a_locked_screen_is_in_the_trail_without_a_patient(cast, clock):
    session = treatments.running_session(cast)
    nora = at_screen(cast.nora)
    nora.post(reverse("clinic:lock"))

    nora.get(reverse("sessions:sheet", args=[session.pk]))

    event = AccessEvent.objects.get(route="sessions:sheet")
    assert (event.status, event.user_id, event.patient_ids) == (LOCKED, cast.nora.pk, [])


def test_locking_holds_against_a_request_that_began_before(nora, cast):
    """The lock is a column of the login's row, which no session that is saved later can undo."""
    LoginSession.objects.filter(user=cast.nora).update(locked_at=AT)
    Session.objects.update(expire_date=AT + timedelta(hours=12))

    assert nora.get(HOME).status_code == LOCKED


# ---------------------------------------------------------------- what opens it
@pytest.mark.parametrize("typed", [{"pin": PIN}, {"password": PASSWORD}])
def test_pin_or_password_opens_the_lock_and_the_session_gets_another_key(nora, typed):
    nora.post(reverse("clinic:lock"))
    key = nora.cookies["stepwell"].value

    said = unlock(nora, **typed)

    assert said == ""
    assert nora.cookies["stepwell"].value != key
    assert not Session.objects.filter(session_key=key).exists()
    assert nora.get(HOME).status_code == 200


def test_without_a_script_the_lock_leads_back_to_the_very_page(nora):
    nora.post(reverse("clinic:lock"))
    page = nora.get(f"{HOME}?from=day")
    kept = page.content.decode().split('name="kept" value="')[1].split('"')[0]

    refused = nora.post(reverse("clinic:unlock"), {"pin": "407182", "kept": kept})
    opened = nora.post(reverse("clinic:unlock"), {"pin": PIN, "kept": kept})

    assert refused.status_code == 422
    assert "That PIN is not right. 4 more tries" in refused.content.decode()
    assert (opened.status_code, opened["Location"]) == (302, f"{HOME}?from=day")


def test_password_or_pin_of_another_person_opens_nothing(nora, cast):
    staff_actions.grant_role(user=cast.nils, role=cast.nils.roles[0], site=cast.site, by=None, now=AT)
    cast.nils.set_password("another quiet heron pond")
    cast.nils.save()
    nora.post(reverse("clinic:lock"))

    said = unlock(nora, password="another quiet heron pond", status=422)

    assert said == "That password is not right. The screen stays locked."
    assert nora.get(HOME).status_code == LOCKED


def test_after_five_wrong_pins_only_the_password_opens_this_screen_and_no_other_is_touched(nora, cast):
    elsewhere = at_screen(cast.nora)
    nora.post(reverse("clinic:lock"))
    login = LoginSession.objects.get(locked_at=AT)

    said = [unlock(nora, pin="407182", status=422) for _ in range(5)]
    right_but_late = unlock(nora, pin=PIN, status=422)
    by_password = unlock(nora, password=PASSWORD)
    nora.post(reverse("clinic:lock"))
    later = unlock(nora, pin=PIN, status=422)

    login.refresh_from_db()
    assert "1 more try" in said[3]
    assert said[4] == "That PIN is not right. Unlock with your password."
    assert right_but_late == later == "Too many wrong PINs. Unlock with your password."
    assert by_password == ""
    assert login.pin_failures == 5
    elsewhere.post(reverse("clinic:lock"))
    assert unlock(elsewhere, pin=PIN) == ""


def test_right_pin_sets_the_count_of_wrong_ones_back(nora, cast):
    for _ in range(3):
        nora.post(reverse("clinic:lock"))
        for _ in range(4):
            unlock(nora, pin="407182", status=422)
        assert unlock(nora, pin=PIN) == ""

    assert login_of(cast.nora).pin_failures == 0


def test_ten_wrong_passwords_close_the_lock_for_five_minutes(nora, clock):
    nora.post(reverse("clinic:lock"))
    for _ in range(10):
        unlock(nora, password="not the password", status=422)

    closed = unlock(nora, password=PASSWORD, status=422)
    clock.move_to(AT + 5 * MINUTE)
    opened = unlock(nora, password=PASSWORD)

    assert closed == "Too many wrong passwords on this screen. Wait five minutes, then try again."
    assert opened == ""


def test_pin_is_taken_only_on_the_device_where_the_login_was_made(nora, cast):
    stolen = Client()
    stolen.cookies["stepwell"] = nora.cookies["stepwell"].value
    nora.post(reverse("clinic:lock"))

    said = unlock(stolen, pin=PIN, status=422)

    assert said == "A PIN does not open this screen. Unlock with your password."
    assert unlock(nora, pin=PIN) == ""


def test_pin_is_not_taken_on_a_device_that_was_forgotten_until_somebody_signs_in_there(nora, cast):
    device = KnownDevice.objects.get()
    nora.post(reverse("clinic:device-forget", args=[device.pk]))
    nora.post(reverse("clinic:lock"))

    refused = unlock(nora, pin=PIN, status=422)
    nora.post(reverse("clinic:switch"))
    at_screen(cast.nora, nora).post(reverse("clinic:lock"))

    assert refused == "A PIN does not open this screen. Unlock with your password."
    assert unlock(nora, pin=PIN) == ""
    device.refresh_from_db()
    assert (device.revoked_at, device.revoked_by) == (AT, cast.nora)


def test_device_of_others_cannot_be_forgotten(nora, cast):
    nils = at_screen(cast.nils)
    of_nora = KnownDevice.objects.get(known_by=cast.nora)

    answer = nils.post(reverse("clinic:device-forget", args=[of_nora.pk]))

    of_nora.refresh_from_db()
    assert (answer.status_code, of_nora.revoked_at) == (404, None)


def test_device_cookie_is_out_of_reach_of_scripts_and_only_its_digest_is_kept(nora):
    cookie = nora.cookies[DEVICE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert len(cookie.value) >= 43
    assert cookie.value not in str(KnownDevice.objects.values_list())


def test_device_cookie_under_tls_belongs_to_this_host_alone(cast, clock, settings):
    settings.IS_TLS = True

    cookie = at_screen(cast.nora).cookies["__Host-stepwell-device"]

    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")


def test_second_person_on_a_known_device_makes_no_second_device(nora, cast):
    nora.post(reverse("account_logout"))

    at_screen(cast.nils, nora)

    assert KnownDevice.objects.count() == 1
    assert login_of(cast.nils).device == login_of(cast.nora).device


# ---------------------------------------------------------------- how a login ends
def test_signing_out_clears_the_browser_and_leaves_no_session(nora, cast):
    key = nora.cookies["stepwell"].value

    answer = nora.post(reverse("account_logout"))

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    assert login_of(cast.nora).ended_at == AT
    old = Client()
    old.cookies["stepwell"] = key
    assert old.get(HOME).status_code == 302


@pytest.mark.parametrize("unsent", ["3", "9" * 30])
def test_signing_out_is_refused_while_entries_wait(nora, unsent):
    answer = nora.post(reverse("account_logout"), {"unsent": unsent})

    assert answer.status_code == 409
    assert "You are still signed in" in answer.content.decode()
    assert nora.get(HOME).status_code == 200


@pytest.mark.parametrize(("route", "unsent"), [("account_logout", "unknown"), ("clinic:switch", "3")])
def test_store_that_may_hold_entries_is_left_alone(nora, route, unsent):
    answer = nora.post(reverse(route), {"unsent": unsent})

    assert answer.status_code == 302
    assert answer["Clear-Site-Data"] == '"cache"'


def test_somebody_else_takes_over_a_locked_screen_and_begins_clean(nora, cast):
    nora.get(HOME)
    nora.post(reverse("clinic:lock"))

    left = nora.post(reverse("clinic:switch"))
    entrance = nora.get(left["Location"]).content.decode()
    at_screen(cast.nils, nora)

    assert "Nora" not in entrance
    assert "Nils Nyberg" in nora.get(HOME).content.decode()
    assert login_of(cast.nora).ended_at == AT


@pytest.mark.parametrize(
    ("page", "passed_on"),
    [
        ("http://testserver/sessions/01890a5d-ac96-774b-bcce-b302099a8057/", True),
        ("http://testserver/patients/01890a5d-ac96-774b-bcce-b302099a8057/", False),
        ("http://elsewhere.example/sessions/01890a5d-ac96-774b-bcce-b302099a8057/", False),
        ("http://testserver/no/such/page/", False),
        ("", False),
    ],
)
def test_only_the_sheet_of_the_room_is_passed_on_to_somebody_else(nora, page, passed_on):
    nora.post(reverse("clinic:lock"))

    left = nora.post(reverse("clinic:switch"), headers={"referer": page})

    assert left["Location"] == "/sign-in/" + (
        "?next=%2Fsessions%2F01890a5d-ac96-774b-bcce-b302099a8057%2F" if passed_on else ""
    )


def test_key_that_was_planted_before_does_not_survive_signing_in(cast, clock):
    client = Client()
    client.cookies["stepwell"] = "planted0planted0planted0planted0"

    at_screen(cast.nora, client)

    assert client.cookies["stepwell"].value != "planted0planted0planted0planted0"
    assert client.cookies["stepwell"]["httponly"]


def test_session_without_its_login_opens_nothing(nora, cast):
    login = login_of(cast.nora)
    LoginSession.objects.filter(pk=login.pk).update(user=cast.nils)

    answer = nora.get(HOME)

    assert answer.status_code == 302
    assert Session.objects.count() == 0


# ---------------------------------------------------------------- who may no longer
def test_ended_role_is_refused_on_the_next_request(nora, cast):
    before = nora.get(reverse("clinic:tasks")).status_code
    for grant in RoleGrant.objects.filter(user=cast.nora):
        staff_actions.end_role(grant=grant, by=cast.ada, now=AT)

    assert (before, nora.get(reverse("clinic:tasks")).status_code) == (200, 403)


def test_closed_account_is_out_on_the_next_request_and_cannot_unlock(nora, cast):
    nora.post(reverse("clinic:lock"))
    cast.nora.is_active = False
    cast.nora.save()

    answer = nora.post(reverse("clinic:unlock"), {"pin": PIN}, headers={"Accept": "application/json"})

    assert answer.status_code == 302
    assert nora.get(HOME)["Location"].startswith("/sign-in/")
