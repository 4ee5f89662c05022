"""Possible duplicates, the comparison of two people with the merge, and the way back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.kit.refusals import Refusal
from clinic.kit.web import REFUSED, reads, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from patients.merging import actions, queries
from patients.merging.forms import DifferentForm, MergeForm, PairForm, ReportForm, StretchForm, UndoForm


@requires(Permission.REGISTER_PATIENT)
@require_GET
def duplicates(request: StaffRequest) -> HttpResponse:
    """Pairs of records that may be of one person."""
    page = queries.pairs_page(StretchForm(request.GET).said())
    reads(request, page.patient_ids)
    return render(request, "patients/merging/duplicates.html", {"page": page})


@requires(Permission.MERGE_PEOPLE)
@require_GET
def compare(request: StaffRequest) -> HttpResponse:
    """Two people side by side."""
    pair = PairForm(request.GET)
    page = _page(request, pair)
    if page is None:
        raise Http404
    return _compared(request, page, MergeForm(), DifferentForm())


@requires(Permission.MERGE_PEOPLE)
@require_POST
def merge(request: StaffRequest) -> HttpResponse:
    """Make one person of two."""
    form = MergeForm(request.POST)
    page = _page(request, PairForm(request.POST))
    if form.is_valid():
        try:
            actions.merge_people(by=request.user, now=request.now, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            reads(request, [form.cleaned_data["kept"], form.cleaned_data["other"]])
            messages.success(request, "Merged. This record stands for both now.")
            return redirect("patients:detail", form.cleaned_data["kept"])
    return _compared(request, page, form, DifferentForm())


@requires(Permission.MERGE_PEOPLE)
@require_POST
def different(request: StaffRequest) -> HttpResponse:
    """Two people who look alike and are not the same; remembered."""
    form = DifferentForm(request.POST)
    page = _page(request, PairForm(request.POST))
    if form.is_valid():
        try:
            actions.tell_apart(by=request.user, now=request.now, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Remembered as two people.")
            return redirect("patients:duplicates")
    return _compared(request, page, MergeForm(), form)


@requires(Permission.REGISTER_PATIENT)
@require_http_methods(["GET", "POST"])
def report(request: StaffRequest, patient_id) -> HttpResponse:
    """Say that another record may be of this person; whoever may merge decides."""
    form = ReportForm(request.POST or None)
    if form.is_valid():
        try:
            actions.report(patient_id=patient_id, by=request.user, now=request.now, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal, "record_number")
        else:
            messages.success(request, "Reported. The administrator compares the two records.")
            return redirect("patients:detail", patient_id)
    return render(request, "patients/merging/report.html", {"form": form}, status=REFUSED if form.errors else 200)


@requires(Permission.MERGE_PEOPLE, Permission.VIEW_TRAIL)
@require_GET
def merges(request: StaffRequest, patient_id) -> HttpResponse:
    """The records that were merged into this one or out of it."""
    rows = queries.merges_of(patient_id)
    may_undo = request.user.may(Permission.MERGE_PEOPLE)
    return render(request, "patients/merging/merges.html", {"rows": rows, "may_undo": may_undo})


@requires(Permission.MERGE_PEOPLE)
@require_http_methods(["GET", "POST"])
def undo(request: StaffRequest, patient_id, merge_id) -> HttpResponse:
    """Take a merge back, knowing what stays where."""
    found = queries.merge_of(patient_id, merge_id)
    if found is None:
        raise Http404
    form = UndoForm(request.POST or None)
    if form.is_valid():
        try:
            actions.undo_merge(merge=found, by=request.user, now=request.now, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"The merge is undone. Record {found.merged.record_number} stands for itself.")
            return redirect("patients:detail", found.merged_id)
    context = {"form": form, "undoing": queries.undoing(found)}
    return render(request, "patients/merging/undo.html", context, status=REFUSED if form.errors else 200)


def _page(request: StaffRequest, pair: PairForm):
    """The comparison of two people; None when the two ids do not name two."""
    if not pair.is_valid():
        return None
    page = queries.preview(pair.cleaned_data["kept"], pair.cleaned_data["other"], now=request.now)
    if page is not None:
        reads(request, [page.kept.id, page.other.id])
    return page


def _compared(request: StaffRequest, page, merging: MergeForm, telling_apart: DifferentForm) -> HttpResponse:
    """Both forms know the two people, and after a refusal what they are now."""
    if page is not None:
        ids = {"kept": page.kept.id, "other": page.other.id}
        if not merging.is_bound:
            merging = MergeForm(initial={**ids, "seen": page.seen})
        if not telling_apart.is_bound:
            telling_apart = DifferentForm(initial=ids)
    refused = merging.is_bound or telling_apart.is_bound
    context = {"page": page, "merging": merging, "telling_apart": telling_apart}
    return render(request, "patients/merging/compare.html", context, status=REFUSED if refused else 200)
