"""One's own account, and the lock of the screen."""

from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.kit.refusals import Refusal
from clinic.kit.web import REFUSED, background, requires
from clinic.lock import actions, queries
from clinic.lock.forms import PinForm, UnlockForm
from clinic.lock.middleware import (
    KEPT,
    ends_login,
    give_back,
    gives_back,
    keep_for_sign_in,
    locked_page,
    opens_when_locked,
    waiting,
    wants_page,
)
from clinic.lock.requests import LoginRequest
from clinic.staff import actions as staff_actions


@requires()
@require_GET
def account(request: LoginRequest) -> HttpResponse:
    """Who I am to the clinic, and how I prove it."""
    found = queries.account(request.user.pk, cookies=request.COOKIES)
    return render(request, "clinic/lock/account.html", {"person": request.user, "account": found})


@requires()
@require_http_methods(["GET", "POST"])
def pin(request: LoginRequest) -> HttpResponse:
    """Set or change the PIN, with the password."""
    form = PinForm(request.POST or None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            staff_actions.prove(user=request.user, password=typed["password"])
            actions.set_pin(user=request.user, pin=typed["pin"], again=typed["again"], now=request.now)
        except Refusal as refusal:
            form.refuse(refusal, "password" if isinstance(refusal, staff_actions.ProofRefused) else "pin")
        else:
            messages.success(request, "Your PIN is set. It unlocks this screen, and nothing else.")
            return redirect("clinic:account")
    return render(request, "clinic/lock/pin.html", {"form": form}, status=REFUSED if form.is_bound else 200)


@requires()
@require_POST
def device_forget(request: LoginRequest, device_id: UUID) -> HttpResponse:
    """No PIN unlocks on this device any more."""
    device = queries.own_device(request.user.pk, device_id)
    if device is None:
        raise Http404
    actions.revoke_device(device=device, by=request.user, now=request.now)
    messages.success(request, "The device is forgotten. A PIN unlocks there again once somebody signs in by password.")
    return redirect("clinic:account")


@background
@requires()
@require_GET
def screen(request: LoginRequest) -> HttpResponse:
    """How long until this screen locks, for a page that wonders; a locked one is answered by the lock itself."""
    return JsonResponse({"seconds_left": request.login.seconds_left, "who": str(request.user.pk)})


@requires()
@require_POST
def stay(request: LoginRequest) -> HttpResponse:
    """Somebody is here and says so."""
    return JsonResponse({"seconds_left": request.login.seconds_left})


@requires()
@require_POST
def lock(request: LoginRequest) -> HttpResponse:
    """Lock now. Without a script the page that was open answers with the lock."""
    actions.lock_screen(login_id=request.login.id, now=request.now)
    if not wants_page(request):
        return HttpResponse(status=204)
    came_from = urlsplit(request.headers.get("Referer", ""))
    return redirect(came_from.path if came_from.netloc == request.get_host() else "clinic:home")


@opens_when_locked
@requires()
@require_http_methods(["GET", "POST"])
def unlock(request: LoginRequest) -> HttpResponse:
    """Open the lock by PIN or password; the key of the session changes, the page and the typing stay."""
    if request.method == "GET":
        return redirect("clinic:home")
    form = UnlockForm(request.POST)
    if form.is_valid():
        try:
            actions.unlock(login_id=request.login.id, **form.cleaned_data, cookies=request.COOKIES, now=request.now)
        except actions.UnlockRefused as refusal:
            form.refuse(refusal)
        else:
            request.session.cycle_key()
            request.login = request.login.active_again(request.now)
            return _opened(request)
    return _still_locked(request, form)


@gives_back
@requires()
@require_http_methods(["GET", "POST"])
def kept(request: LoginRequest) -> HttpResponse:
    """What was typed when a lock or the end of a login came between; sent, it is let go."""
    told = waiting(request)
    if told is None or request.method == "POST":
        request.session.pop(KEPT, None)
        return redirect("clinic:home")
    return render(request, "clinic/lock/kept.html", told)


@ends_login
@requires()
@require_http_methods(["GET", "POST"])
def switch(request: LoginRequest) -> HttpResponse:
    """Somebody else takes over the screen: this login ends, and nothing of it is shown but the room's own sheet."""
    if request.method == "GET":
        return redirect("clinic:home")
    typed, sheet = request.POST.get(KEPT, ""), _sheet_behind(request)
    logout(request)
    keep_for_sign_in(request, typed)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': sheet})}" if sheet else "account_login")


def _sheet_behind(request: LoginRequest) -> str:
    """The infusion goes on whoever charts it: its sheet, and no other page, is passed on to the next person."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    try:
        is_sheet = came_from.netloc == request.get_host() and resolve(came_from.path).view_name == "sessions:sheet"
    except Resolver404:
        return ""
    return came_from.path if is_sheet else ""


def _opened(request: LoginRequest):
    if not wants_page(request):
        return JsonResponse({"seconds_left": request.login.seconds_left})
    return give_back(request, request.POST.get(KEPT, "")) or redirect("clinic:home")


def _still_locked(request: LoginRequest, form):
    stands = queries.login_of(str(request.login.id), user_id=request.user.pk, cookies=request.COOKIES, now=request.now)
    request.login = stands or request.login
    if wants_page(request):
        return locked_page(request, request.login, form=form, kept=request.POST.get(KEPT, ""), status=REFUSED)
    sentence = " ".join(each for errors in form.errors.values() for each in errors)
    return JsonResponse({"sentence": sentence, "takes_pin": request.login.takes_pin}, status=REFUSED)
