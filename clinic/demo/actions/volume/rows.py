"""How is everything written again? One INSERT for each table and each few thousand copies, inside PostgreSQL."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from clinic.demo.actions.volume.columns import ZONE, Column
from clinic.demo.actions.volume.shapes import SHAPES, Shape
from clinic.demo.actions.volume.stencils import stencil_of, stencil_of_history

ROWS_AT_ONCE: Final = 400_000
LARGEST_VERSION: Final = 2**31 - 1
DAYS_OF_HOUSES: Final = f"""
INSERT INTO clinic_siteday (id, site_id, day)
SELECT ('0' || to_hex((extract(epoch FROM day) * 1000)::bigint) || '70008'
        || left(md5(site_id::text || day::text), 15))::uuid, site_id, day
FROM (SELECT DISTINCT site_id, (starts_at AT TIME ZONE {ZONE})::date AS day FROM treatment_sessions_appointment) taken
WHERE NOT EXISTS (SELECT FROM clinic_siteday d WHERE d.site_id = taken.site_id AND d.day = taken.day)
"""


@dataclass(frozen=True)
class Work:
    """The rows of one table: from which stencil, and what goes into which column."""

    table: str
    stencil: str
    columns: Sequence[Column]
    rows: int
    version: str = ""

    @property
    def statement(self) -> str:
        names = [f'"{one.name}"' for one in self.columns]
        values = [one.written for one in self.columns]
        if self.version:
            names += ["pgh_id", "pgh_created_at"]
            values += [self.version, f"(s.at - c.earlier) AT TIME ZONE {ZONE}"]
        face = "JOIN volume_face f ON f.no = c.no" if any(one.shows_face for one in self.columns) else ""
        return (
            f'INSERT INTO "{self.table}" ({", ".join(names)}) SELECT {", ".join(values)}'
            f" FROM volume_copy c JOIN {self.stencil} s ON s.person = c.person {face}"
            " WHERE c.no > %s AND c.no <= %s"
        )


def work() -> list[Work]:
    """Everything that is to be written, counted."""
    return [one for shape in SHAPES for one in _work_of(shape) if one.rows]


def write_rows(parts: Sequence[Work], count: int, *, on_rows: Callable[[str, int], None]) -> None:
    """Write all of it for so many copies, and the days on which the houses are booked."""
    for part in parts:
        copies_at_once = max(1, ROWS_AT_ONCE * count // part.rows)
        for last in range(0, count, copies_at_once):
            with connection.cursor() as cursor:
                cursor.execute(part.statement, [last, last + copies_at_once])
                on_rows(part.table, cursor.rowcount)
        if part.version:
            _go_on_counting(part.table)
    with connection.cursor() as cursor:
        cursor.execute(DAYS_OF_HOUSES)


def _work_of(shape: Shape) -> Iterator[Work]:
    yield Work(shape.table, stencil_of(shape), shape.columns, _count(stencil_of(shape)))
    if shape.history is not None:
        table, stencil = shape.history._meta.db_table, stencil_of_history(shape)
        yield Work(table, stencil, shape.columns_of_history, _count(stencil), _version(table, stencil))


def _count(stencil: str) -> int:
    return _number(f"SELECT count(*) FROM volume_copy c JOIN {stencil} s ON s.person = c.person")


def _version(table: str, stencil: str) -> str:
    """Versions count on from the last one; those of one row in their order, and earlier copies before later ones."""
    last = _number(f'SELECT coalesce(max(pgh_id), 0) FROM "{table}"')
    each = _number(f"SELECT coalesce(max(no), 0) FROM {stencil}")
    if last + each * _number("SELECT count(*) FROM volume_copy") > LARGEST_VERSION:
        raise OverflowError(f"{table} cannot count that many versions: make fewer people")
    return f"{last} + (c.no - 1) * {each} + s.no"


def _go_on_counting(table: str) -> None:
    _number(f"SELECT setval(pg_get_serial_sequence('{table}', 'pgh_id'), (SELECT max(pgh_id) FROM \"{table}\"))")


def _number(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])
