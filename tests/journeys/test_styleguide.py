"""Do all parts, in every state, stand in both themes and three widths, seen by a machine and by keyboard?"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.journeys.browser import Watch, check_axe
from tests.journeys.server import Served, served

WIDTHS = (1440, 820, 390)
LEAST_TARGET_PX = 44
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
# The ring may stand around the control or around the label that holds it.
CONTROLS = "a[href], button:not(.sw-key), input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
WITHOUT_RING = """(controls) => [...document.querySelectorAll(controls)]
    .filter((one) => one.checkVisibility() && !one.disabled && !one.matches(".sw-skip"))
    .filter((one) => {
        one.focus({ focusVisible: true });
        const ring = (node) => node && getComputedStyle(node).outlineStyle !== "none"
            && parseFloat(getComputedStyle(node).outlineWidth) >= 2;
        return !ring(one) && !ring(one.closest("label"));
    })
    .map((one) => one.outerHTML.slice(0, 160))"""
TARGETS = ".btn, .sw-tabs a, .sw-choice label, .sw-stack label, .sw-answer, .sw-toast button, .sw-table a"
TOO_SMALL = """([targets, least]) => [...document.querySelectorAll(targets)]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < least - 0.5)
    .map((one) => `${Math.round(one.getBoundingClientRect().height)} px: ${one.outerHTML.slice(0, 120)}`)"""

MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
    const style = getComputedStyle(one);
    const moves = style.animationName !== "none" && parseFloat(style.animationDuration) > 0;
    return moves || parseFloat(style.transitionDuration) > 0;
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture
def clinic(clinic_database: str) -> Iterator[Served]:
    """A development server; the usual one has no style guide."""
    with served(clinic_database, DJANGO_SETTINGS_MODULE="tests.journeys.development") as running:
        yield running


def test_parts_stand_in_both_themes_and_three_widths(open_browser: Callable[..., Page], watch: Watch) -> None:
    page = open_browser()

    for theme in ("light", "dark"):
        page.goto(f"/styleguide/?theme={theme}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})

            check_axe(page)
            assert page.evaluate(TOO_WIDE) <= 0, f"{theme} at {width}"

        assert page.evaluate(WITHOUT_RING, CONTROLS) == []


def test_parts_are_large_enough_for_a_finger(open_browser: Callable[..., Page], watch: Watch) -> None:
    page = open_browser(viewport={"width": 390, "height": 844}, has_touch=True)

    page.goto("/styleguide/")

    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert page.evaluate(TOO_SMALL, [TARGETS, LEAST_TARGET_PX]) == []


def test_parts_stand_still_and_fit_for_who_enlarges_them_twice(open_browser: Callable[..., Page], watch: Watch) -> None:
    page = open_browser(
        viewport={"width": 640, "height": 450}, device_scale_factor=2, reduced_motion="reduce", forced_colors="active"
    )

    page.goto("/styleguide/")

    assert page.evaluate(MOVING) == []
    assert page.evaluate(TOO_WIDE) <= 0
    check_axe(page)
