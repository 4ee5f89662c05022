"""The auditor's pages. They change nothing, and looking at them is itself in the trail."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clinic.kit.web import reads, requires
from clinic.reports import queries
from clinic.reports.forms import ChangesForm, FindRecordForm, LooksForm, TrailForm
from clinic.staff import queries as staff_queries
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from patients.registration import queries as registration_queries


@requires(Permission.VIEW_TRAIL)
@require_GET
def looks(request: StaffRequest) -> HttpResponse:
    """Who saw what: every request of a signed-in person."""
    form = LooksForm(request.GET, people=_colleagues(request))
    wanted = form.wanted()
    page = queries.looks(wanted, before=form.cleaned_data.get("before"))
    reads(request, page.patient_ids)
    return render(request, "clinic/reports/looks.html", _context("clinic:trail", form, page, wanted))


@requires(Permission.VIEW_TRAIL)
@require_GET
def changes(request: StaffRequest) -> HttpResponse:
    """Who changed what: every row of every clinical table."""
    form = ChangesForm(request.GET, people=_colleagues(request))
    wanted = form.wanted()
    page = queries.changes(wanted, before=form.cleaned_data.get("before"))
    reads(request, page.patient_ids)
    return render(request, "clinic/reports/changes.html", _context("clinic:trail-changes", form, page, wanted))


@requires(Permission.VIEW_TRAIL)
@require_GET
def change(request: StaffRequest, kind: str, event_id: int) -> HttpResponse:
    """One change, field by field, beside the row as it was before."""
    detail = queries.change_detail(kind, event_id)
    if detail is None:
        raise Http404
    return render(request, "clinic/reports/change.html", {"detail": detail})


@requires(Permission.VIEW_TRAIL)
@require_POST
def find(request: StaffRequest) -> HttpResponse:
    """From a record number to that person's part of the trail."""
    form = FindRecordForm(request.POST)
    found = registration_queries.of_number(form.cleaned_data["record_number"]) if form.is_valid() else None
    if found is None:
        messages.error(request, "Nobody has that record number. It looks like 204-118.")
        return redirect("clinic:trail")
    return redirect(f"{reverse('clinic:trail')}?patient={found.pk}")


def _colleagues(request: StaffRequest) -> list[tuple[str, str]]:
    return staff_queries.people_who_work_at(request.user.home_site_id, also=request.GET.get("user", ""))


def _context(here: str, form: TrailForm, page: queries.Page, wanted: queries.TrailFilter) -> dict[str, object]:
    kept = QueryDict(mutable=True)
    for name in ("patient", "user", "day", "refused", "kind"):
        if form.cleaned_data.get(name):
            kept[name] = str(form.cleaned_data[name])
    tabs = [
        {"label": label, "url": f"{reverse(name)}?{kept.urlencode()}".rstrip("?"), "is_current": name == here}
        for label, name in (("Who saw what", "clinic:trail"), ("Who changed what", "clinic:trail-changes"))
    ]
    older = kept.copy()
    if page.next_before:
        older["before"] = str(page.next_before)
    return {
        "form": form,
        "find_form": FindRecordForm(initial={"record_number": queries.record_number_of(wanted.patient_id)}),
        "page": page,
        "tabs": tabs,
        "older": older.urlencode() if page.next_before else "",
        "is_narrowed": bool(kept),
    }
