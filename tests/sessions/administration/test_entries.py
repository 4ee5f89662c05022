"""Entries as a tablet sends them: each stored once, each with its own fate."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from clinic.worklist.models import Task
from sessions.administration import queries
from sessions.administration.models import SessionEntry, TreatmentSession, VitalSigns
from tests.scenarios import treatments
from tests.scenarios.cast import Cast, clinic_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return clinic_cast()


@pytest.fixture
def session(cast: Cast) -> TreatmentSession:
    return treatments.checked_session(cast)


@pytest.fixture
def tablet(client: Client, cast: Cast, session: TreatmentSession):
    """Sends entries as Nora and gives back the answer."""
    client.force_login(cast.nora)

    def send(*entries, to: TreatmentSession = session):
        return client.post(reverse("sessions:entries", args=[to.pk]), list(entries), content_type="application/json")

    return send


def fates(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["fate"] for one in answer.json()["entries"]]


def test_reading_is_accepted_once(tablet, cast, session):
    entry = treatments.wire(cast, session, "vitals", {"heart_rate_bpm": "76.5"}, datetime.now(UTC))

    first, again = tablet(entry), tablet(entry)

    assert (fates(first), fates(again)) == (["accepted"], ["duplicate"])
    stored = VitalSigns.objects.get(entry=entry["id"])
    assert stored.heart_rate_bpm == Decimal("76.5")
    assert stored.entry.author == cast.nora


def test_same_id_with_another_body_is_refused(tablet, cast, session):
    entry = treatments.wire(cast, session, "vitals", {"heart_rate_bpm": 76}, datetime.now(UTC))
    tablet(entry)

    answer = tablet({**entry, "data": {"heart_rate_bpm": 77}})

    assert fates(answer) == ["refused"]
    assert VitalSigns.objects.get(entry=entry["id"]).heart_rate_bpm == 76


def test_start_waits_for_the_gate_and_already_started_does_not(tablet, cast, session):
    now = datetime.now(UTC)
    refused = tablet(treatments.wire(cast, session, "start", {"rate_ml_h": "60.0"}, now))
    stored = tablet(treatments.wire(cast, session, "start", {"rate_ml_h": "60.0", "already_started": True}, now))

    assert (fates(refused), fates(stored)) == (["refused"], ["accepted"])
    assert refused.json()["entries"][0]["sentence"].startswith("Not ready to start.")
    session.refresh_from_db()
    assert session.state == "running"
    assert Task.objects.get(kind="deviation").patient_id == session.patient_id


def test_state_lists_entries_and_what_has_gone_in(client, tablet, cast, session):
    start = datetime.now(UTC) - timedelta(minutes=10)
    tablet(treatments.wire(cast, session, "start", {"rate_ml_h": "60.0"}, start))

    state = client.get(reverse("sessions:sheet-state", args=[session.pk])).json()

    assert [one["kind"] for one in state["entries"]] == ["checklist", "vitals", "start"]
    assert state["session"]["state"] == "running"
    assert Decimal(state["infusion"]["given_mg"]) == Decimal("10.00")


def test_ticket_of_another_session_is_refused(tablet, cast, session):
    ticket = queries.author_ticket(cast.nora.pk, uuid.uuid4())
    entry = treatments.wire(cast, session, "note", {"text": "Calm."}, datetime.now(UTC), author_ticket=ticket)

    assert fates(tablet(entry)) == ["refused"]
    assert not SessionEntry.objects.filter(pk=entry["id"]).exists()
