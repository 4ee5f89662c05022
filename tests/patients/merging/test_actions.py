from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from clinic.kit.refusals import Refusal
from clinic.rooms.models import Hold
from patients.courses import actions as course_actions
from patients.courses import queries as course_queries
from patients.courses.models import Course
from patients.history import actions as history_actions
from patients.history import queries as history_queries
from patients.instruments import actions as instrument_actions
from patients.instruments.models import QuestionnaireResponse
from patients.merging import actions, queries
from patients.merging.models import Merge
from patients.registration import actions as registration_actions
from patients.registration.models import DuplicateNote, Patient
from patients.treatment_plan import queries as plan_queries
from sessions.scheduling import actions as visit_actions
from tests.as_application import run_as_application
from tests.digest import digest_of_everything
from tests.scenarios import assessments, follow_ups, people, treatments, visits
from tests.scenarios.cast import NOW, Cast, clinic_cast
from tests.scenarios.duplicates import BECAUSE, NOT_ONE, TWIN, merged, twice_registered, undone

LATER = NOW + timedelta(hours=2)
MAY_CHANGE = {"patients_patient", "patients_patientevent", "patients_merge", "patients_mergeevent"}


def stands_for(record: Patient) -> Patient:
    return Patient.objects.get(pk=Patient.objects.get(pk=record.pk).person_id)


# ---------------------------------------------------------------- merging
def test_merge_lets_one_record_stand_for_both_and_says_who_and_why(cast: Cast) -> None:
    maria, mia = twice_registered(cast)

    merge = merged(cast, maria, mia)

    assert stands_for(mia) == stands_for(maria) == maria
    assert (merge.merged, merge.into, merge.reason) == (mia, maria, BECAUSE)
    assert (merge.merged_by, merge.merged_at, merge.undone_at) == (cast.ada, NOW, None)
    assert [Patient.objects.get(pk=each.pk).row_version for each in (maria, mia)] == [1, 2]


def test_merge_and_its_undoing_touch_no_row_but_the_records_own(cast: Cast) -> None:
    session = follow_ups.given_session(cast, treatments.planned_course(cast))
    other = people.registered(cast, **TWIN)
    before = digest_of_everything()

    merge = merged(cast, session.patient, other, now=LATER)
    between = digest_of_everything()
    undone(cast, merge, now=LATER)

    after = digest_of_everything()
    assert {table for table in before if before[table] != between[table]} == MAY_CHANGE
    assert {table for table in before if before[table] != after[table]} == MAY_CHANGE
    assert stands_for(other) == other


def test_merge_sent_twice_is_one_merge(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    seen = queries.preview(maria.pk, mia.pk, now=NOW).seen

    first, second = (
        actions.merge_people(kept=maria.pk, other=mia.pk, seen=seen, reason=BECAUSE, by=cast.ada, now=NOW)
        for _ in range(2)
    )

    assert first == second
    assert Merge.objects.count() == 1


def test_merge_without_a_reason_is_refused(cast: Cast) -> None:
    maria, mia = twice_registered(cast)

    with pytest.raises(actions.ReasonMissing, match="how you know"):
        merged(cast, maria, mia, reason=" ")

    assert not Merge.objects.exists()


def test_merge_of_one_person_with_themselves_is_refused(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merged(cast, maria, mia)

    for kept, other in ((maria.pk, maria.pk), (mia.pk, maria.pk), (maria.pk, cast.site.pk)):
        with pytest.raises(actions.NotTwoPeople):
            actions.merge_people(kept=kept, other=other, seen="", reason=BECAUSE, by=cast.ada, now=NOW)

    assert Merge.objects.count() == 1


def test_merge_after_something_changed_is_refused_with_what_changed(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    seen = queries.preview(maria.pk, mia.pk, now=NOW).seen
    registration_actions.edit(
        patient=mia, details={**people.DETAILS, "city": "Troy"}, seen_version=1, by=cast.fran, now=NOW
    )
    people.referred(cast, patient=maria)

    with pytest.raises(actions.ChangedMeanwhile) as refusal:
        actions.merge_people(kept=maria.pk, other=mia.pk, seen=seen, reason=BECAUSE, by=cast.ada, now=NOW)

    assert f"details of record {mia.record_number}" in str(refusal.value)
    assert f"courses of treatment of record {maria.record_number}" in str(refusal.value)
    assert stands_for(mia) == mia


def test_merge_with_two_open_courses_is_refused(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    people.referred(cast, patient=maria)
    people.referred(cast, patient=mia)

    with pytest.raises(actions.MergeRefused, match="Both have an open course"):
        merged(cast, maria, mia)

    assert stands_for(mia) == mia


def test_merge_while_an_infusion_is_under_way_is_refused(cast: Cast) -> None:
    session = treatments.opened_session(cast)
    other = people.registered(cast, **TWIN)

    for kept, merging in ((session.patient, other), (other, session.patient)):
        with pytest.raises(actions.MergeRefused, match="An infusion is under way"):
            merged(cast, kept, merging)


def test_merge_with_visits_at_the_same_time_is_refused(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    first = visits.booked_visit(cast, people.referred(cast, patient=maria))
    Course.objects.filter(pk=first.course_id).update(state="declined")
    visits.booked_visit(cast, people.referred(cast, patient=mia), room=cast.rooms[1], nurse=cast.nils)

    with pytest.raises(actions.MergeRefused, match="Both have a visit on Mar"):
        merged(cast, maria, mia)


def test_merge_of_somebody_who_stands_for_others_takes_them_along(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    third = people.registered(cast, given_name="Marie", birth_date=TWIN["birth_date"])
    merged(cast, mia, third)

    merged(cast, maria, mia)

    assert stands_for(third) == stands_for(mia) == maria
    assert {row.merged for row in queries.merges_of(maria.pk)} == {
        f"Marie Ordóñez, record {third.record_number}",
        f"Mia Ordonez, record {mia.record_number}",
    }


# ---------------------------------------------------------------- undoing
def test_undo_gives_each_record_back_and_keeps_what_was_said(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merge = merged(cast, maria, mia)

    again = undone(cast, merge, now=LATER)

    assert (stands_for(maria), stands_for(mia)) == (maria, mia)
    assert (again.undone_by, again.undone_at, again.undone_reason) == (cast.ada, LATER, NOT_ONE)
    assert again.reason == BECAUSE
    assert merged(cast, mia, maria, now=LATER).into == mia


def test_undo_takes_along_what_was_merged_into_the_record_before(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    third = people.registered(cast, given_name="Marie")
    inner = merged(cast, mia, third)
    outer = merged(cast, maria, mia)

    undone(cast, outer, now=LATER)

    assert (stands_for(maria), stands_for(mia), stands_for(third)) == (maria, mia, mia)
    undone(cast, inner, now=LATER)
    assert stands_for(third) == third


def test_undo_of_an_inner_merge_leaves_the_outer_one(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    third = people.registered(cast, given_name="Marie")
    inner = merged(cast, mia, third)
    merged(cast, maria, mia)

    undone(cast, inner, now=LATER)

    assert (stands_for(maria), stands_for(mia), stands_for(third)) == (maria, maria, third)


def test_undo_a_second_time_or_without_a_reason_is_refused(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merge = merged(cast, maria, mia)

    with pytest.raises(actions.ReasonMissing):
        actions.undo_merge(merge=merge, reason="", by=cast.ada, now=LATER)
    undone(cast, merge, now=LATER)
    undone(cast, merge, now=LATER + timedelta(minutes=1))
    with pytest.raises(actions.UndoRefused, match="already undone"):
        actions.undo_merge(merge=merge, reason="Another reason", by=cast.ada, now=LATER)

    assert Merge.objects.get().undone_at == LATER


def test_undo_while_an_infusion_is_under_way_is_refused(cast: Cast) -> None:
    other = people.registered(cast, **TWIN)
    course = treatments.planned_course(cast)
    merge = merged(cast, course.patient, other)
    treatments.opened_session(cast, course=course)

    with pytest.raises(actions.UndoRefused, match="under way"):
        undone(cast, merge, now=LATER)

    assert stands_for(other) == course.patient


# ---------------------------------------------------------------- what is written in between
def test_what_hangs_on_a_course_stays_with_its_record_and_the_rest_with_the_one_that_stands(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    course = people.referred(cast, patient=mia, now=NOW - timedelta(days=1))
    merge = merged(cast, maria, mia)

    answer = assessments.answered(cast, course_queries.open_course_of(maria.pk), answers=(1,) * 8 + (0,))
    visit = visits.booked_visit(cast, Course.objects.get(pk=course.pk))
    allergy = history_actions.add_allergy(patient=maria, substance="Latex", reaction="", by=cast.nora, now=LATER)
    undoing = queries.undoing(merge)
    undone(cast, merge, now=LATER)

    assert (answer.patient, visit.patient, allergy.patient) == (mia, mia, maria)
    assert undoing.stays == (("allergies", 1),)
    assert undoing.goes == (("visits", 1), ("questionnaires", 1))
    assert course_queries.open_course_of(maria.pk) is None
    assert course_queries.open_course_of(mia.pk) == course
    assert [row.substance for row in history_queries.allergy_rows(mia.pk)] == []


def test_merged_people_have_one_open_course_between_them(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    people.referred(cast, patient=mia)
    merged(cast, maria, mia)

    with pytest.raises(course_actions.CourseStillOpen):
        people.referred(cast, patient=maria)


def test_merged_people_are_never_in_two_rooms(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    visits.booked_visit(cast, people.referred(cast, patient=mia))
    merged(cast, maria, mia)
    Course.objects.filter(patient=mia).update(state="completed")
    course = people.referred(cast, patient=maria)

    with pytest.raises(visit_actions.PatientTaken, match="already has a visit from"):
        visits.booked_visit(cast, course, room=cast.rooms[1], nurse=cast.nils)

    assert Hold.objects.filter(kind=Hold.Kind.PATIENT).count() == 1


def test_merged_people_have_the_allergies_of_both_and_none_twice(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    history_actions.add_allergy(patient=mia, substance="Latex", reaction="", by=cast.nora, now=NOW)
    merged(cast, maria, mia)

    with pytest.raises(history_actions.AlreadyListed):
        history_actions.add_allergy(patient=maria, substance="latex", reaction="", by=cast.nora, now=LATER)
    with pytest.raises(history_actions.AllergiesListed):
        history_actions.review_allergies(patient=maria, outcome="none_known", by=cast.nora, now=LATER)

    assert [row.substance for row in history_queries.allergies_of(maria.pk).listed] == ["Latex"]


def test_merged_people_have_the_last_weight_of_both(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    people.weighed(cast, maria, weight_kg=Decimal("70.0"), now=NOW - timedelta(days=2))
    people.weighed(cast, mia, weight_kg=Decimal("74.0"))
    merged(cast, maria, mia)

    for record in (maria, mia):
        assert plan_queries.latest_weight(record.pk).weight_kg == Decimal("74.0")


def test_correction_of_an_answer_stays_with_the_record_of_the_answer(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    first = assessments.answered(cast, people.referred(cast, patient=mia), answers=(1,) * 8 + (0,))
    merged(cast, maria, mia)
    first = QuestionnaireResponse.objects.get(pk=first.pk)

    corrected = instrument_actions.record_response(
        patient=first.patient,
        course=first.course,
        code="phq9",
        answers=(2,) * 8 + (0,),
        mode=first.mode,
        purpose=first.purpose,
        answered_at=first.answered_at,
        by=cast.nora,
        now=LATER,
        supersedes=first,
        correction_reason="Read from the wrong line",
    )

    assert corrected.patient == mia
    assert QuestionnaireResponse.objects.filter(patient=mia).count() == 2


# ---------------------------------------------------------------- telling apart and reporting
def test_report_and_telling_apart_are_remembered(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    said = {"reason": "", "by": cast.fran, "now": NOW}

    actions.report(patient_id=maria.pk, record_number=mia.record_number.replace("-", ""), **said)
    actions.tell_apart(kept=maria.pk, other=mia.pk, reason=NOT_ONE, by=cast.ada, now=LATER)

    notes = DuplicateNote.objects.order_by("noted_at", "id")
    assert [(note.verdict, note.reason) for note in notes][-2:] == [("suspected", ""), ("different", NOT_ONE)]


def test_report_of_a_number_that_is_nobody_elses_is_refused(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merged(cast, maria, mia)

    for number in (maria.record_number, mia.record_number, "999-999", "nonsense"):
        with pytest.raises(actions.NotTwoPeople, match="Nobody else"):
            actions.report(patient_id=maria.pk, record_number=number, reason="", by=cast.fran, now=NOW)


def test_telling_apart_people_who_are_one_is_refused(cast: Cast) -> None:
    maria, mia = twice_registered(cast)
    merged(cast, maria, mia)

    with pytest.raises(actions.NotTwoPeople):
        actions.tell_apart(kept=maria.pk, other=mia.pk, reason=NOT_ONE, by=cast.ada, now=NOW)


# ---------------------------------------------------------------- what PostgreSQL refuses
@pytest.mark.parametrize("which", ["chain", "others"])
def test_a_chain_of_merges_is_refused_by_the_database(cast: Cast, which: str) -> None:
    maria, mia = twice_registered(cast)
    third = people.registered(cast, given_name="Marie")
    merged(cast, maria, mia)
    record, into = (third, mia) if which == "chain" else (maria, third)

    with pytest.raises(IntegrityError, match="merged"), transaction.atomic():
        Patient.objects.filter(pk=record.pk).update(merged_into=into)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patients_merge SET reason = 'Other'",
        "UPDATE patients_merge SET into_id = merged_id, merged_id = into_id",
        "UPDATE patients_merge SET undone_reason = 'Other' WHERE undone_at IS NOT NULL",
        "DELETE FROM patients_merge",
        "UPDATE patients_duplicatenote SET verdict = 'different'",
    ],
)
def test_what_was_said_of_two_records_is_never_rewritten(cast: Cast, statement: str) -> None:
    maria, mia = twice_registered(cast)
    undone(cast, merged(cast, maria, mia), now=LATER)

    with pytest.raises(Exception, match=r"permission denied|only ever undone|never changed"):
        run_as_application(statement)


# ---------------------------------------------------------------- at the same moment
@pytest.mark.django_db(transaction=True)
def test_merging_both_ways_at_once_merges_one_way() -> None:
    cast = clinic_cast()
    maria, mia = twice_registered(cast)
    pairs = [(maria, mia), (mia, maria)] * 4
    seen = {pair: queries.preview(pair[0].pk, pair[1].pk, now=NOW).seen for pair in pairs}
    ready = Barrier(len(pairs))

    def one(pair: tuple[Patient, Patient]) -> object:
        ready.wait(timeout=30)
        kept, other = pair
        try:
            return actions.merge_people(
                kept=kept.pk, other=other.pk, seen=seen[pair], reason=BECAUSE, by=cast.ada, now=NOW
            )
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(pairs)) as threads:
        answers = list(threads.map(one, pairs))

    assert Merge.objects.count() == 1
    assert {type(answer) for answer in answers} == {Merge, actions.NotTwoPeople}
    assert stands_for(maria) == stands_for(mia) == Merge.objects.get().into


@pytest.mark.django_db(transaction=True)
def test_opening_a_course_on_each_record_while_they_are_merged_leaves_one_open_course() -> None:
    cast = clinic_cast()
    maria, mia = twice_registered(cast)
    acts = [
        lambda: merged(cast, maria, mia),
        lambda: people.referred(cast, patient=maria),
        lambda: people.referred(cast, patient=mia),
    ]
    ready = Barrier(len(acts))

    def one(act) -> object:
        ready.wait(timeout=30)
        try:
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as threads:
        list(threads.map(one, acts))

    is_one = stands_for(mia) == maria
    open_courses = [course_queries.open_course_of(each) for each in {stands_for(maria).pk, stands_for(mia).pk}]
    assert Patient.objects.filter(courses__isnull=False).distinct().count() == (1 if is_one else len(open_courses))
