"""Who may pass? A locked screen and another person's page are answered here, before any view is called."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from clinic.kit.marks import View, is_marked, mark
from clinic.kit.requests import Handler
from clinic.kit.web import Caller
from clinic.lock import actions, queries
from clinic.lock.middleware.answers import is_partial, locked, of_somebody_else, sign_in_again
from clinic.lock.middleware.door import LOGIN, at_the_door, forget, newcomer
from clinic.lock.middleware.kept import FROM_KEPT, KEPT, ONLY_KEEP, about, give_back, keep, page_owner
from clinic.lock.queries import Login
from clinic.lock.requests import LockRequest
from clinic.lock.rules import Asked, Standing, counts_as_activity


def opens_when_locked(view: View) -> View:
    """A view that works at the lock."""
    return mark(view, opens_when_locked=True)


def gives_back(view: View) -> View:
    """A view that shows what somebody had typed on another page."""
    return mark(view, gives_back=True)


def ends_login(view: View) -> View:
    """A view that any page may call, whoever it was drawn for: it only ends what is."""
    return mark(view, opens_when_locked=True, ends_login=True)


def asks_by_itself(view: Callable[..., Any]) -> bool:
    """An address that pages call without anybody being there: a poll, or a part that follows the typing."""
    return is_marked(view, "is_background") or is_marked(view, "is_poll")


class LockMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: LockRequest) -> HttpResponse:
        request.login = standing_login(request)
        request.asked = None
        before = request.session.get(LOGIN)
        response = self.get_response(request)
        after = request.session.get(LOGIN)
        if before and after != before:
            actions.end_login(login_id=UUID(before), now=request.now)
            forget(request, response)
        if after and after != before and request.user.is_authenticated:
            return newcomer(request, response, UUID(after), who=request.user)
        note_activity(request)
        if request.POST.get(FROM_KEPT) and response.status_code == HTTPStatus.FOUND:
            request.session.pop(KEPT, None)
        return response

    def process_view(
        self, request: LockRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        access = getattr(view, "access", None)
        if access is not None and access.caller is not Caller.STAFF:
            return at_the_door(request)
        login = request.login
        if login is None:
            return sign_in_again(request)
        answer = answer_instead(request, view, login)
        if answer is None and is_marked(view, "gives_back"):
            request.about = about(request)
        if answer is None and not is_marked(view, "opens_when_locked"):
            notice(request, login, is_background=asks_by_itself(view))
        return answer


def answer_instead(request: LockRequest, view: Callable[..., Any], login: Login) -> HttpResponse | None:
    """What is answered in place of a view: by a locked screen, to somebody else's page, to typing only to be kept."""
    opens = is_marked(view, "opens_when_locked")
    if login.standing is Standing.LOCKED and not opens:
        return locked(request, login, is_background=asks_by_itself(view))
    if is_marked(view, "ends_login"):
        return None
    if (owner := page_owner(request)) not in {None, login.user_id}:
        return of_somebody_else(request, owner)
    if request.POST.get(ONLY_KEEP) and not opens:
        return give_back(request, keep(request))
    return None


def standing_login(request: LockRequest) -> Login | None:
    """The login that this request comes from. One that ended, or that has no row, is nobody's."""
    if not request.user.is_authenticated:
        return None
    login_id = request.session.get(LOGIN)
    login = queries.login_of(login_id, user_id=request.user.pk, cookies=request.COOKIES, now=request.now)
    if login is None or login.standing is Standing.ENDED:
        request.session.flush()
        request.user = AnonymousUser()
        return None
    return login


def notice(request: LockRequest, login: Login, *, is_background: bool) -> None:
    """Whether this request says that somebody is here. It is written down once the answer is there."""
    request.asked = Asked(request.method or "", is_background, is_partial(request))
    if counts_as_activity(request.asked, now=request.now):
        request.was_active_at = login.active_at
        request.login = login.active_again(request.now)


def note_activity(request: LockRequest) -> None:
    """Write down that somebody was here. Answers to what a page asks by itself set no cookie."""
    asked, login, now = request.asked, request.login, request.now
    if asked is None or login is None:
        return
    if asked.is_background:
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
        tapped = replace(asked, tapped_at=getattr(request, "tapped_at", None))
        if counts_as_activity(tapped, now=now):
            actions.note_activity(login_id=login.id, was_active_at=login.active_at, now=now)
    elif (was_active_at := getattr(request, "was_active_at", None)) is not None:
        actions.note_activity(login_id=login.id, was_active_at=was_active_at, now=now)
