"""The second step of signing in, one's own second factor, and everybody's for an administrator."""

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.kit.refusals import Refusal
from clinic.kit.requests import ClinicRequest
from clinic.kit.web import REFUSED, public, requires
from clinic.second_factor import actions, adapter, queries, rules
from clinic.second_factor.forms import (
    AddPasskeyForm,
    OwnPasswordForm,
    PasskeyStepForm,
    RequirementForm,
    ResetForm,
    SecondStepForm,
    SetUpAppForm,
)
from clinic.staff.actions import ProofRefused
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest

# In the session: a secret whose first code was not typed yet (sealed), the last question to a passkey, and whether
# the recovery codes were just made and are still to be shown.
SECRET, QUESTION, SHOW_CODES = "second_factor_secret", "second_factor_question", "second_factor_show_codes"


# ---------------------------------------------------------------- signing in
@public("the second step of signing in; without the first it leads back there")
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
@require_http_methods(["GET", "POST"])
def second_step(request: ClinicRequest):
    """A code of the app, or a recovery code."""
    form = SecondStepForm(request.POST or None)
    if form.is_valid():
        user = _stage(request).login.user
        try:
            used = actions.pass_by_code(user=user, typed=form.cleaned_data["code"], now=request.now)
        except Refusal as refusal:
            form.refuse(refusal, "code")
        else:
            return _enter(request, used)
    return _second_step_page(request, form)


@public("the second step of signing in, by passkey; without the first it leads back there")
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
@require_POST
def second_step_passkey(request: ClinicRequest):
    """The answer of a passkey to the question on the page."""
    form, state = PasskeyStepForm(request.POST), request.session.pop(QUESTION, None)
    user = _stage(request).login.user
    if form.is_valid():
        try:
            used = actions.pass_by_passkey(
                user=user, answer=form.cleaned_data["answer"], state=state, host=request.get_host(), now=request.now
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _enter(request, used)
    return _second_step_page(request, SecondStepForm(), form)


def _second_step_page(request: ClinicRequest, form, passkey_form=None):
    user = _stage(request).login.user
    keys, host = queries.passkeys_of(user), request.get_host()
    context = {"form": form, "passkey_form": passkey_form or PasskeyStepForm()}
    if keys and adapter.takes_passkeys(host):
        question = adapter.ask_passkey(keys, host=host)
        request.session[QUESTION] = question.state
        context["options"] = question.options
    is_refused = form.errors or (passkey_form and passkey_form.errors)
    return render(request, "clinic/second_factor/second_step.html", context, status=REFUSED if is_refused else 200)


def _enter(request: ClinicRequest, used):
    stage = _stage(request)
    record_authentication(request, stage.login.user, queries.METHOD, type=used)
    return stage.exit()


def _stage(request):
    """The half-made login. `login_stage_required` found it."""
    return request._login_stage  # noqa: SLF001 - allauth hands it over under this name


# ---------------------------------------------------------------- one's own
@requires()
@require_safe
def overview(request: StaffRequest):
    """What I have, and what I can do about it."""
    context = {
        "standing": queries.standing(request.user),
        "is_required": request.user.home_site.requires_second_factor,
        "is_proved": queries.is_proved(request),
        "takes_passkeys": adapter.takes_passkeys(request.get_host()),
    }
    return render(request, "clinic/second_factor/overview.html", context)


@requires()
@require_http_methods(["GET", "POST"])
def set_up_app(request: StaffRequest):
    """Scan the picture, type the code that the app then shows."""
    form, sealed = SetUpAppForm(request.POST or None), request.session.get(SECRET)
    if request.method == "GET" or sealed is None:
        sealed = request.session[SECRET] = actions.new_secret()
    if form.is_valid():
        try:
            made = actions.set_up_app(
                user=request.user, sealed_secret=sealed, **form.cleaned_data, **_login(request), now=request.now
            )
        except Refusal as refusal:
            form.refuse(refusal, _field_of(refusal))
        else:
            del request.session[SECRET]
            return _stronger(request, "totp", made, "Your app is set up. From now on it is asked for at sign-in.")
    scan = adapter.app_to_scan(request.user, sealed)
    context = {"form": form, "square": scan.square, "secret": rules.grouped(scan.secret)}
    return render(request, "clinic/second_factor/app.html", context, status=REFUSED if form.errors else 200)


@requires()
@require_http_methods(["GET", "POST"])
def remove_app(request: StaffRequest):
    """Remove the app, with the password."""
    if queries.standing(request.user).app_since is None:
        raise Http404
    return _confirm(request, "app_remove.html", actions.remove_app, "The authenticator app is removed.")


@requires()
@require_http_methods(["GET", "POST"])
def add_passkey(request: StaffRequest):
    """Make a passkey on this device or a key, and keep its public half."""
    form, state = AddPasskeyForm(request.POST or None), request.session.pop(QUESTION, None)
    if form.is_valid():
        try:
            credential = adapter.read_new_passkey(form.cleaned_data.pop("answer"), state=state, host=request.get_host())
            made = actions.add_passkey(
                user=request.user, credential=credential, **form.cleaned_data, **_login(request), now=request.now
            )
        except Refusal as refusal:
            form.refuse(refusal, _field_of(refusal))
        else:
            return _stronger(request, "webauthn", made, "Your passkey is added. It can be used at sign-in.")
    context = {"form": form, "takes_passkeys": adapter.takes_passkeys(request.get_host())}
    question = adapter.ask_new_passkey(request.user, queries.passkeys_of(request.user), host=request.get_host())
    request.session[QUESTION], context["options"] = question.state, question.options
    return render(request, "clinic/second_factor/passkey.html", context, status=REFUSED if form.errors else 200)


@requires()
@require_http_methods(["GET", "POST"])
def remove_passkey(request: StaffRequest, passkey):
    """Remove one passkey, with the password."""
    key = queries.passkey(request.user, passkey)
    if key is None:
        raise Http404
    context = {"name": key.data["name"]}
    return _confirm(request, "passkey_remove.html", actions.remove_passkey, "The passkey is removed.", context, key=key)


@requires()
@require_safe
def codes(request: StaffRequest):
    """The recovery codes, once after they were made."""
    is_first = request.session.pop(SHOW_CODES, False)
    context = {
        "codes": queries.recovery_codes(request.user) if is_first else [],
        "standing": queries.standing(request.user),
    }
    return render(request, "clinic/second_factor/codes.html", context)


@requires()
@require_http_methods(["GET", "POST"])
def renew_codes(request: StaffRequest):
    """New recovery codes in the place of the old ones, with the password."""
    answer = _confirm(request, "codes_new.html", actions.renew_codes, "")
    if answer.status_code == REFUSED or request.method == "GET":
        return answer
    request.session[SHOW_CODES] = True
    return redirect("clinic:second-factor-codes")


def _confirm(request: StaffRequest, template, action, done, context=None, **about):
    form = OwnPasswordForm(request.POST or None)
    if form.is_valid():
        try:
            action(user=request.user, **form.cleaned_data, **_login(request), **about, now=request.now)
        except Refusal as refusal:
            form.refuse(refusal, _field_of(refusal))
        else:
            if done:
                messages.success(request, done)
            return redirect("clinic:second-factor")
    context = {**(context or {}), "form": form, "standing": queries.standing(request.user)}
    return render(request, f"clinic/second_factor/{template}", context, status=REFUSED if form.errors else 200)


def _stronger(request: StaffRequest, used, made_codes, sentence):
    """A second factor was used, so the login gets a new session id; codes that were just made are shown next."""
    record_authentication(request, request.user, queries.METHOD, type=used)
    request.session.cycle_key()
    messages.success(request, sentence)
    request.session[SHOW_CODES] = made_codes
    return redirect("clinic:second-factor-codes" if made_codes else "clinic:second-factor")


def _login(request: StaffRequest):
    return {"is_proved": queries.is_proved(request)}


def _field_of(refusal):
    if isinstance(refusal, ProofRefused):
        return "password"
    return "code" if isinstance(refusal, actions.CodeRefused) else None


# ---------------------------------------------------------------- everybody's
@requires(Permission.MANAGE_SIGN_IN)
@require_http_methods(["GET", "POST"])
def house(request: StaffRequest):
    """Who has a second factor here, and whether everybody needs one."""
    site = request.user.home_site
    form = RequirementForm(
        request.POST or None, initial={"is_required": "yes" if site.requires_second_factor else "no"}
    )
    if form.is_valid():
        cleaned = {**form.cleaned_data, "is_required": form.cleaned_data["is_required"] == "yes"}
        try:
            actions.set_requirement(site=site, by=request.user, **cleaned, now=request.now)
        except Refusal as refusal:
            form.refuse(refusal, _field_of(refusal))
        else:
            messages.success(request, "Saved. It holds from everybody’s next page on.")
            return redirect("clinic:second-factor-house")
    context = {"house": queries.house(site), "form": form}
    return render(request, "clinic/second_factor/house.html", context, status=REFUSED if form.errors else 200)


@requires(Permission.MANAGE_SIGN_IN)
@require_http_methods(["GET", "POST"])
def reset(request: StaffRequest, user_id):
    """Take every second factor from a colleague who has lost theirs."""
    person = queries.colleague(user_id, site_id=request.user.home_site_id)
    if person is None:
        raise Http404
    form = ResetForm(request.POST or None)
    if form.is_valid():
        try:
            actions.reset(user=person, by=request.user, **form.cleaned_data, now=request.now)
        except Refusal as refusal:
            form.refuse(refusal, _field_of(refusal))
        else:
            sentence = "The second factor is reset, and they are signed out everywhere."
            messages.success(request, f"{sentence} They set up a new one after their password.")
            return redirect("clinic:second-factor-house")
    context = {"person": person, "form": form, "standing": queries.standing(person)}
    return render(request, "clinic/second_factor/reset.html", context, status=REFUSED if form.errors else 200)
