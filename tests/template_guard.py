"""Does a template read the database? Then it names itself here, with what it asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.template.base import Template


class TemplateReadsTheDatabaseError(AssertionError):
    """The message holds the template's name and the SQL."""


@contextmanager
def no_queries_in_templates() -> Iterator[None]:
    """While a template renders, any query raises. Inner templates count with the outer one."""
    render = Template.render

    def guarded(self: Template, context: Any) -> str:
        def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, where: Any) -> Any:  # noqa: FBT001 - Django's signature
            raise TemplateReadsTheDatabaseError(f"{self.name or 'a template without a name'} asked: {sql[:300]}")

        with connection.execute_wrapper(refuse):
            return render(self, context)

    Template.render = guarded  # type: ignore[method-assign]  # put back below
    try:
        yield
    finally:
        Template.render = render  # type: ignore[method-assign]
