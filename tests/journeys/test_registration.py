"""Can the desk find and register a person with a phone in the other hand?"""

import re
from datetime import date

from playwright.sync_api import Page, expect

from patients.registration.models import Patient
from tests.journeys.browser import Watch, check_axe
from tests.scenarios import people
from tests.scenarios.cast import PASSWORD, clinic_cast


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def type_nakamura(page: Page) -> None:
    page.get_by_label("Legal given name").fill("Yuki")
    page.get_by_label("Legal family name").fill("Nakamura")
    page.get_by_label("Birth date").fill("1991-02-03")
    page.get_by_label("Phone optional", exact=True).fill("202 555 0143")
    page.get_by_label("Phone optional", exact=True).press("Tab")


def test_desk_finds_nobody_registers_the_person_and_opens_a_course(page: Page) -> None:
    cast = clinic_cast()
    sign_in(page, cast.fran.email)

    page.goto("/patients/")
    page.get_by_label("Name, birth date, phone or record number").press_sequentially("nakamura")
    expect(page.get_by_role("heading", name="Nobody was found")).to_be_visible()
    check_axe(page)
    page.locator("#found").get_by_role("link", name="Register a person").click()
    type_nakamura(page)
    page.get_by_role("button", name="Register person").click()
    expect(page.get_by_role("status")).to_contain_text("Registered as record")
    check_axe(page)
    page.get_by_role("link", name="Open a course").click()
    page.get_by_label("Referred for").select_option("F33.2")
    check_axe(page)
    page.get_by_role("button", name="Open course").click()
    expect(page.get_by_role("status")).to_contain_text("Course opened")

    patient = Patient.objects.get(given_name="Yuki")
    assert page.url.endswith(f"/patients/{patient.pk}/")
    assert patient.courses.get().state == "referred"


def test_desk_is_shown_age_and_who_looks_alike_and_keeps_the_typing(page: Page, watch: Watch) -> None:
    watch.allow("status of 422")
    cast = clinic_cast()
    people.registered(cast, given_name="Luis", birth_date=date(1979, 1, 1))
    sign_in(page, cast.fran.email)

    page.goto("/patients/new/")
    type_nakamura(page)
    expect(page.locator("#look")).to_contain_text("years old")
    expect(page.locator("#look")).to_contain_text("same phone")
    check_axe(page)
    page.get_by_label("E-mail").fill("not an address")
    page.get_by_role("button", name="Register person").click()

    expect(page.get_by_role("alert")).to_contain_text("E-mail")
    expect(page.get_by_label("Legal given name")).to_have_value("Yuki")
    check_axe(page)
    assert Patient.objects.count() == 1


def test_desk_finds_a_person_from_any_page_and_asks_about_allergies(page: Page, watch: Watch) -> None:
    cast = clinic_cast()
    people.referred(cast)
    sign_in(page, cast.fran.email)

    page.keyboard.press("/")
    page.keyboard.type("ordonyez")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table")).to_contain_text("Referred")
    assert not re.search("ordo", page.url)
    check_axe(page)
    page.get_by_role("link", name="Maria Ordóñez").click()
    page.get_by_role("link", name="Ask about allergies").click()
    page.get_by_role("button", name="None known, asked now").click()
    expect(page.get_by_role("status")).to_contain_text("No known allergies")
    page.get_by_label("Allergic to").fill("Penicillin")
    page.get_by_role("button", name="Add allergy").click()
    expect(page.get_by_role("table")).to_contain_text("Penicillin")
    check_axe(page)
    page.get_by_role("link", name="Retract Penicillin").click()
    page.get_by_label("Why is it wrong?").fill("It was a side effect")
    check_axe(page)
    page.get_by_role("button", name="Retract allergy").click()
    expect(page.locator("#retracted")).to_contain_text("It was a side effect")


def test_search_works_without_a_script(open_browser) -> None:
    cast = clinic_cast()
    people.registered(cast)
    page = open_browser(java_script_enabled=False)
    sign_in(page, cast.fran.email)

    page.goto("/patients/")
    page.get_by_label("Name, birth date, phone or record number").fill("6/4/1982")
    page.get_by_role("button", name="Find").click()

    expect(page.get_by_role("table")).to_contain_text("Maria Ordóñez")


def test_second_of_two_editors_is_shown_what_changed(open_browser, watch: Watch) -> None:
    watch.allow("status of 422")
    cast = clinic_cast()
    patient = people.registered(cast)
    fran, ada = open_browser(), open_browser()
    for page, user in ((fran, cast.fran), (ada, cast.ada)):
        sign_in(page, user.email)
        page.goto(f"/patients/{patient.pk}/edit/")

    fran.get_by_label("City").fill("Troy")
    fran.get_by_role("button", name="Save details").click()
    ada.get_by_label("City").fill("Utica")
    ada.get_by_role("button", name="Save details").click()

    expect(ada.get_by_role("alert")).to_contain_text("Somebody else changed these details")
    expect(ada.get_by_role("table")).to_contain_text("Troy")
    expect(ada.get_by_label("City")).to_have_value("Utica")
    check_axe(ada)
    ada.get_by_role("button", name="Save details").click()
    expect(ada.get_by_role("status")).to_contain_text("Details saved.")
    assert Patient.objects.get().city == "Utica"
