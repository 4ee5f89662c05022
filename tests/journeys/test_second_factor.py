"""Nora sets up an app, signs in with its code and with a recovery code, adds a passkey and signs in with that."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from clinic.second_factor import actions, rules
from clinic.second_factor.models import SecondFactorNote
from tests.journeys.browser import Watch, check_axe
from tests.journeys.server import Served, served
from tests.scenarios.cast import PASSWORD, Cast, clinic_cast

OVERVIEW = "/account/second-factor/"
KEY = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}


@pytest.fixture
def cast(clinic_database: str) -> Cast:
    """Ashby Street asks everybody for a second factor."""
    now = datetime.now(UTC)
    cast = clinic_cast(now=now)
    actions.set_requirement(site=cast.site, is_required=True, reason="Policy", by=None, password="", now=now)
    return cast


@pytest.fixture
def clinic(clinic_database: str) -> Iterator[Served]:
    """Under a name: there are no passkeys at an address of numbers."""
    with served(clinic_database) as running:
        yield replace(running, url=running.url.replace("127.0.0.1", "localhost"))


def first_step(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def second_step(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in with the code").click()


def sign_out(page: Page) -> None:
    page.goto("/sign-out/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def once_more(page: Page, email: str) -> None:
    sign_out(page)
    first_step(page, email)


def shown_now(secret: str, *, next_one: bool = False) -> str:
    return rules.code_at(secret, rules.step_at(datetime.now(UTC)) + next_one)


def inside(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def set_up_an_app(page: Page) -> tuple[str, list[str]]:
    """The secret and the recovery codes, as a person would write them down."""
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("[data-secret]").inner_text().replace(" ", "")
    check_axe(page)
    page.get_by_label("Code that the app shows").fill(shown_now(secret))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up the app").click()
    expect(page.locator(".sw-codes code")).to_have_count(10)
    codes = page.locator(".sw-codes code").all_inner_texts()
    check_axe(page)
    page.reload()
    expect(page.locator(".sw-codes")).to_have_count(0)
    return secret, codes


def add_a_passkey(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.goto(OVERVIEW)
    check_axe(page)
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.get_by_label("Name for this passkey")).to_be_visible()
    check_axe(page)
    page.get_by_label("Name for this passkey").fill("Blue key")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("link", name="Remove Blue key")).to_be_visible()
    expect(page.get_by_text("Not used yet")).to_be_visible()


def code_counts_once(page: Page, email: str, code: str) -> None:
    once_more(page, email)
    second_step(page, code)
    inside(page)
    once_more(page, email)
    second_step(page, code)
    expect(page.get_by_text("or it was used before")).to_be_visible()


def only_setting_up_is_open(page: Page) -> None:
    expect(page.get_by_text("The clinic asks everybody for a second factor")).to_be_visible()
    check_axe(page)
    page.goto("/patients/")
    expect(page).to_have_url(re.compile(f"{OVERVIEW}$"))


def test_app_recovery_code_and_passkey(cast: Cast, page: Page, watch: Watch) -> None:
    watch.allow("status of 422")

    first_step(page, cast.nora.email)
    only_setting_up_is_open(page)
    secret, codes = set_up_an_app(page)
    page.goto("/")
    inside(page)
    # not the code that was typed already
    once_more(page, cast.nora.email)
    expect(page.get_by_label("Code")).to_be_visible()
    check_axe(page)
    second_step(page, "000 000")
    expect(page.get_by_text("That code is not right")).to_be_visible()
    second_step(page, shown_now(secret, next_one=True))
    inside(page)
    code_counts_once(page, cast.nora.email, codes[0])
    second_step(page, codes[1])
    inside(page)
    add_a_passkey(page)
    once_more(page, cast.nora.email)
    page.get_by_role("button", name="Use your passkey").click()
    inside(page)

    told = SecondFactorNote.objects.filter(user=cast.nora).order_by("id").values_list("kind", flat=True)
    assert len(set(codes)) == 10
    assert " ".join(told) == "app_set_up codes_made step_failed code_used step_failed code_used passkey_added"
