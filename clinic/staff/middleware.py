"""Which roles does the caller hold right now? Read afresh for every request, so that ending one works at once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from clinic.staff import queries


def roles_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            queries.with_roles(request.user)
        return get_response(request)

    return middleware
