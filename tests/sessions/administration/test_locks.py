"""What does PostgreSQL refuse the application itself, once something is charted or signed?"""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from sessions.administration import queries
from sessions.administration.models import DrugRecord, SessionEntry, TreatmentSession, VitalSigns
from tests.as_application import run_as_application
from tests.scenarios import treatments

pytestmark = pytest.mark.django_db

SESSION = "treatment_sessions_treatmentsession"
ENTRY = "treatment_sessions_sessionentry"
TYPED = sorted({model._meta.db_table for _, model in queries.TYPED.values()})
READ = "SELECT * FROM {table} ORDER BY 1"
INSERT_ENTRY = """
    INSERT INTO treatment_sessions_sessionentry
      (id, session_id, kind, occurred_at, recorded_at, received_at, seq, device, author_id, digest, to_confirm,
       is_late_addendum, reason)
    VALUES (%s, %s, 'note', now(), now(), now(), 1, 'psql', %s, 'x', '', {late}, '')
"""
INSERT_VITALS = "INSERT INTO treatment_sessions_vitalsigns (entry_id, heart_rate_bpm) VALUES (%s, 72)"
COSIGN = "UPDATE treatment_sessions_treatmentsession SET cosigned_at = now(), cosigned_by_id = %s"


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the session and of what hangs on it."""
    found = {}
    with connection.cursor() as cursor:
        for table in (SESSION, ENTRY, *TYPED, "treatment_sessions_sessionaddendum"):
            cursor.execute(READ.format(table=table))
            found[table] = cursor.fetchall()
    return found


@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
)
def test_what_is_charted_is_never_changed(cast, statement):
    treatments.discharged_session(cast)
    before = everything()

    for table in (ENTRY, *TYPED):
        with pytest.raises(DatabaseError):
            run_as_application(statement.format(table=table, column="id" if table == ENTRY else "entry_id"))

    assert everything() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE treatment_sessions_treatmentsession SET given_mg = 1",
        "UPDATE treatment_sessions_treatmentsession SET state = 'preparing'",
        "UPDATE treatment_sessions_treatmentsession SET signed_at = NULL, signed_by_id = NULL",
        "DELETE FROM treatment_sessions_treatmentsession",
        "TRUNCATE treatment_sessions_treatmentsession CASCADE",
    ],
)
def test_signed_session_is_never_changed(cast, statement):
    treatments.signed_session(cast)
    before = everything()

    with pytest.raises(DatabaseError):
        run_as_application(statement)

    assert everything() == before


def test_signed_session_takes_no_new_entry_but_a_late_addendum(cast):
    session = treatments.signed_session(cast)
    late = uuid.uuid4()

    with pytest.raises(DatabaseError, match="belongs to a signed row"):
        run_as_application(INSERT_ENTRY.format(late="false"), [uuid.uuid4(), session.pk, cast.nora.pk])
    run_as_application(INSERT_ENTRY.format(late="true"), [late, session.pk, cast.nora.pk])

    assert SessionEntry.objects.get(pk=late).is_late_addendum


def test_signed_session_takes_no_new_row_under_an_old_entry(cast):
    session = treatments.signed_session(cast)
    entry = SessionEntry.objects.filter(session=session, kind="discharge").get()

    with pytest.raises(DatabaseError, match="belongs to a signed session"):
        run_as_application(INSERT_VITALS, [entry.pk])

    assert not VitalSigns.objects.filter(entry=entry).exists()


def test_signed_session_is_co_signed_and_nothing_else(cast):
    session = treatments.signed_session(cast)

    run_as_application(COSIGN, [cast.paula.pk])

    session.refresh_from_db()
    assert session.cosigned_by == cast.paula


@pytest.mark.parametrize(
    "values",
    [
        {"spo2_percent": 101},
        {"heart_rate_bpm": 0},
        {"systolic_mmhg": 80, "diastolic_mmhg": 80},
        {"systolic_mmhg": 120},
        {"temperature_c": 20},
        {"moaas": 6},
        {},
    ],
)
def test_reading_that_cannot_be_is_refused_by_the_database(cast, values):
    session = treatments.prepared_session(cast)
    entry = SessionEntry.objects.filter(session=session, kind="draw").get()

    with pytest.raises(IntegrityError, match="vitals_"), transaction.atomic():
        VitalSigns.objects.create(entry=entry, **values)


def test_two_sessions_never_run_in_one_room(cast):
    running = treatments.running_session(cast)
    other = treatments.prepared_session(
        cast,
        course=treatments.planned_course(cast, course=treatments.another_referral(cast)),
        room=cast.rooms[1],
        nurse=cast.nils,
    )

    with pytest.raises(IntegrityError, match="session_one_running_per_room"), transaction.atomic():
        TreatmentSession.objects.filter(pk=other.pk).update(
            state="running", room=running.room_id, started_at=running.started_at
        )


def test_drug_without_a_witness_is_refused_by_the_database(cast):
    session = treatments.prepared_session(cast)
    entry = SessionEntry.objects.filter(session=session, kind="vitals").get()

    with pytest.raises(IntegrityError, match="witness"), transaction.atomic():
        DrugRecord.objects.create(
            entry=entry,
            movement="waste",
            amount_mg=1,
            concentration_mg_ml=50,
            lot="KT-2231",
            witnessed_at=session.opened_at + timedelta(minutes=1),
        )
