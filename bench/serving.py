"""What does the bench add to the application it measures? A count of queries when asked, a moved clock, two routes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from bench.headers import COUNT, QUERIES
from clinic.kit.requests import ClinicRequest, Handler
from clinic.kit.web import requires


def counting(get_response: Handler) -> Handler:
    """Count the statements of a request that asks for it; the others are measured without a counter in the way."""

    def middleware(request: ClinicRequest) -> HttpResponse:
        if COUNT not in request.headers:
            return get_response(request)
        seen: list[str] = []

        def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
            seen.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            response = get_response(request)
        response[QUERIES] = str(len(seen))
        return response

    return middleware


def moved(get_response: Handler) -> Handler:
    """Comes after the real clock, whose moment it moves."""
    by = timedelta(seconds=settings.CLOCK_MOVED_BY_SECONDS)

    def middleware(request: ClinicRequest) -> HttpResponse:
        request.now += by
        return get_response(request)

    return middleware


@requires()
@require_GET
def empty(request: ClinicRequest) -> HttpResponse:
    """The base template with nothing in it, through the whole middleware, with one row in the access log."""
    return render(request, "bench/empty.html")


@requires()
@require_POST
def smallest(_request: ClinicRequest) -> HttpResponse:
    """The least that a signed-in POST can be: CSRF, the access log's one insert, one commit."""
    return HttpResponse(status=204)
