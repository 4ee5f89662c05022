"""How does a session begin and end? Opened from its visit, signed, co-signed, read, and added to."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.kit.forms import SignForm
from clinic.kit.web import REFUSED, requires
from clinic.records.actions import AlreadySigned, ReadAgain
from clinic.staff.actions import ProofRefused
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from sessions.administration import actions, queries
from sessions.administration.forms import AddendumForm
from sessions.administration.queries import Record
from sessions.scheduling.actions import MoveRefused


@requires(Permission.CHART_VITALS)
@require_POST
def session_open(request: StaffRequest, appointment_id):
    """Open the sheet of a visit, or go to the one that is open."""
    visit = queries.visit(appointment_id)
    try:
        session = actions.open_session(appointment=visit, by=request.user, now=request.now)
    except (actions.SessionNotOpened, MoveRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("sessions:visit", appointment_id)
    return redirect("sessions:sheet", session.pk)


@requires(Permission.VIEW_SESSION)
@require_GET
def record(request: StaffRequest, session_id):
    """The session to read and to print: order, times, readings, drug, events, signatures, addenda."""
    page = queries.record_page(session_id, now=request.now)
    return render(request, "sessions/administration/record.html", {"page": page})


@requires(Permission.SIGN_SESSION)
@require_http_methods(["GET", "POST"])
def sign(request: StaffRequest, session_id):
    """Sign and lock the session."""
    page = queries.record_page(session_id, now=request.now)
    if page.session.is_signed:
        return _signed_before(request, page, f"signed by {page.session.signed_by}")
    form = SignForm(request.POST or None, initial={"row_version": page.version})
    if form.is_valid():
        try:
            actions.sign_session(session=page.session, by=request.user, now=request.now, **_read(form))
        except ProofRefused as refusal:
            form.refuse(refusal, "password")
        except ReadAgain as refusal:
            form.read_again(refusal, row_version=page.version)
        except (AlreadySigned, actions.SessionNotComplete) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"Session {page.session.number} is signed.")
            return redirect("sessions:record", session_id)
    return _page(request, "sign", page, form)


@requires(Permission.SIGN_SESSION)
@require_http_methods(["GET", "POST"])
def cosign(request: StaffRequest, session_id):
    """Add the prescriber's signature."""
    page = queries.record_page(session_id, now=request.now)
    if page.session.cosigned_at is not None:
        return _signed_before(request, page, f"co-signed by {page.session.cosigned_by}")
    form = SignForm(request.POST or None, initial={"row_version": page.version})
    if form.is_valid():
        try:
            actions.cosign_session(session=page.session, by=request.user, now=request.now, **_read(form))
        except ProofRefused as refusal:
            form.refuse(refusal, "password")
        except ReadAgain as refusal:
            form.read_again(refusal, row_version=page.version)
        except actions.NotCosigned as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"Session {page.session.number} is co-signed.")
            return redirect("sessions:record", session_id)
    if not page.may_be_cosigned and not form.errors:
        return redirect("sessions:record", session_id)
    return _page(request, "cosign", page, form)


@requires(Permission.ADD_ADDENDUM)
@require_http_methods(["GET", "POST"])
def addendum(request: StaffRequest, session_id):
    """Add to a signed session."""
    page = queries.record_page(session_id, now=request.now)
    form = AddendumForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_addendum(session=page.session, by=request.user, now=request.now, **form.cleaned_data)
        except actions.AddendumRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The addendum is added.")
            return redirect("sessions:record", session_id)
    return _page(request, "addendum", page, form)


def _signed_before(request: StaffRequest, page: Record, words: str) -> HttpResponse:
    """Sent again after a lost answer, or somebody else was first: the record says it, and so does one sentence."""
    if request.method == "POST":
        messages.warning(request, f"Session {page.session.number} was {words} already.")
    return redirect("sessions:record", page.session.pk)


def _read(form: SignForm) -> dict[str, Any]:
    return {"password": form.cleaned_data["password"], "seen_version": form.cleaned_data["row_version"]}


def _page(request: StaffRequest, name, page, form):
    status = REFUSED if form.errors else 200
    return render(request, f"sessions/administration/{name}.html", {"page": page, "form": form}, status=status)
