from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from clinic.kit.keys import uuid7
from patients.registration import actions, queries
from patients.registration.models import DuplicateNote, Patient, Verdict
from tests.scenarios import people
from tests.scenarios.cast import NOW, Cast, clinic_cast
from tests.scenarios.people import DETAILS


def test_register_gives_a_record_number_that_is_never_given_again(cast: Cast) -> None:
    first = people.registered(cast)
    second = people.registered(cast, given_name="Noa")

    assert first.record_number != second.record_number
    assert (first.registered_by, first.registered_at, first.row_version) == (cast.fran, NOW, 1)
    assert queries.details_of(Patient.objects.get(pk=first.pk)) == queries.details_of(first)


def test_register_twice_with_one_key_makes_one_person(cast: Cast) -> None:
    key = uuid7()

    first = actions.register(details=DETAILS, by=cast.fran, now=NOW, key=key)
    second = actions.register(details=DETAILS, by=cast.fran, now=NOW, key=key)

    assert first.pk == second.pk == key
    assert first.record_number == second.record_number
    assert Patient.objects.count() == 1


def test_register_again_with_other_details_is_refused(cast: Cast) -> None:
    key = uuid7()
    first = actions.register(details=DETAILS, by=cast.fran, now=NOW, key=key)

    with pytest.raises(actions.AlreadyRegistered, match=f"saved as record {first.record_number}"):
        actions.register(details={**DETAILS, "given_name": "Noa"}, by=cast.fran, now=NOW, key=key)

    assert Patient.objects.get().given_name == "Maria"


def test_register_somebody_who_looks_registered_is_asked_about_once_and_the_reason_is_kept(cast: Cast) -> None:
    maria = people.registered(cast)
    twin = {**DETAILS, "given_name": "Marya"}

    with pytest.raises(actions.LooksRegistered, match="Open the record, or say why") as asked:
        actions.register(details=twin, by=cast.fran, now=NOW)
    told = actions.register(details=twin, by=cast.fran, now=NOW, anyway_because="Her twin sister, both are here.")

    assert [(one.id, one.why) for one in asked.value.alike] == [(maria.pk, "same birth date, similar name, same phone")]
    note = DuplicateNote.objects.get()
    assert {note.first_id, note.second_id} == {maria.pk, told.pk}
    assert note.first_id < note.second_id
    assert (note.verdict, note.reason, note.noted_by) == ("registered", "Her twin sister, both are here.", cast.fran)
    assert Patient.objects.count() == 2


def test_register_somebody_of_the_same_household_is_not_asked_about(cast: Cast) -> None:
    people.registered(cast)

    actions.register(details={**DETAILS, "given_name": "Luis", "birth_date": date(1979, 11, 23)}, by=cast.fran, now=NOW)

    assert Patient.objects.count() == 2
    assert not DuplicateNote.objects.exists()


def test_two_records_are_told_apart_only_with_a_reason(cast: Cast) -> None:
    one, other = (
        people.registered(cast),
        people.registered(cast, given_name="Noa", birth_date=date(1990, 1, 1), phone=""),
    )

    with pytest.raises(actions.ReasonMissing, match="how you know"):
        actions.note_duplicate(one=one.pk, other=other.pk, verdict=Verdict.DIFFERENT, by=cast.ada, now=NOW, reason=" ")
    actions.note_duplicate(one=other.pk, other=one.pk, verdict=Verdict.SUSPECTED, by=cast.fran, now=NOW)

    assert [(note.verdict, note.reason) for note in DuplicateNote.objects.all()] == [("suspected", "")]


@pytest.mark.parametrize("born", [date(1899, 12, 31), date(2026, 3, 11)])
def test_register_with_an_impossible_birth_date_is_refused(cast: Cast, born: date) -> None:
    with pytest.raises(actions.BirthDateImpossible, match="between 1900 and today"):
        people.registered(cast, birth_date=born)

    assert not Patient.objects.exists()


def test_today_of_a_birth_date_is_that_of_the_site(cast: Cast) -> None:
    late_evening_in_new_york = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)

    with pytest.raises(actions.BirthDateImpossible):
        people.registered(cast, birth_date=date(2026, 3, 11), now=late_evening_in_new_york)


def test_register_takes_no_field_that_the_desk_does_not_fill_in(cast: Cast) -> None:
    with pytest.raises(ValueError, match="not details of a person: record_number"):
        people.registered(cast, record_number="999-999")


def test_edit_changes_what_was_typed_and_keeps_the_old_value(cast: Cast) -> None:
    patient = people.registered(cast)

    actions.edit(patient=patient, details={**DETAILS, "city": "Troy"}, seen_version=1, by=cast.fran, now=NOW)

    saved = Patient.objects.get()
    assert (saved.city, saved.row_version) == ("Troy", 2)
    history = Patient.pgh_event_model.objects.filter(pgh_obj=patient.pk).order_by("pgh_id")
    assert [(row.city, row.row_version) for row in history] == [("", 1), ("Troy", 2)]


def test_edit_that_changes_nothing_leaves_the_version(cast: Cast) -> None:
    patient = people.registered(cast)

    actions.edit(patient=patient, details=DETAILS, seen_version=1, by=cast.fran, now=NOW)

    assert Patient.objects.get().row_version == 1


def test_edit_of_what_somebody_else_changed_is_refused(cast: Cast) -> None:
    patient = people.registered(cast)
    actions.edit(patient=patient, details={**DETAILS, "city": "Troy"}, seen_version=1, by=cast.fran, now=NOW)

    with pytest.raises(actions.EditedMeanwhile):
        actions.edit(patient=patient, details={**DETAILS, "city": "Utica"}, seen_version=1, by=cast.ada, now=NOW)

    assert Patient.objects.get().city == "Troy"


def test_edit_with_an_impossible_birth_date_is_refused(cast: Cast) -> None:
    patient = people.registered(cast)

    with pytest.raises(actions.BirthDateImpossible):
        actions.edit(
            patient=patient, details={**DETAILS, "birth_date": date(2026, 3, 11)}, seen_version=1, by=cast.fran, now=NOW
        )


def in_parallel(count: int, act) -> list[Exception | None]:
    """Run one act in several threads at once; what each of them raised."""
    barrier = Barrier(count)
    outcomes: list[Exception | None] = []

    def run(number: int) -> None:
        barrier.wait()
        try:
            act(number)
        except actions.Refusal as refusal:
            outcomes.append(refusal)
        else:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_register_with_one_key_by_eight_at_once_makes_one_person() -> None:
    cast = clinic_cast()
    key = uuid7()

    outcomes = in_parallel(8, lambda _: actions.register(details=DETAILS, by=cast.fran, now=NOW, key=key))

    assert outcomes == [None] * 8
    assert Patient.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_edit_by_eight_at_once_lets_one_win() -> None:
    cast = clinic_cast()
    patient = people.registered(cast)

    outcomes = in_parallel(
        8,
        lambda number: actions.edit(
            patient=patient, details={**DETAILS, "city": f"Troy {number}"}, seen_version=1, by=cast.fran, now=NOW
        ),
    )

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, actions.EditedMeanwhile) for outcome in outcomes) == 7
    assert Patient.objects.get().row_version == 2
