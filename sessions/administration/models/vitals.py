"""Readings, and readings that were due and not done. What is impossible is a constraint here."""

import pghistory
from django.db import models
from django.db.models import F, Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import between, in_our_time, not_blank
from clinic.kit.history import tracked
from clinic.kit.limits import Limits
from clinic.policy import rules as limits
from sessions.administration.models.session import SessionEntry


def value(digits: int = 4) -> models.DecimalField:
    """A charted number with one decimal; empty means it was not taken."""
    return models.DecimalField(max_digits=digits, decimal_places=1, null=True)


def possible(field: str, limit: Limits) -> models.CheckConstraint:
    return between(field, limit.reject_below, limit.reject_above, name=f"vitals_{field}"[:60])


@tracked(pghistory.InsertEvent())
class VitalSigns(models.Model):
    """One set of readings. Any of them may be missing, not all."""

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="vitals")
    systolic_mmhg = value()
    diastolic_mmhg = value()
    heart_rate_bpm = value()
    spo2_percent = value()
    respiratory_rate_bpm = value()
    temperature_c = value()
    oxygen_l_min = value()
    moaas = models.SmallIntegerField(null=True)

    classification = Classified(
        clinical=(
            "systolic_mmhg diastolic_mmhg heart_rate_bpm spo2_percent respiratory_rate_bpm temperature_c oxygen_l_min "
            "moaas"
        ),
        operational="entry",
    )

    class Meta:
        constraints = [
            possible("systolic_mmhg", limits.SYSTOLIC_MMHG),
            possible("diastolic_mmhg", limits.DIASTOLIC_MMHG),
            possible("heart_rate_bpm", limits.HEART_RATE_BPM),
            possible("spo2_percent", limits.SPO2_PERCENT),
            possible("respiratory_rate_bpm", limits.RESPIRATORY_RATE_BPM),
            possible("temperature_c", limits.TEMPERATURE_C),
            possible("oxygen_l_min", limits.O2_FLOW_L_MIN),
            between("moaas", 0, 5, name="vitals_moaas"),
            models.CheckConstraint(
                condition=Q(systolic_mmhg=None, diastolic_mmhg=None)
                | Q(
                    systolic_mmhg__isnull=False,
                    diastolic_mmhg__isnull=False,
                    diastolic_mmhg__lt=F("systolic_mmhg"),
                ),
                name="vitals_pressure_both_and_in_order",
            ),
            models.CheckConstraint(
                condition=Q(systolic_mmhg__isnull=False)
                | Q(heart_rate_bpm__isnull=False)
                | Q(spo2_percent__isnull=False)
                | Q(respiratory_rate_bpm__isnull=False)
                | Q(temperature_c__isnull=False)
                | Q(oxygen_l_min__isnull=False)
                | Q(moaas__isnull=False),
                name="vitals_say_something",
            ),
        ]

    def __str__(self) -> str:
        return "vital signs"


@tracked(pghistory.InsertEvent())
class SkippedReading(models.Model):
    """A reading that was due and was not taken, with the reason."""

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="skipped")
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    classification = Classified(clinical="due_at reason", operational="entry")

    class Meta:
        constraints = [
            not_blank("reason", name="skipped_with_a_reason"),
            in_our_time("due_at", name="skipped_in_our_time"),
        ]

    def __str__(self) -> str:
        return self.reason
