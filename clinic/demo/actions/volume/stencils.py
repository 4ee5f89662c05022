"""What happened to the people who are told step by step, ready to be written again for somebody else.

Each table gets a stencil: a temporary table with the rows of these people, in which every id has become its parts. The
id of a copied row is its moment in milliseconds, as in every UUIDv7; then which row of which table it stands for; then
the number of the copy. So it is unique without asking, in order of time, and the same for the same seed.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection
from psycopg2.extras import execute_values

from clinic.demo.actions.house import House
from clinic.demo.actions.volume.columns import ZONE, Column
from clinic.demo.actions.volume.shapes import SHAPES, Shape
from clinic.demo.actions.volume.statements import run

# Bits for the row within its table and person; the table takes the six above them.
ROW_BITS = 18


def stencil_of(shape: Shape) -> str:
    return f"stencil_{shape.table}"


def stencil_of_history(shape: Shape) -> str:
    return f"{stencil_of(shape)}_history"


def cut_stencils(house: House, people: Sequence[UUID]) -> None:
    """Cut a stencil for every table and its history. `people` are numbered from 0 in this order."""
    _number("volume_colleague", [user.pk for user in house.staff.values()])
    _number("volume_room", [room.pk for room in house.rooms])
    _number("volume_person", people)
    run(
        "CREATE TEMP TABLE volume_id (old uuid PRIMARY KEY, person int NOT NULL, at timestamptz NOT NULL,"
        " milliseconds bigint NOT NULL, middle text NOT NULL) ON COMMIT DROP"
    )
    for number, shape in enumerate(SHAPES):
        _name_rows(shape, number)
    _name_requests(len(SHAPES))
    _name_changes(len(SHAPES) + 1)
    for shape in SHAPES:
        _cut(shape)
        if shape.history is not None:
            _cut_history(shape)


def _number(table: str, ids: Sequence[UUID]) -> None:
    """Numbered from 1, as places in an array of PostgreSQL; people from 0, as in Python's lists."""
    first = 0 if table == "volume_person" else 1
    run(f"CREATE TEMP TABLE {table} (no int NOT NULL, id uuid PRIMARY KEY) ON COMMIT DROP")
    with connection.cursor() as cursor:
        numbered = [(no, str(one)) for no, one in enumerate(ids, start=first)]
        execute_values(cursor.cursor, f"INSERT INTO {table} VALUES %s", numbered, "(%s, %s::uuid)")


def _name_rows(shape: Shape, number: int) -> None:
    """Every row of one table, in the order of its moments."""
    if not shape.makes_ids:
        return
    owned = "volume_person o ON o.id" if shape.owner == "r.id" else "volume_id o ON o.old"
    person = "o.no" if shape.owner == "r.id" else "o.person"
    at = shape.at or "o.at"
    _name(
        number,
        f'SELECT r.id AS old, {person} AS person, {at} AS at FROM "{shape.table}" r JOIN {owned} = {shape.owner}',
    )


def _name_requests(number: int) -> None:
    """The id of a request stands in its row of the access log and nowhere else."""
    _name(
        number,
        "SELECT r.request_id AS old, min(o.person) AS person, min(r.occurred_at) AS at FROM clinic_accessevent r"
        " JOIN volume_id o ON o.old = r.id GROUP BY r.request_id",
    )


def _name_changes(number: int) -> None:
    """Versions that were written together carry the same id of their change."""
    every = " UNION ALL ".join(
        f'SELECT r.pgh_context_id AS old, o.person, o.at FROM "{shape.history._meta.db_table}" r'
        " JOIN volume_id o ON o.old = r.pgh_obj_id WHERE r.pgh_context_id IS NOT NULL"
        for shape in SHAPES
        if shape.history is not None
    )
    _name(number, f"SELECT old, min(person) AS person, min(at) AS at FROM ({every}) v GROUP BY old")


def _name(number: int, rows: str) -> None:
    """Take rows (old, person, at) into `volume_id`, with the parts of the ids that their copies get."""
    run(
        f"""
        INSERT INTO volume_id
        SELECT old, person, at, (extract(epoch FROM at) * 1000)::bigint,
               '7' || lpad(to_hex(row >> 12), 3, '0') || '8' || lpad(to_hex(row & 4095), 3, '0')
        FROM (SELECT *, {number << ROW_BITS} + row_number() OVER (PARTITION BY person ORDER BY at, old) AS row
              FROM ({rows}) found) numbered
        """
    )


def _cut(shape: Shape) -> None:
    at = shape.at or "o.at"
    source = f'"{shape.table}" r JOIN volume_id o ON o.old = {shape.owner}'
    _create(stencil_of(shape), shape.columns, source, at, f"o.at, r.{shape.key}")


def _cut_history(shape: Shape) -> None:
    table = shape.history._meta.db_table if shape.history is not None else ""
    # The moment of the row itself: its own when it has an id of its own, else that of its entry.
    source = f'"{table}" r JOIN volume_id o ON o.old = r.pgh_obj_id'
    _create(stencil_of_history(shape), shape.columns_of_history, source, shape.moment_of_version, "r.pgh_id")


def _create(name: str, columns: Iterable[Column], source: str, at: str, order: str) -> None:
    _refuse_losses(name, columns, source)
    cut = "".join(f", {expression} AS {alias}" for column in columns for expression, alias in column.cut)
    run(
        f"""
        CREATE TEMP TABLE {name} ON COMMIT DROP AS
        SELECT o.person, (row_number() OVER (PARTITION BY o.person ORDER BY {order}))::int AS no,
               {at} AT TIME ZONE {ZONE} AS at{cut}
        FROM {source}
        """
    )
    run(f"ANALYZE {name}")


def _refuse_losses(name: str, columns: Iterable[Column], source: str) -> None:
    """What a stencil cannot hold is a mistake in the shapes; written on, it would be missing in every copy."""
    for column in columns:
        if not column.lost:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {source} WHERE {column.lost}")
            count = cursor.fetchone()[0]
        if count:
            raise RuntimeError(f"{name}.{column.name}: {count} rows point to what is not copied")
