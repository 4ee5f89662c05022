"""Are people who were written in bulk like those who were made by the actions, in everything that can be asked?"""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client, override_settings

from clinic.audit.models import AccessEvent
from clinic.demo.actions.volume.shapes import SHAPES
from clinic.demo.rules import growth
from clinic.sites.models import Site
from clinic.staff.models import User
from clinic.worklist.models import Task
from patients.instruments.catalogue import instrument
from patients.instruments.models import QuestionnaireResponse
from patients.instruments.rules.scoring import score
from patients.registration.models import Patient
from sessions.administration.models import SessionEntry, TreatmentSession, VitalSigns
from sessions.scheduling.models import Appointment
from tests.as_application import run_as_application
from tests.clinic.demo.bulk import (
    HASHERS,
    NOW,
    OF_NOBODY,
    PEOPLE,
    PEOPLE_OF_A_HOUSE,
    TOLD,
    Clinic,
    Watching,
    copies_of,
    made,
    opened,
    original,
    pages_of,
)
from tests.clinic.demo.content import (
    asked,
    catalogue,
    checked,
    content,
    counts,
    elsewhere,
    every_model,
    followed,
    milligrams,
    tracked_models,
)
from tests.digest import digest_of_everything


@pytest.fixture(scope="module")
def db(django_db_setup, django_db_blocker):
    """One transaction for the whole module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clinic(db):
    before, watching = catalogue(), Watching()
    with pytest.MonkeyPatch.context() as patched, override_settings(PASSWORD_HASHERS=HASHERS):
        patched.setattr(growth, "PEOPLE_OF_A_HOUSE", PEOPLE_OF_A_HOUSE)
        serial = asked("SELECT last_value, is_called FROM patients_record_serial")[0]
        beginning = transaction.savepoint()
        made(watching)
        first = content()
        transaction.savepoint_rollback(beginning)
        asked("SELECT setval('patients_record_serial', %s, %s)", serial)
        made(watching)
    return Clinic(before, watching.told, first, content())


@pytest.fixture(autouse=True)
def taken_back(clinic):
    """What a test does, looking at a page too, is gone for the next one."""
    before = transaction.savepoint()
    yield
    transaction.savepoint_rollback(before)


@pytest.fixture
def crowd(clinic):
    """Everybody who was written in bulk."""
    return list(Patient.objects.order_by("record_number")[len(TOLD) :])


def test_the_same_seed_makes_the_same_crowd(clinic):
    for name, rows in clinic.first.items():
        assert clinic.second[name] == rows, name


def test_everybody_is_there_in_more_than_one_house(clinic, crowd):
    assert len(crowd) == PEOPLE - len(TOLD)
    assert Site.objects.count() == 2
    assert Appointment.objects.filter(patient__in=crowd).values("site").distinct().count() == Site.objects.count()


def test_every_table_that_somebody_told_fills_is_filled_for_the_crowd(clinic):
    now = counts()

    left_out = {table for table, rows in clinic.told.items() if rows and now[table] == rows} - OF_NOBODY

    assert left_out == set()
    assert len([table for table, rows in clinic.told.items() if rows]) > 55


def test_every_model_about_a_person_has_a_shape(clinic):
    shaped = {shape.model for shape in SHAPES}
    about_a_person = {
        model
        for model in every_model()
        if not hasattr(model, "pgh_tracked_model") and model.__module__.split(".")[0] in {"patients", "sessions"}
    }

    without = about_a_person - shaped
    assert {model.__name__ for model in without} == {"DuplicateNote", "Merge"}  # nobody told is there twice
    assert not any(model.objects.exists() for model in without)


def test_constraints_indexes_and_triggers_are_as_they_were(clinic):
    assert catalogue() == clinic.catalogue
    assert asked("SELECT count(*) FROM pg_index WHERE NOT (indisvalid AND indisready)") == [(0,)]


def test_every_row_passes_every_check(clinic):
    checks, broken = checked()

    assert checks > 100
    assert broken == []


def test_every_reference_leads_to_a_row(clinic):
    keys, lost = followed()

    assert keys > 60
    assert lost == []


def test_no_room_and_nobody_is_held_twice(clinic):
    twice = asked(
        "SELECT count(*) FROM clinic_hold a JOIN clinic_hold b ON a.kind = b.kind AND a.resource_id = b.resource_id"
        " AND a.during && b.during AND a.id < b.id WHERE a.released_at IS NULL AND b.released_at IS NULL"
    )

    assert twice == [(0,)]


def test_every_visit_of_the_crowd_holds_its_room_and_its_patient(clinic, crowd):
    wrong = asked(
        """
        SELECT count(*) FROM treatment_sessions_appointment v WHERE NOT (
            EXISTS (SELECT FROM clinic_hold h WHERE h.reference = 'appointment:' || v.id AND h.kind = 'room'
                    AND h.resource_id = v.room_id AND h.during @> tstzrange(v.starts_at, v.ends_at))
            AND EXISTS (SELECT FROM clinic_hold h WHERE h.reference = 'appointment:' || v.id AND h.kind = 'patient'
                        AND h.resource_id = v.patient_id))
        AND v.state = 'gone' AND v.patient_id = ANY(%s::uuid[])
        """,
        [[str(one.pk) for one in crowd]],
    )

    assert wrong == asked("SELECT 0")


def test_the_latest_version_of_every_row_is_the_row(clinic):
    different = []
    for model in tracked_models():
        table, history = model._meta.db_table, model.pgh_event_model._meta.db_table
        key = model._meta.pk.column
        kept = [field.column for field in model.pgh_event_model._meta.concrete_fields]
        left_out = [field.column for field in model._meta.concrete_fields if field.column not in kept]
        [(count,)] = asked(
            f"SELECT count(*) FROM {table} r LEFT JOIN LATERAL (SELECT * FROM {history} e"
            f" WHERE e.pgh_obj_id = r.{key} ORDER BY pgh_id DESC LIMIT 1) e ON true"
            " WHERE e.pgh_id IS NULL OR NOT to_jsonb(e) @> (to_jsonb(r) - %s::text[])",
            [left_out],
        )
        different += [(table, count)] if count else []

    assert different == []


def test_versions_follow_each_other_and_name_who_made_them(clinic):
    wrong = []
    for model in tracked_models():
        history = model.pgh_event_model._meta.db_table
        [(unknown, backward)] = asked(
            f"SELECT count(*) FILTER (WHERE u.id IS NULL), count(*) FILTER (WHERE e.pgh_created_at < e.before)"
            f" FROM (SELECT *, lag(pgh_created_at) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS before"
            f"       FROM {history}) e LEFT JOIN clinic_user u ON u.id::text = e.pgh_context ->> 'user'"
            " WHERE e.pgh_obj_id NOT IN (SELECT id FROM clinic_rolegrant)"
        )
        wrong += [(history, unknown, backward)] if unknown or backward else []

    assert wrong == []


def test_somebody_of_the_crowd_has_as_many_versions_as_who_they_are_like(clinic):
    of_each = asked(
        """
        SELECT s.patient_id, count(DISTINCT s.id), count(e.pgh_id), count(DISTINCT e.pgh_context_id)
        FROM treatment_sessions_treatmentsession s
        JOIN treatment_sessions_treatmentsessionevent e ON e.pgh_obj_id = s.id GROUP BY s.patient_id
        """
    )
    by_sessions = defaultdict(set)
    for patient, sessions, versions, changes in of_each:
        if patient not in {one.pk for one in Patient.objects.filter(courses__state="induction")}:
            by_sessions[sessions].add((versions, changes))

    assert len(by_sessions) >= 5
    assert {sessions: len(found) for sessions, found in by_sessions.items()} == dict.fromkeys(by_sessions, 1)


def test_nothing_but_the_day_and_the_room_sets_a_copy_apart(clinic):
    one, *others = copies_of(original())
    columns = "systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm", "spo2_percent"

    def readings(patient):
        found = VitalSigns.objects.filter(entry__session__patient=patient).order_by("entry__occurred_at", "entry__seq")
        return list(found.values_list(*columns))

    assert others
    assert readings(one) == readings(original())
    assert (one.family_name, one.phone) != (original().family_name, original().phone)


def test_every_hour_on_the_wall_is_as_it_was_on_the_other_day(clinic):
    for copy in copies_of(original()):
        pairs = zip(
            TreatmentSession.objects.filter(patient=original()).order_by("number"),
            TreatmentSession.objects.filter(patient=copy).order_by("number"),
            strict=True,
        )
        zone = "America/New_York"
        apart = {
            asked(
                f"SELECT (%s AT TIME ZONE '{zone}') - (%s AT TIME ZONE '{zone}')", [one.started_at, other.started_at]
            )[0][0]
            for one, other in pairs
        }
        assert len(apart) == 1
        assert apart.pop().seconds == 0


def test_sentences_name_the_day_of_the_copy(clinic, crowd):
    wrong = asked(
        """
        SELECT evidence, found_at FROM patients_finding
        WHERE evidence LIKE 'Asked on%'
          AND evidence <> 'Asked on ' || to_char(found_at AT TIME ZONE 'America/New_York', 'FMMon FMDD')
           OR evidence LIKE '%at rest.' AND evidence NOT LIKE
              '%on ' || to_char(found_at AT TIME ZONE 'America/New_York', 'FMMon FMDD, YYYY') || ', %'
        """
    )

    assert wrong == []


def test_the_access_log_names_one_person_in_each_row_and_everybody_in_some(clinic, crowd):
    rows = AccessEvent.objects.values_list("patient_ids", "user_id", "user_name")
    names = {user.pk: str(user) for user in User.objects.all()}

    assert {len(people) for people, _, _ in rows} == {1}
    assert {one.pk for one in Patient.objects.all()} == {people[0] for people, _, _ in rows}
    assert all(names[user_id] == user_name for _, user_id, user_name in rows)


def test_whoever_is_named_works_in_the_house_of_the_visit(clinic):
    visits, entries = elsewhere()

    assert (visits, entries) == (0, 0)


def test_a_signed_session_of_the_crowd_is_locked(clinic, crowd):
    session = TreatmentSession.objects.filter(patient__in=crowd, signed_at__isnull=False).first()
    entry = session.entries.filter(kind="vitals").first()
    tries = (
        ("UPDATE treatment_sessions_treatmentsession SET given_mg = 1 WHERE id = %s", session.pk),
        ("UPDATE treatment_sessions_sessionentry SET seq = 0 WHERE id = %s", entry.pk),
        ("UPDATE treatment_sessions_vitalsigns SET moaas = 1 WHERE entry_id = %s", entry.pk),
        ("DELETE FROM treatment_sessions_vitalsigns WHERE entry_id = %s", entry.pk),
        ("DELETE FROM treatment_sessions_treatmentsessionevent WHERE pgh_obj_id = %s", session.pk),
    )

    for statement, key in tries:
        with pytest.raises(DatabaseError, match=r"never changed|signed"), transaction.atomic():
            asked(statement, [str(key)])
        with pytest.raises(DatabaseError, match=r"never changed|signed|permission denied"):
            run_as_application(statement, [str(key)])
    with pytest.raises(DatabaseError, match="belongs to a signed row"), transaction.atomic():
        SessionEntry.objects.create(
            id=session.pk,
            session=session,
            kind="note",
            occurred_at=NOW,
            recorded_at=NOW,
            received_at=NOW,
            seq=1,
            device="tablet",
            author=session.signed_by,
            digest="0" * 64,
        )


def test_a_change_to_somebody_of_the_crowd_is_kept_in_the_history(clinic, crowd):
    person = crowd[0]

    with transaction.atomic():
        Patient.objects.filter(pk=person.pk).update(city="Elsewhere")
        versions = list(
            Patient.pgh_event_model.objects.filter(pgh_obj=person.pk).order_by("pgh_id").values_list("city")
        )
        transaction.set_rollback(True)

    assert versions == [(person.city,), ("Elsewhere",)]


def test_every_milligram_of_the_crowd_is_accounted_for(clinic):
    rows = milligrams()

    assert len(rows) > 150
    assert [row for row in rows if row[0] + row[2] != row[1]] == []
    assert all(isinstance(given, Decimal) for given, _, _ in rows)


def test_scores_of_the_crowd_are_those_of_the_scorer(clinic, crowd):
    responses = QuestionnaireResponse.objects.filter(patient__in=crowd).prefetch_related("answers")

    for response in responses:
        items = len(instrument(response.instrument).items)
        given = {answer.item: answer.value for answer in response.answers.all()}
        result = score(response.instrument, [given.get(item) for item in range(1, items + 1)])
        assert (response.total, response.raw_total, response.band) == (result.total, result.raw_total, result.band)
    assert len(responses) > 100


def test_nothing_of_the_crowd_of_the_first_house_waits(clinic, crowd):
    first = Site.objects.get(name="Ashby Street")

    assert not Task.objects.filter(site=first, closed_at=None, patient_id__in=[one.pk for one in crowd]).exists()
    assert not TreatmentSession.objects.filter(appointment__site=first, patient__in=crowd, cosigned_at=None).exists()
    assert not Appointment.objects.filter(site=first, patient__in=crowd, starts_at__gte=NOW).exists()


def test_every_page_of_a_copy_reads_like_that_of_the_original(clinic):
    client = Client()
    client.force_login(User.objects.get(email="paula@example.org"))
    copies = copies_of(original())
    told = [opened(client, address) for address in pages_of(original())]

    for copy in (copies[0], copies[-1]):
        bulk = [opened(client, address) for address in pages_of(copy)]
        for one, other in zip(told[:-1], bulk[:-1], strict=True):
            assert one == other
        assert bulk[-1][0] == told[-1][0]  # a day of the calendar holds other people, and asks as often


def test_the_sheet_of_a_running_copy_reads_like_that_of_the_original(clinic):
    sheets = []
    for session in TreatmentSession.objects.filter(state="running").select_related("appointment__nurse"):
        client = Client()
        client.force_login(session.appointment.nurse)
        # The second look at each: the first one of a process may ask for what is then remembered.
        sheets.append([opened(client, f"/sessions/{session.pk}/") for _ in range(2)][-1])

    assert len(sheets) == 2
    assert sheets[0] == sheets[1]


def test_somebody_of_the_crowd_has_a_trail(clinic, crowd):
    client = Client()
    client.force_login(User.objects.get(email="olga@example.org"))
    person = crowd[0]

    looks, changes = (client.get(f"/trail/{part}?patient={person.pk}").text for part in ("", "changes/"))

    assert person.record_number in looks
    assert "Register" in looks
    assert person.record_number in changes
    assert "Added" in changes


def test_seeding_again_changes_nothing(clinic):
    before = digest_of_everything()

    call_command("seed_demo", patients=PEOPLE, if_empty=True)
    with pytest.raises(CommandError, match="has people already"):
        call_command("seed_demo", patients=PEOPLE)

    assert digest_of_everything() == before
