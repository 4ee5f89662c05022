"""Pages of the desk: register a person, and change what is known of them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.kit.web import REFUSED, background, reads, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest, today_of
from patients.registration import actions, queries
from patients.registration.forms import EditForm, LookForm, RegisterForm


@requires(Permission.REGISTER_PATIENT)
@require_http_methods(["GET", "POST"])
def register(request: StaffRequest) -> HttpResponse:
    """Put a new person on the books."""
    form = RegisterForm(request.POST or None, today=today_of(request))
    if form.is_valid():
        try:
            patient = actions.register(
                details=form.details,
                by=request.user,
                now=request.now,
                key=form.cleaned_data["key"],
                anyway_because=form.cleaned_data["anyway_because"],
            )
        except actions.NotTheirs as error:
            raise Http404 from error
        except actions.LooksRegistered as question:
            form.ask(question.alike, question)
            reads(request, [one.id for one in question.alike])
        except (actions.AlreadyRegistered, actions.BirthDateImpossible) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"Registered as record {patient.record_number}.")
            return redirect("patients:detail", patient.pk)
    status = REFUSED if form.errors else 200
    return render(request, "patients/registration/register.html", {"form": form}, status=status)


@background
@requires(Permission.REGISTER_PATIENT)
@require_POST
def look(request: StaffRequest) -> HttpResponse:
    """While a person is being registered: their age, and who looks like them."""
    wanted = LookForm(request.POST, today=today_of(request)).wanted()
    seen = queries.look(queries.known_of(wanted), today=today_of(request))
    reads(request, [person.id for person in seen.alike])
    return render(request, "patients/registration/_look.html", {"seen": seen})


@requires(Permission.REGISTER_PATIENT)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, patient_id) -> HttpResponse:
    """Change a person's details; the second of two people is shown what the first one changed."""
    patient = queries.patient(patient_id)
    saved = {**queries.details_of(patient), "row_version": patient.row_version}
    form = EditForm(request.POST or None, initial=saved, today=today_of(request))
    conflict = None
    if form.is_valid():
        seen_version = form.cleaned_data["row_version"]
        try:
            actions.edit(
                patient=patient, details=form.details, seen_version=seen_version, by=request.user, now=request.now
            )
        except actions.MergedMeanwhile as refusal:
            form.refuse(refusal)
        except actions.EditedMeanwhile as refusal:
            conflict = queries.compare(
                patient, seen_version=seen_version, typed=form.details, labels=form.labels, why=str(refusal)
            )
            form = EditForm(initial=conflict.merged, today=today_of(request))
        else:
            messages.success(request, "Details saved.")
            return redirect("patients:detail", patient_id)
    context, status = {"form": form, "conflict": conflict}, REFUSED if form.errors or conflict else 200
    return render(request, "patients/registration/edit.html", context, status=status)
