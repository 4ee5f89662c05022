"""What does a person see when something is refused or broken? Plain pages without any patient data."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from clinic.kit.web import unavailable
from clinic.lock.middleware import stale_page
from clinic.lock.requests import LockRequest


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when it is only that too much was sent."""
    if isinstance(exception, RequestDataTooBig):
        sentence = (
            "That was more than Stepwell takes at once. Go back, shorten it and send it again. Nothing was saved."
        )
        return render(request, "errors/400.html", {"sentence": sentence, "code": 413}, status=413)
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", {"message": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 when it is only that the database cannot be reached now. Needs neither session nor database."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable()
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def csrf_failed(request: LockRequest, reason: str = "") -> HttpResponse:
    """A form that says for whom it was drawn gives the typing back; nothing is done with any other."""
    return stale_page(request) or render(request, "errors/csrf.html", status=403)
