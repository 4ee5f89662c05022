"""Which roles does the caller hold right now, and in which time zone do they work?

The roles are read afresh for every request, so that ending one works at once.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.staff import queries


def roles_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Read the roles of the signed-in person; show and read times in the zone of their site."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        queries.with_roles(request.user)
        with timezone.override(ZoneInfo(request.user.home_site.time_zone)):
            return get_response(request)

    return middleware
