from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from patients.registration.models import Patient
from tests.scenarios import people
from tests.scenarios.cast import Cast


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("given_name", "", "patient_given_name"),
        ("family_name", "", "patient_family_name"),
        ("birth_date", date(1899, 12, 31), "patient_born_in_range"),
        ("birth_date", date(2100, 1, 2), "patient_born_in_range"),
        ("sex_at_birth", "other", "patient_known_sex"),
        ("language", "xx", "patient_known_language"),
        ("record_number", "204118", "patient_record_number_form"),
        ("record_number", "20A-118", "patient_record_number_form"),
        ("record_number", "", "patient_record_number_form"),
        ("registered_at", datetime(1999, 12, 31, tzinfo=UTC), "patient_in_our_time"),
        ("registered_at", datetime(2100, 1, 1, tzinfo=UTC), "patient_in_our_time"),
    ],
)
def test_database_refuses_an_impossible_person(cast: Cast, field: str, value: object, constraint: str) -> None:
    patient = people.registered(cast)

    with pytest.raises(IntegrityError, match=constraint):
        Patient.objects.filter(pk=patient.pk).update(**{field: value})


def test_database_refuses_a_record_number_twice(cast: Cast) -> None:
    first, second = people.registered(cast), people.registered(cast)

    with pytest.raises(IntegrityError, match="record_number"):
        Patient.objects.filter(pk=second.pk).update(record_number=first.record_number)


def test_database_refuses_a_merge_into_oneself(cast: Cast) -> None:
    patient = people.registered(cast)

    with pytest.raises(IntegrityError, match="patient_not_merged_into_self"):
        Patient.objects.filter(pk=patient.pk).update(merged_into=patient)
