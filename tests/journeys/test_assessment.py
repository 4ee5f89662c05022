"""Step 1 in a browser: answers, reasons and the signature, with and without a script."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse
from playwright.sync_api import expect

from patients.assessment.models import Assessment
from tests.journeys.browser import check_axe
from tests.scenarios.assessments import answered, under_review
from tests.scenarios.cast import PASSWORD, clinic_cast
from tests.scenarios.people import referred


def sign_in(page, email):
    page.goto("/sign-in/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def fill_in(page, patient_id, code, count):
    page.goto(reverse("patients:questionnaire-new", args=[patient_id, code]))
    for number in range(count):
        page.locator(f"#id_item_{number + 1}_{0 if number == 8 else 2}").check()
    check_axe(page)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".sw-stat")).to_contain_text(str(2 * min(count, 8)))
    check_axe(page)


def ask_everything(page):
    page.get_by_role("link", name="Ask all in one go").click()
    expect(page.get_by_role("button", name="Save answers")).to_be_visible()
    for row in page.locator(".sw-ask-row").all():
        row.get_by_label("Not met").check()
    check_axe(page)
    page.get_by_role("button", name="Save answers").click()


def measure_high_pressure(page, day):
    page.locator("#act-blood_pressure_above_160_100").click()
    readings = {"systolic_1": "164", "diastolic_1": "98", "time_1": "00:01"}
    readings |= {"systolic_2": "166", "diastolic_2": "102", "time_2": "00:09", "measured_on": day.isoformat()}
    for field, value in readings.items():
        page.locator(f"#id_{field}").fill(value)
    check_axe(page)
    page.get_by_role("button", name="Save readings").click()
    expect(page.locator("#c-blood_pressure_above_160_100")).to_contain_text("164/98")


def accept_and_sign(page):
    page.locator("#id_note").fill("Recheck the pressure before each session.")
    page.locator("#reason-blood_pressure_above_160_100").fill("Treated since this week")
    page.get_by_role("button", name="Accept with this reason").click()
    expect(page.locator("#toasts")).to_contain_text("Reason saved.")
    expect(page.locator("#id_note")).to_have_value("Recheck the pressure before each session.")
    check_axe(page)
    page.get_by_label("Eligible").check()
    page.locator("#id_password").fill(PASSWORD)
    page.context.set_offline(True)
    page.get_by_role("button", name="Sign decision").click()
    expect(page.locator("#toasts")).to_contain_text("There is no network. What you typed is still here")
    page.context.set_offline(False)
    page.get_by_role("button", name="Sign decision").click()
    expect(page.locator("main")).to_contain_text("It can no longer be changed.")
    check_axe(page)


def test_nurse_asks_and_prescriber_decides(clinic, page, open_browser):
    now = datetime.now(UTC) - timedelta(minutes=30)
    cast = clinic_cast(now=now)
    course = referred(cast, now=now)
    assessment_page = reverse("patients:assessment", args=[course.patient_id])

    sign_in(page, "nora@clinic.example")
    fill_in(page, course.patient_id, "phq9", 9)
    fill_in(page, course.patient_id, "gad7", 7)
    page.goto(assessment_page)
    page.get_by_role("button", name="Start the assessment").click()
    expect(page.get_by_role("button", name="Ready for review")).to_be_visible()
    check_axe(page)
    ask_everything(page)
    measure_high_pressure(page, (now - timedelta(days=2)).date())
    page.get_by_role("button", name="Ready for review").click()
    expect(page.locator("main")).to_contain_text("Under review. The prescriber decides.")
    doctor = open_browser()
    sign_in(doctor, "paula@clinic.example")
    doctor.goto(assessment_page)
    accept_and_sign(doctor)

    kept = Assessment.objects.get()
    assert (kept.decision, kept.signed_by, kept.course.state) == ("eligible", cast.paula, "eligible")


def test_answers_are_given_without_a_script(clinic, open_browser, watch):
    watch.allow("status of 422")
    now = datetime.now(UTC) - timedelta(minutes=30)
    cast = clinic_cast(now=now)
    assessment = under_review(cast, met=["recent_stroke"], now=now)
    plain = open_browser(java_script_enabled=False)
    sign_in(plain, "paula@clinic.example")
    plain.goto(reverse("patients:assessment", args=[assessment.patient_id]))

    plain.locator("#reason-recent_stroke").fill("Neurology agrees")
    plain.get_by_role("button", name="Accept with this reason").click()
    expect(plain.locator("#c-recent_stroke")).to_contain_text("Accepted by Paula Petit, MD")
    plain.locator("#act-recent_stroke").click()
    plain.get_by_role("button", name="Save answer").click()
    expect(plain.locator("#c-recent_stroke")).to_contain_text("Choose met, not met or unknown.")
    plain.get_by_label("Not met").check()
    plain.locator("#id_evidence").fill("Letter of Mar 2: it was a migraine")
    plain.get_by_role("button", name="Save answer").click()

    expect(plain.locator("#fine")).to_contain_text("Stroke or TIA in the last 6 months: no")


def test_positive_answer_becomes_a_task_that_is_closed(clinic, page):
    now = datetime.now(UTC) - timedelta(minutes=30)
    cast = clinic_cast(now=now)
    answered(cast, referred(cast, now=now), answers=(1, 1, 1, 1, 1, 1, 1, 1, 1), now=now)
    sign_in(page, "nora@clinic.example")

    page.goto("/tasks/")
    check_axe(page)
    page.locator("tbody a").first.click()
    expect(page.get_by_role("button", name="Say I have it")).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="Say I have it").click()
    page.locator("#id_spoke_with").fill("Maria, by phone")
    page.locator("#id_note").fill("Spoke with her; the safety plan is unchanged.")
    page.locator("#id_agreed").fill("Calls the clinic if it gets worse.")
    page.locator("#id_next_on").fill(f"{now + timedelta(days=2):%Y-%m-%d}")
    page.locator("#id_next_time").fill("09:30")
    page.get_by_role("button", name="Close task").click()

    expect(page.locator("main")).to_contain_text("Safety contact agreed")
    check_axe(page)
