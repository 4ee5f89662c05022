"""Step 2: the pages of plans and consents."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.kit.forms import SignForm
from clinic.kit.refusals import Refusal
from clinic.kit.web import REFUSED, background, requires
from clinic.records.actions import AlreadySigned, ChangedMeanwhile, ReadAgain
from clinic.records.queries import Comparison, compare
from clinic.staff.actions import ProofRefused
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest, today_of
from patients.treatment_plan import actions, queries
from patients.treatment_plan.forms import ConsentForm, PlanForm, ReckonForm, start_values, values_of
from patients.treatment_plan.models import TreatmentPlan

FORM = "patients/treatment_plan/form.html"


@requires(Permission.VIEW_CLINICAL)
@require_GET
def plans(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Every version of the plan, with what each changed, and the consent."""
    page = queries.plans_page(patient_id, today=today_of(request))
    return render(request, "patients/treatment_plan/plans.html", {"page": page, "patient_id": patient_id})


@requires(Permission.VIEW_CLINICAL)
@require_GET
def plan(request: StaffRequest, patient_id: UUID, plan_id: UUID) -> HttpResponse:
    """One version, whole."""
    page = queries.plan_page(_plan_or_404(patient_id, plan_id), today=today_of(request))
    return render(request, "patients/treatment_plan/plan.html", {"page": page, "patient_id": patient_id})


@requires(Permission.WRITE_PLAN)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Draft the first plan, or the next version from the last."""
    start = queries.plan_start(patient_id)
    if start.course is None:
        messages.warning(request, "No course is open. Open a course first.")
        return redirect("patients:detail", patient_id)
    if start.draft is not None:
        return redirect("patients:plan-edit", patient_id, start.draft.pk)
    initial = start_values(start, today=today_of(request))
    form = PlanForm(request.POST or None, initial=initial, is_new_version=start.last is not None)
    if form.is_valid():
        try:
            drafted = actions.draft_plan(
                course=start.course,
                values=form.cleaned_data,
                by=request.user,
                now=request.now,
                key=form.cleaned_data["key"],
            )
        except (actions.PlanToConfirm, actions.PlanRefused, actions.DraftOpen, actions.CourseEnded) as refusal:
            _tell(form, refusal)
        else:
            return redirect("patients:plan", patient_id, drafted.pk)
    return _form_page(request, patient_id, form, title="New plan" if start.last is None else "New version of the plan")


@requires(Permission.WRITE_PLAN)
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, patient_id: UUID, plan_id: UUID) -> HttpResponse:
    """Change a draft."""
    draft = _plan_or_404(patient_id, plan_id)
    if draft.is_signed and request.method == "GET":
        messages.warning(request, f"Plan {draft.version} is signed and stays as it is. A change makes a new version.")
        return redirect("patients:plan", patient_id, plan_id)
    initial = {**values_of(draft), "key": draft.pk, "row_version": draft.row_version}
    form = PlanForm(request.POST or None, initial=initial, is_new_version=draft.version > 1)
    if form.is_valid():
        try:
            actions.change_draft(
                plan=draft,
                values=form.cleaned_data,
                seen_version=form.cleaned_data["row_version"] or 0,
                by=request.user,
                now=request.now,
            )
        except ChangedMeanwhile:
            return _conflict_page(request, patient_id, draft, form)
        except (actions.PlanToConfirm, actions.PlanRefused, AlreadySigned) as refusal:
            _tell(form, refusal)
        else:
            return redirect("patients:plan", patient_id, plan_id)
    return _form_page(request, patient_id, form, title=f"Plan {draft.version}, draft")


@background
@requires(Permission.WRITE_PLAN)
@require_POST
def reckon(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The arithmetic of what is typed so far; changes nothing."""
    form = ReckonForm(request.POST)
    reckoning = queries.reckon(form.cleaned_data, today=today_of(request)) if form.is_valid() else None
    return render(request, "patients/treatment_plan/_reckoning.html", {"reckoning": reckoning})


@requires(Permission.SIGN_PLAN)
@require_http_methods(["GET", "POST"])
def sign(request: StaffRequest, patient_id: UUID, plan_id: UUID) -> HttpResponse:
    """Sign the plan; from then on only a new version changes anything."""
    draft = _plan_or_404(patient_id, plan_id)
    form = SignForm(request.POST or None, initial={"row_version": draft.row_version})
    if form.is_valid():
        read = {"password": form.cleaned_data["password"], "seen_version": form.cleaned_data["row_version"]}
        try:
            actions.sign_plan(plan=draft, by=request.user, now=request.now, **read)
        except ProofRefused as refusal:
            form.refuse(refusal, "password")
        except ReadAgain as refusal:
            form.read_again(refusal, row_version=draft.row_version)
        except (AlreadySigned, actions.PlanNotComplete) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"Plan {draft.version} is signed.")
            return redirect("patients:plan", patient_id, plan_id)
    page = queries.plan_page(draft, today=today_of(request))
    context = {"page": page, "form": form, "patient_id": patient_id}
    return render(request, "patients/treatment_plan/sign.html", context, status=REFUSED if form.errors else 200)


@requires(Permission.RECORD_CONSENT)
@require_http_methods(["GET", "POST"])
def consent_new(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Record the consent: initials for each element, then the name."""
    start = queries.plan_start(patient_id)
    if start.course is None:
        messages.warning(request, "No course is open. Open a course first.")
        return redirect("patients:detail", patient_id)
    form = ConsentForm(request.POST or None)
    if form.is_valid():
        try:
            actions.record_consent(
                course=start.course,
                initials=form.initials(),
                signed_name=form.cleaned_data["signed_name"],
                by=request.user,
                now=request.now,
                key=form.cleaned_data["key"],
            )
        except (actions.CourseEnded, actions.ConsentIncomplete) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The consent is recorded.")
            return redirect("patients:plans", patient_id)
    context = {"form": form, "patient_id": patient_id}
    return render(request, "patients/treatment_plan/consent_form.html", context, status=REFUSED if form.errors else 200)


@requires(Permission.VIEW_CLINICAL)
@require_GET
def consent(request: StaffRequest, patient_id: UUID, consent_id: UUID) -> HttpResponse:
    """A consent as it was given, to read and to print."""
    page = queries.consent_page(patient_id, consent_id)
    if page is None:
        raise Http404
    return render(request, "patients/treatment_plan/consent.html", {"page": page, "patient_id": patient_id})


def _plan_or_404(patient_id: UUID, plan_id: UUID) -> TreatmentPlan:
    found = queries.plan_of(patient_id, plan_id)
    if found is None:
        raise Http404
    return found


def _tell(form: PlanForm, refusal: Refusal) -> None:
    """Ask about what is unusual; show every other refusal beside the field that it names."""
    if isinstance(refusal, actions.PlanToConfirm):
        form.ask(refusal.sentences)
    else:
        form.refuse(refusal, getattr(refusal, "field", None))


def _conflict_page(request: StaffRequest, patient_id: UUID, draft: TreatmentPlan, form: PlanForm) -> HttpResponse:
    """The second of two people is shown what the first one changed, with their own typing in the form."""
    conflict = compare(
        draft, seen_version=form.cleaned_data["row_version"] or 0, typed=form.cleaned_data, labels=form.labels
    )
    merged = PlanForm(initial={**conflict.merged, "key": draft.pk}, is_new_version=draft.version > 1)
    return _form_page(request, patient_id, merged, title=f"Plan {draft.version}, draft", conflict=conflict)


def _form_page(
    request: StaffRequest, patient_id: UUID, form: PlanForm, *, title: str, conflict: Comparison | None = None
) -> HttpResponse:
    numbers = ReckonForm(form.data if form.is_bound else form.initial)
    reckoning = queries.reckon(numbers.cleaned_data, today=today_of(request)) if numbers.is_valid() else None
    context = {
        "form": form,
        "title": title,
        "patient_id": patient_id,
        "reckoning": reckoning,
        "conflict": conflict,
    }
    return render(request, FORM, context, status=REFUSED if form.errors or conflict else 200)
