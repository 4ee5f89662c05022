"""Entries as a tablet sends them: each stored once, each with its own fate, whatever the others are."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from clinic.policy.models import Limit
from clinic.staff import actions as staff_actions
from clinic.staff.models import RoleGrant
from clinic.worklist.models import Task
from sessions.administration import actions, queries
from sessions.administration.models import SessionEntry, TreatmentSession, VitalSigns
from sessions.administration.rules import chart
from sessions.scheduling import actions as visit_actions
from sessions.scheduling.models import Appointment
from tests.scenarios import treatments
from tests.scenarios.cast import NOW, Cast
from tests.scenarios.treatments import wire

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> TreatmentSession:
    return treatments.prepared_session(cast)


@pytest.fixture
def tablet(client: Client, cast: Cast, request: pytest.FixtureRequest):
    """Sends entries as Nora, to the prepared session where no other is named, and gives back the answer."""
    client.force_login(cast.nora)

    def send(*entries, to: TreatmentSession | None = None):
        to = to or request.getfixturevalue("session")
        return client.post(reverse("sessions:entries", args=[to.pk]), list(entries), content_type="application/json")

    return send


def fates(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["fate"] for one in answer.json()["entries"]]


def sentences(answer) -> list[str]:
    return [one["sentence"] for one in answer.json()["entries"]]


def taken(cast, session, *entries, now, caller=None) -> list[str]:
    """The fates of entries that arrive at a given moment."""
    found = actions.take_entries(session_id=session.pk, entries=entries, caller=caller or cast.nora, now=now)
    return [one.fate for one in found]


def soon() -> datetime:
    return datetime.now(UTC)


# ---------------------------------------------------------------- accepted, duplicate, refused


def test_reading_is_accepted_once(tablet, cast, session):
    entry = wire(cast, session, "vitals", {"heart_rate_bpm": "76.5"}, soon())

    first, again, twice = tablet(entry), tablet(entry), tablet(entry, entry)

    assert (fates(first), fates(again), fates(twice)) == (["accepted"], ["duplicate"], ["duplicate", "duplicate"])
    stored = VitalSigns.objects.get(entry=entry["id"])
    assert stored.heart_rate_bpm == Decimal("76.5")
    assert stored.entry.author == cast.nora


def test_entry_twice_in_one_batch_is_stored_once(tablet, cast, session):
    entry = wire(cast, session, "note", {"text": "Calm."}, soon())

    assert fates(tablet(entry, entry)) == ["accepted", "duplicate"]
    assert SessionEntry.objects.filter(pk=entry["id"]).count() == 1


@pytest.mark.parametrize(
    "changed",
    [{"data": {"heart_rate_bpm": 77}}, {"seq": 2}, {"device": "tablet 2"}, {"kind": "note", "data": {"text": "x"}}],
)
def test_same_id_with_another_body_is_refused(tablet, cast, session, changed):
    entry = wire(cast, session, "vitals", {"heart_rate_bpm": 76}, soon())
    tablet(entry)

    answer = tablet({**entry, **changed})

    assert fates(answer) == ["refused"]
    assert VitalSigns.objects.get(entry=entry["id"]).heart_rate_bpm == 76


def test_same_id_in_another_session_is_refused(tablet, cast, session):
    other = treatments.opened_session(
        cast,
        course=treatments.planned_course(cast, course=treatments.another_referral(cast)),
        room=cast.rooms[1],
        nurse=cast.nils,
    )
    entry = wire(cast, session, "vitals", {"heart_rate_bpm": 76}, soon())
    tablet(entry)

    ticket = queries.author_ticket(cast.nora.pk, other.pk)
    answer = tablet({**entry, "author_ticket": ticket}, to=other)

    assert fates(answer) == ["refused"]
    assert not SessionEntry.objects.filter(session=other).exists()


def test_one_refused_never_holds_up_the_others(tablet, cast, session):
    good, bad, last = (
        wire(cast, session, "vitals", {"spo2_percent": value}, soon()) for value in ("97.5", "101", "96")
    )

    answer = tablet(good, bad, "not an entry", last)

    assert fates(answer) == ["accepted", "refused", "refused", "accepted"]
    assert VitalSigns.objects.filter(entry__in=[good["id"], last["id"]]).count() == 2
    assert not SessionEntry.objects.filter(pk=bad["id"]).exists()


def test_unlikely_reading_is_stored_and_asked_about(tablet, cast, session):
    entry = wire(cast, session, "vitals", {"heart_rate_bpm": 150}, soon())

    answer = tablet(entry)

    assert fates(answer) == ["confirm"]
    assert SessionEntry.objects.get(pk=entry["id"]).to_confirm == sentences(answer)[0]
    confirming = tablet(wire(cast, session, "confirm", {"target": entry["id"]}, soon()))
    assert fates(confirming) == ["accepted"]
    assert not chart.unconfirmed(queries.entries_of(session.pk))


def test_limits_of_the_clinic_decide_what_is_asked(tablet, cast, session):
    Limit.objects.filter(field="heart_rate_bpm", tier="confirm").update(high=Decimal(100))

    assert fates(tablet(wire(cast, session, "vitals", {"heart_rate_bpm": 101}, soon()))) == ["confirm"]


@pytest.mark.parametrize(
    "data",
    [
        {"heart_rate_bpm": "76.5", "systolic_mmhg": "112.5", "diastolic_mmhg": "57"},
        {"heart_rate_bpm": 88.0, "spo2_percent": 96.2, "temperature_c": 36.1},
        {"oxygen_l_min": 0},
        {"moaas": 5},
    ],
)
def test_reading_of_a_monitor_is_accepted(tablet, cast, session, data):
    assert fates(tablet(wire(cast, session, "vitals", data, soon()))) == ["accepted"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"spo2_percent": 101}, "SpO₂ must be"),
        ({"heart_rate_bpm": 0}, "Heart rate must be"),
        ({"systolic_mmhg": 80, "diastolic_mmhg": 80}, "lower pressure must be below"),
        ({"systolic_mmhg": 57, "diastolic_mmhg": 112}, "lower pressure must be below"),
        ({"systolic_mmhg": 120}, "needs both numbers"),
        ({"temperature_c": 98.6}, "degrees Fahrenheit"),
        ({"heart_rate_bpm": "76,5"}, "not a comma"),
        ({"heart_rate_bpm": "NaN"}, "plain number"),
        ({"heart_rate_bpm": "1e2"}, "plain number"),
        ({"heart_rate_bpm": "７２"}, "plain number"),
        ({"heart_rate_bpm": "0x48"}, "plain number"),
        ({"heart_rate_bpm": True}, "plain number"),
        ({"heart_rate_bpm": [72]}, "plain number"),
        ({"heart_rate_bpm": "76.55"}, "at most 1 decimal"),
        ({"moaas": "4.5"}, "whole number"),
        ({}, "Enter at least one"),
        ({"heart_rate": 72}, "does not belong"),
        ({"entry": str(uuid.uuid4()), "heart_rate_bpm": 72}, "does not belong"),
    ],
)
def test_reading_that_cannot_be_is_refused(tablet, cast, session, data, said):
    answer = tablet(wire(cast, session, "vitals", data, soon()))

    assert fates(answer) == ["refused"]
    assert said in sentences(answer)[0]


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "not a key"},
        {"id": None},
        {"id": "{7d444840-9dc0-11d1-b245-5ffdce74fad2}"},
        {"kind": "sql"},
        {"kind": ["vitals"]},
        {"occurred_at": "yesterday"},
        {"occurred_at": "2026-03-10T11:00:00"},
        {"occurred_at": "9999-12-31T23:59:00-05:00"},
        {"occurred_at": "2000-01-01T00:00:00+14:00"},
        {"occurred_at": 1_700_000_000},
        {"recorded_at": None},
        {"seq": -1},
        {"seq": 2**40},
        {"seq": "1.5"},
        {"device": "x" * 41},
        {"device": ""},
        {"device": "tab\u202elet"},
        {"author_ticket": None},
        {"author_ticket": "x" * 10_000},
        {"author_ticket": "a:b:c"},
        {"data": None},
        {"data": []},
        {"data": {"text": "x" * 20_001}},
        {"data": {"text": "zero\u200bwidth"}},
        {"data": {"text": "  "}},
        {"data": {"text": "Fine", "session_id": str(uuid.uuid4())}},
    ],
)
def test_entry_that_cannot_be_read_is_refused(tablet, cast, session, changed):
    before = SessionEntry.objects.count()

    answer = tablet({**wire(cast, session, "note", {"text": "Fine."}, soon()), **changed})

    assert fates(answer) == ["refused"]
    assert SessionEntry.objects.count() == before


@pytest.mark.parametrize("kind", ["draw", "waste", "return"])
def test_drug_is_not_moved_without_a_witness(tablet, cast, session, kind):
    data = {"amount_mg": "10", "concentration_mg_ml": "50", "lot": "KT-2231"}

    answer = tablet(wire(cast, session, kind, data, soon()))

    assert fates(answer) == ["refused"]
    assert "needs a witness" in sentences(answer)[0]


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{}", 400),
        (b"[", 400),
        (b'"text"', 400),
        (b"[NaN]", 400),
        (b'[{"data": {"heart_rate_bpm": Infinity}}]', 400),
        (b'[{"id": 1, "id": 2}]', 400),
        (b'["\\ud800"]', 400),
        (b'["a\\u0000b"]', 400),
        (b'["\xff"]', 400),
        (b"[" * 100_000, 400),
        (b"[" + b"9" * 5000 + b"]", 400),
        (b"[" + b" " * 300 * 1024 + b"]", 413),
        (json.dumps(["x"] * 201).encode(), 413),
        (b"[]", 200),
    ],
)
def test_body_is_answered_in_plain_words(client, cast, session, body, status):
    client.force_login(cast.nora)

    answer = client.post(reverse("sessions:entries", args=[session.pk]), body, content_type="application/json")

    assert answer.status_code == status
    assert answer.json().get("sentence", "").endswith(".") == (status != 200)


def test_session_that_is_not_there_is_not_found(client, cast, session):
    client.force_login(cast.nora)

    answer = client.post(reverse("sessions:entries", args=[uuid.uuid4()]), [], content_type="application/json")

    assert answer.status_code == 404


# ---------------------------------------------------------------- who


def test_entries_of_a_colleague_are_stored_under_their_name(tablet, cast, session):
    ticket = queries.author_ticket(cast.nils.pk, session.pk)
    entry = wire(cast, session, "note", {"text": "Taken over."}, soon(), author_ticket=ticket)

    assert fates(tablet(entry)) == ["accepted"]
    assert SessionEntry.objects.get(pk=entry["id"]).author == cast.nils


def test_ticket_of_another_session_or_made_up_is_refused(tablet, cast, session):
    elsewhere = queries.author_ticket(cast.nora.pk, uuid.uuid4())
    forged = queries.author_ticket(cast.nora.pk, session.pk)[:-1] + "-"
    made = [wire(cast, session, "note", {"text": "?"}, soon(), author_ticket=one) for one in (elsewhere, forged)]

    assert fates(tablet(*made)) == ["refused", "refused"]


def test_ticket_lasts_sixteen_hours(cast, session):
    entry = wire(cast, session, "note", {"text": "Late."}, soon())
    other = wire(cast, session, "note", {"text": "Too late."}, soon())

    assert taken(cast, session, entry, now=soon() + timedelta(hours=15, minutes=59)) == ["accepted"]
    assert taken(cast, session, other, now=soon() + timedelta(hours=16, minutes=1)) == ["refused"]


def test_author_who_left_is_refused_at_once(tablet, cast, session):
    ticket = queries.author_ticket(cast.nils.pk, session.pk)
    grant = RoleGrant.objects.get(user=cast.nils)
    staff_actions.end_role(grant=grant, by=cast.ada, now=NOW)

    answer = tablet(wire(cast, session, "note", {"text": "?"}, soon(), author_ticket=ticket))

    assert fates(answer) == ["refused"]
    assert "may not enter this" in sentences(answer)[0]


def test_assistant_charts_readings_and_nothing_else(client, cast, session):
    client.force_login(cast.mika)
    ticket = queries.author_ticket(cast.mika.pk, session.pk)
    kinds = {
        "vitals": {"heart_rate_bpm": 72},
        "comfort": {"chip": "calm"},
        "help": {},
        "note": {"text": "Water given."},
        "stop": {},
        "start": {"rate_ml_h": "60"},
        "event": {"term": "nausea", "grade": 1},
    }
    sent = [wire(cast, session, kind, data, soon(), author_ticket=ticket) for kind, data in kinds.items()]

    answer = client.post(reverse("sessions:entries", args=[session.pk]), sent, content_type="application/json")

    assert fates(answer) == ["accepted"] * 4 + ["refused"] * 3


# ---------------------------------------------------------------- gates and times


def test_start_waits_for_the_gate(cast):
    session = treatments.checked_session(cast)
    at = treatments.started(session)

    entry = wire(cast, session, "start", {"rate_ml_h": "60"}, at)
    refused = actions.take_entries(session_id=session.pk, entries=[entry], caller=cast.nora, now=at)

    assert refused[0].fate == "refused"
    assert refused[0].sentence == "Not ready to start. No drug is drawn. Draw 40.0 mg with a witness."
    session.refresh_from_db()
    assert session.state == "preparing"


@pytest.mark.parametrize("is_offline", [False, True])
def test_start_that_has_happened_is_stored_and_explained(tablet, cast, is_offline):
    session = treatments.checked_session(cast)
    typed_at = soon() - timedelta(minutes=2) if is_offline else soon()
    data = {"rate_ml_h": "60.0"} if is_offline else {"rate_ml_h": "60.0", "already_started": True}

    answer = tablet(wire(cast, session, "start", data, typed_at), to=session)

    assert fates(answer) == ["accepted"]
    session.refresh_from_db()
    assert session.state == "running"
    task = Task.objects.get(kind="deviation")
    assert task.patient_id == session.patient_id
    assert task.detail.startswith("Started before it was ready.")


def test_start_at_another_rate_is_asked_about(cast, session):
    at = treatments.started(session)

    actions.record(session=session, kind="start", data={"rate_ml_h": "75"}, by=cast.nora, occurred_at=at, now=at)

    entry = SessionEntry.objects.get(kind="start")
    assert entry.to_confirm.startswith("75 mL/h is more than 5 % off the 60.0 mL/h of the order.")


def test_second_start_is_refused(tablet, cast):
    session = treatments.running_session(cast)

    answer = tablet(wire(cast, session, "start", {"rate_ml_h": "60"}, soon()), to=session)

    assert fates(answer) == ["refused"]


def test_stop_before_a_start_is_stored_all_the_same(tablet, cast, session):
    answer = tablet(*(wire(cast, session, kind, {}, soon()) for kind in ("stop", "pause", "help")))

    assert fates(answer) == ["confirm", "confirm", "accepted"]


def test_room_with_a_running_session_takes_no_second(cast):
    treatments.running_session(cast)
    other = treatments.prepared_session(
        cast,
        course=treatments.planned_course(cast, course=treatments.another_referral(cast)),
        room=cast.rooms[1],
        nurse=cast.nils,
    )
    TreatmentSession.objects.filter(pk=other.pk).update(room=cast.rooms[0])
    at = treatments.started(other)

    with pytest.raises(actions.EntryRefused, match="Room 1 still has a session running"):
        actions.record(session=other, kind="start", data={"rate_ml_h": "60"}, by=cast.nora, occurred_at=at, now=at)


def test_time_ahead_is_asked_about_and_far_ahead_refused(tablet, cast, session):
    near, ahead, far = (
        wire(cast, session, "note", {"text": "?"}, soon() + timedelta(minutes=minutes)) for minutes in (1, 5, 13 * 60)
    )

    assert fates(tablet(near, ahead, far)) == ["accepted", "confirm", "refused"]


def test_time_before_the_day_of_the_visit_is_refused(cast, session):
    day_before = session.opened_at - timedelta(hours=12)
    at = treatments.started(session)

    fate = taken(cast, session, wire(cast, session, "note", {"text": "?"}, day_before), now=max(at, soon()))

    assert fate == ["refused"]


# ---------------------------------------------------------------- what follows


def test_pause_is_not_counted_and_the_stop_fixes_the_dose(cast):
    session = treatments.running_session(cast)
    start = treatments.started(session)
    for kind, minute, data in (
        ("pause", 10, {"reason": "Nausea."}),
        ("resume", 15, {"rate_ml_h": "30.0"}),
        ("rate", 25, {"rate_ml_h": "60.0"}),
        ("stop", 30, {}),
    ):
        treatments.charted(cast, session, kind, data, start + timedelta(minutes=minute))

    session.refresh_from_db()
    assert session.state == "recovery"
    assert (session.started_at, session.stopped_at) == (start, start + timedelta(minutes=30))
    assert session.given_mg == Decimal("20.00")  # 10 min at 60, 10 at 30, 5 at 60 mL/h of 1 mg/mL


def test_steps_that_come_late_correct_the_dose(cast):
    session = treatments.stopped_session(cast)
    start = treatments.started(session)
    later = session.stopped_at + timedelta(minutes=5)
    for kind, minute, data in (("resume", 20, {"rate_ml_h": "60.0"}), ("pause", 10, {})):
        actions.record(
            session=session,
            kind=kind,
            data=data,
            by=cast.nora,
            occurred_at=start + timedelta(minutes=minute),
            now=later,
        )

    session.refresh_from_db()
    assert session.given_mg == Decimal("30.00")


def test_retracted_stop_runs_on_and_keeps_the_old_entry(cast):
    session = treatments.stopped_session(cast)
    stop = SessionEntry.objects.get(kind="stop")
    data = {"target": str(stop.pk), "reason": "Wrong person's sheet."}

    treatments.charted(cast, session, "retract", data, session.stopped_at + timedelta(minutes=1))

    session.refresh_from_db()
    assert (session.state, session.stopped_at, session.given_mg) == ("running", None, None)
    shown = queries.sheet_of(session.pk, now=stop.occurred_at + timedelta(minutes=2)).state()["entries"]
    retracted = next(one for one in shown if one["id"] == stop.pk)["retracted"]
    assert (retracted["by"], retracted["reason"]) == ("Nora Nolan, RN", "Wrong person's sheet.")


def test_correction_is_made_once_and_only_on_its_own_sheet(tablet, cast, session):
    entry = SessionEntry.objects.get(session=session, kind="vitals")
    elsewhere = str(uuid.uuid4())
    sent = [
        wire(cast, session, "retract", {"target": str(entry.pk), "reason": "Wrong arm."}, soon()),
        wire(cast, session, "retract", {"target": str(entry.pk), "reason": "Again."}, soon()),
        wire(cast, session, "confirm", {"target": str(entry.pk)}, soon()),
        wire(cast, session, "retract", {"target": elsewhere, "reason": "?"}, soon()),
        wire(cast, session, "retract", {"target": str(entry.pk), "reason": ""}, soon()),
    ]

    assert fates(tablet(*sent)) == ["accepted", "refused", "refused", "refused", "refused"]


def test_entry_after_the_signature_is_a_late_addendum(tablet, cast):
    session = treatments.signed_session(cast)
    before = TreatmentSession.objects.values().get(pk=session.pk)
    entry = wire(cast, session, "vitals", {"heart_rate_bpm": 71}, session.discharged_at)

    answer = tablet(entry, to=session)

    assert fates(answer) == ["accepted"]
    assert SessionEntry.objects.get(pk=entry["id"]).is_late_addendum
    assert TreatmentSession.objects.values().get(pk=session.pk) == before


def test_operation_is_replayed_minute_by_minute(tablet, cast, session):
    """A series as a bedside monitor gives it: one decimal, low pressures, one impossible row."""
    start = soon() - timedelta(minutes=20)
    rows = [
        {
            "heart_rate_bpm": str(Decimal("88.0") - Decimal("0.5") * minute),
            "systolic_mmhg": str(Decimal("112.5") - minute),
            "diastolic_mmhg": str(Decimal("57.0") - Decimal("0.5") * minute),
            "spo2_percent": "96.2",
            "temperature_c": "36.1",
        }
        for minute in range(20)
    ]
    rows[7] = {**rows[7], "spo2_percent": "101"}
    sent = [
        wire(cast, session, "vitals", row, start + timedelta(minutes=minute), seq=minute)
        for minute, row in enumerate(rows)
    ]

    answer = tablet(*sent)

    assert fates(answer) == ["refused" if minute == 7 else "accepted" for minute in range(20)]
    assert VitalSigns.objects.filter(entry__session=session).count() == 20  # with the baseline


def test_visit_of_an_opened_session_is_not_taken_back(client, cast):
    session = treatments.opened_session(cast)

    with pytest.raises(visit_actions.MoveRefused, match="ends it from the room as not treated"):
        visit_actions.take_back(appointment=session.appointment, by=cast.fran, now=session.opened_at)

    client.force_login(cast.fran)
    page = client.get(reverse("sessions:visit", args=[session.appointment_id]))
    session.appointment.refresh_from_db()
    assert session.appointment.state == "in_room"
    assert "Take back" not in page.content.decode()


def test_visit_of_an_opened_session_is_not_cancelled(cast):
    session = treatments.opened_session(cast)
    Appointment.objects.filter(pk=session.appointment_id).update(state="arrived")

    with pytest.raises(visit_actions.MoveRefused, match="session of this visit is open"):
        visit_actions.cancel(appointment=session.appointment, reason="Ill", by=cast.fran, now=session.opened_at)

    assert Appointment.objects.get(pk=session.appointment_id).state == "arrived"


def test_visit_stays_in_the_room_once_the_infusion_has_begun(client, cast):
    session = treatments.running_session(cast)
    at = treatments.started(session)

    with pytest.raises(visit_actions.MoveRefused, match="The infusion has begun"):
        visit_actions.take_back(appointment=session.appointment, by=cast.fran, now=at)
    with pytest.raises(visit_actions.MoveRefused, match="The nurse ends the visit"):
        visit_actions.leave(appointment=session.appointment, by=cast.fran, now=at)

    client.force_login(cast.fran)
    page = client.get(reverse("sessions:visit", args=[session.appointment_id]))
    session.appointment.refresh_from_db()
    assert session.appointment.state == "in_room"
    assert "Take back" not in page.content.decode()
