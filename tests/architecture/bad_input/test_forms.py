"""Every field of every form, through the real view: taken and read back exactly, or refused by name."""

import pytest
import time_machine
from django import forms
from django.db import transaction
from django.test import Client

from tests.architecture.bad_input import corpus, fields
from tests.architecture.bad_input.case import Case
from tests.architecture.bad_input.cases import CASES
from tests.architecture.bad_input.walk import Walk
from tests.architecture.bad_input.world import World

# They narrow what is shown and change nothing: test_addresses.py.
LENIENT = {
    "StaffForm",
    "TrailForm",
    "LooksForm",
    "ChangesForm",
    "FindRecordForm",
    "LookForm",
    "SearchForm",
    "StretchForm",
    "PairForm",
    "ReckonForm",
    "DayForm",
    "PlaceForm",
}
# Taken or not by what the session was asked just before: tests/clinic/second_factor/test_odd_input.py.
ASKED_BY_THE_SESSION = {"SecondStepForm", "PasskeyStepForm", "SetUpAppForm", "AddPasskeyForm", "OwnPasswordForm"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_form_takes_exactly_what_it_says(world: World, case: Case, record_property) -> None:
    client = Client(raise_request_exception=False)
    with transaction.atomic(), time_machine.travel(case.now(world), tick=False):
        client.force_login(getattr(world.cast, case.who))

        report = Walk(world, case, client).run()

        transaction.set_rollback(True)
    record_property("fields", report.fields)
    record_property("values", report.values)
    record_property("answers", dict(report.answers))
    assert not report.faults, "\n".join(report.faults)


@pytest.mark.parametrize("kind", corpus.CLASSES)
def test_class_has_twenty_values_and_is_escaped(kind: str) -> None:
    assert len(corpus.values(kind)) >= 20
    assert (corpus.FOLDER / f"{kind}.json").read_bytes().isascii()


@pytest.mark.parametrize("plain", [forms.CharField, forms.IntegerField, forms.BooleanField, forms.UUIDField])
def test_plain_field_fits_no_class(plain: type[forms.Field]) -> None:
    with pytest.raises(fields.UnmappedFieldError):
        fields.class_of("amount", plain())


def test_every_form_that_a_view_uses_is_tried() -> None:
    tried = {case.form for case in CASES}
    used = {name.partition(":")[2] for name in fields.used_forms()}

    assert used - tried == LENIENT | ASKED_BY_THE_SESSION
