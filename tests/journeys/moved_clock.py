"""The usual settings, and a clock that stands where the journey puts it and goes on from there.

A session and the day after it take longer than a test may. Only `request.now` is moved, which is all the time that the
application knows; what a person types, taps and sees is as ever.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.http import HttpResponse

from clinic.kit.requests import ClinicRequest, Handler
from clinic.settings import *  # noqa: F403 - settings are a module of names
from clinic.settings import MIDDLEWARE as USUAL

MOVED_BY = "JOURNEY_CLOCK_MOVED_BY"
MIDDLEWARE = [
    line
    for name in USUAL
    for line in ([name, f"{__name__}.move"] if name == "clinic.kit.clock.clock_middleware" else [name])
]


def move(get_response: Handler) -> Handler:
    """Comes after the real clock, whose moment it moves."""

    def middleware(request: ClinicRequest) -> HttpResponse:
        request.now += timedelta(seconds=float(Path(os.environ[MOVED_BY]).read_text()))
        return get_response(request)

    return middleware


class Clock:
    """The clock on the wall of one served clinic, read from a file by its workers."""

    def __init__(self, file: Path, start: datetime) -> None:
        self.file = file
        self.moved_by = start - datetime.now(UTC)
        self._show()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved_by

    def go_on(self, **by: float) -> None:
        """Let this much time go by at once."""
        self.moved_by += timedelta(**by)
        self._show()

    def _show(self) -> None:
        beside = self.file.with_suffix(".next")
        beside.write_text(str(self.moved_by.total_seconds()))
        beside.replace(self.file)
