"""Step 1: may this person be treated? Findings with their evidence, reasons, and the signed decision."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import in_our_time, not_blank, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from clinic.records.models import SignableRecord
from patients.courses.models import Course
from patients.registration.models import Patient


class Decision(models.TextChoices):
    ELIGIBLE = "eligible", "Eligible"
    MORE_INFORMATION = "more_information", "More information"
    DECLINED = "declined", "Declined"


class Answer(models.TextChoices):
    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    UNKNOWN = "unknown", "Unknown"


class Source(models.TextChoices):
    PATIENT = "patient", "Patient, own words"
    CHART = "chart", "Chart or letter"
    EXAMINATION = "examination", "Examination"
    COMPUTED = "computed", "Computed"


@tracked()
class Assessment(SignableRecord):
    """One review of eligibility for one course. Signed, it is locked; another review is another row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="assessments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="assessments")
    route = models.CharField(max_length=12, default="iv")
    rule_set = models.CharField(max_length=24)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=20, choices=Decision.choices, blank=True)
    decision_note = models.TextField(max_length=5000, blank=True)
    expires_on = models.DateField(null=True)
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")

    classification = Classified(
        clinical="route decision decision_note",
        operational="id patient course rule_set started_at started_by expires_on supersedes"
        " signed_at signed_by row_version",
    )

    class Meta(SignableRecord.Meta):
        abstract = False
        constraints = [
            *SignableRecord.Meta.constraints,
            one_of("decision", ["", *Decision.values], name="assessment_known_decision"),
            models.CheckConstraint(condition=Q(signed_at=None) | ~Q(decision=""), name="assessment_signed_decided"),
            models.CheckConstraint(
                condition=~Q(decision="eligible") | Q(expires_on__isnull=False), name="assessment_eligible_expires"
            ),
            models.UniqueConstraint(
                fields=["course"], condition=Q(signed_at=None), name="assessment_one_draft_per_course"
            ),
            in_our_time("started_at", "signed_at", name="assessment_in_our_time"),
        ]

    def __str__(self) -> str:
        return self.decision or "draft"


@tracked(pghistory.InsertEvent())
class Finding(models.Model):
    """What is known about one contraindication, with the evidence. The latest row of a code counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=40)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    evidence = models.TextField(max_length=2000, blank=True)
    source = models.CharField(max_length=12, choices=Source.choices)
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classification = Classified(clinical="code answer evidence source", operational="id assessment found_at found_by")

    class Meta:
        constraints = [
            one_of("answer", list(Answer.values), name="finding_known_answer"),
            one_of("source", list(Source.values), name="finding_known_source"),
            models.CheckConstraint(condition=~Q(answer="met") | ~Q(evidence=""), name="finding_met_with_evidence"),
            in_our_time("found_at", name="finding_in_our_time"),
        ]
        indexes = [models.Index(fields=["assessment", "code", "-found_at"], name="finding_latest")]  # the page

    def __str__(self) -> str:
        return f"{self.code} {self.answer}"


@tracked(pghistory.InsertEvent())
class Override(models.Model):
    """Why treatment may go ahead although a condition is met. A hard stop takes the medical director's signature."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="overrides")
    code = models.CharField(max_length=40)
    reason = models.TextField(max_length=2000)
    is_hard_stop = models.BooleanField()
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classification = Classified(clinical="code reason is_hard_stop", operational="id assessment given_at given_by")

    class Meta:
        constraints = [
            not_blank("reason", name="override_with_a_reason"),
            in_our_time("given_at", name="override_in_our_time"),
        ]
        indexes = [models.Index(fields=["assessment", "code", "-given_at"], name="override_latest")]  # the page

    def __str__(self) -> str:
        return self.code
