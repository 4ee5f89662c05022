"""What is a person allergic to, has anybody asked, and what did they weigh?"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.shortcuts import get_object_or_404

from patients.history.models import Allergy, AllergyReview, Weight


@dataclass(frozen=True)
class AllergyRow:
    """One allergy; `retracted_by` is empty while it holds."""

    id: UUID
    substance: str
    reaction: str
    recorded_at: datetime
    recorded_by: str
    retracted_at: datetime | None
    retracted_by: str
    retraction_reason: str


@dataclass(frozen=True)
class Allergies:
    """What is listed, what was struck out, and what the last answer was when nothing is listed."""

    listed: tuple[AllergyRow, ...]
    retracted: tuple[AllergyRow, ...]
    is_none_known: bool
    asked_at: datetime | None
    asked_by: str


@dataclass(frozen=True)
class WeightRow:
    """One weight as measured."""

    weight_kg: Decimal
    measured_at: datetime


def allergy_rows(patient_id: UUID) -> list[AllergyRow]:
    """All allergies of a person by name, those struck out among them."""
    return [
        AllergyRow(
            id=allergy.pk,
            substance=allergy.substance,
            reaction=allergy.reaction,
            recorded_at=allergy.recorded_at,
            recorded_by=str(allergy.recorded_by),
            retracted_at=allergy.retracted_at,
            retracted_by=str(allergy.retracted_by or ""),
            retraction_reason=allergy.retraction_reason,
        )
        for allergy in Allergy.objects.filter(patient__person_id=patient_id)
        .select_related("recorded_by", "retracted_by")
        .order_by("substance", "id")
    ]


def allergies_of(patient_id: UUID) -> Allergies:
    """All allergies of a person, and the last time somebody asked."""
    rows = allergy_rows(patient_id)
    reviews = AllergyReview.objects.filter(patient__person_id=patient_id).select_related("asked_by")
    last = reviews.order_by("-asked_at", "-id").first()
    listed = tuple(row for row in rows if row.retracted_at is None)
    return Allergies(
        listed=listed,
        retracted=tuple(row for row in rows if row.retracted_at is not None),
        is_none_known=not listed and last is not None and last.outcome == AllergyReview.Outcome.NONE_KNOWN,
        asked_at=last.asked_at if last else None,
        asked_by=str(last.asked_by) if last else "",
    )


def allergy(patient_id: UUID, allergy_id: UUID) -> Allergy:
    """An allergy of this person and of nobody else, or 404."""
    return get_object_or_404(Allergy, pk=allergy_id, patient__person_id=patient_id)


def latest_weight(patient_id: UUID) -> WeightRow | None:
    """The weight measured last."""
    found = Weight.objects.filter(patient__person_id=patient_id).order_by("-measured_at", "-id").first()
    return WeightRow(found.weight_kg, found.measured_at) if found else None
