"""Was this form sent before? Its hidden key is the key of the row it makes."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404

Row = TypeVar("Row", bound=Model)


def sent_before(rows: QuerySet[Row], key: UUID | None) -> Row | None:
    """The row among `rows` that an earlier sending of the same form made, or None when there was none.

    A key that belongs to a row outside `rows` is somebody else's: 404, as for any other id that is not theirs.
    """
    if key is None:
        return None
    found = rows.filter(pk=key).first()
    if found is None and rows.model._default_manager.filter(pk=key).exists():
        raise Http404
    return found
