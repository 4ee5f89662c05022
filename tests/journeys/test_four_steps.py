"""One person goes through all four steps, from the first call to the follow-up, as the clinic's people see it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Locator, Page, expect

from patients.registration.models import Patient
from sessions.administration.models import TreatmentSession
from tests.journeys.browser import Watch, check_axe
from tests.journeys.moved_clock import MOVED_BY, Clock
from tests.journeys.server import Served, served
from tests.journeys.steps import SAVED, answer, back_at, sign_in, take_vitals, told
from tests.scenarios import people
from tests.scenarios.cast import PASSWORD, Cast, clinic_cast

NINE_IN_THE_MORNING = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)  # at Ashby Street, a Tuesday
BASELINE = "1247872" + "98" + "14"
PHQ9_BEFORE = (2, 2, 2, 2, 2, 2, 2, 2, 0)
GAD7_BEFORE = (2, 2, 2, 2, 2, 2, 1)
PHQ9_AFTER = (1, 1, 1, 1, 1, 1, 1, 1, 0)
Look = Callable[[Page], None]

Browser = Callable[[str], Page]


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path / "moved_by", NINE_IN_THE_MORNING)


@pytest.fixture
def clinic(clinic_database: str, clock: Clock) -> Iterator[Served]:
    """Served with a clock that the journey moves on, so that an afternoon and the next day take a minute."""
    moved = {"DJANGO_SETTINGS_MODULE": "tests.journeys.moved_clock", MOVED_BY: str(clock.file)}
    with served(clinic_database, **moved) as running:
        yield running


@pytest.fixture
def cast(clinic: Served) -> Cast:
    return clinic_cast(now=NINE_IN_THE_MORNING - timedelta(days=30))


@pytest.fixture
def browser_of(open_browser: Callable[..., Page], cast: Cast, watch: Watch) -> Browser:
    """The browser of one member of the cast, who has signed in; the same one each time, unlocked if it has to be."""
    watch.allow("status of 423")
    open_already: dict[str, Page] = {}

    def browser(name: str) -> Page:
        email = f"{name}@clinic.example"
        if name in open_already:
            return back_at(open_already[name], email)
        dark = {"color_scheme": "dark", "viewport": {"width": 1180, "height": 820}} if name == "nora" else {}
        open_already[name] = sign_in(open_browser(**dark), email)
        return open_already[name]

    return browser


@pytest.fixture
def look() -> Look:
    """Accessible as it stands; once for each kind of page."""
    seen: set[str] = set()

    def look_at(page: Page) -> None:
        kind = resolve(urlsplit(page.url).path).view_name
        if kind not in seen:
            check_axe(page)
            seen.add(kind)

    return look_at


def test_person_goes_through_all_four_steps(browser_of: Browser, clock: Clock, look: Look) -> None:
    registered(browser_of("fran"), look)
    assessed(browser_of, look)
    planned(browser_of, look)
    clock.go_on(minutes=100)
    booked(browser_of("fran"), look)
    clock.go_on(minutes=8)
    prepared(browser_of("nora"), look)
    infused(browser_of("nora"), clock, look)
    sent_home(browser_of("nora"), clock, look)
    cosigned(browser_of("paula"), look)
    clock.go_on(hours=22)
    called(browser_of("nora"), look)
    seen_on_the_chart(browser_of("paula"), look)


def test_positive_answer_is_told_to_the_desk_as_needs_nurse_only(
    browser_of: Browser, cast: Cast, clock: Clock, look: Look
) -> None:
    people.referred(cast, now=clock.now - timedelta(days=1), given_name="Rosalind", family_name="Okafor")
    nurse, desk, doctor = browser_of("nora"), browser_of("fran"), browser_of("paula")

    found(nurse)
    questionnaire(nurse, "PHQ-9", (*PHQ9_BEFORE[:8], 1), look)
    expect(nurse.get_by_role("list", name="Alerts")).to_contain_text("Suicide risk to assess")
    found(desk)
    found(doctor)

    expect(desk.get_by_role("list", name="Alerts")).to_have_text(re.compile(r"^\s*Needs nurse\s*$"))
    expect(desk.get_by_role("list", name="Alerts").get_by_role("link")).to_have_count(0)
    assert re.search("suicid|phq|score|answer", desk.locator("body").inner_text(), re.IGNORECASE) is None
    expect(doctor.get_by_role("list", name="Alerts").get_by_role("link")).to_have_count(1)


def registered(desk: Page, look: Look) -> None:
    """The desk takes the call."""
    look(desk)
    desk.get_by_role("link", name="Patients", exact=True).first.click()
    look(desk)
    desk.get_by_role("link", name="Register a person").first.click()
    desk.get_by_label("Legal given name").fill("Rosalind")
    desk.get_by_label("Legal family name").fill("Okafor")
    desk.get_by_label("Birth date").fill("1984-11-05")
    desk.get_by_label("Phone optional", exact=True).fill("202 555 0187")
    look(desk)
    desk.get_by_role("button", name="Register person").click()
    told(desk, "Registered as record")
    desk.get_by_role("link", name="Open a course").click()
    desk.get_by_label("Referred for").select_option("F33.2")
    desk.get_by_label("Referred by").fill("Dr. Hale")
    look(desk)
    desk.get_by_role("button", name="Open course").click()
    told(desk, "Course opened")
    look(desk)


def assessed(browser_of: Browser, look: Look) -> None:
    """Step 1: the nurse asks, the prescriber decides."""
    nurse, doctor = browser_of("nora"), browser_of("paula")
    found(nurse)
    nurse.get_by_role("link", name="Ask about allergies").click()
    look(nurse)
    nurse.get_by_role("button", name="None known, asked now").click()
    told(nurse, "No known allergies")
    questionnaire(nurse, "PHQ-9", PHQ9_BEFORE, look)
    questionnaire(nurse, "GAD-7", GAD7_BEFORE, look)
    step(nurse, "1. Assessment")
    nurse.get_by_role("button", name="Start the assessment").click()
    ask_conditions(nurse, look)
    look(nurse)
    nurse.get_by_role("button", name="Ready for review").click()
    expect(nurse.locator("main")).to_contain_text("Under review. The prescriber decides.")

    found(doctor)
    step(doctor, "1. Assessment")
    doctor.get_by_label("Eligible").check()
    doctor.get_by_label("Password").fill(PASSWORD)
    doctor.get_by_role("button", name="Sign decision").click()
    expect(doctor.locator("main")).to_contain_text("It can no longer be changed.")


def found(page: Page) -> None:
    """From any page, by the keyboard."""
    page.keyboard.press("/")
    page.keyboard.type("okafor")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Rosalind Okafor").click()


def step(page: Page, name: str) -> None:
    """By the step rail."""
    page.get_by_role("navigation", name="Course of treatment").get_by_role("link", name=name).click()


def questionnaire(nurse: Page, name: str, answers: tuple[int, ...], look: Look) -> None:
    step(nurse, "1. Assessment")
    nurse.get_by_role("link", name="Questionnaires", exact=True).click()
    look(nurse)
    nurse.get_by_role("link", name=f"Fill in {name}").click()
    for number, score in enumerate(answers, start=1):
        nurse.locator(f"#id_item_{number}_{score}").check()
    look(nurse)
    nurse.get_by_role("button", name="Save").click()
    expect(nurse.locator(".sw-stat").first).to_contain_text(str(sum(answers)))
    look(nurse)


def ask_conditions(nurse: Page, look: Look) -> None:
    nurse.get_by_role("link", name="Ask all in one go").click()
    expect(nurse.get_by_role("button", name="Save answers")).to_be_visible()
    for row in nurse.locator(".sw-ask-row").all():
        row.get_by_label("Not met").check()
    look(nurse)
    nurse.get_by_role("button", name="Save answers").click()
    nurse.get_by_role("link", name="Enter readings").first.click()
    nurse.locator("#id_measured_on").fill("2026-03-09")
    for field, value in {"systolic_1": "126", "diastolic_1": "78", "time_1": "10:05"}.items():
        nurse.locator(f"#id_{field}").fill(value)
    nurse.get_by_role("button", name="Save readings").click()
    expect(nurse.locator("#fine")).to_contain_text("126/78")


def planned(browser_of: Browser, look: Look) -> None:
    """Step 2: the plan is signed, the person consents."""
    nurse, doctor = browser_of("nora"), browser_of("paula")
    step(doctor, "2. Plan")
    look(doctor)
    doctor.get_by_role("link", name="Draft the plan").click()
    doctor.get_by_label("Goal").fill("PHQ-9 under 5 by the last session.")
    doctor.locator("#id_weight_kg").fill("80")
    expect(doctor.locator("#reckoning")).to_contain_text("40")
    look(doctor)
    doctor.get_by_role("button", name="Save draft").click()
    look(doctor)
    doctor.get_by_role("link", name="Sign", exact=True).click()
    doctor.get_by_label("Password, to sign").fill(PASSWORD)
    look(doctor)
    doctor.get_by_role("button", name="Sign the plan").click()
    told(doctor, "Plan 1 is signed.")

    step(nurse, "2. Plan")
    nurse.get_by_role("link", name="Record the consent").click()
    expect(nurse.get_by_label("Signed, by typing the full name")).to_be_visible()
    for box in nurse.locator("[name^=initials_]").all():
        box.fill("RO")
    nurse.get_by_label("Signed, by typing the full name").fill("Rosalind Okafor")
    look(nurse)
    nurse.get_by_role("button", name="Record the consent").click()
    expect(nurse.locator("main")).to_contain_text("Rosalind Okafor")


def booked(desk: Page, look: Look) -> None:
    """The desk books the visit, names the ride, and the person is there."""
    desk.reload()
    desk.get_by_role("link", name="Book a visit").click()
    desk.get_by_label("Day", exact=True).fill("2026-03-10")
    desk.get_by_label("Time", exact=True).fill("10:45")
    desk.get_by_label("Nurse").select_option("Nora Nolan, RN")
    look(desk)
    desk.get_by_role("button", name="Book visit").click()
    desk.get_by_role("link", name="Name the ride").click()
    desk.get_by_label("Name", exact=True).fill("Chidi Okafor")
    desk.get_by_label("Phone").fill("202 555 0188")
    look(desk)
    desk.get_by_role("button", name="Save ride").click()
    look(desk)
    desk.get_by_role("link", name="See this day in the calendar").click()
    look(desk)
    desk.get_by_role("link", name="Rosalind Okafor").first.click()
    desk.get_by_role("button", name="Arrived").click()
    expect(desk.locator("main")).to_contain_text("Take back “Arrived”")


def prepared(nurse: Page, look: Look) -> None:
    """Step 3: the checks, the drug before a witness, the baseline."""
    nurse.get_by_role("link", name="Today", exact=True).first.click()
    look(nurse)
    nurse.get_by_role("button", name="To room 1").first.click()
    nurse.wait_for_selector("[data-sheet][data-ready]")
    nurse.get_by_role("link", name="Checklist").click()
    yes = ("identity_confirmed", "allergies_read_back", "escort_confirmed", "is_oriented", "emergency_kit_checked")
    answer(nurse, **dict.fromkeys(yes, "yes"), has_urinary_symptoms="no", took_sedatives_or_alcohol="no")
    answer(nurse, suicide_screen="none", pregnancy="negative")
    nurse.get_by_label("Weight today").fill("80")
    nurse.get_by_label("Hours since the last meal").fill("8")
    look(nurse)
    nurse.get_by_role("button", name="Record the checks").click()
    drawn(nurse, look)
    take_vitals(nurse, BASELINE)


def drawn(nurse: Page, look: Look) -> None:
    """50 mg of one lot, before a second nurse."""
    nurse.get_by_role("link", name="Drug", exact=True).click()
    draw = nurse.locator("#draw")
    draw.get_by_label("Amount").fill("50")
    draw.get_by_label("Concentration on the label").fill("50")
    draw.get_by_label("Concentration as the witness reads it").fill("50")
    draw.get_by_label("Lot").fill("KT-2231")
    draw.get_by_label("Expires on").fill("2027-12-31")
    witnessed(draw, "Record what was drawn")
    expect(nurse.get_by_text("50.00 mg drawn").first).to_be_visible()
    look(nurse)
    nurse.get_by_role("link", name="Back to the sheet").click()
    nurse.wait_for_selector("[data-sheet][data-ready]")


def wasted(nurse: Page) -> None:
    """What was drawn and not given."""
    nurse.get_by_role("link", name="Drug", exact=True).click()
    expect(nurse.get_by_text("10.00 mg not accounted for").first).to_be_visible()
    left = nurse.locator("#move")
    answer(nurse, movement="waste")
    left.get_by_label("Amount").fill("10")
    witnessed(left, "Record what is left over")
    expect(nurse.get_by_text("10.00 wasted").first).to_be_visible()
    nurse.get_by_role("link", name="Back to the sheet").click()
    nurse.wait_for_selector("[data-sheet][data-ready]")


def witnessed(form: Locator, button: str) -> None:
    """The second nurse signs for what was seen."""
    form.get_by_label("E-mail of the witness").fill("nils@clinic.example")
    form.get_by_label("Password of the witness").fill(PASSWORD)
    form.get_by_role("button", name=button).click()


def infused(nurse: Page, clock: Clock, look: Look) -> None:
    """Started, watched, held for a while, stopped; what is left over is wasted."""
    expect(nurse.get_by_text("Start is open")).to_be_visible()
    act(nurse, "start", "Start")
    expect(nurse.get_by_text("Running", exact=True)).to_be_visible()
    look(nurse)
    later(nurse, clock, minutes=10)
    take_vitals(nurse, "1328480" + "97" + "14")
    later(nurse, clock, minutes=10)
    take_vitals(nurse, "1388682" + "97" + "15")
    nurse.locator("[data-tap=pause]").click()
    expect(nurse.get_by_text("Paused", exact=True)).to_be_visible()
    nurse.get_by_role("button", name="Close", exact=True).click()
    later(nurse, clock, minutes=2)
    act(nurse, "resume", "Resume")
    expect(nurse.get_by_text("Running", exact=True)).to_be_visible()
    later(nurse, clock, minutes=20)
    nurse.locator("[data-tap=stop]").click()
    expect(nurse.get_by_text("Since the stop")).to_be_visible()
    expect(nurse.locator("[data-head=saved]")).to_contain_text(SAVED)
    wasted(nurse)


def act(nurse: Page, name: str, button: str) -> None:
    """Open the form of an act on the sheet and send it as it stands."""
    nurse.locator(f"[data-tap={name}]").click()
    nurse.get_by_role("button", name=button, exact=True).and_(nurse.locator("[type=submit]")).click()


def later(nurse: Page, clock: Clock, **by: float) -> None:
    """The sheet after some time; everything charted is with the server before."""
    expect(nurse.locator("[data-head=saved]")).to_contain_text(SAVED)
    clock.go_on(**by)
    back_at(nurse, "nora@clinic.example")
    nurse.wait_for_selector("[data-sheet][data-ready]")


def sent_home(nurse: Page, clock: Clock, look: Look) -> None:
    """Recovered, gone with the ride, and the session is signed."""
    clock.go_on(minutes=62)
    back_at(nurse, "nora@clinic.example")
    nurse.wait_for_selector("[data-sheet][data-ready]")
    take_vitals(nurse, BASELINE)
    nurse.get_by_role("link", name="Discharge").click()
    nurse.get_by_label("Aldrete score").fill("10")
    yes = ("is_oriented", "walks_as_before", "dissociation_resolved", "no_nausea", "iv_out", "suicide_check_done")
    answer(nurse, **dict.fromkeys((*yes, "instructions_given", "escort_present"), "yes"))
    look(nurse)
    nurse.get_by_role("button", name="Record that the person leaves").click()
    nurse.get_by_role("link", name="Sign", exact=True).click()
    nurse.get_by_label("Password, to sign").fill(PASSWORD)
    look(nurse)
    nurse.get_by_role("button", name="Sign the session").click()
    expect(nurse.get_by_text("the record is complete and right")).to_be_visible()
    look(nurse)


def cosigned(doctor: Page, look: Look) -> None:
    doctor.get_by_role("link", name="Today", exact=True).first.click()
    doctor.get_by_role("link", name="Read and co-sign").first.click()
    doctor.get_by_role("link", name="Co-sign", exact=True).click()
    doctor.get_by_label("Password, to sign").fill(PASSWORD)
    look(doctor)
    doctor.get_by_role("button", name="Co-sign the session").click()
    expect(doctor.get_by_text(": reviewed")).to_be_visible()


def called(nurse: Page, look: Look) -> None:
    """Step 4, the next morning: the nurse calls, and asks the PHQ-9."""
    nurse.get_by_role("link", name="Follow-up", exact=True).first.click()
    look(nurse)
    nurse.get_by_role("link", name=re.compile("^Record")).click()
    answer(nurse, mood_nrs="7", has_urinary_symptoms="0")
    nurse.get_by_label("Side effects since the session").fill("none")
    nurse.locator("details", has_text="PHQ-9").locator("summary").click()
    for number, score in enumerate(PHQ9_AFTER, start=1):
        answer(nurse, **{f"phq9_{number}": str(score)})
    look(nurse)
    nurse.get_by_role("button", name="Save check-in").click()
    expect(nurse.locator("main")).to_contain_text("7 of 10")


def seen_on_the_chart(doctor: Page, look: Look) -> None:
    """Does it work? Session, dose and both scores, drawn and in the table."""
    given_mg = TreatmentSession.objects.get().given_mg
    found(doctor)
    doctor.get_by_role("link", name="Progress", exact=True).first.click()
    look(doctor)
    drawn = doctor.locator("figure.sw-chart svg").first
    texts = drawn.locator("text").all_text_contents()

    assert Patient.objects.get().courses.get().state == "induction"
    assert given_mg is not None
    assert {f"{given_mg.normalize():f} mg", "16", "13", "8", "PHQ-9", "GAD-7"} <= set(texts)
    rows = doctor.get_by_role("table", name="Scores, sessions, doses").get_by_role("row")
    expect(rows.filter(has_text="Mar 11")).to_contain_text("8")
    expect(rows.filter(has_text="Mar 10")).to_contain_text(f"{given_mg.normalize():f}")
    expect(rows.filter(has_text="Mar 10")).to_contain_text("16")
    expect(rows.filter(has_text="Mar 10")).to_contain_text("13")
