"""Is anything that is tapped in the room lost, doubled or hidden? The infusion sheet in a real browser."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sessions.administration import actions
from sessions.administration.models import SessionEntry, TreatmentSession
from tests.journeys.browser import Watch, check_axe
from tests.scenarios import assessments, plans, treatments
from tests.scenarios.cast import PASSWORD, Cast, clinic_cast

NOON = 12
SAVED = re.compile(r"Saved \d+:\d\d")
WIDTHS = ((1180, 820), (820, 1180), (390, 844), (1440, 900), (1280, 720))
TARGET_PX = 56
OFFLINE = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def cast(clinic: Any) -> Cast:
    """A clinic that was set up yesterday, and where it is noon whenever the test runs."""
    now = datetime.now(UTC)
    cast = clinic_cast(now=now - timedelta(days=2))
    east = NOON - now.hour
    cast.site.time_zone = f"Etc/GMT{-east:+d}" if east else "Etc/GMT"
    cast.site.save()
    for user in cast.everybody:
        user.home_site = cast.site
    return cast


def session_at(cast: Cast, build: Callable[..., TreatmentSession], *, minutes_ago: int) -> TreatmentSession:
    """A session as the scenario builds it, of a visit that began that long ago; the pump starts 20 minutes in."""
    now = datetime.now(UTC)
    starts_at = now - timedelta(minutes=minutes_ago)
    yesterday = now - timedelta(days=1)
    course = assessments.eligible_course(cast, now=yesterday)
    plans.signed_plan(cast, course, now=yesterday)
    plans.consented(cast, course, now=yesterday)
    course.refresh_from_db()
    return build(cast, course=course, starts_at=starts_at, now=starts_at - timedelta(hours=1))


def sheet(page: Page, session: TreatmentSession, email: str = "nora@clinic.example") -> Page:
    """The sheet of a session, opened by Nora."""
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    page.goto(f"/sessions/{session.pk}/")
    page.wait_for_selector("[data-sheet][data-ready]")
    return page


def keys(page: Page, digits: str) -> None:
    """Tap digits on the keypad."""
    for digit in digits:
        name = "Point" if digit == "." else digit
        page.get_by_role("button", name=name, exact=True).and_(page.locator(".sw-key")).click()


def take_vitals(page: Page, digits: str = "12884769716") -> None:
    """128/84, heart rate 76, oxygen 97, breathing 16: a full field hands over to the next."""
    page.locator("[data-tap=vitals]").click()
    keys(page, digits)
    page.get_by_role("button", name="Save", exact=True).click()


def entries(session: TreatmentSession, kind: str) -> list[SessionEntry]:
    return list(SessionEntry.objects.filter(session=session, kind=kind).order_by("seq", "pk"))


def arrived(page: Page, session: TreatmentSession, kind: str, count: int) -> list[SessionEntry]:
    """What the server has of one kind, once there are that many, and half a second later still."""
    for _ in range(100):
        if len(entries(session, kind)) >= count:
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)
    return entries(session, kind)


def test_reading_takes_three_taps_besides_its_digits(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    before = len(entries(session, "vitals"))
    sheet(page, session)

    page.locator("[data-tap=vitals]").click()
    keys(page, "12884769716")
    page.get_by_role("button", name="4", exact=True).and_(page.locator(".sw-chip")).click()
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
    stored = entries(session, "vitals")
    vitals = stored[-1].vitals
    assert len(stored) == before + 1
    assert (vitals.systolic_mmhg, vitals.diastolic_mmhg, vitals.heart_rate_bpm) == (128, 84, 76)
    assert (vitals.spo2_percent, vitals.respiratory_rate_bpm, vitals.moaas) == (97, 16, 4)
    assert stored[-1].author == cast.nora
    expect(page.get_by_role("table", name="Readings").get_by_role("row").last).to_contain_text("128/84")


def test_next_pressed_by_habit_after_a_full_field_skips_none(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)
    following = page.get_by_role("button", name="Next", exact=True)

    page.locator("[data-tap=vitals]").click()
    for digits in ("12884", "76", "97"):
        keys(page, digits)
        following.click()
    keys(page, "16")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
    vitals = entries(session, "vitals")[-1].vitals
    assert (vitals.systolic_mmhg, vitals.diastolic_mmhg, vitals.heart_rate_bpm) == (128, 84, 76)
    assert (vitals.spo2_percent, vitals.respiratory_rate_bpm, vitals.temperature_c) == (97, 16, None)


def test_stop_tapped_by_mistake_on_a_phone_is_taken_back_and_a_pause_resumed(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    page.set_viewport_size({"width": 390, "height": 844})
    sheet(page, session)

    page.locator("[data-tap=stop]").click()
    page.get_by_role("button", name="Tapped by mistake: take back").click()
    page.get_by_role("button", name="Did not happen").click()
    page.get_by_role("button", name="Take back", exact=True).click()
    expect(page.locator("[data-head=clock-label]")).to_have_text("Running")
    page.locator("[data-tap=pause]").click()
    page.get_by_role("button", name="Close", exact=True).click()
    page.locator("[data-tap=resume]").click()

    expect(page.get_by_role("button", name="Resume", exact=True).last).to_be_in_viewport()
    assert len(arrived(page, session, "stop", 1)) == len(arrived(page, session, "retract", 1)) == 1
    assert entries(session, "retract")[0].author == cast.nora


def test_longest_form_leaves_the_graph_readable_on_an_upright_tablet(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    page.set_viewport_size({"width": 820, "height": 1180})
    sheet(page, session)

    page.locator("[data-tap=event]").click()

    expect(page.get_by_role("button", name="Save event")).to_be_in_viewport()
    plot = page.locator("[data-part=plot]").bounding_box()
    assert plot is not None
    assert plot["height"] >= 200


def test_averages_of_a_monitor_are_typed_with_their_decimal(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)

    take_vitals(page, "112.55776.59716")

    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
    vitals = entries(session, "vitals")[-1].vitals
    assert (vitals.systolic_mmhg, vitals.diastolic_mmhg) == (Decimal("112.5"), 57)
    assert (vitals.heart_rate_bpm, vitals.spo2_percent, vitals.respiratory_rate_bpm) == (Decimal("76.5"), 97, 16)


def test_entries_made_offline_are_kept_and_sent_on_return(page: Page, cast: Cast, watch: Watch) -> None:
    watch.allow(OFFLINE)
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)

    page.context.set_offline(True)
    take_vitals(page)
    page.locator("[data-tap=help]").click()

    expect(page.locator("[data-head=saved]")).to_contain_text("2 entries wait to be sent")
    expect(page.get_by_text("Not sent yet: call out loud.")).to_be_visible()
    assert entries(session, "help") == []
    for link in ("[data-key=drug]", "a.sw-plate"):
        page.locator(link).click()
        expect(page.get_by_role("alert").filter(has_text="no other page can open")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
    expect(page.get_by_text("no other page can open")).to_have_count(0)
    assert (len(arrived(page, session, "help", 1)), len(arrived(page, session, "vitals", 2))) == (1, 2)


def test_reload_keeps_what_was_not_sent(page: Page, cast: Cast, watch: Watch) -> None:
    watch.allow("ERR_FAILED|Failed to load|status of 503")
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)
    page.route("**/entries/", lambda route: route.fulfill(status=503, body=""))

    take_vitals(page)
    expect(page.locator("[data-head=saved]")).to_contain_text("1 entry waits to be sent")
    page.reload()
    page.wait_for_selector("[data-sheet][data-ready]")

    expect(page.locator("[data-head=saved]")).to_contain_text("1 entry waits to be sent")
    expect(page.get_by_role("table", name="Readings").get_by_role("row").last).to_contain_text("128/84")
    page.unroute("**/entries/")
    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED, timeout=40_000)
    assert len(entries(session, "vitals")) == 2


def test_lost_answer_stores_the_entry_once(page: Page, cast: Cast, watch: Watch) -> None:
    watch.allow("ERR_FAILED|Failed to load")
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)
    lost: list[int] = []

    def lose_two_answers(route: Any) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/entries/", lose_two_answers)
    take_vitals(page)

    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED, timeout=20_000)
    assert lost == [200, 200]
    assert len(entries(session, "vitals")) == 2


def test_doubled_click_stores_once(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)

    page.locator("[data-tap=vitals]").click()
    keys(page, "12884769716")
    page.get_by_role("button", name="Save", exact=True).dblclick()
    # What lies where Save was is not hit by the second half of the tap.
    expect(page.locator("[data-panel]")).to_be_hidden()
    expect(page.locator("[data-part=log]")).to_be_hidden()
    expect(page).to_have_url(re.compile(f"/sessions/{session.pk}/$"))
    page.locator("[data-tap=help]").dblclick()

    assert (len(arrived(page, session, "vitals", 2)), len(arrived(page, session, "help", 1))) == (2, 1)


def test_two_tablets_see_each_other(page: Page, open_browser: Callable[..., Page], cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)
    other = sheet(open_browser(), session, "nils@clinic.example")

    take_vitals(page, "13084769716")
    other.locator("[data-tap=comfort]").click()
    other.get_by_role("button", name="Calm").click()
    other.get_by_role("button", name="Save", exact=True).click()

    expect(other.get_by_role("table", name="Readings").get_by_role("row").last).to_contain_text(
        "130/84", timeout=15_000
    )
    page.get_by_role("button", name="All entries").click()
    expect(page.get_by_role("row", name=re.compile("Experience.*Calm.*Nils"))).to_be_visible(timeout=15_000)


def test_stop_is_one_tap_without_network_too_and_the_corners_stay(page: Page, cast: Cast, watch: Watch) -> None:
    watch.allow(OFFLINE)
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)
    before = [page.locator(f"[data-tap={name}]").bounding_box() for name in ("stop", "help")]

    page.context.set_offline(True)
    page.locator("[data-tap=stop]").click()

    expect(page.get_by_text("Since the stop")).to_be_visible()
    expect(page.locator("[data-tap=stop]")).to_be_disabled()
    given = page.locator(".sw-pour dd").first.text_content()
    page.wait_for_timeout(2500)
    assert page.locator(".sw-pour dd").first.text_content() == given
    page.context.set_offline(False)
    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
    assert [entry.kind for entry in entries(session, "stop")] == ["stop"]
    session.refresh_from_db()
    assert session.state == "recovery"
    after = [page.locator(f"[data-tap={name}]").bounding_box() for name in ("stop", "help")]
    assert [(box["x"] < 40, box["y"]) for box in after if box] == [(box["x"] < 40, box["y"]) for box in before if box]


def test_unlikely_reading_is_stored_first_and_then_confirmed(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)

    take_vitals(page, "20884769716")
    page.get_by_role("button", name="It is right").click()

    expect(page.get_by_role("button", name="It is right")).to_have_count(0)
    reading = arrived(page, session, "vitals", 2)[-1]
    assert reading.to_confirm != ""
    assert [entry.target_id for entry in arrived(page, session, "confirm", 1)] == [reading.pk]


def test_impossible_and_half_readings_are_refused_with_the_typing_kept(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)

    page.locator("[data-tap=vitals]").click()
    page.get_by_label(re.compile("BP")).fill("84/128")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("the lower pressure must be below the upper one")).to_be_visible()
    expect(page.get_by_label(re.compile("BP"))).to_have_value("84/128")
    page.get_by_label(re.compile("BP")).fill("128")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("A blood pressure needs both numbers.")).to_be_visible()
    assert len(entries(session, "vitals")) == 1


def test_mistake_is_taken_back_and_stays_readable(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)
    take_vitals(page, "13084769716")
    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)

    page.get_by_role("button", name="All entries").click()
    page.get_by_role("row", name=re.compile("130.84")).get_by_role("button", name="Take back").click()
    page.get_by_role("button", name="Mistyped").click()
    page.get_by_role("button", name="Take back", exact=True).and_(page.locator("[type=submit]")).click()

    row = page.get_by_role("row", name=re.compile("130.84"))
    expect(row).to_contain_text("taken back by Nora Nolan")
    expect(row.locator(".sw-struck").last).to_contain_text("BP 130/84")
    page.get_by_role("button", name="Back to the graph").click()
    expect(page.get_by_role("table", name="Readings")).not_to_contain_text("130/84")


def test_start_is_open_when_everything_is_ready(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.prepared_session, minutes_ago=22)
    sheet(page, session)

    page.locator("[data-tap=start]").click()
    page.get_by_role("button", name="Start", exact=True).and_(page.locator("[type=submit]")).click()

    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
    session.refresh_from_db()
    assert session.state == "running"


def test_start_that_has_happened_is_charted_before_everything_is_ready(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.opened_session, minutes_ago=22)
    sheet(page, session)

    page.locator("[data-tap=start]").click()
    expect(page.get_by_text("Not ready to start")).to_be_visible()
    page.get_by_role("button", name="It is already running").click()
    page.get_by_role("button", name="−5 min").click()
    page.get_by_role("button", name="Chart the start").click()

    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
    session.refresh_from_db()
    assert session.state == "running"
    assert datetime.now(UTC) - session.started_at > timedelta(minutes=4)


def test_signature_makes_an_open_sheet_read_only(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.discharged_session, minutes_ago=60 * 3)
    sheet(page, session)

    actions.sign_session(session=session, password=PASSWORD, by=cast.nora, now=datetime.now(UTC))

    expect(page.get_by_text("Signed: this sheet is read only.")).to_be_visible(timeout=15_000)
    for name in ("stop", "vitals", "event", "rate", "comfort", "note", "help"):
        expect(page.locator(f"[data-tap={name}]")).to_be_disabled()


def test_device_that_cannot_keep_entries_says_so(page: Page, cast: Cast, watch: Watch) -> None:
    watch.allow("The outbox is not kept")
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    sheet(page, session)

    take_vitals(page)

    expect(page.get_by_role("alert").filter(has_text="This device cannot keep entries.")).to_be_visible()
    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
    assert len(entries(session, "vitals")) == 2


def test_signed_out_tablet_keeps_entries_and_asks_to_sign_in(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)
    page.context.clear_cookies(name="stepwell")

    take_vitals(page)

    expect(page.locator("[data-head=saved]")).to_contain_text("You are signed out")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill("nils@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("[data-sheet][data-ready]")
    expect(page.locator("[data-head=saved]")).to_contain_text(SAVED)
    assert entries(session, "vitals")[-1].author == cast.nora


def test_sheet_has_no_accessibility_violation_and_fits_every_width(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=45)
    sheet(page, session)

    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        check_axe(page)
        for name in ("vitals", "event", "rate", "comfort", "note"):
            page.locator(f"[data-tap={name}]").click()
            check_axe(page)
            page.get_by_role("button", name="Close", exact=True).click()
        heights = page.locator(".sw-thumb .sw-tap").evaluate_all("all => all.map(one => one.offsetHeight)")
        bottoms = page.locator(".sw-thumb .sw-tap").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().bottom)"
        )

        assert min(heights) >= TARGET_PX
        assert max(bottoms) <= height
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_charting_says_that_it_needs_a_script(open_browser: Callable[..., Page], cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=31)
    page = open_browser(java_script_enabled=False)
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill("nora@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.goto(f"/sessions/{session.pk}/")

    expect(page.get_by_text("Charting needs JavaScript")).to_be_visible()
    expect(page.get_by_role("link", name="Drug: draw, waste, return")).to_be_visible()
