"""Step 1 on one page: what stands in the way, what is known of it, and the decision."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.kit import written
from clinic.kit.refusals import Refusal
from clinic.kit.web import REFUSED, requires
from clinic.staff.actions import ProofRefused
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from patients.assessment import actions, queries, rules
from patients.assessment.forms import (
    AskAllForm,
    DecisionForm,
    FindingForm,
    OverrideForm,
    PressureForm,
    ReasonForm,
)
from patients.assessment.models import Decision, Source


@dataclass(frozen=True)
class Opened:
    """The one form that is open on the page, and at which condition."""

    kind: str
    code: str
    form: Any


@requires(Permission.VIEW_CLINICAL)
@require_safe
def assessment(request: StaffRequest, patient_id):
    """The assessment of the latest course."""
    return _page(request, patient_id)


@requires(Permission.VIEW_CLINICAL)
@require_safe
def assessment_record(request: StaffRequest, patient_id, assessment_id):
    """One assessment, also an earlier one."""
    return _page(request, patient_id, assessment_id)


@requires(Permission.RECORD_FINDINGS)
@require_POST
def assessment_start(request: StaffRequest, patient_id):
    """Begin step 1, or go on with what is open."""
    course = queries.open_course(patient_id)
    if course is None:
        messages.warning(request, "No course is open. Open one first, then start the assessment.")
        return redirect("patients:assessment", patient_id)
    actions.start_assessment(course=course, by=request.user, now=request.now)
    return redirect("patients:assessment", patient_id)


@requires(Permission.RECORD_FINDINGS)
@require_http_methods(["GET", "POST"])
def assessment_finding(request: StaffRequest, patient_id, assessment_id, code):
    """Answer one condition."""
    condition = _condition_or_404(code)
    form = FindingForm(request.POST or None, condition=condition, initial={"source": Source.PATIENT})
    if form.is_valid():
        try:
            draft = _assessment_or_404(patient_id, assessment_id)
            actions.record_findings(assessment=draft, findings={code: form.finding()}, **_who(request, form))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Answer saved.")
            return _back(patient_id, code)
    return _page(request, patient_id, assessment_id, Opened("finding", code, form))


@requires(Permission.RECORD_FINDINGS)
@require_http_methods(["GET", "POST"])
def assessment_findings(request: StaffRequest, patient_id, assessment_id):
    """Ask everything that is still unknown, in one go."""
    page = queries.page(patient_id, now=request.now, assessment_id=assessment_id)
    if page is None or page.sheet is None:
        raise Http404
    standing = {row.condition.code: row.in_words for row in page.rows if row.answer != rules.UNKNOWN}
    codes = AskAllForm.codes_in(request.POST) or [row.condition.code for row in page.unknown]
    initial = {f"{code}-evidence": f"Asked on {_today(request)}" for code in codes}
    form = AskAllForm(request.POST or None, codes=codes, route=page.route, standing=standing, initial=initial)
    if form.is_valid():
        try:
            draft = _assessment_or_404(patient_id, assessment_id)
            saved = actions.record_findings(assessment=draft, findings=form.findings(), **_who(request, form))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{len(saved)} answer{'s' if len(saved) > 1 else ''} saved.")
            return redirect("patients:assessment", patient_id)
    context = {"page": page, "form": form, "patient_id": patient_id}
    return render(request, "patients/assessment/ask.html", context, status=REFUSED if form.is_bound else 200)


@requires(Permission.RECORD_FINDINGS)
@require_http_methods(["GET", "POST"])
def assessment_pressure(request: StaffRequest, patient_id, assessment_id):
    """Blood pressure at rest; the three conditions about it follow."""
    form = PressureForm(request.POST or None, now=request.now)
    if form.is_valid():
        try:
            draft = _assessment_or_404(patient_id, assessment_id)
            actions.record_resting_pressure(assessment=draft, readings=form.readings(), **_who(request, form))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Readings saved.")
            return _back(patient_id, rules.PRESSURE[0])
    return _page(request, patient_id, assessment_id, Opened("pressure", rules.PRESSURE[0], form))


@requires(Permission.DECIDE_ELIGIBILITY)
@require_http_methods(["GET", "POST"])
def assessment_reason(request: StaffRequest, patient_id, assessment_id, code):
    """Say why a condition that is met may be accepted."""
    _condition_or_404(code)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            draft = _assessment_or_404(patient_id, assessment_id)
            actions.give_reason(assessment=draft, code=code, **form.given(), **_who(request, form))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Reason saved.")
            return _back(patient_id, code)
    return _page(request, patient_id, assessment_id, Opened("reason", code, form))


@requires(Permission.OVERRIDE_HARD_STOP)
@require_http_methods(["GET", "POST"])
def assessment_override(request: StaffRequest, patient_id, assessment_id, code):
    """Let a hard stop pass, with the medical director's signature."""
    _condition_or_404(code)
    form = OverrideForm(request.POST or None)
    if form.is_valid():
        try:
            draft = _assessment_or_404(patient_id, assessment_id)
            actions.override_hard_stop(assessment=draft, code=code, **form.given(), **_who(request, form))
        except ProofRefused as refusal:
            form.refuse(refusal, "password")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Hard stop overridden.")
            return _back(patient_id, code)
    return _page(request, patient_id, assessment_id, Opened("override", code, form))


@requires(Permission.RECORD_FINDINGS)
@require_POST
def assessment_ready(request: StaffRequest, patient_id, assessment_id):
    """Hand the assessment to the prescriber."""
    draft = _assessment_or_404(patient_id, assessment_id)
    try:
        actions.ready_for_review(assessment=draft, by=request.user, now=request.now)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "Handed to the prescriber.")
    return redirect("patients:assessment", patient_id)


@requires(Permission.DECIDE_ELIGIBILITY)
@require_http_methods(["GET", "POST"])
def assessment_sign(request: StaffRequest, patient_id, assessment_id):
    """Decide and sign. Opened as a page it is the assessment with its decision panel."""
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            draft = _assessment_or_404(patient_id, assessment_id)
            actions.sign_assessment(assessment=draft, **form.given(), **_who(request, form))
        except ProofRefused as refusal:
            form.refuse(refusal, "password")
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Decision signed.")
            return redirect("patients:assessment", patient_id)
    return _page(request, patient_id, assessment_id, Opened("decision", "", form) if form.is_bound else None)


def _who(request: StaffRequest, form):
    return {"by": request.user, "now": request.now, "seen_version": form.seen_version}


def _today(request: StaffRequest):
    return written.day(timezone.localtime(request.now))


def _back(patient_id, code):
    return redirect(f"{reverse('patients:assessment', args=[patient_id])}#c-{code}")


def _assessment_or_404(patient_id, assessment_id):
    found = queries.assessment_of(patient_id, assessment_id)
    if found is None:
        raise Http404
    return found


def _condition_or_404(code):
    if code not in rules.BY_CODE:
        raise Http404
    return rules.BY_CODE[code]


def _verdicts(page, chosen):
    """The three decisions with what follows from each, for partials/verdicts.html."""
    holds = f"Holds for {rules.ASSESSMENT_VALID_DAYS} days. The plan comes next."
    texts = {
        Decision.ELIGIBLE: page.not_yet or holds,
        Decision.MORE_INFORMATION: "The course waits for what is missing. What was found is kept.",
        Decision.DECLINED: "Needs the reason and what else is offered. The course ends.",
    }
    return [
        {
            "value": value,
            "title": value.label,
            "text": text,
            "checked": chosen == value,
            "off": value == Decision.ELIGIBLE and bool(page.not_yet),
        }
        for value, text in texts.items()
    ]


def _page(request: StaffRequest, patient_id, assessment_id=None, opened=None):
    page = queries.page(patient_id, now=request.now, assessment_id=assessment_id)
    if page is None:
        raise Http404
    is_draft = page.sheet is not None and not page.sheet.is_signed
    may = request.user.may
    decision = opened.form if opened and opened.kind == "decision" else DecisionForm()
    context = {
        "page": page,
        "sheet": page.sheet,
        "patient_id": patient_id,
        "opened": opened if is_draft else None,
        # a form that came too late is not shown any more, so what it was refused for stands above the page
        "too_late": opened.form if opened and opened.form.is_bound and not is_draft else None,
        "decision": decision,
        "verdicts": _verdicts(page, decision["decision"].value()),
        "pressure_codes": rules.PRESSURE,
        "may_find": is_draft and may(Permission.RECORD_FINDINGS),
        "may_decide": is_draft and may(Permission.DECIDE_ELIGIBILITY),
        "may_override": is_draft and may(Permission.OVERRIDE_HARD_STOP),
        "may_start": page.may_start and may(Permission.RECORD_FINDINGS),
    }
    refused = opened is not None and opened.form.is_bound
    return render(request, "patients/assessment/detail.html", context, status=REFUSED if refused else 200)
