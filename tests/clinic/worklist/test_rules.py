from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.worklist import rules

NEW_YORK = ZoneInfo("America/New_York")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("level", "opened", "due"),
    [
        ("high", "2026-03-10 10:42", "2026-03-10 10:57"),
        ("moderate", "2026-03-10 10:42", "2026-03-10 14:42"),
        ("moderate", "2026-03-10 22:30", "2026-03-11 02:30"),
        ("low", "2026-03-10 10:42", "2026-03-10 18:00"),
        ("low", "2026-03-10 17:00", "2026-03-10 18:00"),
        ("low", "2026-03-10 17:01", "2026-03-10 18:01"),
        ("low", "2026-03-10 20:15", "2026-03-10 21:15"),
        ("low", "2026-03-08 01:30", "2026-03-08 18:00"),  # the clocks go forward in between
    ],
)
def test_due_follows_from_the_level(level, opened, due):
    assert rules.due_at(level, at(opened), NEW_YORK) == at(due)


def test_end_of_day_is_the_sites_own():
    opened = at("2026-03-10 10:42")

    honolulu = rules.due_at("low", opened, ZoneInfo("Pacific/Honolulu"))

    assert honolulu == datetime(2026, 3, 10, 18, tzinfo=ZoneInfo("Pacific/Honolulu"))


@pytest.mark.parametrize(("later", "state"), [(-1, "due"), (0, "late"), (1, "late")])
def test_task_is_late_from_its_deadline_on(later, state):
    due = at("2026-03-10 14:42")

    assert rules.state(due, due + timedelta(seconds=later)) == state
