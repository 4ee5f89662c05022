"""Are two records of one person? A score from 0 to 100 with its reasons in words, from what the desk took down.

The weights are those of a house, not of a statistic: a pair is likely when a name and a date, or a name and an
address of any kind, agree as well as typing errors let them.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

# From here on a pair is shown, and from here on the desk is asked.
POSSIBLE: Final = 30
LIKELY: Final = 60
MOST: Final = 100

SAME_NAME: Final = 40
OTHER_LETTERS: Final = 40
SWAPPED_NAMES: Final = 40
CALLED_SO: Final = 35
SIMILAR_NAME: Final = 30
ONE_NAME: Final = 10
SAME_DAY: Final = 40
SWAPPED_DAY: Final = 30
ONE_DIGIT: Final = 25
SAME_PHONE: Final = 30
SAME_EMAIL: Final = 35
SAME_ADDRESS: Final = 20

# A word this long may hold one slip and still be the same word; one this long may hold two.
ONE_SLIP_FROM: Final = 4
TWO_SLIPS_FROM: Final = 8
DROPPED: Final = "'’ʼ`´."
# Letters of other scripts that look like Latin ones on paper and on a screen, in small letters.
# Source: Unicode Technical Standard 39, confusables, reduced to Cyrillic and Greek against Latin.
SEEN_AS: Final = ("аеорсухіјѕԁһԛԝмткнвαοειυνρτκχβ", "aeopcyxijsdhqwmtkhbaoeiuvptkxb")
LOOK_ALIKE: Final = str.maketrans(*SEEN_AS)
# Letters that no accent can be taken off.
BARE: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


@dataclass(frozen=True)
class Known:
    """What a record, or a form half filled in, says of a person."""

    given_name: str
    family_name: str
    preferred_name: str = ""
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    postal_code: str = ""


@dataclass(frozen=True)
class Likeness:
    """How alike two records are, and why."""

    score: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def is_possible(self) -> bool:
        return self.score >= POSSIBLE

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY

    @property
    def words(self) -> str:
        return ", ".join(self.reasons)


Evidence = tuple[int, str]
NOTHING: Final[Evidence] = (0, "")


def likeness(one: Known, other: Known) -> Likeness:
    """Judge two records. A name alone, with two birth dates that have nothing in common, says nothing."""
    born = _birth_dates(one.birth_date, other.birth_date)
    named = _names(one, other)
    reached = [
        _same(SAME_PHONE, "same phone", one.phone, other.phone),
        _same(SAME_EMAIL, "same e-mail", one.email.casefold(), other.email.casefold()),
        _addresses(one, other),
    ]
    are_dated = one.birth_date is not None and other.birth_date is not None
    if are_dated and not born[0] and not any(weight for weight, _ in reached):
        return Likeness()
    found = [each for each in (born, named, *reached) if each[0]]
    return Likeness(min(MOST, sum(weight for weight, _ in found)), tuple(reason for _, reason in found))


def folded(name: str) -> str:
    """A name in small letters without accents, apostrophes and hyphens."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(one))
    kept = "".join(" " if one in "-_,/()" else one for one in bare if one not in DROPPED).translate(BARE)
    return " ".join(kept.split())


def as_seen(name: str) -> str:
    """A folded name in the Latin letters that it looks like: the Cyrillic а of Аnna is an a."""
    return folded(name).translate(LOOK_ALIKE)


def is_similar(one: str, other: str) -> bool:
    """Whether two names are the same but for a slip of the hand, or one is a part of the other."""
    one, other = as_seen(one), as_seen(other)
    if not one or not other:
        return False
    if one == other or set(one.split()) < set(other.split()) or set(other.split()) < set(one.split()):
        return True
    shorter = min(len(one), len(other))
    allowed = (shorter >= ONE_SLIP_FROM) + (shorter >= TWO_SLIPS_FROM)
    return allowed > 0 and slips(one, other, most=allowed) <= allowed


def slips(one: str, other: str, *, most: int) -> int:
    """Letters left out, added, changed or swapped with the next; `most` + 1 stands for more than `most`.

    The optimal string alignment distance.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for line, letter in enumerate(one, 1):
        earlier, before, row = before, row, [line]
        for column, facing in enumerate(other, 1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != facing))
            if line > 1 and column > 1 and letter == other[column - 2] and one[line - 2] == facing:
                cost = min(cost, earlier[column - 2] + 1)
            row.append(cost)
    return min(row[-1], most + 1)


def _names(one: Known, other: Known) -> Evidence:
    tests: tuple[tuple[Callable[[Known, Known], bool], int, str], ...] = (
        (_is_same_name, SAME_NAME, "same name"),
        (_is_seen_the_same, OTHER_LETTERS, "same name in look-alike letters"),
        (_is_swapped, SWAPPED_NAMES, "given and family name swapped"),
        (_is_called_so, CALLED_SO, "preferred name of one is the given name of the other"),
        (_is_similar_name, SIMILAR_NAME, "similar name"),
        (lambda a, b: _is_equal(a.family_name, b.family_name), ONE_NAME, "same family name"),
        (lambda a, b: is_similar(a.family_name, b.family_name), ONE_NAME, "similar family name"),
        (lambda a, b: _is_equal(a.given_name, b.given_name), ONE_NAME, "same given name"),
        (lambda a, b: is_similar(a.given_name, b.given_name), ONE_NAME, "similar given name"),
    )
    return next(((weight, reason) for holds, weight, reason in tests if holds(one, other)), NOTHING)


def _is_same_name(one: Known, other: Known) -> bool:
    return _all_said(one, other) and _pair(one, folded) == _pair(other, folded)


def _is_seen_the_same(one: Known, other: Known) -> bool:
    return _all_said(one, other) and _pair(one, as_seen) == _pair(other, as_seen)


def _is_swapped(one: Known, other: Known) -> bool:
    return _all_said(one, other) and _pair(one, as_seen) == tuple(reversed(_pair(other, as_seen)))


def _is_called_so(one: Known, other: Known) -> bool:
    if not is_similar(one.family_name, other.family_name):
        return False
    return is_similar(one.preferred_name, other.given_name) or is_similar(one.given_name, other.preferred_name)


def _is_similar_name(one: Known, other: Known) -> bool:
    given = is_similar(one.given_name, other.given_name) and is_similar(one.family_name, other.family_name)
    return given or (is_similar(one.given_name, other.family_name) and is_similar(one.family_name, other.given_name))


def _is_equal(one: str, other: str) -> bool:
    return as_seen(one) != "" and as_seen(one) == as_seen(other)


def _all_said(one: Known, other: Known) -> bool:
    return all(_pair(one, folded)) and all(_pair(other, folded))


def _pair(known: Known, read: Callable[[str], str]) -> tuple[str, str]:
    return read(known.given_name), read(known.family_name)


def _birth_dates(one: date | None, other: date | None) -> Evidence:
    if one is None or other is None:
        return NOTHING
    if one == other:
        return SAME_DAY, "same birth date"
    if (one.year, one.month, one.day) == (other.year, other.day, other.month):
        return SWAPPED_DAY, "day and month of birth swapped"
    differing = sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True))
    return (ONE_DIGIT, "birth dates differ in one digit") if differing == 1 else NOTHING


def _same(weight: int, reason: str, one: str, other: str) -> Evidence:
    return (weight, reason) if one and one == other else NOTHING


def _addresses(one: Known, other: Known) -> Evidence:
    """The same street and number, where the ZIP codes do not speak against it, and the same family name."""
    if not is_similar(one.family_name, other.family_name):
        return NOTHING
    if one.postal_code and other.postal_code and one.postal_code != other.postal_code:
        return NOTHING
    return _same(SAME_ADDRESS, "same address", folded(one.address), folded(other.address))
