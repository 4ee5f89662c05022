"""Step 4 in a browser: from the list of calls to the chart, on a desk, a tablet and a phone."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from patients.courses.models import Course
from sessions.follow_up.models import CheckIn
from tests.journeys.browser import check_axe
from tests.scenarios import follow_ups
from tests.scenarios.cast import PASSWORD, clinic_cast

SIZES = ((1440, 900), (820, 1180), (390, 844))


@pytest.fixture
def course(clinic: Any) -> Course:
    """Two sessions, eleven and eight days ago: the last one's day 7 check-in is late, nothing was answered."""
    now = datetime.now(UTC)
    cast = clinic_cast(now=now - timedelta(days=60))
    return follow_ups.treated_course(cast, now=now, days=(11, 8))


def sign_in(page: Page, email: str) -> Page:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))
    return page


def answer(page: Page, **said: str) -> None:
    """Choose the named answer of each question."""
    for name, value in said.items():
        page.locator(f"input[name={name}][value='{value}']").check()


def sideways(page: Page) -> int:
    """By how many pixels the page itself scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_nurse_records_a_check_in_and_sees_it_on_the_chart(course: Course, page: Page) -> None:
    sign_in(page, "nora@clinic.example")
    page.get_by_label("Main").get_by_role("link", name="Follow-up").click()
    expect(page.get_by_role("link", name="Record Day 7 check-in").first).to_be_visible()
    check_axe(page)
    page.get_by_role("link", name="Record Day 7 check-in").first.click()
    expect(page.get_by_role("button", name="Save check-in")).to_be_visible()
    check_axe(page)

    answer(page, mood_nrs="7", has_urinary_symptoms="0", **{f"phq9_{n}": "1" for n in range(1, 9)}, phq9_9="0")
    page.get_by_role("button", name="Save check-in").click()

    expect(page.locator("#toasts")).to_contain_text("Day 7 check-in recorded.")
    expect(page.locator(".sw-says .sw-lead")).to_contain_text("Depression has at least halved")
    expect(page.locator(".sw-chart svg").first).to_contain_text("Response 9")
    expect(page.locator(".sw-chart .c-dose").first).to_have_attribute("d", re.compile("^M[^M]+M[^M]+$"))
    check_axe(page)
    assert CheckIn.objects.get().response.total == 8


def test_day_in_a_sentence_leads_to_its_row_and_the_axis_can_count_days(course: Course, page: Page) -> None:
    sign_in(page, "paula@clinic.example")
    page.goto(reverse("patients:progress", args=[course.patient_id]))

    page.locator(".sw-says a").first.click()
    row = page.locator("tr:target")
    expect(row).to_be_visible()
    expect(row).to_contain_text("18")

    page.get_by_role("link", name="Days since first infusion").click()
    expect(page.locator(".sw-chart svg").first).to_contain_text("Day 0")


def test_pages_fit_every_screen_in_light_and_dark(course: Course, open_browser: Any) -> None:
    page = sign_in(open_browser(), "nora@clinic.example")
    session = course.treatment_sessions.latest("number")

    for (width, height), scheme in itertools.product(SIZES, ("light", "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        for address in (
            reverse("sessions:follow-up"),
            reverse("sessions:check-in", args=[session.pk, "day7"]),
            reverse("patients:progress", args=[course.patient_id]),
        ):
            page.goto(address)

            assert sideways(page) == 0, f"{address} at {width} px"
            check_axe(page)
