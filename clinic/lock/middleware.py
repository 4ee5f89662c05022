"""May this login go on, and what happens to what was typed when it may not?

The server is what locks: a page that covers itself only does so earlier. Everything but unlocking, signing out and
what is open to the public is answered by the lock. Design and reasons: docs/adr/0018.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve

from clinic.kit.carried import seal, unseal
from clinic.kit.marks import View, is_marked, mark
from clinic.kit.requests import Handler
from clinic.kit.web import Caller
from clinic.lock import actions, queries
from clinic.lock.forms import UnlockForm
from clinic.lock.queries import Login
from clinic.lock.requests import LockRequest
from clinic.lock.rules import KEPT_FOR, READING, Asked, Standing, counts_as_activity

LOGIN, KEPT, PAGE_OF, UNSENT, ONLY_KEEP = "login", "kept", "page_of", "unsent", "only_keep"
FROM_KEPT = "from_kept"
FOUND, LOCKED_STATUS = 302, 423
CONFLICT = 409
DEVICE_COOKIE_AGE_S = 400 * 24 * 3600  # the longest that browsers keep one
LONGEST_KEPT = 400_000
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "pin", "again", PAGE_OF, KEPT, UNSENT, ONLY_KEEP, FROM_KEPT})
NOT_SHOWN = frozenset({"key", "row_version", "version"})


def begin_login(*, request: LockRequest, user: Any, **_: Any) -> None:
    """Connected to Django's signal, which every way of signing in sends."""
    now = getattr(request, "now", None) or datetime.now(UTC)
    request.session[LOGIN] = str(actions.begin_login(user=user, now=now).pk)


def opens_when_locked(view: View) -> View:
    """A view that works at the lock."""
    return mark(view, opens_when_locked=True)


def gives_back(view: View) -> View:
    """A view that shows what somebody had typed on another page."""
    return mark(view, gives_back=True)


def ends_login(view: View) -> View:
    """A view that any page may call, whoever it was drawn for: it only ends what is."""
    return mark(view, opens_when_locked=True, ends_login=True)


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
        if after and after != before:
            return newcomer(request, response, UUID(after))
        note_activity(request)
        if request.POST.get(FROM_KEPT) and response.status_code == FOUND:
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


def asks_by_itself(view: Callable[..., Any]) -> bool:
    """An address that pages call without anybody being there: a poll, or a part that follows the typing."""
    return is_marked(view, "is_background") or is_marked(view, "is_poll")


def notice(request: LockRequest, login: Login, *, is_background: bool) -> None:
    """Whether this request says that somebody is here. It is written down once the answer is there."""
    request.asked = Asked(request.method or "", is_background, is_partial(request))
    if counts_as_activity(request.asked, now=request.now):
        request.was_active_at = login.active_at
        request.login = login.active_again(request.now)


def standing_login(request: LockRequest) -> Login | None:
    """The login that this request comes from. One that ended, or that has no row, is nobody's."""
    if not request.user.is_authenticated:
        return None
    login = queries.login_of(
        request.session.get(LOGIN),
        user_id=request.user.pk,
        cookies=request.COOKIES,
        now=request.now,
    )
    if login is None or login.standing is Standing.ENDED:
        request.session.flush()
        request.user = AnonymousUser()
        return None
    return login


def note_activity(request: LockRequest) -> None:
    """Write down that somebody was here. Answers to what a page asks by itself set no cookie."""
    asked, login, now = request.asked, request.login, request.now
    if asked is None or login is None:
        return
    if asked.is_background:
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False
        tapped = Asked(asked.method, True, asked.is_partial, getattr(request, "tapped_at", None))  # noqa: FBT003  # a poll
        if counts_as_activity(tapped, now=now):
            actions.note_activity(login_id=login.id, was_active_at=login.active_at, now=now)
    elif (was_active_at := getattr(request, "was_active_at", None)) is not None:
        actions.note_activity(login_id=login.id, was_active_at=was_active_at, now=now)


# ---------------------------------------------------------------- who comes and goes
def at_the_door(request: LockRequest) -> HttpResponse | None:
    """Signing out is refused with a choice while the device holds entries that nobody has received."""
    match = request.resolver_match
    if match is None or match.view_name != "account_logout" or request.method != "POST":
        return None
    unsent = request.POST.get(UNSENT, "")
    if request.login is None or not unsent.isdecimal() or int(unsent[:6]) == 0:
        return None
    return render(request, "clinic/lock/unsent.html", {"count": int(unsent[:6])}, status=CONFLICT)


def forget(request: LockRequest, response: HttpResponse) -> None:
    """The browser keeps nothing of who was here; but its store stays when it may hold entries not sent yet."""
    kept = request.POST.get(UNSENT, "0") != "0"
    response["Clear-Site-Data"] = '"cache"' if kept else '"cache", "storage"'


def newcomer(request: LockRequest, response: HttpResponse, login_id: UUID) -> HttpResponse:
    """Somebody has just signed in: the device is known from now on, and typing that waited for them comes back.

    It does so on a page of its own, so that a second factor that is still missing is asked for first.
    """
    keep_for_sign_in(request, request.POST.get(KEPT, ""))
    if waiting(request) is not None:
        response = redirect("clinic:kept")
    token = actions.know_device(
        login_id=login_id,
        cookies=request.COOKIES,
        by=request.user,  # type: ignore[arg-type]
        now=request.now,
    )
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


# ---------------------------------------------------------------- answers
def is_partial(request: LockRequest) -> bool:
    """Whether a script asks, by what browsers themselves say of a request."""
    return "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def wants_page(request: LockRequest) -> bool:
    said = request.headers.get("Accept", "")
    return not is_partial(request) and not said.startswith("application/json") and "json" not in request.content_type  # type: ignore[operator]


def locked(request: LockRequest, login: Login, *, is_background: bool = False) -> HttpResponse:
    """Nothing of any patient: who may open it, and how. What a page asks by itself gets a sentence and no cookie."""
    if wants_page(request) and not is_background:
        return locked_page(request, login, form=UnlockForm(), kept=keep(request), status=LOCKED_STATUS)
    sentence = "This screen is locked. Unlock it, then try again."
    return JsonResponse({"is_locked": True, "sentence": sentence}, status=LOCKED_STATUS)


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
    return render(request, "clinic/lock/sign_in_again.html", {"kept": kept}, status=403)


def of_somebody_else(request: LockRequest, owner: UUID | None) -> HttpResponse:
    """A form that was drawn for one person and sent while another is signed in is nobody's."""
    if not wants_page(request):
        sentence = "Somebody else is signed in on this device now. Nothing was saved; reload the page."
        return JsonResponse({"sentence": sentence}, status=CONFLICT)
    context = {"kept": keep(request), "owner": queries.name_of(owner), "who": str(request.user)}
    return render(request, "clinic/lock/somebody_else.html", context, status=CONFLICT)


# ---------------------------------------------------------------- typing that waits
def mark_page(user_id: UUID) -> str:
    """Stands hidden in each form: for whom it was drawn."""
    return TimestampSigner(salt=PAGE_OF).sign(str(user_id))


def page_owner(request: LockRequest) -> UUID | None:
    """For whom the form that was sent had been drawn; None when it does not say, or says it wrongly."""
    if request.method in READING or request.content_type not in FORM_TYPES:
        return None
    try:
        return UUID(TimestampSigner(salt=PAGE_OF).unsign(request.POST.get(PAGE_OF, ""), max_age=2 * KEPT_FOR))
    except (BadSignature, ValueError):
        return None


def keep(request: LockRequest) -> str:
    """Where somebody was and what they had typed, sealed for that person. Nothing when nobody can be told."""
    login = getattr(request, "login", None)
    owner = page_owner(request) or (login.user_id if login else None)
    if owner is None:
        return ""
    fields = [
        (name, value)
        for name, values in (request.POST.lists() if request.method == "POST" else ())
        for value in values
        if name not in NOT_KEPT and "password" not in name
    ]
    told = {"by": str(owner), "path": request.get_full_path(), "method": request.method, "fields": fields}
    return seal(told, purpose=KEPT, now=request.now)


def keep_for_sign_in(request: LockRequest, kept: str) -> None:
    """Carry sealed typing through signing in, which may take several pages; only what we sealed ourselves."""
    if kept and len(kept) <= LONGEST_KEPT and _opened(request, kept) is not None:
        request.session[KEPT] = kept


def is_kept_for(request: LockRequest, kept: str) -> bool:
    """Whether this was typed by the person who is signed in now."""
    told = _opened(request, kept) if kept else None
    return told is not None and told["by"] == str(request.user.pk)


def give_back(request: LockRequest, kept: str) -> HttpResponse | None:
    """Back to where the same person was; what was typed is shown on a page of its own. None for anybody else."""
    told = _opened(request, kept) if is_kept_for(request, kept) else None
    if told is None:
        return None
    if told["method"] in READING:
        return redirect(told["path"])
    request.session[KEPT] = kept
    return redirect("clinic:kept")


def waiting(request: LockRequest) -> dict[str, Any] | None:
    """What this person had typed and not saved, for its page: path, fields, and what of them can be shown."""
    kept = request.session.get(KEPT, "")
    told = _opened(request, kept) if is_kept_for(request, kept) else None
    if told is None or told["method"] in READING:
        return None
    shown = [(name.replace("_", " ").capitalize(), value) for name, value in told["fields"] if _is_shown(name, value)]
    return {"path": told["path"], "fields": told["fields"], "shown": shown}


def about(request: LockRequest) -> dict[str, Any]:
    """Whom it is about, as its address says: the page shows their banner, and the trail is told."""
    told = waiting(request)
    try:
        return resolve(told["path"].partition("?")[0]).kwargs if told else {}
    except Resolver404:
        return {}


def _is_shown(name: str, value: str) -> bool:
    return bool(value.strip()) and name not in NOT_SHOWN


def _opened(request: LockRequest, kept: str) -> dict[str, Any] | None:
    return unseal(kept, purpose=KEPT, now=request.now, valid_for=KEPT_FOR)
