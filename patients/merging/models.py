"""Who declared two records to be one person, and who took it back? Rows that only ever gain their ending."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import after, both_or_neither, in_our_time, not_blank
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from patients.registration.models import Patient


@tracked()
class Merge(models.Model):
    """One record merged into another. `into` is the record that stood for the person at that moment.

    A trigger lets the three columns of the undoing be written once, and nothing else ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merged = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    into = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_reason = models.CharField(max_length=200, blank=True)

    classification = Classified(
        identifying="reason undone_reason",
        operational="id merged into merged_at merged_by undone_at undone_by",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(merged=F("into")), name="merge_of_two"),
            # a record stands for one person at a time
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merge_standing_once"),
            not_blank("reason", name="merge_says_why"),
            both_or_neither("undone_at", "undone_by", name="merge_undone_by_whom"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_reason="") | Q(~Q(undone_reason=""), undone_at__isnull=False),
                name="merge_undone_says_why",
            ),
            after("undone_at", "merged_at", name="merge_undone_afterwards"),
            in_our_time("merged_at", "undone_at", name="merge_in_our_time"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_at:%Y-%m-%d}"
