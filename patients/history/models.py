"""What must every page about a person know of their health? Allergies and weights so far."""

import pghistory
from django.conf import settings
from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.constraints import between, both_or_neither, in_our_time, not_blank, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from patients.registration.models import Patient


@tracked()
class Allergy(models.Model):
    """One allergy. Found wrong later, it is retracted and stays readable."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(max_length=80)
    reaction = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retracted_at = models.DateTimeField(null=True)
    retracted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    retraction_reason = models.CharField(max_length=200, blank=True)

    classification = Classified(
        clinical="substance reaction retraction_reason",
        operational="id patient recorded_at recorded_by retracted_at retracted_by",
    )

    class Meta:
        constraints = [
            not_blank("substance", name="allergy_to_something"),
            both_or_neither("retracted_at", "retracted_by", name="allergy_retracted_by_whom"),
            in_our_time("recorded_at", "retracted_at", name="allergy_in_our_time"),
        ]
        indexes = [models.Index(fields=["patient"], name="allergy_of_patient")]  # the banner

    def __str__(self) -> str:
        return self.substance


@tracked(pghistory.InsertEvent())
class AllergyReview(models.Model):
    """Somebody asked about allergies, and what the answer was. Without such a row, nobody has asked."""

    class Outcome(models.TextChoices):
        NONE_KNOWN = "none_known", "None known"
        LISTED = "listed", "As listed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergy_reviews")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classification = Classified(clinical="outcome", operational="id patient asked_at asked_by")

    class Meta:
        constraints = [
            one_of("outcome", ["none_known", "listed"], name="allergy_review_known_outcome"),
            in_our_time("asked_at", name="allergy_review_in_our_time"),
        ]
        indexes = [models.Index(fields=["patient", "-asked_at"], name="allergy_review_of_patient")]  # the banner

    def __str__(self) -> str:
        return self.outcome


@tracked(pghistory.InsertEvent())
class Weight(models.Model):
    """A weight as measured, in kilograms."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="weights")
    weight_kg = models.DecimalField(max_digits=4, decimal_places=1)
    measured_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classification = Classified(clinical="weight_kg", operational="id patient measured_at recorded_at recorded_by")

    class Meta:
        constraints = [
            between("weight_kg", 25, 350, name="weight_kg_in_range"),
            in_our_time("measured_at", "recorded_at", name="weight_in_our_time"),
        ]
        indexes = [models.Index(fields=["patient", "-measured_at"], name="weight_of_patient")]  # the latest weight

    def __str__(self) -> str:
        return f"{self.weight_kg} kg"
