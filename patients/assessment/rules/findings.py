"""Can an answer be taken down as it stands, and when is everything asked?"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from clinic.kit.refusals import Refusal
from patients.assessment.rules.contraindications import BY_CODE, CONTRAINDICATIONS, Contraindication
from patients.assessment.rules.eligibility import (
    ANSWERS,
    UNKNOWN,
    AnswerNotKnown,
    UnknownContraindication,
)

PATIENT: Final = "patient"
CHART: Final = "chart"
EXAMINATION: Final = "examination"
BY_HAND: Final = (PATIENT, CHART, EXAMINATION)

AGE: Final = "under_18"
PRESSURE: Final = tuple(code for code in BY_CODE if code.startswith("blood_pressure_"))


class EvidenceMissing(Refusal):
    """An answer that says nothing of how it is known."""


class FindingComputed(Refusal):
    """A condition that the program answers from numbers."""


@dataclass(frozen=True)
class NewFinding:
    """One answer as it was given: met, not met or unknown, with what shows it and where that comes from."""

    answer: str
    evidence: str
    source: str


def refuse_unusable(code: str, new: NewFinding) -> None:
    """Refuse an answer to an unknown condition, one that is not an answer, and a claim without any evidence.

    Age comes from the birth date. Blood pressure comes from readings at rest; by hand it can only be called unknown.
    """
    if code not in BY_CODE:
        raise UnknownContraindication("This condition is not in the rule set. Reload the page and try again.")
    condition = BY_CODE[code]
    if new.answer not in ANSWERS or new.source not in BY_HAND:
        raise AnswerNotKnown(f"“{condition.title}” must be met, not met or unknown, with a source. Choose both.")
    if code == AGE:
        raise FindingComputed("The age follows from the birth date. Correct the birth date if it is wrong.")
    if condition.is_computed and new.answer != UNKNOWN:
        raise FindingComputed("Blood pressure is judged from readings at rest. Enter the readings instead.")
    if new.answer != UNKNOWN and not new.evidence.strip():
        raise EvidenceMissing(f"“{condition.title}”: write down what shows it. {condition.evidence_hint}.")


def unasked(answered: Collection[str]) -> tuple[Contraindication, ...]:
    """The conditions nobody has dealt with: neither answered nor called unknown."""
    return tuple(each for each in CONTRAINDICATIONS if each.code not in answered and each.code != AGE)
