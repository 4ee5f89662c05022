from datetime import date

import pytest

from patients.progress.rules import prompts as rules
from tests.patients.progress.made import asked, journey, plan, scores

SIX = (0, 3, 6, 9, 12, 15)


def texts(made: rules.Journey) -> list[str]:
    return [prompt.text for prompt in rules.prompts(made)]


@pytest.mark.parametrize(
    ("given", "total", "words"),
    [
        ((0, 3), 17, "Less than 20% better after 2 sessions."),
        ((0, 3, 6), 17, "Less than 20% better after 3 sessions."),
        ((0, 3, 6), 16, ""),
        ((0,), 20, ""),
        ((0, 3, 6, 9), 20, ""),
        (SIX, 16, "Less than 25% better after 6 sessions. Consider stopping"),
        (SIX, 15, "Between 25 and 50% better after 6 sessions."),
        (SIX, 11, "Between 25 and 50% better after 6 sessions."),
        (SIX, 10, "At least 50% better after 6 sessions. Maintenance may follow."),
    ],
)
def test_effect_prompts_at_every_boundary(given: tuple, total: int, words: str) -> None:
    made = journey({-1: 20, 20: total}, given=given)

    found = [text for text in texts(made) if "better after" in text]

    assert [text.startswith(words) for text in found] == ([True] if words else [])


@pytest.mark.parametrize(("total", "prompted"), [(10, False), (11, True)])
def test_maintenance_that_holds_asks_for_no_decision(total: int, *, prompted: bool) -> None:
    made = journey({-1: 20, 20: total}, given=SIX, state="maintenance")

    assert any("better after" in text for text in texts(made)) is prompted


def test_score_from_before_the_second_session_is_not_judged() -> None:
    made = journey({-1: 20, 2: 19}, given=(0, 3))

    assert not [text for text in texts(made) if "better after" in text]


def test_missing_baseline_is_said_once_there_were_two_sessions() -> None:
    assert texts(journey({5: 9}, given=(0, 3))) == ["There is no PHQ-9 baseline, so a response cannot be judged."]
    assert texts(journey({5: 9}, given=(0,))) == []


def test_missing_score_since_the_first_session_is_said() -> None:
    assert texts(journey({-1: 20}, given=(0, 3))) == ["No PHQ-9 since the first infusion, and 2 sessions given."]


def test_relapse_comes_first_and_offers_the_plan() -> None:
    found = rules.prompts(journey({-1: 20, 7: 6, 30: 14}, given=SIX))

    assert (found[0].sign, found[0].text, found[0].is_about_plan) == ("late", "Relapse since Feb 5.", True)
    assert "half of the gain" in found[0].quiet


def test_reliably_worse_is_said() -> None:
    assert "PHQ-9 is reliably worse than at the baseline." in texts(journey({-1: 12, 7: 17}, given=(0,)))


def test_two_missed_in_a_row_are_an_early_warning_until_one_is_answered() -> None:
    missed = (asked(7, "expired"), asked(14, "expired", session=2))

    assert "Early warning: 2 check-ins in a row were missed." in texts(journey(given=(0,), asked=missed))
    assert texts(journey({-1: 12}, given=(0,), asked=(*missed, asked(21, "answered", session=3)))) == []


def test_higher_suicide_answer_is_an_early_warning() -> None:
    rows = (*scores("phq9", {-1: 20}, safety=0), *scores("phq9", {7: 15}, safety=2))

    found = texts(journey(given=(0,), scores=rows))

    assert "Early warning: the answer to the suicide question is higher than the last time." in found


def test_urinary_symptoms_at_the_latest_check_in_ask_for_a_test() -> None:
    had = asked(7, "answered", has_urinary_symptoms=True)
    gone = asked(14, "answered", session=2, has_urinary_symptoms=False)
    not_asked = asked(15, "answered", session=3)

    assert texts(journey(given=(0,), asked=(had, not_asked)))[0].startswith("Urinary symptoms reported Jan 13.")
    assert texts(journey(given=(0,), asked=(had, gone))) == []


def test_plan_past_its_review_is_said_on_the_day() -> None:
    due = plan(2, 1, review_on=date(2026, 3, 10))
    later = plan(2, 1, review_on=date(2026, 3, 11))

    assert texts(journey(plans=(due,))) == ["Plan 2 was to be reviewed by Mar 10."]
    assert texts(journey(plans=(later,))) == []


@pytest.mark.parametrize("state", [None, "completed", "declined", "deceased"])
def test_nothing_is_asked_about_a_course_that_is_over(state: str | None) -> None:
    assert rules.prompts(journey({-1: 12, 7: 17}, given=(0,), state=state)) == ()
