"""What did somebody else change in a record since a form on it was opened?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils import timezone

from clinic.kit import written
from clinic.kit.history import versions_of
from clinic.staff.models import User


@dataclass(frozen=True)
class Change:
    """One value that somebody else changed while a form was open."""

    label: str
    was: str
    saved: str
    typed: str
    is_conflict: bool


@dataclass(frozen=True)
class Comparison:
    """What to show to the second of two people who changed one record, and the form with it."""

    why: str
    changes: tuple[Change, ...]
    merged: dict[str, Any]


def said_plainly(_name: str, value: Any) -> str:
    """A value as it is written everywhere, whichever field it is of."""
    if value is None:
        return ""
    if isinstance(value, date):
        return written.day(value)
    return written.number(value) if isinstance(value, Decimal) else str(value)


def compare(
    record: Model,
    *,
    seen_version: int,
    typed: Mapping[str, Any],
    labels: Mapping[str, str],
    why: str = "",
    said: Callable[[str, Any], str] = said_plainly,
) -> Comparison:
    """What changed since a form was opened; what was not touched in the form is taken over into it.

    The record counts its versions in `row_version`. `why` is the refusal, where it names who was first; `said` puts a
    value into the words of the form.
    """
    saved: Any = type(record)._default_manager.get(pk=record.pk)
    events = versions_of(type(record)).filter(pgh_obj=record.pk)
    seen = events.filter(row_version=seen_version).order_by("pgh_id").first() or saved
    merged, changes = dict(typed), []
    for name, label in labels.items():
        was, now, here = getattr(seen, name), getattr(saved, name), typed.get(name)
        if was == now:
            continue
        is_conflict = here not in {was, now}
        if not is_conflict:
            merged[name] = now
        changes.append(Change(label, said(name, was), said(name, now), said(name, here), is_conflict))
    if not why:
        who = _who_and_when(events.order_by("pgh_id").last())
        why = f"{who} What you typed is still here: compare, then save again."
    return Comparison(why=why, changes=tuple(changes), merged={**merged, "row_version": saved.row_version})


def _who_and_when(event: Any) -> str:
    if event is None:
        return "Somebody else changed this after you opened it."
    user_id = (event.pgh_context or {}).get("user")
    user = User.objects.filter(pk=user_id).first() if user_id else None
    clock = written.clock(timezone.localtime(event.pgh_created_at))
    return f"{user or 'Somebody else'} changed this at {clock}, after you opened it."
