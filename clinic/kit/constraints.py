"""Which statements must the database itself keep true? Short, named builders for check constraints."""

from datetime import UTC, datetime

from django.db.models import CheckConstraint, F, Q

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def both_or_neither(first: str, second: str, *, name: str) -> CheckConstraint:
    """A moment and a person (or any other pair) are set together or not at all."""
    together = Q(**{f"{first}__isnull": True, f"{second}__isnull": True})
    together |= Q(**{f"{first}__isnull": False, f"{second}__isnull": False})
    return CheckConstraint(condition=together, name=name)


def between(field: str, low: object, high: object, *, name: str) -> CheckConstraint:
    """`low <= field <= high`; an empty field passes, as SQL has it."""
    return CheckConstraint(condition=Q(**{f"{field}__gte": low, f"{field}__lte": high}), name=name)


def after(later: str, earlier: str, *, name: str) -> CheckConstraint:
    """One moment does not come before another; empty moments pass."""
    return CheckConstraint(condition=Q(**{f"{later}__gte": F(earlier)}), name=name)


def in_our_time(*fields: str, name: str) -> CheckConstraint:
    """Moments lie between 2000 and 2100, so that no accepted value can break a page that lists it."""
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": EARLIEST, f"{field}__lt": LATEST})
    return CheckConstraint(condition=condition, name=name)


def one_of(field: str, values: list[str], *, name: str) -> CheckConstraint:
    """A stored code is one the program knows."""
    return CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def not_blank(field: str, *, name: str) -> CheckConstraint:
    """A text that must say something."""
    return CheckConstraint(condition=~Q(**{field: ""}), name=name)
