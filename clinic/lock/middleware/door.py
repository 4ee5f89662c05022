"""What happens when somebody comes or goes? A login gets its row and its device; a browser forgets who was here."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render

from clinic.lock import actions, queries
from clinic.lock.middleware.kept import KEPT, UNSENT, keep_for_sign_in, waiting
from clinic.lock.requests import LockRequest
from clinic.staff.models import User

LOGIN = "login"
DEVICE_COOKIE_AGE_S = 400 * 24 * 3600  # the longest that browsers keep one


def begin_login(*, request: LockRequest, user: Any, **_: Any) -> None:
    """Connected to Django's signal, which every way of signing in sends."""
    now = getattr(request, "now", None) or datetime.now(UTC)
    request.session[LOGIN] = str(actions.begin_login(user=user, now=now).pk)


def at_the_door(request: LockRequest) -> HttpResponse | None:
    """Signing out is refused with a choice while the device holds entries that nobody has received."""
    match = request.resolver_match
    if match is None or match.view_name != "account_logout" or request.method != "POST":
        return None
    unsent = request.POST.get(UNSENT, "")
    if request.login is None or not unsent.isdecimal() or int(unsent[:6]) == 0:
        return None
    return render(request, "clinic/lock/unsent.html", {"count": int(unsent[:6])}, status=HTTPStatus.CONFLICT)


def forget(request: LockRequest, response: HttpResponse) -> None:
    """The browser keeps nothing of who was here; but its store stays when it may hold entries not sent yet."""
    kept = request.POST.get(UNSENT, "0") != "0"
    response["Clear-Site-Data"] = '"cache"' if kept else '"cache", "storage"'


def newcomer(request: LockRequest, response: HttpResponse, login_id: UUID, *, who: User) -> HttpResponse:
    """Somebody has just signed in: the device is known from now on, and typing that waited for them comes back.

    It does so on a page of its own, so that a second factor that is still missing is asked for first.
    """
    keep_for_sign_in(request, request.POST.get(KEPT, ""))
    if waiting(request) is not None:
        response = redirect("clinic:kept")
    token = actions.know_device(login_id=login_id, cookies=request.COOKIES, by=who, now=request.now)
    if token is not None:
        response.set_cookie(
            queries.device_cookie(),
            token,
            max_age=DEVICE_COOKIE_AGE_S,
            httponly=True,
            secure=settings.IS_TLS,
            samesite="Lax",
        )
    return response
