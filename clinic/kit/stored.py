"""How are new rows that belong together stored? Rows of several tables in one round trip, by SQL that is built once.

For what is written with every tap; elsewhere Django's own `bulk_create` does the same one table at a time.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def store(rows: Iterable[Model]) -> None:
    """Insert new rows; the table of the first of them is written first. All or none, also outside a transaction.

    Their keys are made by the application, and nothing is read back from the database.
    """
    by_table: dict[type[Model], list[Model]] = defaultdict(list)
    for row in rows:
        by_table[type(row)].append(row)
    statements: list[str] = []
    parameters: list[Any] = []
    for model, some in by_table.items():
        beginning, one_row, fields = _insert(model)
        statements.append(beginning + ", ".join([one_row] * len(some)))
        parameters += [
            field.get_db_prep_save(field.pre_save(row, add=True), connection) for row in some for field in fields
        ]
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), parameters)


@cache
def _insert(model: type[Model]) -> tuple[str, str, "tuple[Field[Any, Any], ...]"]:
    fields = tuple(model._meta.local_concrete_fields)
    if model._meta.parents or any(hasattr(field, "get_placeholder") for field in fields):
        message = f"a row of {model.__name__} takes more than its plain values: use bulk_create"
        raise TypeError(message)
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in fields)
    beginning = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 - names of the models alone
    return beginning, f"({', '.join(['%s'] * len(fields))})", fields
