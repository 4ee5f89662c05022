"""From where does a request come? Behind proxies of the clinic's own, the address that the outermost of them saw."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def client_address(connected: str, forwarded: str, proxies: int) -> str:
    """The address that our outermost proxy saw.

    `connected` is who opened the connection, `forwarded` the X-Forwarded-For header, to which each proxy adds whom it
    saw on the right; `proxies` is how many of them are ours. What stands further left was written by the client and is
    not believed. Without a readable address there, the connection's own.
    """
    seen = [part.strip() for part in forwarded.split(",")] if forwarded else []
    if proxies < 1 or len(seen) < proxies:
        return connected
    try:
        return str(ip_address(seen[-proxies]))
    except ValueError:
        return connected


def client_address_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The trail and the limits on guessing read the client's address from REMOTE_ADDR."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.PROXIES
        )
        return get_response(request)

    return middleware
