"""Each limit on both sides; docs/adr/0018 has the reasons."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.lock import rules
from clinic.lock.rules import Asked, Standing

AT = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def standing(*, idle: timedelta, old: timedelta | None = None, locked: bool = False, ended: bool = False) -> Standing:
    return rules.standing(
        signed_in_at=AT - (old if old is not None else idle),
        active_at=AT - idle,
        locked_at=AT if locked else None,
        ended_at=AT if ended else None,
        now=AT,
    )


@pytest.mark.parametrize(
    ("idle", "expected"),
    [
        (timedelta(0), Standing.OPEN),
        (15 * MINUTE - SECOND, Standing.OPEN),
        (15 * MINUTE, Standing.LOCKED),
        (11 * 60 * MINUTE, Standing.LOCKED),
        (-MINUTE, Standing.OPEN),  # another server's clock is ahead
        (-2 * MINUTE, Standing.LOCKED),  # this server's was set back, so that nobody knows how long it was
    ],
)
def test_screen_locks_after_fifteen_idle_minutes(idle: timedelta, expected: Standing) -> None:
    assert standing(idle=idle) is expected


@pytest.mark.parametrize(
    ("old", "expected"), [(12 * 60 * MINUTE - SECOND, Standing.OPEN), (12 * 60 * MINUTE, Standing.ENDED)]
)
def test_login_ends_after_twelve_hours_however_busy(old: timedelta, expected: Standing) -> None:
    assert standing(idle=timedelta(0), old=old) is expected


def test_login_that_is_both_locked_and_over_is_over() -> None:
    assert standing(idle=timedelta(0), locked=True) is Standing.LOCKED
    assert standing(idle=timedelta(0), locked=True, ended=True) is Standing.ENDED
    assert standing(idle=20 * MINUTE, old=12 * 60 * MINUTE) is Standing.ENDED


def test_seconds_left_count_to_the_nearer_of_lock_and_end() -> None:
    fresh = rules.seconds_left(signed_in_at=AT, active_at=AT, now=AT)
    idle = rules.seconds_left(signed_in_at=AT - 14 * MINUTE, active_at=AT - 14 * MINUTE, now=AT)
    late = rules.seconds_left(signed_in_at=AT - 12 * 60 * MINUTE + 30 * SECOND, active_at=AT, now=AT)
    over = rules.seconds_left(signed_in_at=AT - 13 * 60 * MINUTE, active_at=AT - 20 * MINUTE, now=AT)

    assert (fresh, idle, late, over) == (900, 60, 30, 0)


@pytest.mark.parametrize(
    ("asked", "counts"),
    [
        (Asked("GET", is_background=False, is_partial=False), True),
        (Asked("GET", is_background=False, is_partial=True), False),
        (Asked("POST", is_background=False, is_partial=False), True),
        (Asked("POST", is_background=False, is_partial=True), True),  # a form that is saved by a script
        (Asked("GET", is_background=True, is_partial=False), False),
        (Asked("POST", is_background=True, is_partial=False), False),
        (Asked("POST", is_background=True, is_partial=True, tapped_at=AT), True),
        (Asked("POST", is_background=True, is_partial=True, tapped_at=AT - MINUTE), True),
        (Asked("POST", is_background=True, is_partial=True, tapped_at=AT - MINUTE - SECOND), False),
        (Asked("POST", is_background=True, is_partial=True, tapped_at=AT + 5 * SECOND), True),
        (Asked("POST", is_background=True, is_partial=True, tapped_at=AT + 6 * SECOND), False),
    ],
)
def test_activity_is_a_page_a_form_or_a_fresh_tap(asked: Asked, *, counts: bool) -> None:
    assert rules.counts_as_activity(asked, now=AT) is counts


def test_last_activity_is_written_once_a_minute() -> None:
    assert not rules.is_due_to_be_written(active_at=AT - MINUTE + SECOND, now=AT)
    assert rules.is_due_to_be_written(active_at=AT - MINUTE, now=AT)


@pytest.mark.parametrize(
    "pin",
    [
        *("", "12345", "1234567", "12345a", "١٢٣٤٥٦"),  # not six digits
        *("000000", "123456", "654321", "890123", "321098", "121212", "112112", "123123", "123321", "112233", "111222"),
        *("147258", "159753"),
        *("010190", "123199", "311299", "198407", "071984"),  # days and years
    ],
)
def test_easy_pin_is_refused_with_a_sentence(pin: str) -> None:
    assert (rules.pin_fault(pin) or "").endswith(".")


@pytest.mark.parametrize("pin", ["739518", "406382", "858391", "907046", "462857"])
def test_pin_without_a_pattern_is_taken(pin: str) -> None:
    assert rules.pin_fault(pin) is None


def test_most_pins_may_be_chosen() -> None:
    good = sum(rules.pin_fault(f"{number:06}") is None for number in range(0, 1_000_000, 37))

    assert good > 0.85 * len(range(0, 1_000_000, 37))


def test_five_wrong_pins_and_ten_wrong_passwords_are_the_most() -> None:
    assert rules.pin_may_be_tried(failures=4)
    assert not rules.pin_may_be_tried(failures=5)
    assert rules.password_may_be_tried(failures=9, first_at=AT, now=AT)
    assert not rules.password_may_be_tried(failures=10, first_at=AT, now=AT + 5 * MINUTE - SECOND)
    assert rules.password_may_be_tried(failures=10, first_at=AT, now=AT + 5 * MINUTE)
