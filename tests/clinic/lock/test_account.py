"""One's own account: who I am, the PIN, and the devices."""

import pytest
import time_machine
from django.contrib.auth.hashers import identify_hasher
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.lock.models import KnownDevice, LoginSession, StaffPin
from clinic.staff.models import User
from tests.clinic.lock.signed_in import AT, HOME, PIN, at_screen, unlock
from tests.scenarios.cast import PASSWORD

pytestmark = pytest.mark.django_db
SET = {"password": PASSWORD, "pin": PIN, "again": PIN}


@pytest.fixture
def nora(cast):
    with time_machine.travel(AT, tick=False):
        yield at_screen(cast.nora)


def test_account_names_the_person_and_asks_for_a_pin(nora):
    page = nora.get(HOME).content.decode()

    assert "Nora Nolan, RN" in page
    assert "Set PIN" in page
    assert "This one" in page


def test_pin_is_set_with_the_password_and_never_kept_in_clear(nora, cast):
    answer = nora.post(reverse("clinic:pin"), SET)

    held = StaffPin.objects.get(user=cast.nora)
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert held.set_at == AT
    assert identify_hasher(held.pin_hash).algorithm == "argon2"
    assert PIN not in held.pin_hash
    assert "Mar 10, 2026, 10:00 am" in nora.get(HOME).content.decode()


def test_two_people_with_the_same_pin_cannot_be_told_from_the_table(nora, cast):
    nora.post(reverse("clinic:pin"), SET)
    at_screen(cast.nils).post(reverse("clinic:pin"), SET)

    assert len(set(StaffPin.objects.values_list("pin_hash", flat=True))) == 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "not the password"}, "That password is not right."),
        ({"password": ""}, "Type your password to set a PIN."),
        ({"pin": "123456", "again": "123456"}, "one of those that are tried first"),
        ({"pin": "19840", "again": "19840"}, "A PIN is 6 digits."),
        ({"again": "739519"}, "The two PINs are not the same."),
    ],
)
def test_refused_pin_says_why_and_changes_nothing(nora, changed, sentence):
    answer = nora.post(reverse("clinic:pin"), {**SET, **changed})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert PIN not in answer.content.decode()
    assert not StaffPin.objects.exists()


def test_changed_pin_takes_the_place_of_the_old_one(nora):
    nora.post(reverse("clinic:pin"), SET)
    nora.post(reverse("clinic:pin"), {**SET, "pin": "406382", "again": "406382"})
    nora.post(reverse("clinic:lock"))

    refused = unlock(nora, pin=PIN, status=422)

    assert refused.startswith("That PIN is not right.")
    assert unlock(nora, pin="406382") == ""


def test_pin_neither_signs_in_nor_proves_a_signature(nora, cast, client):
    nora.post(reverse("clinic:pin"), SET)

    signed_in = client.post(reverse("account_login"), {"login": cast.nora.email, "password": PIN})

    assert signed_in.status_code == 200
    assert not User.objects.get(pk=cast.nora.pk).check_password(PIN)


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [("pin_failures", 6, "login_pin_failures"), ("password_failures", 11, "login_password_failures")],
)
def test_database_holds_the_counts_of_wrong_tries(nora, field, value, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        LoginSession.objects.update(**{field: value})


def test_database_wants_to_know_who_forgot_a_device(nora):
    with pytest.raises(IntegrityError, match="device_revoked_by_whom"), transaction.atomic():
        KnownDevice.objects.update(revoked_at=AT)
