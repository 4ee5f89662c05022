"""Does the sheet stay readable when a lot happens at once, and honest when the server says nothing?"""

import itertools
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, Route, expect

from sessions.administration.models import TreatmentSession
from tests.journeys.browser import check_axe
from tests.journeys.test_sheet import cast, session_at, sheet, take_vitals
from tests.scenarios import treatments
from tests.scenarios.cast import Cast

__all__ = ["cast"]

WIDTHS = ((1180, 820), (390, 844))
# What is written on the canvas, with the box that it fills, since the canvas was last wiped.
REMEMBER_WORDS = """
    const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
    window.written = [];
    CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        window.written = [];
        return clearRect.apply(this, box);
    };
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        const width = this.measureText(text).width;
        const left = { left: x, right: x - width, center: x - width / 2 }[this.textAlign];
        window.written.push({ text, left, right: left + width, top: y - 10, bottom: y + 2 });
        return fillText.call(this, text, x, y);
    };
"""
THINNED = re.compile(r"\d+ of \d+ (readings have a mark|marked)")
SECONDS_TO_DRAW = 10
ASKED = re.compile("/(state|entries)/$")
EVENT = re.compile("nausea|dizziness|headache|hypertension", re.IGNORECASE)


def crowded(cast: Cast, session: TreatmentSession) -> None:
    """Forty readings and ten events within five minutes, of which one is severe."""
    start = datetime.now(UTC) - timedelta(minutes=5)
    for count in range(40):
        reading = {**treatments.BASELINE, "systolic_mmhg": 120 + count % 9}
        treatments.charted(cast, session, "vitals", reading, start + timedelta(seconds=7 * count))
    for count in range(10):
        event = {"term": ("Nausea", "Dizziness", "Headache")[count % 3], "grade": 1, "action_taken": "", "detail": ""}
        at = start + timedelta(seconds=28 * count)
        treatments.charted(cast, session, "event", {**event, "is_serious": False}, at)
    severe = {"term": "Hypertension", "grade": 3, "is_serious": False, "action_taken": "", "detail": ""}
    treatments.charted(cast, session, "event", severe, start + timedelta(minutes=2))


def overlapping(boxes: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (one["text"], other["text"])
        for one, other in itertools.combinations(boxes, 2)
        if one["left"] < other["right"]
        and other["left"] < one["right"]
        and one["top"] < other["bottom"]
        and other["top"] < one["bottom"]
    ]


def words_on_canvas(page: Page) -> list[dict[str, Any]]:
    """What is written once the canvas is drawn; asked from here, since the page's policy evaluates nothing for us."""
    until = time.monotonic() + SECONDS_TO_DRAW
    while time.monotonic() < until:
        written: list[dict[str, Any]] = page.evaluate("window.written")
        if any(THINNED.fullmatch(one["text"]) for one in written):
            return written
        page.wait_for_timeout(50)
    message = "nothing on the canvas says how many readings have a mark"
    raise AssertionError(message)


def test_forty_readings_and_ten_events_in_five_minutes_stay_readable(page: Page, cast: Cast) -> None:
    session = session_at(cast, treatments.running_session, minutes_ago=45)
    crowded(cast, session)
    page.add_init_script(REMEMBER_WORDS)
    sheet(page, session)

    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(".sw-plot canvas")).to_be_visible()
        written = words_on_canvas(page)

        texts = [one["text"] for one in written]
        assert "BP 123/78" in texts  # the latest, in large type
        assert any(text.startswith("Hypertension") for text in texts), texts
        assert any(re.fullmatch(r"\+\d+", text) for text in texts), texts
        assert overlapping([one for one in written if EVENT.search(one["text"])]) == []
        values = [one for one in written if re.fullmatch(r"\d{2,3}/\d{2,3}|\d{1,3}", one["text"])]
        below = max(one["bottom"] for one in written if one["text"] == "Events")
        assert overlapping([one for one in values if one["top"] > below]) == []
        check_axe(page)


def test_server_that_hangs_is_noticed_within_five_seconds(page: Page, cast: Cast) -> None:
    def hang(_route: Route) -> None:
        """No answer at all."""

    session = session_at(cast, treatments.running_session, minutes_ago=31)
    sheet(page, session)
    expect(page.locator("[data-head=saved]")).to_contain_text("All saved")
    page.route(ASKED, hang)

    since = time.monotonic()
    expect(page.locator("[data-head=saved]")).to_contain_text("Not connected: no answer yet.", timeout=10_000)
    waited = time.monotonic() - since
    take_vitals(page)
    expect(page.locator("[data-head=saved]")).to_contain_text("1 entry waits to be sent")
    page.unroute(ASKED)

    assert waited < 5
    expect(page.locator("[data-head=saved]")).to_contain_text(re.compile(r"Saved \d+:\d\d"), timeout=15_000)
