"""Pages about allergies: list them, write down that none are known, strike out what is wrong."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.kit.web import REFUSED, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from patients.history import actions, queries
from patients.history.forms import AllergyForm, NoneKnownForm, RetractForm
from patients.history.models import AllergyReview
from patients.registration import queries as registration_queries


@requires(Permission.RECORD_ALLERGIES)
@require_http_methods(["GET", "POST"])
def allergies(request: StaffRequest, patient_id) -> HttpResponse:
    """The list, and a form that adds to it."""
    patient = registration_queries.patient(patient_id)
    form = AllergyForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_allergy(patient=patient, by=request.user, now=request.now, **form.cleaned_data)
        except actions.NotTheirs as error:
            raise Http404 from error
        except actions.AlreadyListed as refusal:
            form.refuse(refusal, "substance")
        else:
            messages.success(request, f"{form.cleaned_data['substance']} is listed.")
            return redirect("patients:allergies", patient_id)
    return _page(request, patient_id, form)


@requires(Permission.RECORD_ALLERGIES)
@require_POST
def none_known(request: StaffRequest, patient_id) -> HttpResponse:
    """Write down that somebody asked and that no allergy is known."""
    patient = registration_queries.patient(patient_id)
    form = NoneKnownForm(request.POST)
    if not form.is_valid():
        return _page(request, patient_id, AllergyForm(), refused="Nothing was saved. Reload the page, then try again.")
    none = AllergyReview.Outcome.NONE_KNOWN
    try:
        actions.review_allergies(
            patient=patient, outcome=none, by=request.user, now=request.now, key=form.cleaned_data["key"]
        )
    except actions.NotTheirs as error:
        raise Http404 from error
    except actions.AllergiesListed as refusal:
        return _page(request, patient_id, AllergyForm(), refused=str(refusal))
    messages.success(request, "No known allergies, asked today.")
    return redirect("patients:allergies", patient_id)


@requires(Permission.RECORD_ALLERGIES)
@require_http_methods(["GET", "POST"])
def retract(request: StaffRequest, patient_id, allergy_id) -> HttpResponse:
    """Strike out an allergy that turned out wrong."""
    allergy = queries.allergy(patient_id, allergy_id)
    form = RetractForm(request.POST or None)
    if form.is_valid():
        try:
            actions.retract_allergy(allergy=allergy, by=request.user, now=request.now, **form.cleaned_data)
        except (actions.AlreadyRetracted, actions.ReasonMissing) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{allergy.substance} is retracted.")
            return redirect("patients:allergies", patient_id)
    context = {"allergy": allergy, "form": form}
    return render(request, "patients/history/retract.html", context, status=REFUSED if form.errors else 200)


def _page(request: StaffRequest, patient_id, form: AllergyForm, refused: str = "") -> HttpResponse:
    context = {
        "allergies": queries.allergies_of(patient_id),
        "form": form,
        "none_known": NoneKnownForm(),
        "refused": refused,
    }
    status = 422 if form.errors or refused else 200
    return render(request, "patients/history/allergies.html", context, status=status)
