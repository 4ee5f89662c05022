"""How does an assessment begin, fill up, and end in a signed decision? findings: what is known. decision: the rest."""

from patients.assessment.actions.decision import (
    CourseNotUnderReview,
    DecisionNotKnown,
    MayNotDecide,
    NoteMissing,
    NotYetEligible,
    OwnOverride,
    sign_assessment,
)
from patients.assessment.actions.findings import (
    ReadingsImpossible,
    record_finding,
    record_findings,
    record_resting_pressure,
)
from patients.assessment.actions.intake import CourseEnded, NotReady, ready_for_review, start_assessment
from patients.assessment.actions.reasons import (
    MayNotOverride,
    NothingToDecide,
    ReasonMissing,
    give_reason,
    override_hard_stop,
)

__all__ = [
    "CourseEnded",
    "CourseNotUnderReview",
    "DecisionNotKnown",
    "MayNotDecide",
    "MayNotOverride",
    "NotReady",
    "NotYetEligible",
    "NoteMissing",
    "NothingToDecide",
    "OwnOverride",
    "ReadingsImpossible",
    "ReasonMissing",
    "give_reason",
    "override_hard_stop",
    "ready_for_review",
    "record_finding",
    "record_findings",
    "record_resting_pressure",
    "sign_assessment",
    "start_assessment",
]
