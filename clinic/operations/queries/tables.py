"""What does the database hold, byte for byte? A digest of every table, for a backup and for its return."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg2 import sql

# The text of a value depends on these; both sides must write alike.
SPELLING: Final = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1;"
    "SET bytea_output = 'hex'; SET client_encoding = 'UTF8'; SET search_path = ''"
)
TABLES: Final = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2
"""
# By the primary key, as bytes: a server that sorts text in another language must come to the same digest.
KEY: Final = """
    SELECT a.attname, a.attcollation <> 0 FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary AND i.indrelid = format('%%I.%%I', %s::text, %s::text)::regclass
    ORDER BY array_position(i.indkey::int2[], a.attnum)
"""
SEQUENCES: Final = """
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
# Everything that refuses or computes: a restored table without its triggers would be another one.
STRUCTURE: Final = """
    WITH ours AS (SELECT oid, nspname FROM pg_namespace
        WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\\_%')
    SELECT concat_ws(' ', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        a.attgenerated, a.attidentity)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN ours ON ours.oid = c.relnamespace
    WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT concat_ws(' ', 'trigger', c.relname, t.tgname, t.tgenabled, t.tgtype)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN ours ON ours.oid = c.relnamespace
    WHERE NOT t.tgisinternal
    UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, contype, convalidated)
    FROM pg_constraint JOIN ours ON ours.oid = connamespace WHERE contype <> 'n'
    UNION ALL SELECT concat_ws(' ', 'index', i.indrelid::regclass, c.relname, i.indisunique, i.indisvalid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN ours ON ours.oid = c.relnamespace
    UNION ALL SELECT concat_ws(' ', 'function', p.proname, pg_get_function_identity_arguments(p.oid), md5(p.prosrc))
    FROM pg_proc p JOIN ours ON ours.oid = p.pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


@dataclass(frozen=True)
class TableDigest:
    """All rows of one table in the order of its key."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """Everything that must be the same again: rows, numbers given out, and what guards them."""

    tables: dict[str, TableDigest]
    sequences: dict[str, int]
    structure: str

    def differences(self, restored: "Contents") -> list[str]:
        """What is not the same in a restored database, in words; a sequence may stand further on, never behind."""
        names = sorted(self.tables.keys() | restored.tables.keys())
        found = [f"table {name}" for name in names if self.tables.get(name) != restored.tables.get(name)]
        found += [
            f"sequence {name}" for name, value in self.sequences.items() if restored.sequences.get(name, -1) < value
        ]
        return found if self.structure == restored.structure else [*found, "the tables' guards"]


def contents(cursor: Any, on_table: Callable[[str], None] = lambda _name: None) -> Contents:
    """Read within the transaction of the cursor, so that a dump of the same snapshot holds exactly this."""
    cursor.execute(SPELLING)
    cursor.execute(TABLES)
    tables = {}
    for schema, name in cursor.fetchall():
        tables[f"{schema}.{name}"] = _digest(cursor, schema, name)
        on_table(name)
    return Contents(tables=tables, sequences=_sequences(cursor), structure=_structure(cursor))


def _digest(cursor: Any, schema: str, name: str) -> TableDigest:
    cursor.execute(KEY, [schema, name])
    key = [
        sql.SQL('{} COLLATE pg_catalog."C"' if is_text else "{}").format(sql.Identifier(column))
        for column, is_text in cursor.fetchall()
    ]
    order = sql.SQL(", ").join(key) if key else sql.SQL('t::text COLLATE pg_catalog."C"')
    statement = sql.SQL("COPY (SELECT * FROM {} t ORDER BY {}) TO STDOUT").format(sql.Identifier(schema, name), order)
    hashed = _Hash()
    cursor.copy_expert(statement, hashed)
    return TableDigest(rows=cursor.rowcount, sha256=hashed.seen.hexdigest())


def _sequences(cursor: Any) -> dict[str, int]:
    cursor.execute(SEQUENCES)
    found = {}
    for (name,) in cursor.fetchall():
        cursor.execute(f"SELECT last_value * 2 + is_called::int FROM {name}")  # noqa: S608 - quoted by the server
        found[name] = cursor.fetchone()[0]
    return found


def _structure(cursor: Any) -> str:
    cursor.execute(STRUCTURE)
    return hashlib.sha256("\n".join(sorted(row[0] for row in cursor.fetchall())).encode()).hexdigest()


@dataclass
class _Hash:
    """Takes what PostgreSQL copies out and keeps its digest only."""

    seen: Any = field(default_factory=hashlib.sha256)

    def write(self, raw: bytes) -> int:
        self.seen.update(raw)
        return len(raw)
