"""Does the wall go on by itself, and does it show nothing that is no longer so?"""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from clinic.audit.models import AccessEvent
from tests.journeys.browser import Watch, check_axe
from tests.journeys.steps import sign_in
from tests.journeys.test_sheet import cast, session_at
from tests.scenarios import treatments
from tests.scenarios.cast import Cast

__all__ = ["cast"]

SIZES = ((1920, 1080), (820, 1180), (390, 844))


def test_wall_follows_the_rooms_and_forgets_them_when_the_screen_locks(page: Page, cast: Cast, watch: Watch) -> None:
    watch.allow("status of (423|401|403)")
    session = session_at(cast, treatments.running_session, minutes_ago=26)
    sign_in(page, "nora@clinic.example")
    page.get_by_role("link", name="Show the rooms on a wall").click()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        check_axe(page)
    expect(page.get_by_text("M. O.")).to_be_visible()

    severe = {"term": "Hypertension", "grade": 3, "is_serious": False, "action_taken": "", "detail": ""}
    treatments.charted(cast, session, "event", severe, datetime.now(UTC) - timedelta(seconds=30))

    expect(page.get_by_text(re.compile("Severe event"))).to_be_visible(timeout=12_000)
    assert AccessEvent.objects.filter(route="clinic:wall-now").count() == 0

    page.context.clear_cookies()
    expect(page.get_by_role("alert")).to_contain_text("locked or signed out", timeout=12_000)
    expect(page.get_by_text("M. O.")).to_have_count(0)
    expect(page.get_by_role("link", name="Open it again")).to_be_visible()
