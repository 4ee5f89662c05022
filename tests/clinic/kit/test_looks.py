from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clinic.kit import looks

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
LOOK = looks.Look(user_id="nora", route="clinic:today-now", subject="who is shown")


@pytest.mark.parametrize(
    "later", [timedelta(0), timedelta(minutes=15) - timedelta(seconds=1)], ids=["at once", "just before a quarter"]
)
def test_note_holds_for_a_quarter_of_an_hour(later: timedelta) -> None:
    note = looks.seal(LOOK, NOW)

    assert looks.holds(note, LOOK, NOW + later)


@pytest.mark.parametrize("later", [timedelta(minutes=15), timedelta(seconds=-1)], ids=["too long ago", "not yet"])
def test_note_of_another_time_does_not_hold(later: timedelta) -> None:
    note = looks.seal(LOOK, NOW)

    assert not looks.holds(note, LOOK, NOW + later)


@pytest.mark.parametrize("changed", ["user_id", "route", "subject"])
def test_note_of_another_look_does_not_hold(changed: str) -> None:
    note = looks.seal(LOOK, NOW)

    assert not looks.holds(note, replace(LOOK, **{changed: "other"}), NOW)


@pytest.mark.parametrize("note", ["", "x", "a:b:c", "\N{SNOWMAN}"])
def test_note_that_was_not_sealed_here_does_not_hold(note: str) -> None:
    assert not looks.holds(note, LOOK, NOW)


def test_note_that_was_changed_does_not_hold() -> None:
    note = looks.seal(LOOK, NOW)

    assert not looks.holds("A" + note[1:], LOOK, NOW)
