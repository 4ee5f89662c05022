"""Who may open a view, and how does a view answer? The one decorator for access and two small helpers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from clinic.kit.marks import View, mark
from clinic.kit.requests import ClinicRequest

REFUSED: Final = 422  # a form that is shown again with what is wrong; nothing was saved


class Caller(StrEnum):
    """The four kinds of caller. Each URL serves exactly one."""

    STAFF = "staff"
    LINK = "link"
    DEVICE = "device"
    PUBLIC = "public"


@dataclass(frozen=True)
class Access:
    """What a view asks of its caller. `any_of` is empty for a view that any signed-in person may open."""

    caller: Caller
    any_of: tuple[str, ...] = ()
    reason: str = ""


def requires(*permissions: str) -> Callable[[View], View]:
    """Open a view to staff who hold at least one of the permissions; with none named, to any signed-in person.

    Refused with 403 and a sentence. Whether the record exists at all is the query's business (404).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: ClinicRequest, *args: object, **kwargs: object) -> HttpResponse:
            user = request.user
            if permissions and not (user.is_authenticated and any(user.may(each) for each in permissions)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("View", mark(guarded, access=Access(Caller.STAFF, tuple(permissions))))

    return decorate


def public(reason: str) -> Callable[[View], View]:
    """Open a view to everybody. The reason stands in the reviewed list of routes."""

    def decorate(view: View) -> View:
        return mark(login_not_required(view), access=Access(Caller.PUBLIC, reason=reason))

    return decorate


def background(view: View) -> View:
    """A view that pages call by themselves: it is no sign that somebody is there, and its answers set no cookie.

    A poll of what the page shows already is `looks.polled` besides or instead.
    """
    return mark(view, is_background=True)


def reads(request: ClinicRequest, patient_ids: Iterable[Any]) -> None:
    """Say whose records this answer shows; the access log writes it down."""
    request.access_note.patient_ids.update(patient_ids)


def answer(
    request: ClinicRequest, page: str, fragment: str, context: dict[str, Any], *, refused: bool = False
) -> HttpResponse:
    """The whole page, or only its fragment for an htmx request; `REFUSED` when what was sent is refused."""
    is_htmx = bool(getattr(request, "htmx", False))
    return render(request, fragment if is_htmx else page, context, status=REFUSED if refused else 200)


def done(request: ClinicRequest, sentence: str, *, undo: str = "", seen: int = 0) -> None:
    """Say on the next page what was just done; `undo` is the address that takes it back when it is posted to.

    `seen` is the version that this act made: the address refuses to take back what somebody did after it.
    """
    messages.success(request, sentence, extra_tags=f"{undo} {seen}" if undo else "")


def unavailable() -> HttpResponse:
    """503: nothing was done, and it can be tried again. Needs neither session nor database."""
    response = HttpResponse(render_to_string("errors/503.html"), status=503)
    response["Retry-After"] = "5"
    response["Cache-Control"] = "no-store"
    return response
