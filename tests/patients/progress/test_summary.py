from dataclasses import replace
from decimal import Decimal

import pytest

from patients.progress.rules import summary as rules
from patients.progress.rules import table as table_rules
from tests.patients.progress.made import asked, at, day, journey, sessions


def said(sentences: tuple[rules.Sentence, ...]) -> str:
    return " ".join("".join(part.text for part in sentence) for sentence in sentences)


@pytest.mark.parametrize(
    ("phq9", "given", "lead"),
    [
        ({}, (), "No score is recorded yet."),
        ({-1: 21}, (), "Depression is severe."),
        ({-1: 21}, (0,), "Depression was severe at the start."),
        ({-1: 21, 7: 20}, (0,), "Depression has not responded and is severe."),
        ({-1: 20, 7: 15}, (0,), "Depression is partly better and is moderately severe."),
        ({-1: 20, 7: 10}, (0,), "Depression has at least halved and is moderate."),
        ({-1: 12, 7: 17}, (0,), "Depression is worse than at the baseline, and is moderately severe."),
        ({-1: 20, 7: 4}, (0,), "Depression is in remission."),
        ({-1: 20, 7: 4, 20: 3}, (0,), "Depression is in remission."),
        ({-1: 20, 7: 4, 21: 3}, (0,), "Depression is in sustained remission."),
        ({-1: 20, 7: 4, 21: 15}, (0,), "Depression has come back and is moderately severe."),
        ({-1: 8, 7: 6}, (0,), "Depression is mild; a response cannot be judged."),
        ({-20: 20, 7: 6}, (0,), "Depression is mild; a response cannot be judged."),
    ],
)
def test_lead_says_how_it_is(phq9: dict, given: tuple, lead: str) -> None:
    told = rules.summary(journey(phq9, given=given))

    assert said(told.lead) == lead


def test_each_questionnaire_has_its_own_lead() -> None:
    told = rules.summary(journey({-1: 21, 59: 4}, {-1: 16, 59: 7}, given=(0,)))

    assert said(told.lead) == "Depression is in remission. Anxiety has at least halved and is mild."


def test_details_name_scores_days_and_percent() -> None:
    told = rules.summary(journey({-1: 21, 45: 4, 59: 4}, {-1: 16, 59: 7}, given=(0, 3)))

    assert said(told.details) == (
        "PHQ-9 was 21 (severe) on Jan 5 and 4 (minimal) on Mar 6: 81% better. "
        "It has been under 5 at every score since Feb 20, 14 days. "
        "GAD-7 was 16 (severe) on Jan 5 and 7 (mild) on Mar 6: 56% better. "
        "Two sessions given, 81 mg in all, the last on Jan 9."
    )


@pytest.mark.parametrize(
    ("phq9", "given", "sentence"),
    [
        ({-1: 21}, (), "The last score within 14 days before the first one will be the baseline."),
        ({-1: 21}, (0,), "PHQ-9 was 21 (severe) on Jan 5; not asked since the first infusion."),
        ({-20: 21, 7: 9}, (0,), "no score within 14 days before the first infusion, so there is no baseline."),
        ({-1: 8, 7: 6}, (0,), "A baseline under 10 is not evaluable for response."),
        ({-1: 21, 7: 21}, (0,), "on Jan 13: no change."),
        ({-1: 20, 7: 22}, (0,), "on Jan 13: 10% worse."),
        ({-1: 21, 7: None}, (0,), "PHQ-9 had too many blanks for a score on Jan 13."),
        ({-1: 20, 7: 4}, (0,), "It has been under 5 since Jan 13; remission is sustained after 14 days."),
    ],
)
def test_details_say_what_cannot_be_said(phq9: dict, given: tuple, sentence: str) -> None:
    told = rules.summary(journey(phq9, given=given))

    assert sentence in said(told.details)


@pytest.mark.parametrize(
    ("missed", "answered", "sentence"),
    [
        ([7], [], "The only check-in so far was not answered, Jan 13."),
        ([28], [7], "One of two check-ins was not answered, Feb 3."),
        ([28, 52], [7], "Two of three check-ins were not answered, Feb 3 and Feb 27."),
        (
            [7, 14, 28, 35, 52],
            [],
            "Five of five check-ins were not answered, most lately Jan 20, Feb 3, Feb 10 and Feb 27.",
        ),
        ([28, 28], list(range(9)), "2 of 11 check-ins were not answered, Feb 3."),
    ],
)
def test_details_count_what_was_not_answered(missed: list, answered: list, sentence: str) -> None:
    rows = (*(asked(n, "expired") for n in missed), *(asked(n, "answered") for n in answered))

    told = rules.summary(journey({-1: 21}, given=(0,), asked=rows))

    assert sentence in said(told.details)


@pytest.mark.parametrize("state", ["planned", "open", "late", "cancelled"])
def test_check_in_that_may_still_come_is_not_called_unanswered(state: str) -> None:
    told = rules.summary(journey({-1: 21}, given=(0,), asked=(asked(7, state),)))

    assert "check-in" not in said(told.details)


def test_every_day_in_a_sentence_is_a_row_of_the_table() -> None:
    made = journey(
        {-1: 21, 7: 17, 21: 9, 28: None, 45: 4, 59: 4},
        {-1: 16, 59: 7},
        given=(0, 3, 7, 45),
        asked=(asked(28, "expired"), asked(52, "expired")),
    )

    told = rules.summary(made)

    named = {part.day for sentence in (*told.lead, *told.details) for part in sentence if part.day}
    assert named >= {day(-1), day(28), day(45), day(52), day(59)}
    assert {table_rules.anchor(one) for one in named} <= {row.anchor for row in table_rules.rows(made)}


def test_baseline_of_zero_has_no_percent() -> None:
    told = rules.summary(journey(gad7={-1: 0, 7: 3}, given=(0,)))

    assert "GAD-7 was 0 (minimal) on Jan 5 and 3 (minimal) on Jan 13: a change in percent cannot be computed." in said(
        told.details
    )


def test_first_infusion_under_way_is_said() -> None:
    running = replace(sessions((0,))[0], is_over=False, given_mg=None)

    told = rules.summary(journey({-1: 21}, sessions=(running,), first_dose_at=at(day(0)), first_dose_on=day(0)))

    assert said(told.details).endswith("The first infusion is under way.")


def test_person_without_a_course_is_told_nothing_of_infusions() -> None:
    told = rules.summary(journey({-1: 21}, state=None))

    assert "infusion" not in said(told.details)


@pytest.mark.parametrize(
    ("percent", "words"), [("81.4", "81%"), ("-7.1", "7% worse"), ("-0.4", "0%"), ("12.5", "13%"), (None, "")]
)
def test_percent_is_written_with_a_minus_and_never_as_minus_zero(percent: str | None, words: str) -> None:
    told = rules.whole_percent(None if percent is None else Decimal(percent))

    assert told == words
