"""What becomes of each column when a row is written again for somebody else? One small class for each answer.

`r` is the row of the person who is told step by step, `s` its stencil, `c` the copy it is written for, `f` the face of
that copy: name, numbers, those who help. A stencil keeps moments by the clock of the clinic, so that a day added to
them is a day on the wall also where the clocks change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.demo.actions.house import TIME_ZONE

ZONE = f"'{TIME_ZONE}'"


@dataclass(frozen=True)
class Column:
    """A column that stays as it is."""

    name: str

    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        """What the stencil keeps: expressions over `r`, each with the name it gets."""
        return ((f"r.{self.name}", self.name),)

    @property
    def written(self) -> str:
        """What is written: an expression over `s`, `c` and `f`."""
        return f"s.{self.name}"

    @property
    def lost(self) -> str:
        """The condition on `r` under which the stencil would lose something; empty when it never does."""
        return ""

    @property
    def shows_face(self) -> bool:
        return "f." in self.written


class Moment(Column):
    """A moment, as many days earlier as the copy lies before the original."""

    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        return ((f"r.{self.name} AT TIME ZONE {ZONE}", self.name),)

    @property
    def written(self) -> str:
        return f"(s.{self.name} - c.earlier) AT TIME ZONE {ZONE}"


class Day(Column):
    @property
    def written(self) -> str:
        return f"s.{self.name} - c.days"


class Stretch(Column):
    """A stretch of time."""

    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        return tuple((f"{end}(r.{self.name}) AT TIME ZONE {ZONE}", f"{self.name}_{end}") for end in ("lower", "upper"))

    @property
    def written(self) -> str:
        ends = (f"(s.{self.name}_{end} - c.earlier) AT TIME ZONE {ZONE}" for end in ("lower", "upper"))
        return f"tstzrange({', '.join(ends)}, '[)')"


@dataclass(frozen=True)
class Reference(Column):
    """The id of a row that is copied as well. A new id is in order of time, as a UUIDv7 is: see `stencils`."""

    source: str = ""

    @property
    def of_row(self) -> str:
        return self.source or f"r.{self.name}"

    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        return tuple(
            (f"(SELECT {part} FROM volume_id WHERE old = {self.of_row})", f"{self.name}_{part}")
            for part in ("milliseconds", "middle")
        )

    @property
    def written(self) -> str:
        time = f"'0' || to_hex(s.{self.name}_milliseconds - c.earlier_milliseconds)"
        return f"({time} || s.{self.name}_middle || c.tail)::uuid"

    @property
    def lost(self) -> str:
        return f"{self.of_row} IS NOT NULL AND NOT EXISTS (SELECT FROM volume_id WHERE old = {self.of_row})"


class ListOfOne(Reference):
    """A list with one reference in it."""

    @property
    def of_row(self) -> str:
        return f"r.{self.name}[1]"

    @property
    def written(self) -> str:
        return f"ARRAY[{super().written}]"

    @property
    def lost(self) -> str:
        return f"cardinality(r.{self.name}) <> 1 OR {super().lost}"


class NamedReference(Reference):
    """A reference written as kind:id."""

    @property
    def of_row(self) -> str:
        return f"split_part(r.{self.name}, ':', 2)::uuid"

    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        return ((f"split_part(r.{self.name}, ':', 1)", f"{self.name}_kind"), *super().cut)

    @property
    def written(self) -> str:
        return f"s.{self.name}_kind || ':' || {super().written}"


@dataclass(frozen=True)
class OfHouse(Column):
    """Somebody or something of the house: its number in the first house finds the one of the copy's house."""

    table: str = ""
    gives: str = ""
    source: str = ""

    @property
    def of_row(self) -> str:
        return self.source or f"r.{self.name}"

    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        return ((f"(SELECT no FROM {self.table} WHERE id = {self.of_row})", self.name),)

    @property
    def written(self) -> str:
        return f"c.{self.gives}[s.{self.name}]"

    @property
    def lost(self) -> str:
        return f"{self.of_row} IS NOT NULL AND NOT EXISTS (SELECT FROM {self.table} WHERE id = {self.of_row})"


def colleague(name: str) -> Column:
    return OfHouse(name, "volume_colleague", "colleagues")


def colleague_name(name: str) -> Column:
    """What is stored is the name; the column beside it tells whose."""
    return OfHouse(name, "volume_colleague", "colleague_names", "r.user_id")


def context(name: str) -> Column:
    """Who changed the row, as its history keeps it; nothing else is in there."""
    return OfHouse(name, "volume_colleague", "contexts", f"(r.{name} ->> 'user')::uuid")


def room(name: str) -> Column:
    return OfHouse(name, "volume_room", "rooms")


class Site(Column):
    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        return ()

    @property
    def written(self) -> str:
        return "c.site_id"


class RoomOrReference(Reference):
    """What a hold holds."""

    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        return (*super().cut, *room(self.name).cut)

    @property
    def written(self) -> str:
        return f"coalesce({room(self.name).written}, {super().written})"

    @property
    def lost(self) -> str:
        return f"({super().lost}) AND ({room(self.name).lost})"


@dataclass(frozen=True)
class Face(Column):
    """Something that is the copy's own."""

    shown: str = ""

    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        return ()

    @property
    def written(self) -> str:
        return self.shown or f"f.{self.name}"


class FaceIfGiven(Column):
    """The same, where the original has it; what was left empty stays empty."""

    @property
    def written(self) -> str:
        return f"CASE WHEN s.{self.name} = '' THEN '' ELSE f.{self.name} END"


@dataclass(frozen=True)
class DatedText(Column):
    """A sentence that names the day of a moment of the row: kept as a pattern, in which the new day is written."""

    moment: str = ""

    @property
    def cut(self) -> Sequence[tuple[str, str]]:
        local = f"(r.{self.moment} AT TIME ZONE {ZONE})"
        said = f"""'"' || replace(r.{self.name}, '"', '') || '"'"""
        with_year = f"replace({said}, to_char({local}, 'FMMon FMDD, YYYY'), '\"FMMon FMDD, YYYY\"')"
        return ((f"regexp_replace({with_year}, to_char({local}, 'FMMon FMDD') || '\"$', '\"FMMon FMDD')", self.name),)

    @property
    def written(self) -> str:
        return f"to_char(s.{self.moment} - c.earlier, s.{self.name})"

    @property
    def lost(self) -> str:
        return f"""r.{self.name} LIKE '%"%'"""
