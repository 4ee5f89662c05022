"""How is a probe answered while nothing else is? Before the host is checked, TLS asked for, or a session read."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

PROBES: Final = frozenset({"/healthz", "/readyz"})


def probe_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """First of all: a probe comes from inside, by number and without TLS, names nobody, and is no look at a record."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES:
            return resolve(request.path_info).func(request)
        return get_response(request)

    return middleware
