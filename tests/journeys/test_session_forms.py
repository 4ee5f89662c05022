"""A session is charted on plain forms, from the checklist to the addendum, with scripts and without."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from sessions.administration.models import DrugRecord
from tests.journeys.browser import Watch, check_axe
from tests.scenarios import treatments
from tests.scenarios.cast import PASSWORD, clinic_cast

WITH_AND_WITHOUT = pytest.mark.parametrize(
    "options", [{}, {"java_script_enabled": False}], ids=["with scripts", "without"]
)


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))


def answer(page: Page, **said: str) -> None:
    """Choose the named answer of each question."""
    for name, value in said.items():
        page.locator(f"input[name={name}][value={value}]").check()


def looked_at(page: Page, options: dict[str, Any]) -> None:
    """Accessible as it stands, where scripts run to tell."""
    if not options:
        check_axe(page)


def check(page: Page) -> None:
    """The checklist, all well."""
    yes = ("identity_confirmed", "allergies_read_back", "escort_confirmed", "is_oriented", "emergency_kit_checked")
    answer(page, **dict.fromkeys(yes, "yes"), has_urinary_symptoms="no", took_sedatives_or_alcohol="no")
    answer(page, suicide_screen="none", pregnancy="negative")
    page.get_by_label("Weight today").fill("80.0")
    page.get_by_label("Hours since the last meal").fill("8")
    page.get_by_role("button", name="Record the checks").click()


def fill_draw(draw: Locator) -> None:
    """50 mg of one lot, but for the password of the witness."""
    draw.get_by_label("Amount").fill("50")
    draw.get_by_label("Concentration on the label").fill("50")
    draw.get_by_label("Concentration as the witness reads it").fill("50")
    draw.get_by_label("Lot").fill("KT-2231")
    draw.get_by_label("Expires on").fill("2027-12-31")
    draw.get_by_label("E-mail of the witness").fill("nils@clinic.example")


def waste(page: Page) -> None:
    """10 mg left over, before the same witness."""
    move = page.locator("#move")
    answer(page, movement="waste")
    move.get_by_label("Amount").fill("10")
    move.get_by_label("E-mail of the witness").fill("nils@clinic.example")
    move.get_by_label("Password of the witness").fill(PASSWORD)
    move.get_by_role("button", name="Record what is left over").click()


def judge_at_the_door(page: Page) -> None:
    """Everything is well, but the escort is not here."""
    page.get_by_label("Aldrete score").fill("10")
    yes = ("is_oriented", "walks_as_before", "dissociation_resolved", "no_nausea", "iv_out", "suicide_check_done")
    answer(page, **dict.fromkeys((*yes, "instructions_given"), "yes"), escort_present="no")
    page.get_by_role("button", name="Record that the person leaves").click()


@WITH_AND_WITHOUT
def test_nurse_checks_and_draws(clinic: Any, open_browser: Any, watch: Watch, options: dict[str, Any]) -> None:
    watch.allow("status of 422")
    session = treatments.session_now(clinic_cast(), treatments.opened_session, minutes_ago=10)
    page = open_browser(**options)
    sign_in(page, "nora@clinic.example")

    page.goto(f"/sessions/{session.pk}/checklist/")
    looked_at(page, options)
    check(page)
    page.goto(f"/sessions/{session.pk}/drug/")
    looked_at(page, options)
    draw = page.locator("#draw")
    fill_draw(draw)
    draw.get_by_label("Password of the witness").fill("not the password")
    draw.get_by_role("button", name="Record what was drawn").click()
    expect(page.get_by_text("That password is not right.").first).to_be_visible()
    expect(draw.get_by_label("Lot")).to_have_value("KT-2231")
    expect(draw.get_by_label("Password of the witness")).to_have_value("")
    looked_at(page, options)
    draw.get_by_label("Password of the witness").fill(PASSWORD)
    draw.get_by_role("button", name="Record what was drawn").click()

    expect(page.get_by_text("50.00 mg drawn").first).to_be_visible()
    assert DrugRecord.objects.get().witness.email == "nils@clinic.example"


@WITH_AND_WITHOUT
def test_nurse_sends_home_and_signs(clinic: Any, open_browser: Any, watch: Watch, options: dict[str, Any]) -> None:
    watch.allow("status of 422")
    cast = clinic_cast()
    session = treatments.session_now(cast, treatments.stopped_session, minutes_ago=130)
    treatments.charted(cast, session, "vitals", treatments.BASELINE, datetime.now(UTC) - timedelta(minutes=2))
    page = open_browser(**options)
    sign_in(page, "nora@clinic.example")

    page.goto(f"/sessions/{session.pk}/discharge/")
    looked_at(page, options)
    judge_at_the_door(page)
    expect(page.get_by_text("The escort is not here.").first).to_be_visible()
    looked_at(page, options)
    answer(page, escort_present="yes")
    page.get_by_role("button", name="Record that the person leaves").click()
    expect(page.get_by_text("10.00 mg not accounted for").first).to_be_visible()
    page.goto(f"/sessions/{session.pk}/drug/")
    waste(page)
    page.goto(f"/sessions/{session.pk}/sign/")
    looked_at(page, options)
    page.get_by_label("Password, to sign").fill(PASSWORD)
    page.get_by_role("button", name="Sign the session").click()

    expect(page.get_by_text("the record is complete and right")).to_be_visible()
    looked_at(page, options)
    session.refresh_from_db()
    assert session.signed_by == cast.nora


def test_back_after_a_refused_form_was_saved_shows_the_page(clinic: Any, open_browser: Any, watch: Watch) -> None:
    watch.allow("status of 422")
    cast = clinic_cast()
    session = treatments.session_now(cast, treatments.opened_session, minutes_ago=5)
    page = open_browser()
    sign_in(page, "nora@clinic.example")
    page.goto(f"/sessions/{session.pk}/checklist/")
    page.get_by_role("button", name="Record the checks").click()
    expect(page.get_by_role("alert")).to_contain_text("things to put right")
    check(page)
    page.wait_for_url(f"**/sessions/{session.pk}/")

    page.go_back()

    expect(page.get_by_role("heading", name="Checks before the start")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
