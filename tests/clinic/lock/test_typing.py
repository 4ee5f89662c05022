"""Is typing lost, saved by itself, or given to somebody else when a lock or a sign-in comes between?"""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AccessEvent
from patients.history.models import Allergy
from tests.clinic.lock.signed_in import AT, MINUTE, PIN, at_screen, with_pin
from tests.scenarios import people
from tests.scenarios.cast import PASSWORD

pytestmark = pytest.mark.django_db
TYPED = {"substance": "Latex & <gloves>", "reaction": "Hives, at once"}
TOKEN = "csrfmiddlewaretoken"


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def maria(cast):
    return people.registered(cast)


@pytest.fixture
def form(maria):
    """The address of a form about somebody: her allergies."""
    return reverse("patients:allergies", args=[maria.pk])


@pytest.fixture
def nora(cast, clock):
    """In a browser that is held to its tokens."""
    return at_screen_with_tokens(with_pin(cast.nora))


def at_screen_with_tokens(user, client=None):
    client = client or Client(enforce_csrf_checks=True)
    hidden = hidden_of(client.get(reverse("account_login")))
    answer = client.post(reverse("account_login"), {**hidden, "login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def hidden_of(answer, *names):
    """What the first form on a page carries without showing it; all of it, or what is named."""
    html = answer.content.decode()
    found = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    }
    return {name: found[name] for name in names} if names else found


def opened(client, form):
    """The form as it is open on the screen, with what it carries and what is typed into it."""
    hidden = hidden_of(client.get(form), TOKEN, "page_of")
    key = re.search(r'name="key" value="([^"]+)"', client.get(form).content.decode())
    return {**hidden, **({"key": key[1]} if key else {}), **TYPED}


def pressed_again(client, page):
    """Press Save on the page that shows what was typed."""
    html = page.content.decode()
    section = html[html.index("What you typed") :]
    action = re.search(r'action="([^"]+)"', section)[1]
    body = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', section)}
    return client.post(action, body)


def test_form_sent_to_a_locked_screen_comes_back_and_is_saved_only_when_pressed(nora, form, clock):
    body = opened(nora, form)
    clock.move_to(AT + 20 * MINUTE)

    locked = nora.post(form, body)
    page = nora.post(reverse("clinic:unlock"), {**hidden_of(locked, TOKEN, "page_of", "kept"), "pin": PIN}, follow=True)
    before = Allergy.objects.count()
    saved = pressed_again(nora, page)

    assert locked.status_code == 423
    assert "Latex" not in locked.content.decode()
    assert "Latex &amp; &lt;gloves&gt;" in page.content.decode()
    assert before == 0
    assert saved.status_code == 302
    assert (Allergy.objects.get().substance, Allergy.objects.get().reaction) == (TYPED["substance"], TYPED["reaction"])


def test_form_sent_after_the_login_ended_comes_back_after_signing_in(nora, cast, form, clock):
    body = opened(nora, form)
    clock.move_to(AT + timedelta(hours=12))

    ended = nora.post(form, body)
    page = nora.post(
        reverse("account_login"),
        {**hidden_of(ended, TOKEN, "kept"), "login": cast.nora.email, "password": PASSWORD},
        follow=True,
    )
    before = Allergy.objects.count()
    saved = pressed_again(nora, page)

    assert "<h1>Sign in again</h1>" in ended.content.decode()
    assert "Latex" not in ended.content.decode()
    assert "Latex &amp; &lt;gloves&gt;" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert (before, saved.status_code, Allergy.objects.count()) == (0, 302, 1)


def test_typing_outlives_a_wrong_password_at_the_sign_in(nora, cast, form, clock):
    body = opened(nora, form)
    clock.move_to(AT + timedelta(hours=12))
    ended = nora.post(form, body)

    wrong = nora.post(reverse("account_login"), {**hidden_of(ended, TOKEN, "kept"), "login": cast.nora.email})
    page = nora.post(
        reverse("account_login"),
        {**hidden_of(wrong, TOKEN, "kept"), "login": cast.nora.email, "password": PASSWORD},
        follow=True,
    )

    assert "Latex &amp; &lt;gloves&gt;" in page.content.decode()


def test_typing_waits_until_a_second_factor_that_is_asked_for_is_set_up(nora, cast, form, clock):
    body = opened(nora, form)
    cast.site.requires_second_factor = True
    cast.site.save()
    clock.move_to(AT + timedelta(hours=12))
    ended = nora.post(form, body)

    page = nora.post(
        reverse("account_login"),
        {**hidden_of(ended, TOKEN, "kept"), "login": cast.nora.email, "password": PASSWORD},
        follow=True,
    )

    assert page.redirect_chain[-1][0] == reverse("clinic:second-factor")
    assert "Latex" not in page.content.decode()


def test_typing_is_never_given_to_another_person(nora, cast, form, clock):
    body = opened(nora, form)
    clock.move_to(AT + timedelta(hours=12))
    ended = nora.post(form, body)

    answer = nora.post(
        reverse("account_login"),
        {**hidden_of(ended, TOKEN, "kept"), "login": cast.nils.email, "password": PASSWORD},
    )

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert nora.get(reverse("clinic:kept"))["Location"] == "/"


def test_typing_is_not_given_back_after_twelve_hours_or_when_changed(nora, form, clock):
    body = opened(nora, form)
    clock.move_to(AT + 20 * MINUTE)
    hidden = hidden_of(nora.post(form, body), TOKEN, "page_of", "kept")
    changed = hidden["kept"][:-9] + "AAAAAAAA="

    answer = nora.post(reverse("clinic:unlock"), {**hidden, "kept": changed, "pin": PIN})

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_page_of_the_first_person_is_refused_once_a_second_has_signed_in(nora, cast, form):
    body = opened(nora, form)
    entrance = nora.post(reverse("clinic:switch"), hidden_of(nora.get(form), TOKEN))
    at_screen_with_tokens(cast.nils, nora)

    refused = nora.post(form, body)
    handed_over = nora.post(reverse("clinic:switch"), hidden_of(refused, TOKEN, "kept"))
    page = nora.post(
        reverse("account_login"),
        {**hidden_of(nora.get(handed_over["Location"]), TOKEN), "login": cast.nora.email, "password": PASSWORD},
        follow=True,
    )
    before = Allergy.objects.count()
    saved = pressed_again(nora, page)

    assert entrance.status_code == 302
    assert refused.status_code == 409
    assert "This page belonged to Nora Nolan, RN" in refused.content.decode()
    assert "Latex" not in refused.content.decode()
    assert (before, saved.status_code) == (0, 302)
    assert Allergy.objects.get().recorded_by == cast.nora


def test_page_of_somebody_else_is_refused_even_with_a_fresh_token(nora, cast, form):
    of_nora = hidden_of(nora.get(form), "page_of")
    nils = at_screen_with_tokens(cast.nils)

    answer = nils.post(form, {**opened(nils, form), **of_nora})

    assert answer.status_code == 409
    assert Allergy.objects.count() == 0


def test_stale_token_of_the_same_person_keeps_the_typing(nora, cast, form):
    body = opened(nora, form)
    nora.post(reverse("clinic:switch"), hidden_of(nora.get(form), TOKEN))
    at_screen_with_tokens(cast.nora, nora)

    page = nora.post(form, body, follow=True)
    before = Allergy.objects.count()
    saved = pressed_again(nora, page)

    assert page.redirect_chain[-1][0] == reverse("clinic:kept")
    assert (before, saved.status_code, Allergy.objects.count()) == (0, 302, 1)


@pytest.mark.parametrize("owner", ["", "forged", "0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6d:1vzAaa:bbbb"])
def test_forged_form_without_our_own_mark_gets_nothing_kept(nora, form, owner):
    """Otherwise a page elsewhere could have its form pressed here by a kind button."""
    answer = nora.post(form, {**TYPED, "page_of": owner, TOKEN: "x" * 64})

    assert answer.status_code == 403
    assert "This page was open too long" in answer.content.decode()
    assert "Latex" not in answer.content.decode()


def test_what_is_only_to_be_kept_is_never_saved(nora, form):
    page = nora.post(form, {**opened(nora, form), "only_keep": "1"}, follow=True)

    assert "Not saved yet" in page.content.decode()
    assert Allergy.objects.count() == 0


def test_passwords_and_pins_are_not_kept(nora, clock):
    address = reverse("clinic:pin")
    body = {**hidden_of(nora.get(address), TOKEN, "page_of"), "password": PASSWORD, "pin": PIN, "again": PIN}
    clock.move_to(AT + 20 * MINUTE)

    locked = nora.post(address, body)
    page = nora.post(reverse("clinic:unlock"), {**hidden_of(locked, TOKEN, "kept"), "pin": PIN}, follow=True)

    assert "Only a button" in page.content.decode()
    assert PIN not in page.content.decode()
    assert PASSWORD not in page.content.decode()


def test_what_is_given_back_about_a_patient_is_in_the_trail(nora, form, maria, clock):
    body = opened(nora, form)
    clock.move_to(AT + 20 * MINUTE)
    locked = nora.post(form, body)

    nora.post(reverse("clinic:unlock"), {**hidden_of(locked, TOKEN, "kept"), "pin": PIN}, follow=True)

    assert AccessEvent.objects.get(route="clinic:unlock").patient_ids == []
    assert AccessEvent.objects.get(route="clinic:kept").patient_ids == [maria.pk]


def test_page_of_the_typing_says_whom_it_is_about_until_it_is_saved_or_let_go(nora, form, maria):
    page = nora.post(form, {**opened(nora, form), "only_keep": "1"}, follow=True)
    named = maria.family_name in page.content.decode()
    pressed_again(nora, page)
    after_saving = nora.get(reverse("clinic:kept"))
    nora.post(form, {**opened(nora, form), "only_keep": "1"})
    let_go = nora.post(reverse("clinic:kept"), hidden_of(nora.get(reverse("clinic:kept")), TOKEN))
    after_letting_go = nora.get(reverse("clinic:kept"))

    assert named
    assert [each["Location"] for each in (after_saving, let_go, after_letting_go)] == ["/", "/", "/"]
    assert Allergy.objects.count() == 1


@pytest.mark.parametrize("kept", ["x", "gAAAAA" + "A" * 500, "é" * 50, "a" * 500_000])
def test_odd_words_in_place_of_what_was_kept_are_left_out(cast, clock, kept):
    client = Client()
    client.post(reverse("account_login"), {"login": "x", "password": "y", "kept": kept})
    nora = at_screen(with_pin(cast.nora))
    nora.post(reverse("clinic:lock"))

    answer = nora.post(reverse("clinic:unlock"), {"pin": PIN, "kept": kept})

    assert "kept" not in client.session
    assert (answer.status_code, answer["Location"]) == (302, "/")
