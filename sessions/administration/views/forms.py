"""How is a session charted without a script? Checklist, override, drug, discharge and corrections as plain forms."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.kit.web import REFUSED, requires
from clinic.staff.actions import ProofRefused, WitnessRefused
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from sessions.administration import actions, queries
from sessions.administration.forms import (
    ChecklistForm,
    ConfirmForm,
    DischargeForm,
    DrawForm,
    MoveForm,
    OverrideForm,
    RetractForm,
)

ENTRY_FIELDS = {actions.EntryRefused: None, actions.LabelsDiffer: "second_concentration_mg_ml"}
WITNESS_FIELDS = {WitnessRefused: "witness_email", ProofRefused: "witness_password"}


@requires(Permission.CHART_SESSION)
@require_http_methods(["GET", "POST"])
def checklist(request: StaffRequest, session_id):
    """The checks before the start."""
    sheet = queries.sheet_of(session_id, now=request.now)
    form = ChecklistForm(request.POST or None)
    if form.is_valid() and _charted(request, sheet, form, "checklist", form.data_to_chart()):
        messages.success(request, "The checks before the start are recorded.")
        return redirect("sessions:sheet", session_id)
    return _page(request, "checklist", sheet, form)


@requires(Permission.CHART_SESSION, Permission.DECIDE_ELIGIBILITY)
@require_http_methods(["GET", "POST"])
def override(request: StaffRequest, session_id):
    """Release a check that holds the start, with the reason."""
    sheet = queries.sheet_of(session_id, now=request.now)
    form = OverrideForm(request.POST or None, checks=sheet.readiness)
    if form.is_valid() and _charted(request, sheet, form, "override", form.data_to_chart()):
        messages.success(request, "The override is recorded.")
        return redirect("sessions:sheet", session_id)
    return _page(request, "override", sheet, form)


@requires(Permission.CHART_SESSION)
@require_GET
def drug(request: StaffRequest, session_id):
    """What was drawn, given, wasted and returned, and the two forms that account for it."""
    sheet = queries.sheet_of(session_id, now=request.now)
    return _drug_page(request, sheet, DrawForm(), MoveForm(initial=queries.drawn_from(sheet)))


@requires(Permission.CHART_SESSION)
@require_POST
def draw(request: StaffRequest, session_id):
    """Draw drug, with a witness who reads the label as well."""
    sheet = queries.sheet_of(session_id, now=request.now)
    form = DrawForm(request.POST)
    if form.is_valid():
        second = form.cleaned_data["second_concentration_mg_ml"]
        act = _witnessed(request, sheet, form)
        if _done(form, lambda: actions.draw_drug(second_concentration_mg_ml=second, **act), WITNESS_FIELDS):
            messages.success(request, f"{form.cleaned_data['amount_mg']} mg drawn.")
            return redirect("sessions:drug", session_id)
    return _drug_page(request, sheet, form, MoveForm(initial=queries.drawn_from(sheet)))


@requires(Permission.CHART_SESSION)
@require_POST
def move_drug(request: StaffRequest, session_id):
    """Waste what is left, or return it unopened, with a witness."""
    sheet = queries.sheet_of(session_id, now=request.now)
    form = MoveForm(request.POST)
    if form.is_valid():
        kind = form.cleaned_data["movement"]
        act = _witnessed(request, sheet, form)
        if _done(form, lambda: actions.move_drug(kind=kind, **act), WITNESS_FIELDS):
            done = "wasted" if kind == "waste" else "returned"
            messages.success(request, f"{form.cleaned_data['amount_mg']} mg {done}.")
            return redirect("sessions:drug", session_id)
    return _drug_page(request, sheet, DrawForm(), form)


@requires(Permission.CHART_SESSION)
@require_http_methods(["GET", "POST"])
def discharge(request: StaffRequest, session_id):
    """Send the person home, or say what is missing."""
    sheet = queries.sheet_of(session_id, now=request.now)
    form = DischargeForm(request.POST or None, was_treated=sheet.progress.started_at is not None)
    if form.is_valid():
        moment = {"by": request.user, "now": request.now, "key": form.cleaned_data["key"]}
        act = {"session": sheet.session, "data": form.data_to_chart(), **form.ways_out(), **moment}
        if _done(form, lambda: actions.discharge(**act)):
            messages.success(request, "The discharge is recorded.")
            return redirect("sessions:record", session_id)
    title = "Discharge" if sheet.progress.started_at else "Not treated today"
    criteria = queries.criteria_of(sheet, form.data_so_far())
    return _page(request, "discharge", sheet, form, criteria=criteria, title=title)


@requires(Permission.CHART_SESSION)
@require_http_methods(["GET", "POST"])
def retract(request: StaffRequest, session_id, entry_id):
    """Strike an entry through, with the reason; it stays readable."""
    return _correct(request, session_id, entry_id, "retract", RetractForm(request.POST or None))


@requires(Permission.CHART_SESSION)
@require_http_methods(["GET", "POST"])
def confirm(request: StaffRequest, session_id, entry_id):
    """Say that an unlikely entry is right."""
    return _correct(request, session_id, entry_id, "confirm", ConfirmForm(request.POST or None))


def _correct(request: StaffRequest, session_id, entry_id, kind, form):
    sheet = queries.sheet_of(session_id, now=request.now)
    row = queries.row_of(sheet, entry_id)
    if row is None:
        raise Http404
    if form.is_valid():
        data = {"target": str(entry_id), **({"reason": form.cleaned_data["reason"]} if kind == "retract" else {})}
        if _charted(request, sheet, form, kind, data):
            messages.success(request, "The entry is retracted." if kind == "retract" else "The entry is confirmed.")
            return redirect("sessions:record", session_id)
    return _page(request, kind, sheet, form, row=row)


def _charted(request: StaffRequest, sheet, form, kind, data):
    """Store what the form says as one entry that happened now."""
    return _done(
        form,
        lambda: actions.record(
            session=sheet.session,
            kind=kind,
            data=data,
            by=request.user,
            entry_id=form.cleaned_data["key"],
            occurred_at=request.now,
            now=request.now,
        ),
    )


def _done(form, act, fields=None):
    """Whether the act was done; a refusal is shown beside the field it is about."""
    known = ENTRY_FIELDS | (fields or {})
    try:
        act()
    except tuple(known) as refusal:
        field = known[type(refusal)]
        for sentence in getattr(refusal, "points", ()) or (str(refusal),):
            form.add_error(field if field in form.fields else None, sentence)
        return False
    return True


def _witnessed(request: StaffRequest, sheet, form):
    cleaned = form.cleaned_data
    return {
        "session": sheet.session,
        "data": form.data_to_chart(),
        "proof": actions.Proof(cleaned["witness_email"], cleaned["witness_password"]),
        "by": request.user,
        "now": request.now,
        "key": cleaned["key"],
    }


def _drug_page(request: StaffRequest, sheet, draw_form, move_form):
    refused = draw_form.errors or move_form.errors
    context = {"sheet": sheet, "rows": queries.drug_rows(sheet), "draw_form": draw_form, "move_form": move_form}
    return render(request, "sessions/administration/drug.html", context, status=REFUSED if refused else 200)


def _page(request: StaffRequest, name, sheet, form, **more):
    if sheet.session.is_signed and not form.errors:
        messages.info(request, "This session is signed. Add an addendum instead.")
        return redirect("sessions:record", sheet.session.pk)
    context = {"sheet": sheet, "form": form, **more}
    status = REFUSED if form.errors else 200
    return render(request, f"sessions/administration/{name}.html", context, status=status)
