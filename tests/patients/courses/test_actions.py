import pytest

from patients.courses import actions
from patients.courses.models import Course, CourseTransition
from patients.courses.rules import CourseState
from tests.scenarios import people
from tests.scenarios.cast import NOW, Cast


def test_open_course_starts_as_referred(cast: Cast) -> None:
    course = people.referred(cast)

    assert course.state == "referred"
    assert [(m.from_state, m.to_state, m.moved_by) for m in course.transitions.all()] == [("", "referred", cast.fran)]


def test_open_course_twice_with_one_key_opens_one(cast: Cast) -> None:
    first = people.referred(cast)

    second = actions.open_course(
        patient=first.patient, indication="F33.2", referrer="", site=cast.site, by=cast.fran, now=NOW, key=first.pk
    )

    assert second == first
    assert Course.objects.count() == 1


def test_open_course_while_one_is_open_is_refused(cast: Cast) -> None:
    course = people.referred(cast)

    with pytest.raises(actions.CourseStillOpen, match=r"A course is already open \(referred\)"):
        people.referred(cast, patient=course.patient)

    assert Course.objects.count() == 1


def test_open_course_without_contact_is_refused(cast: Cast) -> None:
    patient = people.registered(cast, phone="", email="")

    with pytest.raises(actions.NoContact, match="Add one, then open the course"):
        people.referred(cast, patient=patient)

    assert not Course.objects.exists()


def test_move_writes_down_who_and_when(cast: Cast) -> None:
    course = people.referred(cast)

    moved = actions.move(course=course, to="intake_in_progress", by=cast.nora, now=NOW)

    course.refresh_from_db()
    assert moved.state == course.state == "intake_in_progress"
    last = CourseTransition.objects.get(to_state="intake_in_progress")
    assert (last.from_state, last.moved_by, last.moved_at) == ("referred", cast.nora, NOW)


def test_move_that_skips_a_state_is_refused(cast: Cast) -> None:
    course = people.referred(cast)

    with pytest.raises(actions.MoveNotAllowed, match="cannot go from “Referred” to “Eligible”"):
        actions.move(course=course, to=CourseState.ELIGIBLE, by=cast.paula, now=NOW)

    course.refresh_from_db()
    assert course.state == "referred"


def test_move_of_a_stale_course_sees_the_state_saved(cast: Cast) -> None:
    course = people.referred(cast)
    actions.move(course=Course.objects.get(), to="intake_in_progress", by=cast.nora, now=NOW)

    with pytest.raises(actions.MoveNotAllowed, match="from “Intake in progress” to “Intake in progress”"):
        actions.move(course=course, to="intake_in_progress", by=cast.nora, now=NOW)


def test_hold_without_a_reason_is_refused(cast: Cast) -> None:
    course = people.referred(cast)

    with pytest.raises(actions.ReasonMissing):
        actions.move(course=course, to="on_hold", by=cast.nora, now=NOW, reason="  ")

    assert CourseTransition.objects.count() == 1


def test_held_course_goes_back_only_to_where_it_was(cast: Cast) -> None:
    course = people.referred(cast)
    actions.move(course=course, to="on_hold", by=cast.nora, now=NOW, reason="Broken arm.")

    with pytest.raises(actions.MoveNotAllowed, match="The hold began in “Referred”"):
        actions.move(course=course, to="planned", by=cast.paula, now=NOW)

    assert actions.move(course=course, to="referred", by=cast.paula, now=NOW).state == "referred"
