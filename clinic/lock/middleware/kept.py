"""Where does typing wait that a lock or the end of a login came between, and who gets it back? Only its author."""

from typing import Any
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from clinic.audit.rules import READING
from clinic.kit.carried import seal, unseal
from clinic.kit.wire import FORMS
from clinic.lock.requests import LockRequest
from clinic.lock.rules import KEPT_FOR

KEPT, PAGE_OF, UNSENT, ONLY_KEEP, FROM_KEPT = "kept", "page_of", "unsent", "only_keep", "from_kept"
LONGEST_KEPT = 400_000
NOT_KEPT = frozenset({"csrfmiddlewaretoken", "pin", "again", PAGE_OF, KEPT, UNSENT, ONLY_KEEP, FROM_KEPT})
NOT_SHOWN = frozenset({"key", "row_version", "version"})


def mark_page(user_id: UUID) -> str:
    """Stands hidden in each form: for whom it was drawn."""
    return TimestampSigner(salt=PAGE_OF).sign(str(user_id))


def page_owner(request: LockRequest) -> UUID | None:
    """For whom the form that was sent had been drawn; None when it does not say, or says it wrongly."""
    if request.method in READING or request.content_type not in FORMS:
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
