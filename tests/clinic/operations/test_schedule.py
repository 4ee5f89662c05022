"""When is a job due, when is silence too long, and which backups may go?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.operations.rules import Rhythm, is_alive, is_due, is_recent, last_turn, to_drop

HOURLY = Rhythm(timedelta(hours=1))
AT_EIGHT = Rhythm(timedelta(days=1), timedelta(hours=8))
AT_EIGHT_IN_THE_EVENING = Rhythm(timedelta(days=1), timedelta(hours=20))


def at(text: str) -> datetime:
    """On the day of the test, or on one that is named."""
    return datetime.fromisoformat(text if "T" in text else f"2026-11-21T{text}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "now", "turn"),
    [
        (HOURLY, "10:00", "10:00"),
        (HOURLY, "10:59:59", "10:00"),
        (AT_EIGHT, "08:00", "08:00"),
        (AT_EIGHT, "07:59:59", "2026-11-20T08:00"),
        (AT_EIGHT_IN_THE_EVENING, "19:59", "2026-11-20T20:00"),
        (AT_EIGHT_IN_THE_EVENING, "20:00", "20:00"),
    ],
)
def test_turn_is_the_last_one_that_has_come(rhythm: Rhythm, now: str, turn: str) -> None:
    assert last_turn(rhythm, at(now)) == at(turn)


@pytest.mark.parametrize(
    ("done", "failed", "due"),
    [
        (None, None, True),
        ("08:00", None, False),
        ("07:59:59", None, True),
        ("2026-11-01T08:00", None, True),
        (None, "09:00", False),
        (None, "08:45:01", False),
        (None, "08:45", True),
        ("2026-11-20T08:00", "08:50", False),
        # The clock of another worker may be a little ahead; one that was days ahead was wrong.
        ("09:00:30", None, False),
        ("2026-11-22T08:59:59", None, False),
        ("2026-11-22T09:00", None, True),
        (None, "09:00:30", True),
    ],
)
def test_nightly_job_at_nine_in_the_morning(done: str | None, failed: str | None, *, due: bool) -> None:
    found = is_due(
        AT_EIGHT, done_at=at(done) if done else None, failed_at=at(failed) if failed else None, now=at("09:00")
    )

    assert found is due


@pytest.mark.parametrize(("pulse", "alive"), [("08:57", True), ("08:56:59", False), (None, False), ("09:01", True)])
def test_silence_of_three_minutes_is_borne(pulse: str | None, *, alive: bool) -> None:
    assert is_alive(at(pulse) if pulse else None, at("09:00")) is alive


@pytest.mark.parametrize(
    ("backed_up", "expected_since", "recent"),
    [
        ("2026-11-19T21:00", "2026-01-01T00:00", True),
        ("2026-11-19T20:59", "2026-01-01T00:00", False),
        (None, "2026-11-19T21:00", True),
        (None, "2026-11-19T20:59", False),
    ],
)
def test_backup_may_be_a_night_and_a_half_old(backed_up: str | None, expected_since: str, *, recent: bool) -> None:
    found = is_recent(
        backed_up_at=at(backed_up) if backed_up else None, expected_since=at(expected_since), now=at("09:00")
    )

    assert found is recent


def test_days_and_then_weeks_are_kept() -> None:
    nights = [at("08:00") - timedelta(days=back) for back in range(60)]

    dropped = to_drop(nights, daily=3, weekly=4)

    # Saturday, Friday, Thursday; and the Sundays of the three weeks before.
    assert [night.strftime("%b %d") for night in nights if night not in dropped] == [
        "Nov 21",
        "Nov 20",
        "Nov 19",
        "Nov 15",
        "Nov 08",
        "Nov 01",
    ]


def test_second_backup_of_a_day_replaces_the_first() -> None:
    assert to_drop([at("08:00"), at("11:00")], daily=7, weekly=4) == {at("08:00")}


def test_long_pause_costs_no_backup() -> None:
    old = [at("2025-01-01T08:00"), at("2025-01-02T08:00")]

    assert to_drop([*old, at("08:00")], daily=3, weekly=0) == set()


@given(
    st.lists(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001 - hypothesis adds the zone
    st.integers(1, 20),
    st.integers(0, 20),
)
def test_newest_is_always_kept_and_never_more_than_asked(taken: list[datetime], daily: int, weekly: int) -> None:
    kept = set(taken) - to_drop(taken, daily=daily, weekly=weekly)

    assert len(kept) <= daily + weekly
    assert not taken or max(taken) in kept
