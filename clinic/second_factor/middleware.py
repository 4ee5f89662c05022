"""Which pages may somebody open who has only typed a password, where the clinic asks for more?

None but those that set a second factor up, the lock of the screen, and what is open to everybody (as signing out is).
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinic.audit.rules import READING
from clinic.kit.web import Access, Caller
from clinic.second_factor import queries

SETTING_UP = frozenset(
    {
        "clinic:second-factor",
        "clinic:second-factor-app",
        "clinic:second-factor-passkey-add",
        "clinic:second-factor-codes",
    }
)
# Locking a screen and opening its lock show nothing of the clinic, and end or begin no login.
AT_THE_SCREEN = frozenset(f"clinic:{name}" for name in ("screen", "stay", "lock", "unlock", "switch"))
SENTENCE = "The clinic asks for a second factor. Set yours up, then come back. Nothing was saved."


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Before the view, and before anything is read for it."""
        if not request.user.is_authenticated or not request.user.home_site.requires_second_factor:
            return None
        access: Access | None = getattr(view, "access", None)
        is_for_staff = access is None or access.caller is Caller.STAFF
        if not is_for_staff or _name(request) in SETTING_UP | AT_THE_SCREEN or queries.is_proved(request):
            return None
        if request.method in READING and not request.headers.get("HX-Request"):
            return redirect("clinic:second-factor")
        return render(request, "errors/403.html", {"sentence": SENTENCE}, status=HTTPStatus.FORBIDDEN)


def _name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
