"""Whose record is this, and who is meant by what was typed into the search box?"""

from typing import Any

from patients.registration.models import DETAIL_FIELDS, Patient


def details_of(patient: Patient) -> dict[str, Any]:
    """What the desk took down about a person, by field."""
    return {name: getattr(patient, name) for name in DETAIL_FIELDS}
