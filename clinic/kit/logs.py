"""What of an error may stand in a log? Where it happened and of which kind, never what somebody had typed or stored.

The words of most exceptions quote a value: PostgreSQL prints the whole row that failed. Whoever reads a log is not
always somebody who may read a chart.
"""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import TypeAlias

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, OperationalError

OUTAGE = (OperationalError, InterfaceError)
Happened: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """An unreachable database is one line, however many ask for it; anything else is told with its way through code."""

    def formatException(self, ei: Happened) -> str:  # noqa: N802 - the library's name
        error = ei[1]
        if isinstance(error, OUTAGE):
            return said(error)
        return "\n".join(line for each in _chain(error) for line in _told(each))


def said(error: BaseException) -> str:
    """The kind of an error, with what is known to name no value: why a database is away, which constraint refused."""
    kind = type(error).__name__
    if isinstance(error, (*OUTAGE, ImproperlyConfigured)):
        return f"{kind}: {str(error).partition(chr(10))[0]}"
    if isinstance(error, DatabaseError):
        told = getattr(error.__cause__, "diag", None)
        words = [getattr(told, name, None) for name in ("sqlstate", "table_name", "column_name", "constraint_name")]
        return " ".join([f"{kind}:", *(word for word in words if word)])
    return kind


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The first cause first, as Python tells it."""
    if error is not None:
        yield from _chain(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
        yield error


def _told(error: BaseException) -> list[str]:
    return [*(line.rstrip() for line in traceback.format_tb(error.__traceback__)), said(error)]
