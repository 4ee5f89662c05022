"""How is a read that every page needs kept quick? Its SQL is built from the ORM once, not for every request.

For a page that shows a person, building the statements takes longer than PostgreSQL takes to answer them.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.lookups import Exact
from django.db.models.query import get_related_populators

# Values that stand in for the real ones while the SQL is built; none of them occurs in a row.
STAND_INS: Mapping[type, Callable[[int], Any]] = {
    UUID: lambda number: UUID(int=0xC0FFEE << 64 | number),
    datetime: lambda number: datetime(1901, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
    date: lambda number: date(1901, 1, 1) + timedelta(days=number),
    str: lambda number: f"\x01 words that nobody writes, {number}",
}


class Compiled:
    """A `.values()` or `.values_list()` query whose SQL is built when it is first asked.

    `build` gets one argument for each of `slots` and must put it into the query as it is, not computed with. Rows come
    as dictionaries; the columns in `json_rows` hold one JSON object or null, those in `json_lists` a list of them.
    A slot that is compared by `AnyOf` gets a list.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        *,
        slots: Mapping[str, type],
        json_rows: tuple[str, ...] = (),
        json_lists: tuple[str, ...] = (),
    ) -> None:
        self.build = build
        self.slots = slots
        self.json_rows = json_rows
        self.json_lists = json_lists

    def __call__(self, **values: Any) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            self._execute(cursor, values)
            names = [column.name for column in cursor.description]
            return [self._decoded(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]

    def tuples(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows as they come, for those with many columns of which each row uses a few."""
        with connection.cursor() as cursor:
            self._execute(cursor, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def models(self, **values: Any) -> list[Any]:
        """The instances that the query itself would give, when `build` selects models: related and annotated as there.

        For a head row with a dozen relations and annotations, of which actions and pages want the model.
        """
        with connection.cursor() as cursor:
            self._execute(cursor, values)
            return self._reader(cursor.fetchall())

    def _execute(self, cursor: Any, values: Mapping[str, Any]) -> None:
        sql, parameters = self._statement
        cursor.execute(sql, [values[one.name] if isinstance(one, _Slot) else one for one in parameters])

    @property
    def _built(self) -> QuerySet[Any, Any]:
        return self.build(**self._stand_ins)

    @cached_property
    def _stand_ins(self) -> dict[str, Any]:
        return {name: STAND_INS[kind](number) for number, (name, kind) in enumerate(self.slots.items())}

    @cached_property
    def _reader(self) -> Callable[[list[tuple[Any, ...]]], list[Any]]:
        return _reader_of(self._built)

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        stand_ins = self._stand_ins
        sql, parameters = self._built.query.sql_with_params()
        named = {value: _Slot(name) for name, value in stand_ins.items()}
        found = tuple(named.get(one, one) if isinstance(one, UUID | date | str) else one for one in parameters)
        missing = set(self.slots) - {one.name for one in found if isinstance(one, _Slot)}
        if missing:
            raise ValueError(f"the query does not use {', '.join(sorted(missing))} as it was given")
        return sql, found

    def _decoded(self, row: dict[str, Any]) -> dict[str, Any]:
        for name in self.json_rows:
            row[name] = None if row[name] is None else json.loads(row[name])
        for name in self.json_lists:
            row[name] = [json.loads(one) for one in row[name]]
        return row


def _reader_of(built: QuerySet[Any, Any]) -> Callable[[list[tuple[Any, ...]]], list[Any]]:
    """What Django does with the rows of a query for models, prepared once: the same steps as its ModelIterable."""
    compiler = built.query.get_compiler(built.db)
    compiler.as_sql()
    info, columns = compiler.klass_info, compiler.select
    model, places = info["model"], info["select_fields"]
    own = slice(places[0], places[-1] + 1)
    names = [column[0].target.attname for column in columns[own]]
    related = get_related_populators(info, columns, built.db)  # type: ignore[call-arg]  # stubs of the next Django
    beside = tuple((compiler.annotation_col_map or {}).items())
    converters = compiler.get_converters([column[0] for column in columns])

    def read(rows: list[tuple[Any, ...]]) -> list[Any]:
        found = []
        for row in compiler.apply_converters(rows, converters):
            one = model.from_db(built.db, names, row[own])
            for populate in related:
                populate.populate(row, one)
            for name, place in beside:
                setattr(one, name, row[place])
            found.append(one)
        return found

    return read


class AnyOf(Exact):
    """For a filter that holds for each of a list: `filter(AnyOf(F("session"), sessions))`."""

    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, _connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The list goes to the driver whole, which writes it as an array."""
        return "%s", (value,)

    def get_rhs_op(self, _connection: Any, rhs: str) -> str:
        return f"= ANY({rhs})"


class _Slot:
    def __init__(self, name: str) -> None:
        self.name = name
