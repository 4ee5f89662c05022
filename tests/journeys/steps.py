"""What do several journeys do? Sign in, answer, tap."""

import re

from playwright.sync_api import Page, expect

from tests.scenarios.cast import PASSWORD

SIGNED_IN = re.compile(r"^(?!.*sign-in)")
SAVED = re.compile(r"Saved \d+:\d\d")


def sign_in(page: Page, email: str, password: str = PASSWORD) -> Page:
    """The same page, signed in and on today's page."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(SIGNED_IN)
    return page


def unlock(page: Page, password: str = PASSWORD) -> Page:
    """The same page as before, whose lock is opened by password."""
    password_field = page.get_by_label("Password", exact=True)
    if not password_field.is_visible():
        page.get_by_text("Use the password").click()
    password_field.fill(password)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("heading", name="Locked")).not_to_be_visible()
    return page


def back_at(page: Page, email: str) -> Page:
    """The person comes back to their screen after some time: whatever closed meanwhile is opened again."""
    page.reload()
    if page.get_by_role("heading", name="Locked").is_visible():
        unlock(page)
    elif page.get_by_role("heading", name="Sign in").is_visible():
        sign_in(page, email)
    return page


def told(page: Page, words: str) -> None:
    """The toast says so."""
    expect(page.locator("#toasts")).to_contain_text(words)


def answer(page: Page, **said: str) -> None:
    """Choose the named answer of each question."""
    for name, value in said.items():
        page.locator(f'input[name="{name}"][value="{value}"]').check()


def take_vitals(page: Page, digits: str) -> None:
    """One set of signs on the keypad of the sheet: pressure, heart rate, oxygen, breathing, and fully awake."""
    page.locator("[data-tap=vitals]").click()
    for digit in digits:
        page.locator(".sw-key").get_by_text(digit, exact=True).click()
    page.get_by_role("button", name="5", exact=True).and_(page.locator(".sw-chip")).click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
