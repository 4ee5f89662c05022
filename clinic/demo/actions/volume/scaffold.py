"""How are a hundred million rows written in minutes? Without indexes, keys and triggers, which are put up again after.

All of it is one transaction: killed at any moment, it leaves the tables as they were. What PostgreSQL checks for every
row while a clinic works it checks here for all rows at once, when the constraint is put up. Triggers alone do not look
back: that history and locks are as they would be is for the tests to prove.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection

from clinic.demo.actions.volume.shapes import SHAPES
from clinic.demo.actions.volume.statements import run

# What points to one of the tables stands here too, so that all of them can be emptied together.
ABOVE_THE_FLOOR: Final = ("patients", "treatment_sessions")
# Foreign keys go first and come last: they rest on the unique ones.
CONSTRAINTS: Final = """
SELECT conrelid::regclass::text, conname, contype = 'f', pg_get_constraintdef(oid), convalidated
FROM pg_constraint
WHERE contype IN ('p', 'u', 'x', 'f')
  AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
ORDER BY contype = 'f' DESC, 1, 2
"""
# An index of a few rows among many costs nothing and stays.
INDEXES: Final = """
SELECT indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(%(tables)s::regclass[]) AND indpred IS NULL
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
ORDER BY 1, 2
"""
TRIGGERS: Final = """
SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger
WHERE tgrelid = ANY(%(tables)s::regclass[]) AND NOT tgisinternal ORDER BY 1, 2
"""


class NotPutUpAgain(RuntimeError):
    """Something differs from how it was; the transaction that finds this must fail."""


@dataclass(frozen=True)
class Facts:
    """What holds for the tables: constraints, further indexes, triggers."""

    constraints: Sequence[tuple[str, str, bool, str, bool]]
    indexes: Sequence[tuple[str, str, str]]
    triggers: Sequence[tuple[str, str, str]]

    @property
    def every(self) -> Sequence[tuple[object, ...]]:
        return (*self.constraints, *self.indexes, *self.triggers)


def tables() -> list[str]:
    """Every table that is filled."""
    with_history = ((shape.model, shape.history) for shape in SHAPES)
    return [one._meta.db_table for pair in with_history for one in pair if one is not None]


def begin_on_clean_files() -> None:
    """Give every empty table a new file: a server without replicas need not log what goes into one of those first."""
    around = (model._meta.db_table for label in ABOVE_THE_FLOOR for model in apps.get_app_config(label).get_models())
    empty = [
        f'"{table}"'
        for table in sorted({*tables(), *around})
        if not _rows(f'SELECT EXISTS (SELECT FROM "{table}")')[0][0]
    ]
    run(f"TRUNCATE {', '.join(empty)}")


def take_down() -> Facts:
    """Leave the tables bare, and say what was there."""
    # What is checked at the end of a transaction is checked now: a table with checks waiting cannot be altered.
    run("SET CONSTRAINTS ALL IMMEDIATE")
    facts = _facts()
    for table in tables():
        run(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    for table, name, _, _, _ in facts.constraints:
        run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for _, name, _ in facts.indexes:
        run(f"DROP INDEX {name}")
    return facts


def put_up(facts: Facts, *, on_part: Callable[[str], None]) -> None:
    """Everything as it was, checked against every row."""
    for table, statement in steps(facts):
        run(statement)
        on_part(table)
    now = _facts()
    different = {*now.every} ^ {*facts.every}
    if different:
        raise NotPutUpAgain(f"the tables are not as they were: {sorted(different, key=str)}")


def steps(facts: Facts) -> Iterator[tuple[str, str]]:
    """Keys and unique ones table by table with its other indexes, then foreign keys, then triggers."""
    add = "ALTER TABLE {} ADD CONSTRAINT {} {}"
    own = [
        (table, add.format(table, f'"{name}"', text))
        for table, name, foreign, text, _ in facts.constraints
        if not foreign
    ]
    further = [(table, text) for table, _, text in facts.indexes]
    yield from sorted([*own, *further], key=lambda one: one[0])
    for table, name, foreign, text, _ in facts.constraints:
        if foreign:
            yield table, add.format(table, f'"{name}"', text)
    for table in tables():
        yield table, f'ALTER TABLE "{table}" ENABLE TRIGGER USER'


def _facts() -> Facts:
    return Facts(_of_tables(CONSTRAINTS), _of_tables(INDEXES), _of_tables(TRIGGERS))


def _of_tables(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, {"tables": [f'"{table}"' for table in tables()]})
        return list(cursor.fetchall())


def _rows(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())
