"""One's own account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.kit.web import requires


@requires()
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Who I am to the clinic, and how I prove it."""
    return render(request, "clinic/lock/account.html", {"person": request.user})
