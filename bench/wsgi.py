"""The application with a stopwatch around it: each answer says how long the server took, from call to answer."""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from bench.headers import SERVER_US

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django answers `start_response` when the body is ready, which is when the watch is read."""
    began = time.perf_counter_ns()

    def timed(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        taken_us = (time.perf_counter_ns() - began) // 1000
        return start_response(status, [*headers, (SERVER_US, str(taken_us))], *rest)

    return django(environ, timed)
