"""The infusion as steps, and every milligram of the drug: drawn, wasted, returned."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import in_our_time, not_blank, one_of
from clinic.kit.history import tracked
from sessions.administration.models.session import SessionEntry


@tracked(pghistory.InsertEvent())
class InfusionStep(models.Model):
    """Started, changed, paused, resumed or stopped. The rate is in mL/h and goes with a start, a change, a resume."""

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="step")
    step = models.CharField(max_length=8)
    rate_ml_h = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    reason = models.CharField(max_length=200, blank=True)

    classification = Classified(clinical="step rate_ml_h reason", operational="entry")

    class Meta:
        constraints = [
            one_of("step", ["start", "rate", "pause", "resume", "stop"], name="step_known"),
            models.CheckConstraint(
                condition=Q(step__in=["start", "rate", "resume"], rate_ml_h__gt=0, rate_ml_h__lte=1200)
                | Q(step__in=["pause", "stop"], rate_ml_h=None),
                name="step_has_its_rate",
            ),
        ]

    def __str__(self) -> str:
        return self.step


@tracked(pghistory.InsertEvent())
class DrugRecord(models.Model):
    """Milligrams drawn, wasted or returned unopened. What needs a second person names that person."""

    class Movement(models.TextChoices):
        DRAW = "draw", "Drawn"
        WASTE = "waste", "Wasted"
        RETURN = "return", "Returned unopened"

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="drug")
    movement = models.CharField(max_length=8, choices=Movement.choices)
    amount_mg = models.DecimalField(max_digits=7, decimal_places=2)
    concentration_mg_ml = models.DecimalField(max_digits=6, decimal_places=2)
    lot = models.CharField(max_length=40)
    expires_on = models.DateField(null=True)
    witness = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    witnessed_at = models.DateTimeField()

    classification = Classified(
        clinical="movement amount_mg concentration_mg_ml lot expires_on", operational="entry witness witnessed_at"
    )

    class Meta:
        constraints = [
            one_of("movement", ["draw", "waste", "return"], name="drug_known_movement"),
            models.CheckConstraint(condition=Q(amount_mg__gt=0, amount_mg__lte=4000), name="drug_amount_mg"),
            models.CheckConstraint(
                condition=Q(concentration_mg_ml__gt=0, concentration_mg_ml__lte=100), name="drug_concentration"
            ),
            models.CheckConstraint(
                condition=~Q(movement="draw") | Q(expires_on__isnull=False), name="drug_drawn_with_its_expiry"
            ),
            not_blank("lot", name="drug_lot_named"),
            in_our_time("witnessed_at", name="drug_in_our_time"),
        ]

    def __str__(self) -> str:
        return self.movement
