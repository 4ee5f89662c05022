"""Step 4: how is the person afterwards? What came of each planned check-in.

A check-in that is only planned has no row: it follows from the moment the infusion stopped. A row says how it ended.
"""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import between, in_our_time, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from patients.instruments.models import QuestionnaireResponse
from patients.registration.models import Patient
from sessions.administration.models import TreatmentSession


class CheckInKind(models.TextChoices):
    H24 = "h24", "After 24 hours"
    DAY7 = "day7", "Day 7"


@tracked(pghistory.InsertEvent())
class CheckIn(models.Model):
    """How one check-in ended: answered or cancelled, once."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered", "Answered"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="check_ins")
    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="check_ins")
    kind = models.CharField(max_length=8, choices=CheckInKind.choices)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    mood_nrs = models.PositiveSmallIntegerField(null=True)
    adverse_effects = models.TextField(max_length=2000, blank=True)
    has_urinary_symptoms = models.BooleanField(null=True)
    response = models.OneToOneField(QuestionnaireResponse, null=True, on_delete=models.PROTECT, related_name="check_in")
    note = models.TextField(max_length=5000, blank=True)

    classification = Classified(
        clinical="kind outcome happened_at mood_nrs adverse_effects has_urinary_symptoms note",
        operational="id patient session recorded_at recorded_by response",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "kind"], name="check_in_ends_once"),
            between("mood_nrs", 0, 10, name="check_in_mood"),
            one_of("kind", list(CheckInKind.values), name="check_in_known_kind"),
            one_of("outcome", ["answered", "cancelled"], name="check_in_known_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome="cancelled") | ~Q(note=""), name="check_in_cancelled_with_a_reason"
            ),
            in_our_time("happened_at", "recorded_at", name="check_in_in_our_time"),
        ]
        indexes = [models.Index(fields=["patient", "-happened_at"], name="check_in_of_patient")]  # progress

    def __str__(self) -> str:
        return self.kind


@tracked(pghistory.InsertEvent())
class ContactAttempt(models.Model):
    """A call for a check-in that reached nobody."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="contact_attempts")
    kind = models.CharField(max_length=8, choices=CheckInKind.choices)
    tried_at = models.DateTimeField()
    tried_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    classification = Classified(clinical="kind note", operational="id session tried_at tried_by")

    class Meta:
        constraints = [
            one_of("kind", list(CheckInKind.values), name="attempt_known_kind"),
            in_our_time("tried_at", name="attempt_in_our_time"),
        ]
        indexes = [models.Index(fields=["session", "kind"], name="attempt_of_check_in")]  # the worklist

    def __str__(self) -> str:
        return self.kind
