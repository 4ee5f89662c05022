"""Find a person, and see who they are."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.kit.web import answer, reads, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest, today_of
from patients.overview import queries
from patients.registration.forms import SearchForm


@requires(Permission.FIND_PATIENT)
@require_http_methods(["GET", "POST"])
def search(request: StaffRequest) -> HttpResponse:
    """Find people as the words are typed. The words travel in the body, so that no log and no history keeps them."""
    words = SearchForm(request.POST).words() if request.method == "POST" else ""
    today = today_of(request)
    found = queries.found(words, today=today)
    reads(request, [row.person.id for row in found.rows])
    context = {"found": found, "may_register": request.user.may(Permission.REGISTER_PATIENT)}
    return answer(request, "patients/overview/search.html", "patients/overview/_found.html", context)


@requires(Permission.FIND_PATIENT)
@require_GET
def detail(request: StaffRequest, patient_id) -> HttpResponse:
    """One person: how to reach them, where their course stands, their visits."""
    overview = queries.overview(patient_id, user=request.user, now=request.now)
    may = {permission.value: request.user.may(permission) for permission in Permission}
    return render(request, "patients/overview/detail.html", {"overview": overview, "may": may})
