"""One address that takes a form: who sends it, when, the body that is taken, and the row as it then stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from tests.architecture.bad_input.world import World
from tests.scenarios.cast import NOW

Body = Mapping[str, str]
KEY = "0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6d"


@dataclass(frozen=True)
class Case:
    """`stored` gives what the row says by the name of the field; what is in no row is named in `unstored`.

    `decided` are fields of which the action says whether a readable value may stand.
    """

    route: str
    form: str
    who: str
    ids: Callable[[World], Mapping[str, Any]]
    body: Callable[[World], Body]
    stored: Callable[[World, Body], Mapping[str, Any]]
    unstored: frozenset[str] = frozenset()
    decided: frozenset[str] = frozenset()
    now: Callable[[World], datetime] = field(default=lambda _: NOW)
    shown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.route}-{self.form}"


def attributes(row: Any, *names: str, **renamed: str) -> dict[str, Any]:
    """Fields of a row under the names of the form."""
    return {name: getattr(row, name) for name in names} | {name: getattr(row, of) for name, of in renamed.items()}


def local(moment: datetime) -> datetime:
    return timezone.localtime(moment, timezone.get_fixed_timezone(-240))  # Ashby Street in the summer half of the year
