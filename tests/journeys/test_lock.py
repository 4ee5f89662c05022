"""Is a shared screen safe to leave and quick to come back to? Idle lock, PIN, sign-out and two people on one device."""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from clinic.lock import actions as lock_actions
from patients.history.models import Allergy
from sessions.administration.models import SessionEntry, TreatmentSession
from tests.journeys.browser import Watch, check_axe
from tests.journeys.moved_clock import MOVED_BY, Clock
from tests.journeys.server import Served, served
from tests.journeys.steps import sign_in, unlock
from tests.scenarios import people, treatments
from tests.scenarios.cast import PASSWORD, Cast, clinic_cast

PIN = "739518"
NORA, NILS = "nora@clinic.example", "nils@clinic.example"
TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "moved_by", datetime.now(UTC))


@pytest.fixture
def clinic(clinic_database: str, clock: Clock) -> Iterator[Served]:
    moved = {"DJANGO_SETTINGS_MODULE": "tests.journeys.moved_clock", MOVED_BY: str(clock.file)}
    with served(clinic_database, **moved) as running:
        yield running


@pytest.fixture
def cast(clinic: Served, watch: Watch) -> Cast:
    """Nora has a PIN."""
    watch.allow("status of (423|409|422|403)")
    cast = clinic_cast()
    lock_actions.set_pin(user=cast.nora, pin=PIN, again=PIN, now=datetime.now(UTC))
    return cast


def lock_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Locked")


def tap_pin(page: Page) -> float:
    """Six taps on the keys of the screen; how many seconds until the page is back."""
    began = time.perf_counter()
    for digit in PIN:
        lock_of(page).get_by_role("button", name=digit, exact=True).tap()
    expect(lock_of(page)).not_to_be_visible()
    return time.perf_counter() - began


def notes_of(session: TreatmentSession) -> list[tuple[str, str]]:
    found = SessionEntry.objects.filter(session=session, kind="note").select_related("note", "author").order_by("seq")
    return [(entry.note.text, entry.author.full_name) for entry in found]


def charted(session: TreatmentSession) -> Counter[str]:
    """How many entries of each kind the server has."""
    return Counter(SessionEntry.objects.filter(session=session).values_list("kind", flat=True))


def note(page: Page, words: str) -> None:
    page.locator("[data-tap=note]").click()
    page.locator("[data-panel] textarea").fill(words)
    page.get_by_role("button", name="Save note", exact=True).click()
    expect(page.locator("[data-panel]")).not_to_be_visible()


def chart_three(page: Page) -> None:
    """A note, a reading, a call for help."""
    note(page, "Calm")
    page.locator("[data-tap=vitals]").click()
    for digit in "12884769716":
        page.locator("[data-panel] .sw-key").get_by_text(digit, exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("[data-panel]")).not_to_be_visible()
    page.locator("[data-tap=help]").click()


def test_idle_sheet_locks_keeps_the_clock_and_loses_no_entry(
    open_browser: Callable[..., Page], cast: Cast, clock: Clock, watch: Watch
) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED")
    session = treatments.session_now(cast, treatments.running_session, minutes_ago=31)
    page = sign_in(open_browser(**TABLET), NORA)
    page.goto(f"/sessions/{session.pk}/")
    page.wait_for_selector("[data-sheet][data-ready]")
    page.context.set_offline(True)
    chart_three(page)
    page.locator("[data-tap=comfort]").click()
    page.locator("[data-panel] .form-control").first.fill("Half a sent")

    clock.go_on(minutes=20)
    page.context.set_offline(False)
    expect(lock_of(page)).to_be_visible(timeout=15_000)

    expect(lock_of(page)).to_contain_text(re.compile(r"Room 1\s*Running \d+:\d\d"))
    expect(page.get_by_role("heading", name="Ordóñez")).to_have_count(0)
    assert "Ordóñez" not in page.locator("body").inner_text()
    assert page.title() == "Locked"
    check_axe(page)
    before = charted(session)
    seconds = tap_pin(page)
    expect(page.locator("[data-head=saved]")).to_contain_text(re.compile("Saved"), timeout=15_000)
    assert charted(session) - before == Counter(help=1, vitals=1, note=1)
    assert SessionEntry.objects.filter(session=session).latest("received_at").author == cast.nora
    assert page.locator("[data-panel] .form-control").first.input_value() == "Half a sent"
    logging.getLogger(__name__).info("unlocked by PIN, from the first tap, in %.2f s", seconds)
    assert seconds < 3


def test_locked_sheet_without_the_network_stays_when_somebody_else_asks(
    open_browser: Callable[..., Page], cast: Cast, watch: Watch
) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED")
    session = treatments.session_now(cast, treatments.running_session, minutes_ago=31)
    page = sign_in(open_browser(**TABLET), NORA)
    page.goto(f"/sessions/{session.pk}/")
    page.wait_for_selector("[data-sheet][data-ready]")
    page.context.set_offline(True)

    page.get_by_role("button", name="Lock", exact=True).click()
    expect(lock_of(page).get_by_role("alert")).to_contain_text("The clinic’s server does not answer")
    lock_of(page).get_by_role("button", name="Sign in as somebody else").click()
    expect(lock_of(page).get_by_role("alert")).to_contain_text("nobody else can sign in here yet")
    page.context.set_offline(False)

    expect(lock_of(page).locator("[data-unlock-refused]")).to_be_empty(timeout=15_000)
    tap_pin(page)
    expect(page.get_by_role("heading", name="Ordóñez")).to_be_visible()


def pass_time(page: Page, clock: Clock, how_long: str) -> None:
    """On the clock of the server and on that of the page."""
    minutes, seconds = map(int, how_long.split(":"))
    clock.go_on(minutes=minutes, seconds=seconds)
    page.clock.fast_forward(how_long)


def nothing_of_the_page(page: Page) -> None:
    """Neither seen, nor told to those who listen, nor printed."""
    expect(page.get_by_label("Allergic to")).not_to_be_visible()
    expect(page.get_by_role("textbox", name="Allergic to")).to_have_count(0)
    page.emulate_media(media="print")
    assert "Ordóñez" not in page.locator("body").inner_text()
    page.emulate_media(media="screen")


def test_typing_stays_beneath_the_lock_and_is_saved_afterwards(page: Page, cast: Cast, clock: Clock) -> None:
    maria = people.registered(cast)
    page.clock.install()
    sign_in(page, NORA)
    page.goto(f"/patients/{maria.pk}/allergies/")
    page.get_by_label("Allergic to").fill("Latex")

    pass_time(page, clock, "14:30")
    page.get_by_role("button", name="Stay").click()
    expect(page.get_by_text("This screen locks within a minute")).to_have_count(0)
    pass_time(page, clock, "10:00")
    expect(lock_of(page)).not_to_be_visible()
    pass_time(page, clock, "05:00")
    expect(lock_of(page)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    nothing_of_the_page(page)
    lock_of(page).get_by_label("PIN", exact=True).fill("407182")
    expect(lock_of(page).get_by_role("alert")).to_have_text(re.compile("That PIN is not right. 4 more tries"))
    unlock(page)
    page.get_by_role("button", name="Add allergy").click()

    expect(page.get_by_text("Latex").first).to_be_visible()
    assert Allergy.objects.get().patient == maria


def test_nothing_is_left_behind_after_locking(page: Page, cast: Cast) -> None:
    maria = people.registered(cast)
    sign_in(page, NORA)
    page.goto(f"/patients/{maria.pk}/")
    page.goto(f"/patients/{maria.pk}/progress/")

    page.get_by_role("button", name="Lock", exact=True).click()
    expect(lock_of(page)).to_be_visible()
    page.go_back()

    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    assert "Ordóñez" not in page.locator("body").inner_text()
    check_axe(page)
    expect(unlock(page).get_by_role("heading", name="Maria Ordóñez")).to_be_visible()


def test_nothing_is_left_behind_after_signing_out_and_no_entry_lost(page: Page, cast: Cast, watch: Watch) -> None:
    watch.allow("ERR_FAILED")
    session = treatments.session_now(cast, treatments.running_session, minutes_ago=31)
    sign_in(page, NORA)
    page.goto(f"/patients/{session.patient_id}/")
    page.goto(f"/sessions/{session.pk}/")
    page.wait_for_selector("[data-sheet][data-ready]")
    page.route("**/entries/", lambda route: route.abort())
    note(page, "Calm")
    page.goto("/")

    page.locator(".sw-menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("dialog", name="Entries wait to be sent")).to_contain_text("1 entry")
    page.unroute("**/entries/")
    page.get_by_role("button", name="Send now, then sign out").click()
    page.wait_for_url("**/sign-in/**")

    assert notes_of(session) == [("Calm", "Nora Nolan")]
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    for _ in range(4):
        page.go_back()
        assert "Ordóñez" not in page.locator("body").inner_text()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_two_tabs_mix_neither_patients_nor_people(page: Page, cast: Cast) -> None:
    maria = people.registered(cast)
    otto = people.registered(cast, given_name="Otto", family_name="Other", phone="+12025550177")
    sign_in(page, NORA)
    page.goto(f"/patients/{maria.pk}/allergies/")
    second = page.context.new_page()
    second.goto(f"/patients/{otto.pk}/allergies/")

    page.get_by_label("Allergic to").fill("Latex")
    page.get_by_role("button", name="Add allergy").click()
    expect(page.get_by_text("Latex").first).to_be_visible()
    page.get_by_label("Allergic to").fill("Penicillin")
    second.get_by_role("button", name="Lock", exact=True).click()
    expect(lock_of(page)).to_be_visible()
    second.get_by_role("button", name="Sign in as somebody else").click()
    second.get_by_label("E-mail").fill(NILS)
    second.get_by_label("Password").fill(PASSWORD)
    second.get_by_role("button", name="Sign in").click()
    expect(second.get_by_text("Nils Nyberg, RN").first).to_be_visible()
    lock_of(page).get_by_label("PIN", exact=True).fill(PIN)

    expect(lock_of(page).get_by_role("alert")).to_contain_text("Somebody else is signed in on this device now")
    assert [(one.substance, one.patient, one.recorded_by) for one in Allergy.objects.all()] == [
        ("Latex", maria, cast.nora)
    ]
