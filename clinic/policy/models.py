"""Which limits has this clinic set? Values that ask or alert, as dated data with their source.

What is refused outright is not here: that is a constant in the rules and a constraint in the database.
"""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.constraints import one_of
from clinic.kit.keys import uuid7


class Limit(models.Model):
    """One limit on one charted value. `low` and `high` are the last values that pass without a question."""

    class Tier(models.TextChoices):
        CONFIRM = "confirm", "Ask to confirm"
        ALERT = "alert", "Alert"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    field = models.CharField(max_length=40)
    tier = models.CharField(max_length=8, choices=Tier.choices)
    low = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    in_force = DateRangeField()
    source = models.CharField(max_length=200)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    classification = Classified(operational="id field tier low high in_force source approved_by")

    class Meta:
        constraints = [
            one_of("tier", ["confirm", "alert"], name="limit_known_tier"),
            ExclusionConstraint(
                name="limit_one_in_force",
                expressions=[
                    ("field", RangeOperators.EQUAL),
                    ("tier", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(low__isnull=False) | models.Q(high__isnull=False), name="limit_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.tier}"
