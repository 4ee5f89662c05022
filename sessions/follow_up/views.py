"""Pages of step 4: whom to call, and what they said."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.kit.refusals import Refusal
from clinic.kit.web import REFUSED, reads, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from sessions.follow_up import actions, queries
from sessions.follow_up.forms import AttemptForm, CancelForm, CheckInForm


@requires(Permission.VIEW_FOLLOW_UP)
@require_safe
def follow_up(request: StaffRequest):
    """Check-ins that are late, open, soon to open, or ran out in the last week."""
    lists = queries.worklist(request.user.home_site_id, request.now)
    reads(request, lists.patient_ids)
    context = {"lists": lists, "may_record": request.user.may(Permission.RECORD_FOLLOW_UP)}
    return render(request, "sessions/follow_up/worklist.html", context)


@requires(Permission.RECORD_FOLLOW_UP)
@require_http_methods(["GET", "POST"])
def check_in(request: StaffRequest, session_id, kind):
    """One check-in: record what was said, or read how it ended."""
    detail = _detail(request, session_id, kind)
    form = CheckInForm(request.POST or None, now=request.now)
    if form.is_valid():
        try:
            recorded = actions.record_check_in(
                session=detail.session,
                kind=kind,
                answers=form.answers,
                by=request.user,
                now=request.now,
                key=form.cleaned_data["key"],
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{detail.label} recorded.")
            return redirect("patients:progress", recorded.patient_id)
    return _page(request, detail, form=form)


@requires(Permission.RECORD_FOLLOW_UP)
@require_POST
def check_in_attempt(request: StaffRequest, session_id, kind):
    """Keep a call that reached nobody."""
    detail = _detail(request, session_id, kind)
    form = AttemptForm(request.POST, auto_id="attempt_%s")
    if form.is_valid():
        try:
            actions.note_attempt(
                session=detail.session, kind=kind, by=request.user, now=request.now, **form.cleaned_data
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Attempt noted.")
            return redirect("sessions:check-in", session_id, kind)
    return _page(request, detail, attempt_form=form)


@requires(Permission.RECORD_FOLLOW_UP)
@require_POST
def check_in_cancel(request: StaffRequest, session_id, kind):
    """End a check-in that will not take place."""
    detail = _detail(request, session_id, kind)
    form = CancelForm(request.POST, auto_id="cancel_%s")
    if form.is_valid():
        try:
            actions.cancel_check_in(
                session=detail.session, kind=kind, by=request.user, now=request.now, **form.cleaned_data
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{detail.label} cancelled.")
            return redirect("sessions:follow-up")
    return _page(request, detail, cancel_form=form)


def _detail(request: StaffRequest, session_id, kind):
    detail = queries.check_in(session_id, kind, request.now)
    if detail is None:
        raise Http404
    return detail


def _page(request: StaffRequest, detail, *, form=None, attempt_form=None, cancel_form=None):
    forms = (form, attempt_form, cancel_form)
    context = {
        "detail": detail,
        "form": form or CheckInForm(now=request.now),
        "attempt_form": attempt_form or AttemptForm(auto_id="attempt_%s"),
        "cancel_form": cancel_form or CancelForm(auto_id="cancel_%s"),
    }
    refused = any(one is not None and one.is_bound for one in forms)
    return render(request, "sessions/follow_up/check_in.html", context, status=REFUSED if refused else 200)
