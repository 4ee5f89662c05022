"""What does a view say of itself, for middleware to read before it is called?"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])


def mark(view: View, **marks: object) -> View:
    """Put marks on a view. Decorators around it hand them on, as `functools.wraps` does."""
    vars(view).update(marks)
    return view


def is_marked(view: Callable[..., Any] | None, name: str) -> bool:
    return bool(getattr(view, name, False))
