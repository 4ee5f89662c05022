"""Does a code count exactly when RFC 6238 says so, and once?"""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.second_factor import rules

# RFC 6238 appendix B: the secret "12345678901234567890", and the last six of the eight digits given there.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
NOW = datetime(2026, 3, 10, 14, 42, 10, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_code_is_that_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)

    assert rules.code_at(SECRET, rules.step_at(at)) == code


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_code_of_a_step_to_either_side_counts(steps, counts):
    code = rules.code_at(SECRET, rules.step_at(NOW) + steps)

    step = rules.step_that_fits(SECRET, code, at=NOW, last_step=None)

    assert (step is not None) is counts


def test_step_changes_at_the_half_minute() -> None:
    half = datetime(2026, 3, 10, 14, 42, 30, tzinfo=UTC)

    assert rules.step_at(half) == rules.step_at(half - timedelta(microseconds=1)) + 1
    assert rules.step_at(half) == rules.step_at(half + timedelta(seconds=29.999999))


def test_code_that_counted_never_counts_again_nor_one_before_it() -> None:
    now = rules.step_at(NOW)
    typed = {step: rules.code_at(SECRET, step) for step in (now - 1, now, now + 1)}

    fits = {step: rules.step_that_fits(SECRET, code, at=NOW, last_step=now) for step, code in typed.items()}

    assert fits == {now - 1: None, now: None, now + 1: now + 1}


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "abcdef", "１２３４５６", "é", "\x00"])
def test_what_is_no_code_fits_no_step(typed: str) -> None:
    assert rules.step_that_fits(SECRET, typed, at=NOW, last_step=None) is None


def test_spaces_and_hyphens_in_a_code_do_not_matter() -> None:
    code = rules.code_at(SECRET, rules.step_at(NOW))

    assert rules.step_that_fits(SECRET, f" {code[:3]} {code[3:]}-", at=NOW, last_step=None) == rules.step_at(NOW)


@pytest.mark.parametrize(("tries", "may"), [(0, True), (9, True), (10, False), (11, False)])
def test_ten_wrong_codes_are_enough(tries, may):
    assert rules.may_try(tries) is may


def test_secret_is_written_in_fours() -> None:
    assert rules.grouped("GEZDGNBVGY") == "GEZD GNBV GY"
