"""Pages of questionnaires: the list of one person, filling one in, reading it, correcting it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.kit.refusals import Refusal
from clinic.kit.web import REFUSED, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from patients.instruments import actions, queries
from patients.instruments.catalogue import instrument
from patients.instruments.forms import CorrectionForm, QuestionnaireForm, as_taken_down
from patients.instruments.models import Purpose


@requires(Permission.VIEW_CLINICAL)
@require_safe
def questionnaires(request: StaffRequest, patient_id):
    """Every questionnaire of a person, newest first."""
    rows = queries.responses_of(patient_id)
    context = {
        "rows": rows,
        "choices": queries.choices(rows, request.now),
        "may_record": request.user.may(Permission.RECORD_ANSWERS),
    }
    return render(request, "patients/instruments/list.html", context)


@requires(Permission.RECORD_ANSWERS)
@require_http_methods(["GET", "POST"])
def questionnaire_new(request: StaffRequest, patient_id, code):
    """Fill one in on the person's behalf."""
    blank = queries.blank(patient_id, code)
    if blank is None:
        raise Http404
    treated = blank.course is not None and blank.course.first_session_at is not None
    initial = {"purpose": Purpose.FOLLOW_UP if treated else Purpose.INTAKE}
    form = QuestionnaireForm(request.POST or None, instrument=instrument(code), now=request.now, initial=initial)
    if form.is_valid():
        try:
            response = actions.record_response(
                patient=blank.patient, course=blank.course, code=code, by=request.user, now=request.now, **form.given()
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{form.instrument.short_name} saved.")
            return redirect("patients:questionnaire", patient_id, response.pk)
    context = {"form": form, "instrument": form.instrument, "last_answered_at": blank.last_answered_at}
    context["is_recent"] = queries.is_recent(blank.last_answered_at, request.now)
    return render(request, "patients/instruments/form.html", context, status=REFUSED if form.is_bound else 200)


@requires(Permission.VIEW_CLINICAL)
@require_safe
def questionnaire(request: StaffRequest, patient_id, response_id):
    """One questionnaire, item by item."""
    detail = queries.response_detail(patient_id, response_id)
    if detail is None:
        raise Http404
    context = {"detail": detail, "row": detail.row, "may_record": request.user.may(Permission.RECORD_ANSWERS)}
    return render(request, "patients/instruments/detail.html", context)


@requires(Permission.RECORD_ANSWERS)
@require_http_methods(["GET", "POST"])
def questionnaire_correct(request: StaffRequest, patient_id, response_id):
    """Correct what was taken down wrong; the earlier answers stay readable."""
    earlier = queries.response(patient_id, response_id)
    if earlier is None:
        raise Http404
    of = instrument(earlier.instrument)
    initial = as_taken_down(earlier, queries.answers_of(earlier), of)
    form = CorrectionForm(request.POST or None, instrument=of, now=request.now, initial=initial)
    if form.is_valid():
        try:
            response = actions.record_response(
                patient=earlier.patient,
                course=earlier.course,
                code=of.code,
                supersedes=earlier,
                by=request.user,
                now=request.now,
                **form.given(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{of.short_name} corrected.")
            return redirect("patients:questionnaire", patient_id, response.pk)
    context = {"form": form, "instrument": of, "earlier": earlier}
    return render(request, "patients/instruments/form.html", context, status=REFUSED if form.is_bound else 200)
