"""How is the history of a table kept, and found again? Every change is a row, read by time and by who made it."""

from collections.abc import Callable
from typing import Any

import pghistory
from django.db.models import F, Index, Model, QuerySet
from django.db.models.fields.json import KeyTextTransform


def tracked(*trackers: pghistory.Tracker, **options: Any) -> Callable[[type[Model]], type[Model]]:
    """Keep the history of a model. What belongs to one person is found through the rows themselves (`pgh_obj`)."""

    def decorate(model: type[Model]) -> type[Model]:
        name = model.__name__.lower()
        indexes = [
            # the trail of changes: newest first
            Index(fields=["pgh_created_at", "pgh_id"], name=f"{name}_when"),
            # and one colleague's part of it
            Index(KeyTextTransform("user", "pgh_context"), F("pgh_created_at"), F("pgh_id"), name=f"{name}_by_whom"),
        ]
        decorated: type[Model] = pghistory.track(*trackers, meta={"indexes": indexes}, **options)(model)
        return decorated

    return decorate


def versions_of(model: type[Model]) -> QuerySet[Any, Any]:
    """The history of a tracked model: a row for each version of each of its rows."""
    versions: QuerySet[Any, Any] = model.pgh_event_model.objects.all()  # type: ignore[attr-defined]  # made by pghistory
    return versions


def tracked_by(versions: type[Model]) -> type[Model]:
    """The model whose history this table keeps."""
    tracked_model: type[Model] = versions.pgh_tracked_model  # type: ignore[attr-defined]  # set by pghistory
    return tracked_model
