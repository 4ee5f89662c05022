"""What did the person answer? Completed questionnaires, item by item, with the score they had when they came in."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import after, between, in_our_time, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from patients.courses.models import Course
from patients.registration.models import Patient


class Mode(models.TextChoices):
    SELF = "self", "By the patient"
    INTERVIEW = "interview", "Asked by staff"
    PHONE = "phone", "By telephone"


class Purpose(models.TextChoices):
    INTAKE = "intake", "Intake"
    BEFORE_SESSION = "before_session", "Before a session"
    FOLLOW_UP = "follow_up", "Follow-up"


@tracked(pghistory.InsertEvent())
class QuestionnaireResponse(models.Model):
    """One questionnaire answered once. Never changed: a correction is a new response that supersedes this one.

    `total` is empty when too many items are missing for a score; `raw_total` is the plain sum of what was answered.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="responses")
    course = models.ForeignKey(Course, null=True, on_delete=models.PROTECT, related_name="responses")
    instrument = models.CharField(max_length=12)
    instrument_version = models.CharField(max_length=24)
    language = models.CharField(max_length=8, default="en")
    mode = models.CharField(max_length=12, choices=Mode.choices)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    answered_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    total = models.SmallIntegerField(null=True)
    raw_total = models.SmallIntegerField()
    band = models.CharField(max_length=24, blank=True)
    is_prorated = models.BooleanField(default=False)
    missing_count = models.SmallIntegerField(default=0)
    safety_answer = models.SmallIntegerField(null=True, help_text="The suicide item as answered; empty when blank.")
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    correction_reason = models.CharField(max_length=500, blank=True)

    classification = Classified(
        clinical="instrument total raw_total band is_prorated missing_count safety_answer correction_reason purpose",
        operational=(
            "id patient course instrument_version language mode answered_at recorded_at recorded_by supersedes"
        ),
    )

    class Meta:
        constraints = [
            between("total", 0, 100, name="response_total_in_range"),
            between("raw_total", 0, 100, name="response_raw_total_in_range"),
            one_of("mode", list(Mode.values), name="response_known_mode"),
            one_of("purpose", list(Purpose.values), name="response_known_purpose"),
            after("recorded_at", "answered_at", name="response_recorded_after_answered"),
            in_our_time("answered_at", "recorded_at", name="response_in_our_time"),
        ]
        indexes = [
            # the chart of one person: every score of an instrument in time
            models.Index(fields=["patient", "instrument", "answered_at"], name="response_of_patient"),
            # today's page: the courses with a score of the last days, of which those of one site are picked
            models.Index(
                fields=["answered_at"],
                include=["course", "id"],
                condition=Q(instrument="phq9"),
                name="response_of_phq9",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.answered_at:%Y-%m-%d}"


@tracked(pghistory.InsertEvent())
class QuestionnaireAnswer(models.Model):
    """One item as answered; an item left blank has no row. Items count from 1."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    response = models.ForeignKey(QuestionnaireResponse, on_delete=models.PROTECT, related_name="answers")
    item = models.PositiveSmallIntegerField()
    value = models.SmallIntegerField()

    classification = Classified(clinical="item value", operational="id response")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "item"], name="answer_once_per_item"),
            between("value", 0, 10, name="answer_in_range"),
            between("item", 1, 60, name="answer_item_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.value}"
