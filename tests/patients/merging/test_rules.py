from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from patients.merging.rules import Side, VisitAhead, judge, standing

NINE = datetime(2026, 3, 11, 14, tzinfo=UTC)
A, B, C, D = (UUID(int=number) for number in range(1, 5))


def side(**changed) -> Side:
    return Side(
        **{
            "birth_date": date(1982, 6, 4),
            "sex_at_birth": "female",
            "has_open_course": False,
            "is_being_treated": False,
            "visits": (),
            "allergies": (),
            **changed,
        }
    )


def visit(after_minutes: int) -> VisitAhead:
    starts_at = NINE + timedelta(minutes=after_minutes)
    return VisitAhead(starts_at, starts_at + timedelta(minutes=120), f"day {after_minutes}")


@pytest.mark.parametrize(
    ("kept", "other", "refused"),
    [
        (side(), side(), ()),
        (side(is_being_treated=True), side(), ("An infusion is under way",)),
        (side(), side(is_being_treated=True), ("An infusion is under way",)),
        (side(has_open_course=True), side(), ()),
        (side(has_open_course=True), side(has_open_course=True), ("Both have an open course",)),
        (side(visits=(visit(0),)), side(visits=(visit(119),)), ("Both have a visit on day 0",)),
        (side(visits=(visit(0),)), side(visits=(visit(120),)), ()),
        (side(visits=(visit(120),)), side(visits=(visit(0),)), ()),
    ],
)
def test_judge_refuses_what_has_to_be_settled_before(kept: Side, other: Side, refused: tuple[str, ...]) -> None:
    found = judge(kept, other)

    assert len(found.refusals) == len(refused)
    assert all(sentence.startswith(start) for sentence, start in zip(found.refusals, refused, strict=True))
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("other", "warned"),
    [
        (side(birth_date=date(1982, 4, 6)), "The birth dates differ"),
        (side(sex_at_birth="male"), "The sex at birth differs"),
        (side(allergies=("Latex",)), "The allergies differ"),
    ],
)
def test_judge_warns_of_what_differs(other: Side, warned: str) -> None:
    (sentence,) = judge(side(), other).warnings

    assert sentence.startswith(warned)


@pytest.mark.parametrize("other", [side(sex_at_birth="unknown"), side()])
def test_judge_says_nothing_of_what_is_only_not_known(other: Side) -> None:
    assert judge(side(), other).warnings == ()


def test_judge_takes_one_allergy_in_two_spellings_for_the_same() -> None:
    assert judge(side(allergies=("Latex",)), side(allergies=("LATEX",))).warnings == ()


@pytest.mark.parametrize(
    ("merges", "expected"),
    [
        ({}, {A: None, B: None, C: None, D: None}),
        ({A: B}, {A: B, B: None, C: None, D: None}),
        ({A: B, B: C}, {A: C, B: C, C: None, D: None}),
        ({A: B, B: C, D: C}, {A: C, B: C, C: None, D: C}),
    ],
)
def test_standing_follows_the_merges_to_the_top(merges: dict[UUID, UUID], expected: dict[UUID, UUID | None]) -> None:
    assert standing(merges, frozenset({A, B, C, D})) == expected


def test_standing_ends_even_where_merges_went_in_a_circle() -> None:
    assert set(standing({A: B, B: A}, frozenset({A, B}))) == {A, B}
