"""Can two records of one person become one, and two again, without anything being lost on the way?"""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from patients.registration.models import Patient
from tests.journeys.browser import Watch, check_axe
from tests.journeys.steps import sign_in, told
from tests.scenarios import people
from tests.scenarios.cast import clinic_cast

SEARCH = "Name, birth date, phone or record number"


def found(page: Page, words: str) -> list[str]:
    """The names that the search lists, with what they are also registered as."""
    page.goto("/patients/")
    page.get_by_label(SEARCH).fill(words)
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#found tbody tr").first).to_be_visible()
    return page.locator("#found tbody th").all_inner_texts()


def register_again(desk: Page) -> Patient:
    """The desk is told who looks alike, and why, and is asked once."""
    desk.goto("/patients/new/")
    desk.get_by_label("Legal given name").fill("Mia")
    desk.get_by_label("Legal family name").fill("Ordonez")
    desk.get_by_label("Birth date").fill("1982-04-06")
    desk.get_by_label("Birth date").press("Tab")
    expect(desk.locator("#look")).to_contain_text("day and month of birth swapped")
    desk.get_by_role("button", name="Register person").click()
    expect(desk.get_by_role("alert").first).to_contain_text("Nothing is saved yet")
    check_axe(desk)
    desk.get_by_label("Register anyway, because").fill("She says it is her first time here")
    desk.get_by_role("button", name="Register person").click()
    told(desk, "Registered as record")
    desk.get_by_role("link", name="Ask about allergies").click()
    desk.get_by_label("Allergic to").fill("Latex")
    desk.get_by_role("button", name="Add allergy").click()
    told(desk, "Latex is listed")
    return Patient.objects.get(given_name="Mia")


def merge(office: Page, mia: Patient) -> None:
    """The administrator compares the two and merges them."""
    office.goto("/patients/")
    office.get_by_role("link", name="Possible duplicates").click()
    expect(office.locator("#reported")).to_contain_text("Registered anyway by Fran Feld")
    check_axe(office)
    office.get_by_role("link", name="Compare").click()
    expect(office.locator("main")).to_contain_text("The birth dates differ")
    expect(office.locator("main")).to_contain_text("The allergies differ")
    check_axe(office)
    office.get_by_label("They are one person, because").fill("Same identity card")
    office.get_by_role("button", name="Merge the records").click()
    told(office, "Merged")
    banner = office.get_by_role("region", name="Patient")
    expect(banner).to_contain_text(f"Merged with Mia Ordonez, record {mia.record_number}")
    expect(banner).to_contain_text("Latex")
    expect(office.locator("#courses")).to_contain_text("Referred")
    check_axe(office)


def take_apart(office: Page, mia: Patient) -> None:
    """The administrator undoes it, knowing what stays where."""
    office.get_by_role("link", name="Merged records").click()
    expect(office.get_by_role("link", name="Undo")).to_be_visible()
    check_axe(office)
    office.get_by_role("link", name="Undo").click()
    expect(office.locator("main")).to_contain_text("kept by this record: nothing")
    check_axe(office)
    office.get_by_label("They are two people, because").fill("Two identity cards")
    office.get_by_role("button", name="Undo the merge").click()
    told(office, "The merge is undone")
    assert office.url.endswith(f"/patients/{mia.pk}/")


def test_a_person_registered_twice_is_merged_and_taken_apart_again(
    page: Page, open_browser: Callable[..., Page], watch: Watch
) -> None:
    watch.allow("status of 422")
    cast = clinic_cast()
    maria = people.registered(cast)
    people.referred(cast, patient=maria)
    desk, office = sign_in(page, cast.fran.email), sign_in(open_browser(), cast.ada.email)

    mia = register_again(desk)
    assert len(found(desk, "ordonez")) == 2

    merge(office, mia)
    for words in ("maria", "mia ordonez", mia.record_number):
        (only,) = found(desk, words)
        assert "Maria Ordóñez" in only
        assert f"also registered as Mia Ordonez, record {mia.record_number}" in only
    desk.goto(f"/patients/{mia.pk}/")
    assert desk.url.endswith(f"/patients/{maria.pk}/")

    take_apart(office, mia)
    assert len(found(desk, "ordonez")) == 2
    desk.goto(f"/patients/{maria.pk}/")
    expect(desk.get_by_role("region", name="Patient")).not_to_contain_text("Latex")
