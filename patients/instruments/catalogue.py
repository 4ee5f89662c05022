"""Which questionnaires are there, and what does each one ask? The words and numbers are data, beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

from clinic.kit.refusals import Refusal


class UnknownInstrument(Refusal):
    """The code names no questionnaire of the catalogue."""


@dataclass(frozen=True)
class AnswerOption:
    """One answer a person may choose."""

    value: int
    label: str


@dataclass(frozen=True)
class Item:
    """One question; numbers start at 1, as on paper."""

    number: int
    text: str
    loinc: str


@dataclass(frozen=True)
class Band:
    """A range of totals with its name; both ends belong to it."""

    code: str
    label: str
    low: int
    high: int


@dataclass(frozen=True)
class UnscoredItem:
    """A question that is asked and recorded but never added to the total."""

    text: str
    loinc: str
    answers: tuple[AnswerOption, ...]


@dataclass(frozen=True)
class Instrument:
    """One questionnaire: its words, its scoring facts, its source and its licence."""

    code: str
    name: str
    short_name: str
    version: str
    items: tuple[Item, ...]
    minimum: int
    maximum: int
    bands: tuple[Band, ...]
    answers: tuple[AnswerOption, ...]
    recall: str
    licence: str
    source: str
    stem: str
    higher_is_worse: bool
    remission_below: int
    loinc_total: str
    safety_item: int | None
    loinc_panel: str
    most_missing: int
    response_baseline_from: int
    reliable_change: int
    difficulty: UnscoredItem | None

    def band_for(self, total: int) -> Band:
        """Name the band a total falls into."""
        return next(band for band in self.bands if band.low <= total <= band.high)


def instrument(code: str) -> Instrument:
    """Return the questionnaire with this code; refuse a code the catalogue does not have."""
    try:
        return INSTRUMENTS[code]
    except KeyError:
        known = ", ".join(INSTRUMENTS)
        raise UnknownInstrument(f"There is no questionnaire with this code. Use one of: {known}.") from None


def _read(code: str, data: dict[str, Any]) -> Instrument:
    answers = _answers(data.pop("answers"))
    items = tuple(Item(number, **item) for number, item in enumerate(data.pop("items"), start=1))
    difficulty = data.pop("difficulty", None)
    values = [option.value for option in answers]
    return Instrument(
        code=code,
        items=items,
        answers=answers,
        bands=tuple(Band(**band) for band in data.pop("bands")),
        minimum=min(values) * len(items),
        maximum=max(values) * len(items),
        safety_item=data.pop("safety_item", None),
        difficulty=_unscored(difficulty) if difficulty else None,
        **data,
    )


def _answers(rows: list[dict[str, Any]]) -> tuple[AnswerOption, ...]:
    return tuple(AnswerOption(**row) for row in rows)


def _unscored(data: dict[str, Any]) -> UnscoredItem:
    return UnscoredItem(text=data["text"], loinc=data["loinc"], answers=_answers(data["answers"]))


def _load() -> Mapping[str, Instrument]:
    text = resources.files("patients.instruments").joinpath("phq9_gad7.toml").read_text(encoding="utf-8")
    return MappingProxyType({code: _read(code, data) for code, data in tomllib.loads(text).items()})


INSTRUMENTS: Mapping[str, Instrument] = _load()
