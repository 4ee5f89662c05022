"""The page that opens a course of treatment."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinic.kit.web import REFUSED, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from patients.courses import actions
from patients.courses.forms import OpenCourseForm
from patients.registration import queries as registration_queries


@requires(Permission.OPEN_COURSE)
@require_http_methods(["GET", "POST"])
def open_course(request: StaffRequest, patient_id) -> HttpResponse:
    """Open a course for a referral, at the site of the one who opens it."""
    patient = registration_queries.patient(patient_id)
    form = OpenCourseForm(request.POST or None, initial={"referrer": patient.referrer})
    if form.is_valid():
        try:
            actions.open_course(
                patient=patient, site=request.user.home_site, by=request.user, now=request.now, **form.cleaned_data
            )
        except actions.NotTheirs as error:
            raise Http404 from error
        except (actions.CourseStillOpen, actions.NoContact) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Course opened. It starts as referred.")
            return redirect("patients:detail", patient_id)
    context = {"form": form, "site": request.user.home_site}
    return render(request, "patients/courses/open.html", context, status=REFUSED if form.errors else 200)
