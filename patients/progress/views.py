"""The page that tells whether it is working."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.kit.web import requires
from clinic.staff.permissions import Permission
from patients.progress import queries
from patients.progress.requests import PersonRequest


@requires(Permission.VIEW_CLINICAL)
@require_safe
def progress(request: PersonRequest, patient_id) -> HttpResponse:
    """One person's way through the course: in words, as a chart, as a table, and what there is to decide."""
    page = queries.progress(patient_id, request.person.course_id, axis=request.GET.get("axis", ""), now=request.now)
    context = {
        "page": page,
        "may_revise": request.user.may(Permission.WRITE_PLAN),
        "may_open_session": request.user.may(Permission.VIEW_SESSION),
    }
    return render(request, "patients/progress/progress.html", context)
