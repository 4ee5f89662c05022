"""The front desk books somebody from the calendar, puts a slip right, and calls the visit off again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from sessions.scheduling.models import Appointment
from tests.journeys.browser import Watch, check_axe
from tests.journeys.server import Served
from tests.scenarios.cast import PASSWORD, Cast, clinic_cast
from tests.scenarios.plans import planned_course
from tests.scenarios.visits import booked_visit

NOW = datetime.now(UTC)
IN_A_WEEK = NOW + timedelta(days=7)


def at_the_desk(page: Page) -> Cast:
    """The clinic as of the real clock, and Fran signed in on the page."""
    cast = clinic_cast(now=NOW)
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(cast.fran.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return cast


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["scripts", "no scripts"])
def test_desk_books_from_a_free_time_and_puts_a_slip_right(
    open_browser: Callable[..., Page], watch: Watch, options: dict[str, bool]
) -> None:
    watch.allow("status of 422")
    page = open_browser(**options)
    cast = at_the_desk(page)
    planned_course(cast, now=NOW)

    page.goto(f"/calendar/?day={IN_A_WEEK:%Y-%m-%d}")
    expect(page.get_by_text("Nobody is booked on this day")).to_be_visible()
    page.get_by_role("link", name="Book room 2 at 10:00 am").click()
    page.get_by_role("link", name="Mia Ordóñez", exact=True).click()
    expect(page.get_by_label("Time", exact=True)).to_have_value("10:00")
    page.get_by_label("Time", exact=True).fill("06:30")
    page.get_by_role("button", name="Book visit").click()
    expect(page.get_by_label("Yes, outside opening hours")).to_be_visible()
    expect(page.get_by_label("Room")).to_have_value(str(cast.rooms[1].pk))
    page.get_by_label("Time", exact=True).fill("14:30")
    page.get_by_role("button", name="Book visit").click()

    expect(page.get_by_text("Nobody is named who takes this person home.")).to_be_visible()
    page.get_by_role("link", name="See this day in the calendar").click()
    expect(page.get_by_role("cell", name="Mia Ordóñez")).to_contain_text("2:30 pm to 4:30 pm")


def test_desk_names_the_ride_and_calls_the_visit_off(page: Page) -> None:
    cast = at_the_desk(page)
    tomorrow = (NOW + timedelta(days=1)).replace(hour=16, minute=0, second=0, microsecond=0)
    visit = booked_visit(cast, planned_course(cast, now=NOW).course, starts_at=tomorrow, now=NOW)

    page.goto(f"/visits/{visit.pk}/")
    page.get_by_role("link", name="Name the ride").click()
    expect(page.get_by_role("button", name="Save ride")).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="Save ride").click()
    expect(page.get_by_text("Luis Ordóñez, (202) 555-0144")).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Cancel visit").click()
    page.get_by_label("Why is it cancelled?").fill("Has a cold")
    check_axe(page)
    page.get_by_role("button", name="Cancel visit").click()

    expect(page.get_by_text("Has a cold")).to_be_visible()
    assert [visit.state for visit in Appointment.objects.all()] == ["cancelled"]


def test_free_times_follow_the_day_that_is_typed(clinic: Served, page: Page) -> None:
    cast = at_the_desk(page)
    course = planned_course(cast, now=NOW).course

    page.goto(f"/patients/{course.patient_id}/visits/new/")
    page.get_by_label("Day", exact=True).first.fill(f"{IN_A_WEEK:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).click()
    expect(page.locator("#free-times")).to_contain_text(f"{IN_A_WEEK:%a %b} {IN_A_WEEK.day}")
    check_axe(page)
    page.locator("#free-times").get_by_role("link", name="9:15 am").first.click()
    page.get_by_role("button", name="Book visit").click()
    page.get_by_role("link", name="See this day in the calendar").click()

    expect(page.get_by_role("cell", name="Mia Ordóñez")).to_contain_text("9:15 am to 11:15 am")
    check_axe(page)
