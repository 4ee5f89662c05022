"""What do the same inserts cost without the application? Key, reading and access row, in one commit of PostgreSQL."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

import psycopg2
from psycopg2 import extras, sql

from bench.targets import new_key
from bench.world import World

ENTRY: Final = "treatment_sessions_sessionentry"
VITALS: Final = "treatment_sessions_vitalsigns"
ACCESS: Final = "clinic_accessevent"
CONTEXT: Final = (
    "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"
)
LATEST: Final = {
    ENTRY: sql.SQL("SELECT * FROM {table} WHERE id = %s"),
    VITALS: sql.SQL("SELECT * FROM {table} WHERE entry_id = %s"),
    ACCESS: sql.SQL("SELECT * FROM {table} WHERE route = 'sessions:entries' ORDER BY occurred_at DESC LIMIT 1"),
}


class Straight:
    """One connection as the application role, with the rows of a saved reading to repeat under new keys."""

    def __init__(self, connection: Any, world: World) -> None:
        self.connection, self.world = connection, world
        with connection, connection.cursor(cursor_factory=extras.RealDictCursor) as cursor:
            cursor.execute(
                f"SELECT id FROM {ENTRY} WHERE device = 'tablet 1' AND seq = 5000 ORDER BY id DESC LIMIT 1"  # noqa: S608 - a constant
            )
            entry = cursor.fetchone()["id"]
            self.rows: dict[str, dict[str, Any]] = {}
            for table, query in LATEST.items():
                cursor.execute(query.format(table=sql.Identifier(table)), [entry] if table != ACCESS else None)
                self.rows[table] = dict(cursor.fetchone())
        self.inserts = {table: _insert(table, row).as_string(connection) for table, row in self.rows.items()}

    def once(self) -> int:
        """The three inserts and their commit, in microseconds."""
        key, access = str(new_key(self.world)), str(new_key(self.world))
        new = {ENTRY: {"id": key}, VITALS: {"entry_id": key}, ACCESS: {"id": access}}
        began = time.perf_counter_ns()
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(CONTEXT, [str(uuid4()), json.dumps({"user": "", "request": access})])
            for table, row in self.rows.items():
                cursor.execute(self.inserts[table], {**row, **new[table]})
        return (time.perf_counter_ns() - began) // 1000


@contextlib.contextmanager
def straight(world: World) -> Iterator[Straight]:
    """After at least one reading was saved through the application."""
    extras.register_uuid()
    connection = psycopg2.connect(world.prepared["app_url"])
    with contextlib.closing(connection):
        yield Straight(connection, world)


def _insert(table: str, row: dict[str, Any]) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    values = sql.SQL(", ").join(map(sql.Placeholder, row))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), columns, values)
