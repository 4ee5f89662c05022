"""The forms of steps 1 and 2 and of the desk: people, courses, questionnaires, the assessment, plans and consents."""

from datetime import datetime, timedelta
from typing import Any

from patients.assessment import rules as assessment_rules
from patients.assessment.models import Assessment, Finding, Override
from patients.courses.models import Course
from patients.history.models import Allergy, AllergyReview
from patients.instruments.models import QuestionnaireResponse
from patients.merging import queries as merging_queries
from patients.merging.models import Merge
from patients.registration.models import DuplicateNote, Patient
from patients.treatment_plan.models import Consent, TreatmentPlan
from patients.treatment_plan.rules import CONSENT_ELEMENTS
from tests.architecture.bad_input.case import KEY, Body, Case, attributes, local
from tests.architecture.bad_input.world import HARD, SOFT, World
from tests.scenarios.cast import NOW, PASSWORD
from tests.scenarios.plans import values as plan_values

# ---------------------------------------------------------------- people and their courses
# Somebody like nobody there, so that nothing is asked.
DETAILS = {
    "given_name": "Noa",
    "family_name": "Levi",
    "birth_date": "1979-11-23",
    "preferred_name": "",
    "phone": "202 555 0199",
    "is_voicemail_safe": "on",
    "email": "noa@clinic.example",
    "sex_at_birth": "female",
    "gender": "",
    "pronouns": "she/her",
    "language": "en",
    "needs_interpreter": "",
    "emergency_name": "Luis",
    "emergency_relation": "Brother",
    "emergency_phone": "202 555 0144",
    "escort_name": "Luis",
    "escort_phone": "202 555 0144",
    "referrer": "Dr. Hale",
    "payer": "",
    "address": "1 Elm Street",
    "city": "Springfield",
    "state": "Ohio",
    "postal_code": "45501",
}
PERSON = (
    Case(
        "patients:register",
        "RegisterForm",
        "fran",
        lambda _: {},
        lambda _: {**DETAILS, "key": KEY, "anyway_because": "Another person"},
        lambda _, body: attributes(Patient.objects.get(pk=body["key"]), *DETAILS, key="pk"),
        frozenset({"anyway_because"}),
        shown=("patients:detail", "patients:edit"),
    ),
    Case(
        "patients:edit",
        "EditForm",
        "fran",
        lambda w: {"patient_id": w.maria.pk},
        lambda w: {**DETAILS, "row_version": str(w.maria.row_version)},
        lambda w, _: attributes(Patient.objects.get(pk=w.maria.pk), *DETAILS),
        frozenset({"row_version"}),
        shown=("patients:detail", "patients:edit", "patients:course-open"),
    ),
    Case(
        "patients:course-open",
        "OpenCourseForm",
        "fran",
        lambda w: {"patient_id": w.maria.pk},
        lambda _: {"key": KEY, "indication": "F33.2", "referrer": "Dr. Hale"},
        lambda _, body: attributes(Course.objects.get(pk=body["key"]), "indication", "referrer", key="pk"),
        shown=("patients:detail",),
    ),
    Case(
        "patients:allergies",
        "AllergyForm",
        "nora",
        lambda w: {"patient_id": w.maria.pk},
        lambda _: {"key": KEY, "substance": "Latex", "reaction": "Hives"},
        lambda _, body: attributes(Allergy.objects.get(pk=body["key"]), "substance", "reaction", key="pk"),
        shown=("patients:allergies", "patients:detail", "patients:progress"),
    ),
    Case(
        "patients:allergies-none",
        "NoneKnownForm",
        "nora",
        lambda w: {"patient_id": w.planless.patient_id},
        lambda _: {"key": KEY},
        lambda _, body: attributes(AllergyReview.objects.get(pk=body["key"]), key="pk"),
    ),
    Case(
        "patients:allergy-retract",
        "RetractForm",
        "nora",
        lambda w: {"patient_id": w.maria.pk, "allergy_id": w.allergy.pk},
        lambda _: {"reason": "Meant for somebody else"},
        lambda w, _: attributes(Allergy.objects.get(pk=w.allergy.pk), reason="retraction_reason"),
        shown=("patients:allergies",),
    ),
)


# ---------------------------------------------------------------- records of one person
def _pair(world: World) -> dict[str, str]:
    return {"kept": str(world.maria.pk), "other": str(world.planless.patient_id)}


def _seen(world: World) -> str:
    page = merging_queries.preview(world.maria.pk, world.planless.patient_id, now=NOW)
    return page.seen if page else ""


DUPLICATES = (
    Case(
        "patients:merge",
        "MergeForm",
        "ada",
        lambda _: {},
        lambda w: {**_pair(w), "seen": _seen(w), "reason": "Same identity card"},
        lambda _, body: attributes(Merge.objects.get(merged=body["other"]), "reason"),
        frozenset({"kept", "other", "seen"}),
        decided=frozenset({"kept", "other", "seen"}),
    ),
    Case(
        "patients:duplicates-different",
        "DifferentForm",
        "ada",
        lambda _: {},
        lambda w: {**_pair(w), "reason": "Two identity cards"},
        lambda _, __: attributes(DuplicateNote.objects.get(verdict="different"), "reason"),
        frozenset({"kept", "other"}),
        decided=frozenset({"kept", "other"}),
    ),
    Case(
        "patients:duplicate-report",
        "ReportForm",
        "fran",
        lambda w: {"patient_id": w.maria.pk},
        lambda w: {"record_number": w.planless.patient.record_number, "reason": "Same handwriting"},
        lambda _, __: attributes(DuplicateNote.objects.get(verdict="suspected"), "reason"),
        frozenset({"record_number"}),
        decided=frozenset({"record_number"}),
    ),
    Case(
        "patients:merge-undo",
        "UndoForm",
        "ada",
        lambda w: {"patient_id": w.merge.into_id, "merge_id": w.merge.pk},
        lambda _: {"reason": "Two identity cards"},
        lambda w, _: attributes(Merge.objects.get(pk=w.merge.pk), reason="undone_reason"),
    ),
)


# ---------------------------------------------------------------- questionnaires
def _answers(count: int) -> dict[str, str]:
    return {f"item_{number}": "1" for number in range(1, count + 1)} | {f"item_{count}": "0", "difficulty": "1"}


def _taken(answered: str = "2026-03-10") -> dict[str, str]:
    how = {"mode": "interview", "purpose": "intake"}
    return {"key": KEY, **how, "answered_on": answered, "answered_time": "10:05"}


def _response(_: World, body: Body) -> dict[str, Any]:
    row = QuestionnaireResponse.objects.get(pk=body["key"])
    at = local(row.answered_at)
    given = dict(row.answers.values_list("item", "value"))
    items = {name: given.get(int(name[5:])) for name in body if name.startswith("item_")}
    said = {**items, "difficulty": given.get(len(items) + 1), "answered_on": at.date(), "answered_time": at.time()}
    return {**attributes(row, "mode", "purpose", key="pk"), **said}


QUESTIONNAIRES = (
    *(
        Case(
            "patients:questionnaire-new",
            "QuestionnaireForm",
            "nora",
            lambda w, code=code: {"patient_id": w.planless.patient_id, "code": code},
            lambda _, count=count: _taken() | _answers(count),
            _response,
        )
        for code, count in (("phq9", 9), ("gad7", 7))
    ),
    Case(
        "patients:questionnaire-correct",
        "CorrectionForm",
        "nora",
        lambda w: {"patient_id": w.response.patient_id, "response_id": w.response.pk},
        lambda _: {**_taken(), **_answers(9), "correction_reason": "Read from the wrong line"},
        lambda w, body: (
            _response(w, body) | attributes(QuestionnaireResponse.objects.get(pk=body["key"]), "correction_reason")
        ),
        shown=("patients:questionnaire", "patients:questionnaires"),
    ),
)


# ---------------------------------------------------------------- step 1
def _an_hour_later(_: World) -> datetime:
    return NOW + timedelta(hours=1)


def _version(w: World) -> dict[str, str]:
    return {"row_version": str(Assessment.objects.get(pk=w.assessment.pk).row_version)}


def _of_assessment(w: World, **more: str) -> dict[str, Any]:
    return {"patient_id": w.assessment.patient_id, "assessment_id": w.assessment.pk, **more}


def _finding(w: World, code: str) -> Finding:
    return Finding.objects.filter(assessment=w.assessment, code=code).latest("found_at", "id")


def _override(w: World, code: str) -> Override:
    return Override.objects.filter(assessment=w.assessment, code=code).latest("given_at", "id")


ASKED = ("bladder", "seizures")
UNSEEN = frozenset({"row_version"})
ON_ASSESSMENT = ("patients:assessment", "patients:assessment-record", "patients:progress")
ASSESSMENT = (
    Case(
        "patients:assessment-finding",
        "FindingForm",
        "nora",
        lambda w: _of_assessment(w, code="bladder"),
        lambda w: {**_version(w), "answer": "met", "source": "patient", "evidence": "Says so"},
        lambda w, _: attributes(_finding(w, "bladder"), "answer", "source", "evidence"),
        UNSEEN,
        now=_an_hour_later,
        shown=ON_ASSESSMENT,
    ),
    Case(
        "patients:assessment-findings",
        "AskAllForm",
        "nora",
        _of_assessment,
        lambda w: (
            _version(w)
            | {
                f"{code}-{part}": said
                for code in ASKED
                for part, said in {"answer": "met", "source": "patient", "evidence": "Says so"}.items()
            }
        ),
        lambda w, body: {
            f"{code}-{part}": getattr(_finding(w, code), part) if body[f"{code}-answer"] else body[f"{code}-{part}"]
            for code in ASKED  # a row left open is not recorded
            for part in ("answer", "source", "evidence")
        },
        UNSEEN,
        now=_an_hour_later,
        shown=ON_ASSESSMENT,
    ),
    Case(
        "patients:assessment-pressure",
        "PressureForm",
        "nora",
        _of_assessment,
        lambda w: {
            **_version(w),
            "measured_on": "2026-03-10",
            "systolic_1": "164",
            "diastolic_1": "98",
            "time_1": "10:10",
            "systolic_2": "166",
            "diastolic_2": "102",
            "time_2": "10:20",
        },
        lambda _w, _b: {},
        UNSEEN
        | {f"{part}_{number}" for part in ("systolic", "diastolic", "time") for number in (1, 2)}
        | {"measured_on"},  # kept as words of a finding
        now=_an_hour_later,
        shown=ON_ASSESSMENT,
    ),
    Case(
        "patients:assessment-reason",
        "ReasonForm",
        "paula",
        lambda w: _of_assessment(w, code=SOFT),
        lambda w: {**_version(w), "reason": "Stable for years"},
        lambda w, _: attributes(_override(w, SOFT), "reason"),
        UNSEEN,
        now=_an_hour_later,
        shown=ON_ASSESSMENT,
    ),
    Case(
        "patients:assessment-override",
        "OverrideForm",
        "dirk",
        lambda w: _of_assessment(w, code=HARD),
        lambda w: {**_version(w), "reason": "Tested since", "password": PASSWORD},
        lambda w, _: attributes(_override(w, HARD), "reason"),
        UNSEEN | {"password"},
        now=_an_hour_later,
        shown=ON_ASSESSMENT,
    ),
    Case(
        "patients:assessment-sign",
        "DecisionForm",
        "paula",
        _of_assessment,
        lambda w: {
            **_version(w),
            "decision": "more_information",
            "note": "Letter of the cardiologist",
            "password": PASSWORD,
        },
        lambda w, _: attributes(Assessment.objects.get(pk=w.assessment.pk), "decision", note="decision_note"),
        UNSEEN | {"password"},
        now=_an_hour_later,
        shown=ON_ASSESSMENT,
    ),
)
assert set(ASKED) <= set(assessment_rules.BY_CODE)

# ---------------------------------------------------------------- step 2
PLAN = {name: str(value) for name, value in plan_values(instructions="Water at the bedside").items()}
ON_PLAN = frozenset(PLAN)


def _plan(**changed: str) -> dict[str, str]:
    return {**PLAN, "key": KEY, "is_confirmed": "on", **changed}


PLANS = (
    Case(
        "patients:plan-new",
        "PlanForm",
        "paula",
        lambda w: {"patient_id": w.planless.patient_id},
        lambda _: _plan(),
        lambda _, body: attributes(TreatmentPlan.objects.get(pk=body["key"]), *ON_PLAN, key="pk"),
        frozenset({"is_confirmed", "row_version"}),
        shown=("patients:plan", "patients:plans", "patients:progress"),
    ),
    Case(
        "patients:plan-edit",
        "PlanForm",
        "paula",
        lambda w: {"patient_id": w.draft.patient_id, "plan_id": w.draft.pk},
        lambda w: _plan(row_version=str(w.draft.row_version)),
        lambda w, _: attributes(TreatmentPlan.objects.get(pk=w.draft.pk), *ON_PLAN),
        frozenset({"is_confirmed", "row_version", "key"}),
        shown=("patients:plan", "patients:plans", "patients:plan-edit"),
    ),
    Case(
        "patients:plan-sign",
        "SignForm",
        "paula",
        lambda w: {"patient_id": w.draft.patient_id, "plan_id": w.draft.pk},
        lambda w: {"password": PASSWORD, "row_version": str(w.draft.row_version)},
        lambda _w, _b: {},
        frozenset({"password", "row_version"}),
    ),
    Case(
        "patients:consent-new",
        "ConsentForm",
        "nora",
        lambda w: {"patient_id": w.draft.patient_id},
        lambda _: (
            {"key": KEY, "signed_name": "Bela Number2"} | {f"initials_{each.code}": "BN" for each in CONSENT_ELEMENTS}
        ),
        lambda _, body: (
            attributes(Consent.objects.get(pk=body["key"]), "signed_name", key="pk")
            | {
                f"initials_{code}": initials
                for code, initials in Consent.objects.get(pk=body["key"]).elements.values_list("code", "initials")
            }
        ),
        shown=("patients:plans",),
    ),
)
