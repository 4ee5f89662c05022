"""How is a search asked? In a few statements, which are built once for each shape of what may be typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Final

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import Case, Count, Expression, F, IntegerField, Q, QuerySet, TextField, Value, When, Window
from django.db.models.functions import Upper
from django.db.models.lookups import Exact, GreaterThan

from clinic.kit.compiled import STAND_INS, AnyOf, Compiled
from patients.registration.models import NAME_PARTS, Patient
from patients.registration.rules import Wanted

MOST_FOUND: Final = 30
# Records read: several may be of one person.
MOST_READ: Final = MOST_FOUND + 10
# Records that are compared with the words. More of them than this and the words say too little to compare by.
MOST_COMPARED: Final = 300
# Below these lengths a part of a word, or a word like it, is found in nearly every name.
LEAST_PART: Final = 3
LEAST_LIKE: Final = 4
BY_NAME: Final = ("family_name", "given_name", "id")
COMPARED: Final = Window(Count("*"))
MOST_SHAPES: Final = 256
People = QuerySet[Patient, Any]


class Fits(Exact):
    """For a filter that compares the parts of a name with words as PostgreSQL writes them: `'mar':* & 'gr':*`."""

    def get_rhs_op(self, _connection: Any, rhs: str) -> str:
        return f"@@ {rhs}::tsquery"


class Like(Exact):
    """For a filter by a pattern that is written already."""

    def get_rhs_op(self, _connection: Any, rhs: str) -> str:
        return f"LIKE {rhs}"


@dataclass(frozen=True)
class Shape:
    """What kinds of things were typed; of words how many, and of each how long it is, as far as that matters."""

    is_dated: bool
    is_phone: bool
    is_record: bool
    words: tuple[int, ...]


def shape_of(want: Wanted, words: list[str]) -> Shape:
    return Shape(
        is_dated=bool(want.birth_dates),
        is_phone=bool(want.phone_digits),
        is_record=bool(want.record_number),
        words=tuple(min(len(word), LEAST_LIKE) for word in words),
    )


def values_of(want: Wanted, words: list[str]) -> dict[str, Any]:
    """What was typed, by the names under which the statements ask for it."""
    return {
        "dates": list(want.birth_dates),
        "phone": f"%{_as_pattern(want.phone_digits)}%",
        "record": f"{_as_pattern(want.record_number)}%",
        "whole": " ".join(words),
        "parts": _parts(words),
        "beginnings": _parts(words, or_longer=":*"),
        **{name: value for place, word in enumerate(words) for name, value in _patterns(place, word).items()},
    }


@lru_cache(maxsize=MOST_SHAPES)
def statements_of(shape: Shape) -> "Statements":
    return Statements(shape)


class Statements:
    """The statements of one shape, each built when it is first needed."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    @cached_property
    def begun(self) -> Compiled:
        """Compares those of whom each word begins a part of the name, or whose number it is."""

        def build(typed: Mapping[str, Any]) -> People:
            # One beginning alone may fit a crowd, which is met sooner by reading names than by collecting all who fit.
            several = len(self.shape.words) > 1
            begins = Q(Fits(NAME_PARTS, typed["beginnings"])) if several else self._all_begin(typed)
            return self._compared(self._asked(typed).filter(begins), typed)

        return _compiled(build)

    @cached_property
    def elsewhere(self) -> Compiled:
        """Compares those in whose name the words stand within a part, or a little otherwise."""

        def build(typed: Mapping[str, Any]) -> People:
            found = self._asked(typed).filter(_all_words(self.shape.words, typed)).exclude(self._all_begin(typed))
            return self._compared(found, typed, even_a_crowd=True)

        return _compiled(build)

    @cached_property
    def exact(self) -> Compiled:
        """Compares those who are called exactly so, or whose record number begins so."""
        return _compiled(lambda typed: self._compared(self._asked(typed).filter(self._exactly(typed)), typed))

    @cached_property
    def exact_by_name(self) -> Compiled:
        return _compiled(lambda typed: _by_name(self._asked(typed).filter(self._exactly(typed))))

    @cached_property
    def others_by_name(self) -> Compiled:
        """Those whose name begins so, or whose number it is, without those who are called exactly so."""

        def build(typed: Mapping[str, Any]) -> People:
            begun = self._asked(typed).filter(self._all_begin(typed))
            return _by_name(begun.exclude(self._exactly(typed)) if self.names_exactly else begun)

        return _compiled(build)

    @property
    def names_exactly(self) -> bool:
        """Whether somebody can be meant exactly: a part of a phone number alone means nobody so."""
        return self.shape.is_record or bool(self.shape.words)

    def _asked(self, typed: Mapping[str, Any]) -> People:
        people = Patient.objects.all()
        if self.shape.is_dated:
            people = people.filter(AnyOf(F("birth_date"), typed["dates"]))
        numbers = Q(_begins_record(typed)) if self.shape.is_record else Q()
        if self.shape.is_phone:
            numbers |= Q(Like(Upper("phone"), typed["phone"]))
        return people.filter(numbers)

    def _all_begin(self, typed: Mapping[str, Any]) -> Q:
        every = Q()
        for place in range(len(self.shape.words)):
            every &= _begins(place, typed)
        return every

    def _exactly(self, typed: Mapping[str, Any]) -> Q:
        return Q(_begins_record(typed) if self.shape.is_record else Fits(NAME_PARTS, typed["parts"]))

    def _compared(self, people: People, typed: Mapping[str, Any], *, even_a_crowd: bool = False) -> People:
        """The likeliest of at most `MOST_COMPARED` people, each with how many there were.

        Comparing takes longest, so a crowd is compared only on demand: it is asked for by name next.
        """
        some = Patient.objects.filter(pk__in=people.order_by().values("pk")[: MOST_COMPARED + 1])
        order: list[str] = []
        if self.shape.is_record:
            is_record = When(Q(_begins_record(typed)), then=0)
            some = some.alias(rank=Case(is_record, default=1, output_field=IntegerField()))
            order.append("rank")
        if self.shape.words:
            alike: Expression = TrigramWordSimilarity(typed["whole"], F("search_text"))
            if not even_a_crowd:
                alike = Case(When(GreaterThan(COMPARED, MOST_COMPARED), then=Value(0.0)), default=alike)
            some = some.alias(alike=alike)
            order.append("-alike")
        return some.order_by(*order, *BY_NAME).values_list("pk", COMPARED)[:MOST_READ]


def all_words(words: list[str]) -> Q:
    """Each word stands in the name: at the start of a part of it, within it, or typed a little wrong."""
    typed = {name: value for place, word in enumerate(words) for name, value in _patterns(place, word).items()}
    return _all_words(tuple(map(len, words)), typed)


def _all_words(lengths: tuple[int, ...], typed: Mapping[str, Any]) -> Q:
    every = Q()
    for place, length in enumerate(lengths):
        every &= _one_word(place, length, typed)
    return every


def _one_word(place: int, length: int, typed: Mapping[str, Any]) -> Q:
    if length < LEAST_PART:
        return _begins(place, typed)
    found = Q(Like(F("search_text"), typed[f"within{place}"]))
    if length >= LEAST_LIKE:
        found |= Q(TrigramWordSimilar(F("search_text"), Value(typed[f"word{place}"], output_field=TextField())))
    return found


def _begins(place: int, typed: Mapping[str, Any]) -> Q:
    first, further = (Like(F("search_text"), typed[f"{name}{place}"]) for name in ("first", "further"))
    return Q(first) | Q(further)


def _begins_record(typed: Mapping[str, Any]) -> Like:
    return Like(F("record_number"), typed["record"])


def _by_name(people: People) -> People:
    return people.order_by(*BY_NAME).values_list("pk")[:MOST_READ]


def _patterns(place: int, word: str) -> dict[str, str]:
    pattern = _as_pattern(word)
    return {
        f"word{place}": word,
        f"first{place}": f"{pattern}%",
        f"further{place}": f"% {pattern}%",
        f"within{place}": f"%{pattern}%",
    }


def _as_pattern(typed: str) -> str:
    return str(connection.ops.prep_for_like_query(typed))


def _parts(words: list[str], *, or_longer: str = "") -> str:
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return " & ".join(f"'{word}'{or_longer}" for word in quoted)


class _Noted(dict[str, Any]):
    """Gives a stand-in for whatever is asked for, and keeps what was."""

    def __missing__(self, name: str) -> Any:
        self[name] = STAND_INS[_kind(name)](len(self))
        return self[name]


def _kind(name: str) -> type:
    return date if name == "dates" else str


def _compiled(build: Callable[[Mapping[str, Any]], People]) -> Compiled:
    """The statement with a slot for everything that `build` asks for."""
    noted = _Noted()
    build(noted)
    return Compiled(lambda **slots: build(slots), slots={name: _kind(name) for name in noted})
