"""The gates of a session: what was checked before the start, what was overridden and why, what was met at discharge."""

import pghistory
from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.constraints import between, not_blank, one_of
from clinic.kit.history import tracked
from sessions.administration.models.session import SessionEntry


@tracked(pghistory.InsertEvent())
class PreSessionCheck(models.Model):
    """The checklist before the start, as asked today. The latest that is not retracted counts."""

    class SuicideScreen(models.TextChoices):
        NOT_ASKED = "not_asked", "Not asked"
        NONE = "none", "Nothing new since the last visit"
        KNOWN = "known", "Known, unchanged, planned for"
        POSITIVE = "positive", "New, worse or acute"

    class Pregnancy(models.TextChoices):
        NOT_ASKED = "not_asked", "Not asked"
        NOT_POSSIBLE = "not_possible", "Not possible"
        NEGATIVE = "negative", "Test negative"
        POSITIVE = "positive", "Pregnant"

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="checklist")
    identity_confirmed = models.BooleanField()
    allergies_read_back = models.BooleanField()
    fasting_hours = models.PositiveSmallIntegerField(null=True)
    escort_confirmed = models.BooleanField()
    suicide_screen = models.CharField(max_length=12, choices=SuicideScreen.choices)
    pregnancy = models.CharField(max_length=16, choices=Pregnancy.choices)
    is_oriented = models.BooleanField()
    has_urinary_symptoms = models.BooleanField()
    took_sedatives_or_alcohol = models.BooleanField()
    emergency_kit_checked = models.BooleanField()
    weight_kg = models.DecimalField(max_digits=4, decimal_places=1)

    classification = Classified(
        clinical=(
            "identity_confirmed allergies_read_back fasting_hours escort_confirmed suicide_screen pregnancy "
            "is_oriented has_urinary_symptoms took_sedatives_or_alcohol emergency_kit_checked weight_kg"
        ),
        operational="entry",
    )

    class Meta:
        constraints = [
            between("fasting_hours", 0, 72, name="checklist_fasting_hours"),
            between("weight_kg", 25, 350, name="checklist_weight_kg"),
            one_of("suicide_screen", ["not_asked", "none", "known", "positive"], name="checklist_suicide_screen"),
            one_of("pregnancy", ["not_asked", "not_possible", "negative", "positive"], name="checklist_pregnancy"),
        ]

    def __str__(self) -> str:
        return "checks before the start"


@tracked(pghistory.InsertEvent())
class GateOverride(models.Model):
    """A check that is not green and yet does not stop the start, with the reason."""

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="override")
    check_code = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)

    classification = Classified(clinical="check_code reason", operational="entry")

    class Meta:
        constraints = [not_blank("reason", name="gate_override_with_a_reason")]

    def __str__(self) -> str:
        return self.check_code


@tracked(pghistory.InsertEvent())
class DischargeCheck(models.Model):
    """Every criterion of discharge, as judged at the door."""

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="discharge")
    aldrete_total = models.PositiveSmallIntegerField()
    is_oriented = models.BooleanField()
    walks_as_before = models.BooleanField()
    dissociation_resolved = models.BooleanField()
    no_nausea = models.BooleanField()
    iv_out = models.BooleanField()
    suicide_check_done = models.BooleanField()
    instructions_given = models.BooleanField()
    escort_present = models.BooleanField()
    escort_name = models.CharField(max_length=120)
    prescriber_accepts_vitals = models.BooleanField(default=False)

    classification = Classified(
        identifying="escort_name",
        clinical=(
            "aldrete_total is_oriented walks_as_before dissociation_resolved no_nausea iv_out suicide_check_done "
            "instructions_given escort_present prescriber_accepts_vitals"
        ),
        operational="entry",
    )

    class Meta:
        constraints = [between("aldrete_total", 0, 10, name="discharge_aldrete")]

    def __str__(self) -> str:
        return "discharge"
