"""Today's page, a different one for each role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.kit.web import requires


@requires()
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What needs this person first."""
    return render(request, "clinic/home/home.html", {})
