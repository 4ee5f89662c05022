import pytest
from django.test import Client

from clinic.kit.keys import uuid7
from patients.history import actions
from patients.history.models import Allergy, AllergyReview
from tests.scenarios import people
from tests.scenarios.cast import NOW, Cast


@pytest.fixture
def fran(client: Client, cast: Cast) -> Client:
    client.force_login(cast.fran)
    return client


def listed(cast: Cast) -> Allergy:
    return actions.add_allergy(
        patient=people.registered(cast), substance="Penicillin", reaction="Hives", by=cast.fran, now=NOW
    )


def test_allergy_is_added_and_shown(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast)

    answer = fran.post(
        f"/patients/{patient.pk}/allergies/", {"key": str(uuid7()), "substance": "Latex", "reaction": ""}, follow=True
    )

    assert [row.substance for row in answer.context["allergies"].listed] == ["Latex"]
    assert "Latex is listed." in answer.content.decode()


def test_allergy_listed_already_is_refused_beside_its_field(fran: Client, cast: Cast) -> None:
    allergy = listed(cast)

    answer = fran.post(
        f"/patients/{allergy.patient_id}/allergies/", {"key": str(uuid7()), "substance": "penicillin", "reaction": "x"}
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["substance"] == [
        "penicillin is already listed. Retract that entry first if it is wrong."
    ]
    assert Allergy.objects.count() == 1


@pytest.mark.parametrize("substance", ["", "\x00", "\u202eabc", "x" * 81])
def test_allergy_that_cannot_be_read_is_refused(fran: Client, cast: Cast, substance: str) -> None:
    patient = people.registered(cast)

    answer = fran.post(f"/patients/{patient.pk}/allergies/", {"key": str(uuid7()), "substance": substance})

    assert answer.status_code == 422
    assert not Allergy.objects.exists()


def test_none_known_is_one_tap(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast)

    answer = fran.post(f"/patients/{patient.pk}/allergies/none-known/", {"key": str(uuid7())}, follow=True)

    assert answer.context["allergies"].is_none_known
    assert AllergyReview.objects.get().asked_by == cast.fran


def test_none_known_beside_a_list_is_refused_in_words(fran: Client, cast: Cast) -> None:
    allergy = listed(cast)

    answer = fran.post(f"/patients/{allergy.patient_id}/allergies/none-known/", {"key": str(uuid7())})

    assert answer.status_code == 422
    assert "Retract each one that is wrong" in answer.content.decode()
    assert AllergyReview.objects.count() == 1


def test_none_known_without_a_key_saves_nothing(fran: Client, cast: Cast) -> None:
    patient = people.registered(cast)

    answer = fran.post(f"/patients/{patient.pk}/allergies/none-known/")

    assert answer.status_code == 422
    assert not AllergyReview.objects.exists()


def test_retracted_allergy_is_shown_struck_through(fran: Client, cast: Cast) -> None:
    allergy = listed(cast)

    answer = fran.post(
        f"/patients/{allergy.patient_id}/allergies/{allergy.pk}/retract/", {"reason": "A side effect"}, follow=True
    )

    page = answer.content.decode()
    assert '<span class="sw-struck"><bdi>Penicillin</bdi></span> <bdi>A side effect</bdi>' in page
    assert Allergy.objects.get().retracted_by == cast.fran


def test_retraction_without_a_reason_is_refused(fran: Client, cast: Cast) -> None:
    allergy = listed(cast)

    answer = fran.post(f"/patients/{allergy.patient_id}/allergies/{allergy.pk}/retract/", {"reason": ""})

    assert answer.status_code == 422
    assert Allergy.objects.get().retracted_at is None


def test_allergy_under_another_persons_address_is_not_found(fran: Client, cast: Cast) -> None:
    allergy = listed(cast)
    other = people.registered(cast, given_name="Noa")

    answer = fran.post(f"/patients/{other.pk}/allergies/{allergy.pk}/retract/", {"reason": "Wrong"})

    assert answer.status_code == 404
    assert Allergy.objects.get().retracted_at is None


def test_key_of_another_persons_allergy_is_not_found(fran: Client, cast: Cast) -> None:
    allergy = listed(cast)
    review = AllergyReview.objects.get()
    other = people.registered(cast, given_name="Noa")

    statuses = [
        fran.post(f"/patients/{other.pk}/allergies/", {"key": str(allergy.pk), "substance": "Latex"}).status_code,
        fran.post(f"/patients/{other.pk}/allergies/none-known/", {"key": str(review.pk)}).status_code,
    ]

    assert statuses == [404, 404]
    assert (Allergy.objects.count(), AllergyReview.objects.count()) == (1, 1)


@pytest.mark.parametrize("who", ["dirk", "theo", "ada", "olga"])
def test_allergies_are_recorded_by_who_may(client: Client, cast: Cast, who: str) -> None:
    allergy = listed(cast)
    client.force_login(getattr(cast, who))
    base = f"/patients/{allergy.patient_id}/allergies/"

    statuses = [
        client.post(base, {"key": str(uuid7()), "substance": "Latex"}).status_code,
        client.post(f"{base}none-known/", {"key": str(uuid7())}).status_code,
        client.post(f"{base}{allergy.pk}/retract/", {"reason": "Wrong"}).status_code,
    ]

    assert statuses == [403] * 3
    assert Allergy.objects.get().retracted_at is None
