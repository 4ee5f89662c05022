from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from clinic.kit.keys import uuid7
from patients.history import actions, queries
from patients.history.models import Allergy, AllergyReview, Weight
from tests.scenarios import people
from tests.scenarios.cast import NOW, Cast

NONE_KNOWN = AllergyReview.Outcome.NONE_KNOWN


def allergic(cast: Cast, patient, substance: str = "Penicillin") -> Allergy:
    return actions.add_allergy(patient=patient, substance=substance, reaction="Hives", by=cast.fran, now=NOW)


def test_nobody_has_asked_at_first(cast: Cast) -> None:
    patient = people.registered(cast)

    found = queries.allergies_of(patient.pk)

    assert (found.listed, found.is_none_known, found.asked_at) == ((), False, None)


def test_none_known_says_who_asked_and_when(cast: Cast) -> None:
    patient = people.registered(cast)

    actions.review_allergies(patient=patient, outcome=NONE_KNOWN, by=cast.fran, now=NOW)

    found = queries.allergies_of(patient.pk)
    assert (found.is_none_known, found.asked_at, found.asked_by) == (True, NOW, "Fran Feld")


def test_allergy_replaces_none_known(cast: Cast) -> None:
    patient = people.registered(cast)
    actions.review_allergies(patient=patient, outcome=NONE_KNOWN, by=cast.fran, now=NOW)

    allergic(cast, patient)

    found = queries.allergies_of(patient.pk)
    assert [(row.substance, row.reaction) for row in found.listed] == [("Penicillin", "Hives")]
    assert not found.is_none_known


def test_none_known_beside_a_listed_allergy_is_refused(cast: Cast) -> None:
    patient = people.registered(cast)
    allergic(cast, patient)

    with pytest.raises(actions.AllergiesListed, match="Retract each one that is wrong"):
        actions.review_allergies(patient=patient, outcome=NONE_KNOWN, by=cast.fran, now=NOW)


def test_as_listed_without_a_list_is_refused(cast: Cast) -> None:
    patient = people.registered(cast)

    with pytest.raises(actions.AllergiesListed, match="No allergy is listed"):
        actions.review_allergies(patient=patient, outcome="listed", by=cast.fran, now=NOW)


def test_as_listed_is_written_down(cast: Cast) -> None:
    patient = people.registered(cast)
    allergic(cast, patient)

    review = actions.review_allergies(patient=patient, outcome="listed", by=cast.nora, now=NOW + timedelta(days=1))

    assert queries.allergies_of(patient.pk).asked_by == "Nora Nolan, RN"
    assert review.outcome == "listed"


def test_review_twice_with_one_key_is_one(cast: Cast) -> None:
    patient, key = people.registered(cast), uuid7()

    for _ in range(2):
        actions.review_allergies(patient=patient, outcome=NONE_KNOWN, by=cast.fran, now=NOW, key=key)

    assert AllergyReview.objects.count() == 1


def test_same_substance_twice_is_refused_in_any_case(cast: Cast) -> None:
    patient = people.registered(cast)
    allergic(cast, patient)

    with pytest.raises(actions.AlreadyListed, match="PENICILLIN is already listed"):
        allergic(cast, patient, "PENICILLIN")

    assert Allergy.objects.count() == 1


def test_same_form_twice_lists_once(cast: Cast) -> None:
    patient, key = people.registered(cast), uuid7()

    for _ in range(2):
        actions.add_allergy(patient=patient, substance="Latex", reaction="", by=cast.fran, now=NOW, key=key)

    assert Allergy.objects.count() == 1


def test_retracted_allergy_stays_readable_and_may_be_listed_again(cast: Cast) -> None:
    patient = people.registered(cast)
    allergy = allergic(cast, patient)

    actions.retract_allergy(allergy=allergy, reason="It was a side effect.", by=cast.nora, now=NOW)
    again = allergic(cast, patient)

    found = queries.allergies_of(patient.pk)
    assert [row.id for row in found.listed] == [again.pk]
    assert [(row.retracted_by, row.retraction_reason) for row in found.retracted] == [
        ("Nora Nolan, RN", "It was a side effect.")
    ]


def test_retract_twice_is_refused(cast: Cast) -> None:
    allergy = allergic(cast, people.registered(cast))
    actions.retract_allergy(allergy=allergy, reason="Wrong.", by=cast.nora, now=NOW)

    with pytest.raises(actions.AlreadyRetracted):
        actions.retract_allergy(allergy=allergy, reason="Wrong again.", by=cast.fran, now=NOW)

    assert Allergy.objects.get().retraction_reason == "Wrong."


def test_retract_without_a_reason_is_refused(cast: Cast) -> None:
    allergy = allergic(cast, people.registered(cast))

    with pytest.raises(actions.ReasonMissing):
        actions.retract_allergy(allergy=allergy, reason=" ", by=cast.nora, now=NOW)

    assert Allergy.objects.get().retracted_at is None


@pytest.mark.parametrize("weight_kg", ["25", "350", "72.4"])
def test_possible_weight_is_kept(cast: Cast, weight_kg: str) -> None:
    patient = people.registered(cast)

    people.weighed(cast, patient, weight_kg=Decimal(weight_kg))

    latest = queries.latest_weight(patient.pk)
    assert latest is not None
    assert (latest.weight_kg, latest.measured_at) == (Decimal(weight_kg), NOW)


@pytest.mark.parametrize("weight_kg", ["24.9", "350.1", "0", "-70", "72.45", "NaN", "Infinity"])
def test_impossible_weight_is_refused(cast: Cast, weight_kg: str) -> None:
    patient = people.registered(cast)

    with pytest.raises(actions.WeightImpossible):
        people.weighed(cast, patient, weight_kg=Decimal(weight_kg))

    assert not Weight.objects.exists()


def test_weight_of_tomorrow_is_refused(cast: Cast) -> None:
    patient = people.registered(cast)

    with pytest.raises(actions.WeightImpossible, match="in the future"):
        actions.record_weight(
            patient=patient, weight_kg=Decimal(72), measured_at=NOW + timedelta(seconds=1), by=cast.nora, now=NOW
        )


def test_latest_weight_is_the_one_measured_last(cast: Cast) -> None:
    patient = people.registered(cast)
    assert queries.latest_weight(patient.pk) is None
    people.weighed(cast, patient, weight_kg=Decimal(80), now=NOW + timedelta(days=1))

    actions.record_weight(
        patient=patient, weight_kg=Decimal(90), measured_at=NOW, by=cast.nora, now=NOW + timedelta(days=2)
    )

    latest = queries.latest_weight(patient.pk)
    assert latest is not None
    assert latest.weight_kg == Decimal(80)


@pytest.mark.parametrize("weight_kg", ["24.9", "350.1"])
def test_database_refuses_an_impossible_weight(cast: Cast, weight_kg: str) -> None:
    with pytest.raises(IntegrityError, match="weight_kg_in_range"):
        Weight.objects.create(
            patient=people.registered(cast),
            weight_kg=Decimal(weight_kg),
            measured_at=NOW,
            recorded_at=NOW,
            recorded_by=cast.nora,
        )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"substance": ""}, "allergy_to_something"),
        ({"retracted_at": NOW}, "allergy_retracted_by_whom"),
        ({"recorded_at": NOW.replace(year=1999)}, "allergy_in_our_time"),
    ],
)
def test_database_refuses_an_impossible_allergy(cast: Cast, change: dict[str, object], constraint: str) -> None:
    allergy = allergic(cast, people.registered(cast))

    with pytest.raises(IntegrityError, match=constraint):
        Allergy.objects.filter(pk=allergy.pk).update(**change)


def test_database_refuses_an_unknown_answer_about_allergies(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="allergy_review_known_outcome"):
        AllergyReview.objects.create(patient=people.registered(cast), outcome="maybe", asked_at=NOW, asked_by=cast.fran)
