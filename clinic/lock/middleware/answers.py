"""What is answered in place of a page: by a locked screen, after the end of a login, to somebody else's form?"""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from clinic.lock import queries
from clinic.lock.forms import UnlockForm
from clinic.lock.middleware.kept import give_back, keep, page_owner
from clinic.lock.queries import Login
from clinic.lock.requests import LockRequest
from clinic.lock.rules import Standing


def is_partial(request: LockRequest) -> bool:
    """Whether a script asks, by what browsers themselves say of a request."""
    return "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def wants_page(request: LockRequest) -> bool:
    accepts, sends = request.headers.get("Accept", ""), request.content_type or ""
    return not is_partial(request) and not accepts.startswith("application/json") and "json" not in sends


def locked(request: LockRequest, login: Login, *, is_background: bool = False) -> HttpResponse:
    """Nothing of any patient: who may open it, and how. What a page asks by itself gets a sentence and no cookie."""
    if wants_page(request) and not is_background:
        return locked_page(request, login, form=UnlockForm(), kept=keep(request), status=HTTPStatus.LOCKED)
    sentence = "This screen is locked. Unlock it, then try again."
    return JsonResponse({"is_locked": True, "sentence": sentence}, status=HTTPStatus.LOCKED)


def locked_page(request: LockRequest, login: Login, *, form: UnlockForm, kept: str, status: int) -> HttpResponse:
    context = {"form": form, "kept": kept, "takes_pin": login.takes_pin, "who": str(request.user)}
    return render(request, "clinic/lock/locked.html", context, status=status)


def stale_page(request: LockRequest) -> HttpResponse | None:
    """The answer to a form whose token is too old, when the form proves for whom it was drawn."""
    owner, login = page_owner(request), getattr(request, "login", None)
    if owner is None:
        return None
    if login is None:
        return sign_in_again(request)
    if login.standing is Standing.LOCKED:
        return locked(request, login)
    return of_somebody_else(request, owner) if owner != login.user_id else give_back(request, keep(request))


def sign_in_again(request: LockRequest) -> HttpResponse | None:
    """The login ended while somebody typed: sign in, and the typing comes back."""
    kept = keep(request)
    if not kept or not wants_page(request):
        return None
    return render(request, "clinic/lock/sign_in_again.html", {"kept": kept}, status=HTTPStatus.FORBIDDEN)


def of_somebody_else(request: LockRequest, owner: UUID | None) -> HttpResponse:
    """A form that was drawn for one person and sent while another is signed in is nobody's."""
    if not wants_page(request):
        sentence = "Somebody else is signed in on this device now. Nothing was saved; reload the page."
        return JsonResponse({"sentence": sentence}, status=HTTPStatus.CONFLICT)
    context = {"kept": keep(request), "owner": queries.name_of(owner), "who": str(request.user)}
    return render(request, "clinic/lock/somebody_else.html", context, status=HTTPStatus.CONFLICT)
