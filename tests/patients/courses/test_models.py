import pytest
from django.db import IntegrityError, InternalError, transaction

from patients.courses.models import Course, CourseTransition
from tests.scenarios import people
from tests.scenarios.cast import NOW, Cast


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("state", "happy", "course_known_state"),
        ("drug", "aspirin", "course_known_drug"),
        ("indication", "F99", "course_known_indication"),
        ("opened_at", NOW.replace(year=1999), "course_in_our_time"),
        ("first_session_at", NOW.replace(year=2100), "course_in_our_time"),
    ],
)
def test_database_refuses_an_impossible_course(cast: Cast, field: str, value: object, constraint: str) -> None:
    course = people.referred(cast)

    with pytest.raises(IntegrityError, match=constraint):
        Course.objects.filter(pk=course.pk).update(**{field: value})


def test_database_refuses_a_second_open_course(cast: Cast) -> None:
    course = people.referred(cast)

    with pytest.raises(IntegrityError, match="course_one_active_per_drug"):
        Course.objects.create(
            patient=course.patient,
            site=cast.site,
            indication="F33.2",
            state="planned",
            opened_at=NOW,
            opened_by=cast.fran,
        )


def test_database_takes_a_second_course_after_the_first_ended(cast: Cast) -> None:
    course = people.referred(cast)
    Course.objects.filter(pk=course.pk).update(state="discontinued")

    second = people.referred(cast, patient=course.patient)

    assert Course.objects.count() == 2
    assert second.state == "referred"


def test_database_never_changes_a_move(cast: Cast) -> None:
    people.referred(cast)

    for change in (CourseTransition.objects.all().delete, lambda: CourseTransition.objects.update(reason="x")):
        with pytest.raises((IntegrityError, InternalError), match="never changed or removed"), transaction.atomic():
            change()
