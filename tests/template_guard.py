"""Does a template read the database? Then it names itself here, with what it asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.template.base import Template


class TemplateReadsTheDatabaseError(AssertionError):
    """The message holds the template's name and the SQL."""


@contextmanager
def no_queries_in_templates() -> Iterator[None]:
    """While a template renders, any query raises. Inner templates count with the outer one."""
    render = Template.render

    def guarded(self: Template, context: Any) -> str:
        def refuse(_execute: Callable[..., Any], sql: str, *_rest: Any) -> Any:
            raise TemplateReadsTheDatabaseError(f"{self.name or 'a template without a name'} asked: {sql[:300]}")

        with connection.execute_wrapper(refuse):
            return render(self, context)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Template, "render", guarded)
        yield
