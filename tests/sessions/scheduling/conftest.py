"""The clinic and one person with an open course, for every test of visits."""

import pytest

from patients.courses.models import Course
from tests.scenarios.cast import Cast, clinic_cast
from tests.scenarios.people import referred


@pytest.fixture
def cast(db: None) -> Cast:
    return clinic_cast()


@pytest.fixture
def course(cast: Cast) -> Course:
    return referred(cast)
