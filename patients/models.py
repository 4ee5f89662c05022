"""Table of contents for Django. Import a model from its slice, never from here."""

from patients.assessment.models import Assessment, Finding, Override
from patients.courses.models import Course, CourseTransition
from patients.history.models import Allergy, AllergyReview, Weight
from patients.instruments.models import QuestionnaireAnswer, QuestionnaireResponse
from patients.merging.models import Merge
from patients.registration.models import DuplicateNote, Patient
from patients.treatment_plan.models import Consent, ConsentElement, TreatmentPlan

__all__ = [
    "Allergy",
    "AllergyReview",
    "Assessment",
    "Consent",
    "ConsentElement",
    "Course",
    "CourseTransition",
    "DuplicateNote",
    "Finding",
    "Merge",
    "Override",
    "Patient",
    "QuestionnaireAnswer",
    "QuestionnaireResponse",
    "TreatmentPlan",
    "Weight",
]
