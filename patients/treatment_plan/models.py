"""Step 2: what will be given, how often, and when not? Versioned, signed plans and the consent to them."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import between, in_our_time, not_blank
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from clinic.records.models import SignableRecord
from patients.courses.models import Course
from patients.registration.models import Patient


@tracked()
class TreatmentPlan(SignableRecord):
    """One version of the plan for IV ketamine. A session stays with the version it was given under.

    Dose, volume and rate are stored both unrounded (where rounding applies) and as ordered.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plans")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    change_reason = models.CharField(max_length=500, blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    goal = models.TextField(max_length=1000)
    dose_mg_per_kg = models.DecimalField(max_digits=4, decimal_places=3)
    weight_kg = models.DecimalField(max_digits=4, decimal_places=1)
    weighed_on = models.DateField()
    dose_mg_exact = models.DecimalField(max_digits=8, decimal_places=4)
    dose_mg = models.DecimalField(max_digits=5, decimal_places=1)
    infusion_minutes = models.PositiveSmallIntegerField()
    bag_drug_mg = models.DecimalField(max_digits=6, decimal_places=2)
    bag_volume_ml = models.DecimalField(max_digits=6, decimal_places=2)
    rate_ml_h = models.DecimalField(max_digits=5, decimal_places=1)
    session_count = models.PositiveSmallIntegerField()
    interval_days = models.PositiveSmallIntegerField()
    hold_systolic_mmhg = models.PositiveSmallIntegerField()
    hold_diastolic_mmhg = models.PositiveSmallIntegerField()
    hold_heart_rate_low_bpm = models.PositiveSmallIntegerField()
    hold_heart_rate_high_bpm = models.PositiveSmallIntegerField()
    hold_spo2_percent = models.PositiveSmallIntegerField()
    review_on = models.DateField()
    instructions = models.TextField(max_length=5000, blank=True)

    classification = Classified(
        clinical=(
            "change_reason goal dose_mg_per_kg weight_kg weighed_on dose_mg_exact dose_mg infusion_minutes bag_drug_mg "
            "bag_volume_ml rate_ml_h session_count interval_days hold_systolic_mmhg hold_diastolic_mmhg "
            "hold_heart_rate_low_bpm hold_heart_rate_high_bpm hold_spo2_percent review_on instructions"
        ),
        operational="id patient course version supersedes drafted_at drafted_by signed_at signed_by row_version",
    )

    class Meta(SignableRecord.Meta):
        abstract = False
        constraints = [
            *SignableRecord.Meta.constraints,
            models.UniqueConstraint(fields=["course", "version"], name="plan_version_once"),
            models.UniqueConstraint(fields=["course"], condition=Q(signed_at=None), name="plan_one_draft_per_course"),
            models.CheckConstraint(condition=Q(dose_mg_per_kg__gt=0, dose_mg_per_kg__lte=3), name="plan_mg_per_kg"),
            between("weight_kg", 25, 350, name="plan_weight_kg"),
            models.CheckConstraint(condition=Q(dose_mg__gt=0, dose_mg__lte=400), name="plan_dose_mg"),
            between("infusion_minutes", 1, 600, name="plan_infusion_minutes"),
            models.CheckConstraint(condition=Q(bag_drug_mg__gte=F("dose_mg")), name="plan_bag_holds_the_dose"),
            models.CheckConstraint(condition=Q(bag_volume_ml__gt=0, bag_volume_ml__lte=1000), name="plan_bag_volume"),
            models.CheckConstraint(condition=Q(rate_ml_h__gt=0, rate_ml_h__lte=1200), name="plan_rate_ml_h"),
            between("session_count", 1, 30, name="plan_session_count"),
            between("interval_days", 1, 90, name="plan_interval_days"),
            between("hold_systolic_mmhg", 100, 180, name="plan_hold_systolic"),
            between("hold_diastolic_mmhg", 60, 110, name="plan_hold_diastolic"),
            between("hold_heart_rate_low_bpm", 30, 70, name="plan_hold_heart_rate_low"),
            between("hold_heart_rate_high_bpm", 80, 160, name="plan_hold_heart_rate_high"),
            between("hold_spo2_percent", 88, 98, name="plan_hold_spo2"),
            models.CheckConstraint(
                condition=Q(version=1, supersedes=None) | Q(version__gt=1, supersedes__isnull=False),
                name="plan_supersedes_the_last",
            ),
            between("weighed_on", "2000-01-01", "2100-01-01", name="plan_weighed_in_our_time"),
            between("review_on", "2000-01-01", "2100-01-01", name="plan_review_in_our_time"),
            in_our_time("drafted_at", "signed_at", name="plan_in_our_time"),
        ]

    def __str__(self) -> str:
        return f"plan {self.version}"


@tracked(pghistory.InsertEvent())
class Consent(models.Model):
    """The person's consent to this drug and route: every element initialled, then signed by name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="consents")
    text_version = models.CharField(max_length=24)
    signed_name = models.CharField(max_length=160)
    given_at = models.DateTimeField()
    expires_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classification = Classified(
        identifying="signed_name",
        clinical="text_version given_at expires_on",
        operational="id patient course recorded_by",
    )

    class Meta:
        constraints = [
            not_blank("signed_name", name="consent_signed_by_name"),
            in_our_time("given_at", name="consent_in_our_time"),
        ]
        indexes = [models.Index(fields=["course", "-given_at"], name="consent_latest")]  # readiness

    def __str__(self) -> str:
        return self.text_version


@tracked(pghistory.InsertEvent())
class ConsentElement(models.Model):
    """One element of the consent, initialled."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="elements")
    code = models.CharField(max_length=40)
    initials = models.CharField(max_length=8)

    classification = Classified(identifying="initials", clinical="code", operational="id consent")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consent", "code"], name="consent_element_once"),
            not_blank("initials", name="consent_element_initialled"),
        ]

    def __str__(self) -> str:
        return self.code
