"""The plain pages of a session: they chart without a script, keep what was typed, and name what is missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from clinic.kit.keys import uuid7
from patients.courses.models import Course
from sessions.administration import queries
from sessions.administration.models import (
    DischargeCheck,
    DrugRecord,
    PreSessionCheck,
    SessionAddendum,
    SessionEntry,
    SessionNote,
    TreatmentSession,
)
from sessions.scheduling.models import Appointment
from tests.scenarios import treatments, visits
from tests.scenarios.cast import PASSWORD

pytestmark = pytest.mark.django_db

CHECKS = {
    "identity_confirmed": "yes",
    "allergies_read_back": "yes",
    "fasting_hours": "8",
    "escort_confirmed": "yes",
    "suicide_screen": "none",
    "pregnancy": "negative",
    "is_oriented": "yes",
    "has_urinary_symptoms": "no",
    "took_sedatives_or_alcohol": "no",
    "emergency_kit_checked": "yes",
    "weight_kg": "80.0",
}
DOOR = {
    "aldrete_total": "10",
    "is_oriented": "yes",
    "walks_as_before": "yes",
    "dissociation_resolved": "yes",
    "no_nausea": "yes",
    "iv_out": "yes",
    "suicide_check_done": "yes",
    "instructions_given": "yes",
    "escort_present": "yes",
    "escort_name": "Robin Escort",
}
DRAWN = {
    "amount_mg": "50.00",
    "concentration_mg_ml": "50",
    "lot": "KT-2231",
    "expires_on": "2027-12-31",
    "second_concentration_mg_ml": "50",
    "witness_email": "nils@clinic.example",
    "witness_password": PASSWORD,
}
LEFT_OVER = {
    "movement": "waste",
    "amount_mg": "10.00",
    "concentration_mg_ml": "50",
    "lot": "KT-2231",
    "witness_email": "nils@clinic.example",
    "witness_password": PASSWORD,
}


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def send(client: Client, who, name: str, *args, **data):
    """Post a form as somebody, with a key of its own unless one is given."""
    client.force_login(who)
    return client.post(reverse(f"sessions:{name}", args=args), {"key": str(uuid7()), **data})


def look(client: Client, who, name: str, *args) -> str:
    client.force_login(who)
    page = client.get(reverse(f"sessions:{name}", args=args))
    assert page.status_code == 200, page
    return page.content.decode()


def test_sheet_opens_from_the_visit_once(client, cast):
    visit = visits.arrived_visit(cast, treatments.planned_course(cast))

    with at(visit.starts_at):
        first = send(client, cast.nora, "session-open", visit.pk)
        again = send(client, cast.nora, "session-open", visit.pk)

    session = TreatmentSession.objects.get(appointment=visit)
    assert first.url == again.url == reverse("sessions:sheet", args=[session.pk])
    assert (session.ordered_mg, session.ordered_rate_ml_h, session.number) == (Decimal("40.0"), Decimal("60.0"), 1)
    assert Appointment.objects.get(pk=visit.pk).state == "in_room"


def test_sheet_does_not_open_before_the_person_is_here(client, cast):
    visit = visits.booked_visit(cast, treatments.planned_course(cast))

    answer = send(client, cast.nora, "session-open", visit.pk)

    assert answer.url == reverse("sessions:visit", args=[visit.pk])
    assert not TreatmentSession.objects.exists()


def test_checklist_is_recorded_once_for_one_form(client, cast):
    session = treatments.opened_session(cast)
    key = str(uuid7())

    with at(session.opened_at):
        first = send(client, cast.nora, "checklist", session.pk, key=key, **CHECKS)
        again = send(client, cast.nora, "checklist", session.pk, key=key, **CHECKS)

    assert first.url == again.url == reverse("sessions:sheet", args=[session.pk])
    assert PreSessionCheck.objects.get().weight_kg == Decimal("80.0")


def test_checklist_with_a_comma_keeps_the_typing(client, cast):
    session = treatments.opened_session(cast)

    with at(session.opened_at):
        answer = send(client, cast.nora, "checklist", session.pk, **{**CHECKS, "weight_kg": "80,5"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="80,5"' in page
    assert "Use a point for decimals" in page
    assert not SessionEntry.objects.exists()


def test_checklist_orders_on_the_weight_of_today(client, cast):
    session = treatments.opened_session(cast)

    with at(session.opened_at):
        send(client, cast.nora, "checklist", session.pk, **{**CHECKS, "weight_kg": "82.4"})

    session.refresh_from_db()
    assert (session.weight_kg, session.ordered_mg, session.ordered_rate_ml_h) == (
        Decimal("82.4"),
        Decimal("41.2"),
        Decimal("61.8"),
    )


def test_checklist_with_another_weight_stays_with_the_order(client, cast):
    session = treatments.opened_session(cast)

    with at(session.opened_at):
        send(client, cast.nora, "checklist", session.pk, **{**CHECKS, "weight_kg": "89.0"})

    session.refresh_from_db()
    held = queries.sheet_of(session.pk, now=session.opened_at).readiness
    assert session.ordered_mg == Decimal("40.0")
    assert next(check.state for check in held if check.code == "weight") == "hold"


def test_draw_needs_two_who_read_the_same_label(client, cast):
    session = treatments.opened_session(cast)

    with at(session.opened_at):
        differ = send(client, cast.nora, "drug-draw", session.pk, **{**DRAWN, "second_concentration_mg_ml": "10"})
        drawn = send(client, cast.nora, "drug-draw", session.pk, **DRAWN)

    assert differ.status_code == 422
    assert "Read the label again together." in differ.content.decode()
    assert drawn.url == reverse("sessions:drug", args=[session.pk])
    row = DrugRecord.objects.get()
    assert (row.amount_mg, row.witness, row.entry.author) == (Decimal("50.00"), cast.nils, cast.nora)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"witness_email": "nora@clinic.example"}, "The witness must be somebody else."),
        ({"witness_email": "mika@clinic.example"}, "Mika Mori may not witness."),
        ({"witness_email": "nobody@clinic.example"}, "No active member of staff signs in with that e-mail."),
        ({"witness_password": "something else here"}, "That password is not right."),
        ({"expires_on": "2026-03-09"}, "This lot has expired."),
        ({"amount_mg": "NaN"}, "Type a number in mg."),
        ({"amount_mg": "0"}, "must be more than 0"),
        ({"lot": "\u200b"}, "invisible"),
    ],
)
def test_draw_is_refused_with_its_reason(client, cast, changed, sentence):
    session = treatments.opened_session(cast)

    with at(session.opened_at):
        answer = send(client, cast.nora, "drug-draw", session.pk, **{**DRAWN, **changed})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert not DrugRecord.objects.exists()


def test_waste_is_no_more_than_was_drawn(client, cast):
    session = treatments.prepared_session(cast)

    with at(session.opened_at + timedelta(minutes=30)):
        refused = send(client, cast.nora, "drug-move", session.pk, **{**LEFT_OVER, "amount_mg": "50.01"})
        taken = send(client, cast.nora, "drug-move", session.pk, **LEFT_OVER)

    assert refused.status_code == 422
    assert "Only 50.00 mg are open: 50.00 drawn − 0.00 given − 0.00 wasted − 0.00 returned." in refused.content.decode()
    assert taken.status_code == 302
    assert DrugRecord.objects.get(movement="waste").amount_mg == Decimal("10.00")


def test_waste_is_no_more_than_is_open(client, cast):
    session = treatments.stopped_session(cast)
    open_mg = queries.sheet_of(session.pk, now=session.stopped_at).drug.balance.difference_mg
    later = session.stopped_at + timedelta(minutes=5)

    with at(later):
        over = {**LEFT_OVER, "amount_mg": str(open_mg + Decimal("0.01"))}
        refused = send(client, cast.nora, "drug-move", session.pk, **over)
        taken = send(client, cast.nora, "drug-move", session.pk, **{**LEFT_OVER, "amount_mg": str(open_mg)})
        again = send(client, cast.nora, "drug-move", session.pk, **{**LEFT_OVER, "amount_mg": "0.01"})

    assert refused.status_code == 422
    assert f"Only {open_mg} mg are open: 50.00 drawn − {session.given_mg} given" in refused.content.decode()
    assert f'value="{open_mg + Decimal("0.01")}"' in refused.content.decode()
    assert taken.status_code == 302
    assert f"Only 0.00 mg are open: 50.00 drawn − {session.given_mg} given − {open_mg} wasted" in again.content.decode()
    assert DrugRecord.objects.get(movement="waste").amount_mg == open_mg


def test_waste_is_of_a_lot_that_was_drawn(client, cast):
    session = treatments.prepared_session(cast)

    with at(session.opened_at + timedelta(minutes=30)):
        refused = send(client, cast.nora, "drug-move", session.pk, **{**LEFT_OVER, "lot": "KT-9999"})

    assert refused.status_code == 422
    assert "Lot KT-9999 was not drawn for this session." in refused.content.decode()
    assert not DrugRecord.objects.filter(movement="waste").exists()


def test_override_of_a_nurse_is_a_telephone_order(client, cast):
    session = treatments.opened_session(cast)
    ate = {**treatments.CHECKS, "fasting_hours": 2}
    treatments.charted(cast, session, "checklist", ate, session.opened_at)

    with at(session.opened_at + timedelta(minutes=1)):
        send(client, cast.nora, "override", session.pk, check_code="fasting", reason="Dr. Petit, read back.")

    entry = SessionEntry.objects.get(kind="override")
    checks = queries.sheet_of(session.pk, now=session.opened_at + timedelta(minutes=2)).readiness
    assert entry.to_confirm.startswith("A telephone order.")
    assert next(check.state for check in checks if check.code == "fasting") == "overridden"
    with at(session.opened_at + timedelta(minutes=5)):
        by_nurse = send(client, cast.nora, "confirm", session.pk, entry.pk)
        by_prescriber = send(client, cast.paula, "confirm", session.pk, entry.pk)
    assert (by_nurse.status_code, by_prescriber.status_code) == (422, 302)


def test_sheet_shows_what_was_just_recorded_once(client, cast):
    session = treatments.opened_session(cast)
    ate = {**treatments.CHECKS, "fasting_hours": 2}
    treatments.charted(cast, session, "checklist", ate, session.opened_at)

    with at(session.opened_at + timedelta(minutes=1)):
        send(client, cast.nora, "override", session.pk, check_code="fasting", reason="Dr. Petit, read back.")
        first, second = client.get(f"/sessions/{session.pk}/"), client.get(f"/sessions/{session.pk}/")

    said = '<div class="sw-toast" role="status"><span>The override is recorded.</span></div>'
    assert said in first.text
    assert said not in second.text


def test_discharge_names_what_is_missing(client, cast):
    session = treatments.stopped_session(cast)

    with at(session.stopped_at + timedelta(minutes=20)):
        answer = send(client, cast.nora, "discharge", session.pk, **{**DOOR, "escort_present": "no"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "60 minutes must pass after the stop: 40 minutes to go." in page
    assert "The escort is not here." in page
    assert not DischargeCheck.objects.exists()


def test_discharge_ends_the_visit_and_begins_the_induction(client, cast):
    session = treatments.stopped_session(cast)
    left_at = session.stopped_at + timedelta(minutes=61)
    treatments.charted(cast, session, "vitals", treatments.BASELINE, session.stopped_at + timedelta(minutes=60))

    with at(left_at):
        answer = send(client, cast.nora, "discharge", session.pk, **DOOR)

    session.refresh_from_db()
    course = Course.objects.get(pk=session.course_id)
    assert answer.status_code == 302
    assert (session.state, session.discharged_at) == ("discharged", left_at)
    assert Appointment.objects.get(pk=session.appointment_id).state == "gone"
    assert course.state == "induction"
    assert course.first_session_at is not None


def test_leaving_against_advice_is_stored_and_explained(client, cast):
    session = treatments.stopped_session(cast)

    with at(session.stopped_at + timedelta(minutes=20)):
        answer = send(client, cast.nora, "discharge", session.pk, **DOOR, against_advice="Had to collect a child.")

    session.refresh_from_db()
    assert answer.status_code == 302
    assert session.state == "discharged"
    assert SessionEntry.objects.filter(kind="event", adverse_event__term="left_against_advice").exists()


def test_person_who_is_not_treated_goes_home_with_a_reason(client, cast):
    session = treatments.opened_session(cast)

    with at(session.opened_at + timedelta(minutes=30)):
        unsaid = send(client, cast.nora, "discharge", session.pk, **DOOR)
        said = send(client, cast.nora, "discharge", session.pk, **DOOR, not_treated="Pressure 190/112 twice.")

    session.refresh_from_db()
    assert (unsaid.status_code, said.status_code) == (422, 302)
    assert session.state == "not_treated"
    assert SessionNote.objects.get().text == "Not treated today: Pressure 190/112 twice."
    assert Course.objects.get(pk=session.course_id).state == "planned"


def test_retracted_reading_is_shown_struck_through(client, cast):
    session = treatments.running_session(cast)
    wrong = treatments.charted(
        cast, session, "vitals", {"heart_rate_bpm": 112}, treatments.started(session) + timedelta(minutes=5)
    )

    with at(treatments.started(session) + timedelta(minutes=6)):
        answer = send(client, cast.nora, "retract", session.pk, wrong, reason="Read from the wrong monitor.")

    page = look(client, cast.nora, "record", session.pk)
    assert answer.status_code == 302
    assert SessionEntry.objects.get(pk=wrong).vitals.heart_rate_bpm == 112
    assert '<tr class="sw-struck">' in page
    assert "Retracted by Nora Nolan, RN: Read from the wrong monitor." in page


def test_record_says_late_for_a_reading_nobody_took(cast):
    session = treatments.running_session(cast)

    page = queries.record_page(session.pk, now=treatments.started(session) + timedelta(minutes=40))

    assert [one.state for one in page.not_done] == ["late"] * len(page.not_done)
    assert page.not_done


def test_entry_of_another_session_is_not_found(client, cast):
    session = treatments.prepared_session(cast)
    entry = SessionEntry.objects.filter(session=session).first()
    other = treatments.opened_session(
        cast,
        course=treatments.planned_course(cast, course=treatments.another_referral(cast)),
        room=cast.rooms[1],
        nurse=cast.nils,
    )

    answers = [send(client, cast.nora, name, other.pk, entry.pk, reason="Not mine.") for name in ("retract", "confirm")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not SessionEntry.objects.filter(kind__in=["retract", "confirm"]).exists()


def test_sign_names_everything_that_is_open(client, cast):
    session = treatments.stopped_session(cast)
    treatments.charted(cast, session, "vitals", {"heart_rate_bpm": 150}, session.stopped_at + timedelta(minutes=1))

    with at(session.stopped_at + timedelta(minutes=2)):
        read = queries.standing_version(session.pk)
        answer = send(client, cast.nora, "sign", session.pk, password=PASSWORD, row_version=read)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The person is still here." in page
    assert "10.00 mg not accounted for" in page
    assert "1 entry waits to be confirmed." in page
    session.refresh_from_db()
    assert session.signed_at is None


def test_sign_cosign_and_addendum(client, cast):
    session = treatments.discharged_session(cast)
    later = session.discharged_at + timedelta(hours=1)

    with at(later):
        read = queries.standing_version(session.pk)
        wrong = send(client, cast.nora, "sign", session.pk, password="not the password", row_version=read)
        signed = send(client, cast.nora, "sign", session.pk, password=PASSWORD, row_version=read)
        by_the_same = send(client, cast.nora, "cosign", session.pk, password=PASSWORD, row_version=read)
        cosigned = send(client, cast.paula, "cosign", session.pk, password=PASSWORD, row_version=read)
        key = str(uuid7())
        for _ in range(2):
            added = send(client, cast.nora, "addendum", session.pk, key=key, text="Felt light-headed in the car.")

    assert [wrong.status_code, signed.status_code, by_the_same.status_code] == [422, 302, 422]
    assert [cosigned.status_code, added.status_code] == [302, 302]
    page = look(client, cast.olga, "record", session.pk)
    assert "Nora Nolan, RN, Mar 10, 2026" in page
    assert "Paula Petit, MD, Mar 10, 2026" in page
    assert "Discharged, signed, co-signed" in page
    assert SessionAddendum.objects.get().text == "Felt light-headed in the car."
    assert "Felt light-headed in the car." in page


def test_addendum_before_the_signature_is_refused(client, cast):
    session = treatments.discharged_session(cast)

    answer = send(client, cast.nora, "addendum", session.pk, text="Too early.")

    assert answer.status_code == 422
    assert not SessionAddendum.objects.exists()


@pytest.mark.parametrize("name", ["checklist", "override", "discharge", "sign", "cosign"])
def test_forms_of_a_finished_session_lead_to_its_record(client, cast, name):
    session = treatments.signed_session(cast)
    TreatmentSession.objects.filter(pk=session.pk).update(cosigned_at=datetime.now(UTC), cosigned_by=cast.paula)
    client.force_login(cast.paula)

    answer = client.get(reverse(f"sessions:{name}", args=[session.pk]))

    assert answer.url == reverse("sessions:record", args=[session.pk])


@pytest.mark.parametrize("name", ["record", "drug", "checklist", "override", "discharge", "sign", "sheet-state"])
def test_page_reads_as_much_for_many_entries_as_for_few(client, cast, name, django_assert_max_num_queries):
    session = treatments.stopped_session(cast)
    client.force_login(cast.nora)
    queries.epoch()  # asked once in the life of a server

    with django_assert_max_num_queries(14) as few:
        client.get(reverse(f"sessions:{name}", args=[session.pk]))
    for minute in range(1, 10):
        treatments.charted(cast, session, "vitals", treatments.BASELINE, session.stopped_at + timedelta(minutes=minute))
    with django_assert_max_num_queries(14) as many:
        client.get(reverse(f"sessions:{name}", args=[session.pk]))

    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("fran", "record", 403),
        ("fran", "sheet-state", 403),
        ("mika", "record", 200),
        ("mika", "drug", 403),
        ("mika", "discharge", 403),
        ("olga", "record", 200),
        ("olga", "sign", 403),
        ("dirk", "override", 200),
        ("theo", "record", 403),
        ("ada", "record", 403),
    ],
)
def test_page_opens_by_right(client, cast, who, name, status):
    session = treatments.prepared_session(cast)
    client.force_login(getattr(cast, who))

    assert client.get(reverse(f"sessions:{name}", args=[session.pk])).status_code == status
