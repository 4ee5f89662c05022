"""Scores at every boundary. Sources: docs/clinical/questionnaires.md."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.instruments.rules.scoring import AnswerNotAllowed, WrongAnswerCount, score, suicide_level


def answers_for(total: int, count: int) -> list[int]:
    """Spread a total over the first questions, three to each."""
    return [max(0, min(3, total - 3 * number)) for number in range(count)]


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "moderately_severe"),
        (19, "moderately_severe"),
        (20, "severe"),
        (27, "severe"),
    ],
)
def test_phq9_band_at_each_boundary(total, band):
    result = score("phq9", answers_for(total, 9))

    assert (result.total, result.band, result.missing, result.prorated) == (total, band, (), False)


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, "minimal"),
        (4, "minimal"),
        (5, "mild"),
        (9, "mild"),
        (10, "moderate"),
        (14, "moderate"),
        (15, "severe"),
        (21, "severe"),
    ],
)
def test_gad7_band_at_each_boundary(total, band):
    result = score("gad7", answers_for(total, 7))

    assert (result.total, result.band, result.flags) == (total, band, ())


@pytest.mark.parametrize(
    ("answers", "raw", "total", "band", "missing"),
    [
        # NHS Data Dictionary: one or two blanks take the mean of the rest, rounded half up
        ([2, 3, 2, 3, 1, 2, None, 1, 0], 14, 16, "moderately_severe", (7,)),
        ([2, 3, 2, 3, 1, 2, None, None, 1], 14, 18, "moderately_severe", (7, 8)),
        ([1, 1, 1, 1, 0, 0, 0, None, 0], 4, 5, "mild", (8,)),  # 4.5 rounds up
        ([1, 1, 1, 1, 1, 1, 1, 1, None], 8, 9, "mild", (9,)),
        ([0, 0, 0, 0, 0, 0, 0, None, None], 0, 0, "minimal", (8, 9)),
        ([3, 3, 3, 3, 3, 3, 3, None, None], 21, 27, "severe", (8, 9)),
    ],
)
def test_phq9_with_one_or_two_blanks_is_prorated(answers, raw, total, band, missing):
    result = score("phq9", answers)

    assert (result.raw_total, result.total, result.band, result.missing) == (raw, total, band, missing)
    assert result.prorated


@pytest.mark.parametrize("code", ["phq9", "gad7"])
def test_score_with_three_blanks_is_none(code):
    count = {"phq9": 9, "gad7": 7}[code]
    answers = [None, None, None, *([3] * (count - 4)), 0]

    result = score(code, answers)

    assert (result.total, result.band, result.band_label, result.prorated) == (None, None, None, False)
    assert result.flags == ("not_scored",)
    assert result.raw_total == 3 * (count - 4)


def test_score_of_a_blank_form_is_none_and_incomplete():
    assert score("phq9", [None] * 9).flags == ("not_scored", "safety_incomplete")
    assert score("gad7", [None] * 7).flags == ("not_scored",)


def test_gad7_with_two_blanks_is_prorated():
    result = score("gad7", [3, 2, 1, None, 2, None, 1])

    assert (result.raw_total, result.total, result.band_label) == (9, 13, "Moderate")


@pytest.mark.parametrize(
    ("item9", "flags", "level"),
    [
        (0, (), None),
        (1, ("suicide_item_positive",), "low"),
        (2, ("suicide_item_positive",), "moderate"),
        (3, ("suicide_item_positive",), "moderate"),
        (None, ("safety_incomplete",), None),
    ],
)
def test_phq9_item_9_counts_whatever_the_total(item9, flags, level):
    answers = [0] * 8 + [item9]

    assert score("phq9", answers).flags == flags
    assert suicide_level(answers) == level


def test_phq9_item_9_positive_shows_even_without_a_score():
    result = score("phq9", [None, None, None, 0, 0, 0, 0, 0, 1])

    assert result.flags == ("not_scored", "suicide_item_positive")


@pytest.mark.parametrize("answers", [[], [0] * 8, [0] * 10, "012301230"])
def test_score_with_a_wrong_number_of_answers_is_refused(answers):
    with pytest.raises(WrongAnswerCount, match="9 answers"):
        score("phq9", answers)


@pytest.mark.parametrize("answer", [4, -1, True, False, 1.0, 1.5, "1", "", Decimal(1), 2**31, 2**63, 10**30, [1]])
def test_score_with_an_answer_that_is_not_on_the_form_is_refused(answer):
    with pytest.raises(AnswerNotAllowed, match="question 3 of GAD-7"):
        score("gad7", [0, 0, answer, 0, 0, 0, 0])


@pytest.mark.parametrize("answers", [[0] * 8, [0] * 8 + [True]])
def test_suicide_level_refuses_what_score_refuses(answers):
    with pytest.raises((WrongAnswerCount, AnswerNotAllowed)):
        suicide_level(answers)


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_phq9_without_blanks_is_the_plain_sum(answers):
    assert score("phq9", answers).total == sum(answers)


@given(st.lists(st.none() | st.integers(0, 3), min_size=7, max_size=7))
def test_gad7_total_stays_in_range_and_never_below_the_raw_sum(answers):
    result = score("gad7", answers)

    assert result.total is None or result.raw_total <= result.total <= 21
    assert (result.total is None) == (answers.count(None) > 2)
