"""How do allergies and weights come onto the record? What turns out wrong is retracted and stays readable."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from clinic.kit.keys import uuid7
from clinic.kit.refusals import Refusal
from clinic.policy.rules import WEIGHT_KG
from clinic.staff.models import User
from patients.history.models import Allergy, AllergyReview, Weight
from patients.registration import actions as registration_actions
from patients.registration.models import Patient


class NotTheirs(Refusal):
    """The key of the form belongs to another person's row."""


class WeightImpossible(Refusal):
    """No such weight, or not at such a moment."""


class AlreadyListed(Refusal):
    """The same allergy twice would say nothing new."""


class AllergiesListed(Refusal):
    """What was answered about allergies does not fit the list."""


class AlreadyRetracted(Refusal):
    """A retraction is made once."""


class ReasonMissing(Refusal):
    """A retraction says why."""


def record_weight(*, patient: Patient, weight_kg: Decimal, measured_at: datetime, by: User, now: datetime) -> Weight:
    """Write down a measured weight. Refused outside 25 to 350 kg, and for a moment that is still to come."""
    if WEIGHT_KG.rejects(weight_kg):
        message = f"The weight must be {WEIGHT_KG.span}, with at most one decimal. Weigh again, then type it again."
        raise WeightImpossible(message)
    if measured_at > now:
        message = "The weight cannot have been measured in the future. Check the day and the time."
        raise WeightImpossible(message)
    return Weight.objects.create(
        patient=patient, weight_kg=weight_kg, measured_at=measured_at, recorded_at=now, recorded_by=by
    )


@transaction.atomic
def add_allergy(
    *, patient: Patient, substance: str, reaction: str, by: User, now: datetime, key: UUID | None = None
) -> Allergy:
    """List an allergy, and with it that somebody asked. Refused when the same substance is listed already."""
    held = registration_actions.hold(patient.pk)
    earlier = Allergy.objects.filter(pk=key).first() if key else None
    if earlier is not None:
        _must_be_theirs(earlier, held)
        return earlier
    if Allergy.objects.filter(patient__person_id=held.pk, substance__iexact=substance, retracted_at=None).exists():
        message = f"{substance} is already listed. Retract that entry first if it is wrong."
        raise AlreadyListed(message)
    allergy = Allergy(
        id=key or uuid7(), patient=held, substance=substance, reaction=reaction, recorded_at=now, recorded_by=by
    )
    allergy.save(force_insert=True)
    AllergyReview.objects.create(patient=held, outcome=AllergyReview.Outcome.LISTED.value, asked_at=now, asked_by=by)
    return allergy


@transaction.atomic
def review_allergies(
    *, patient: Patient, outcome: str, by: User, now: datetime, key: UUID | None = None
) -> AllergyReview:
    """Write down that somebody asked and what the answer was. Refused when the answer does not fit the list."""
    held = registration_actions.hold(patient.pk)
    earlier = AllergyReview.objects.filter(pk=key).first() if key else None
    if earlier is not None:
        _must_be_theirs(earlier, held)
        return earlier
    has_listed = Allergy.objects.filter(patient__person_id=held.pk, retracted_at=None).exists()
    if has_listed and outcome == AllergyReview.Outcome.NONE_KNOWN:
        message = "Allergies are listed. Retract each one that is wrong before writing down “none known”."
        raise AllergiesListed(message)
    if not has_listed and outcome == AllergyReview.Outcome.LISTED:
        message = "No allergy is listed. Add one, or write down “none known”."
        raise AllergiesListed(message)
    return AllergyReview.objects.create(
        id=key or uuid7(), patient=held, outcome=str(outcome), asked_at=now, asked_by=by
    )


@transaction.atomic
def retract_allergy(*, allergy: Allergy, reason: str, by: User, now: datetime) -> Allergy:
    """Strike an allergy out, with the reason; it stays readable. Refused the second time and without a reason."""
    registration_actions.hold(allergy.patient_id)
    held = Allergy.objects.select_for_update().get(pk=allergy.pk)
    if held.retracted_at is not None:
        message = f"{held.substance} was already retracted. Nothing was changed."
        raise AlreadyRetracted(message)
    if not reason.strip():
        message = "Write down why this allergy is retracted."
        raise ReasonMissing(message)
    held.retracted_at, held.retracted_by, held.retraction_reason = now, by, reason
    held.save(update_fields=["retracted_at", "retracted_by", "retraction_reason"])
    return held


def _must_be_theirs(row: Allergy | AllergyReview, patient: Patient) -> None:
    if row.patient.person_id != patient.pk:
        message = "This form belongs to another person. Reload the page, then try again."
        raise NotTheirs(message)
