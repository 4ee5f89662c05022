"""Who saw what, and when? One row for each request of a signed-in person; never changed, never removed.

Holds no foreign key: people and records are named by id, so that the trail outlives whatever it speaks of.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.keys import uuid7


class AccessEvent(models.Model):
    """One request: who asked, for what, about whom, from where, and how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    occurred_at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    user_name = models.CharField(max_length=160, blank=True)
    roles = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=8)
    route = models.CharField(max_length=120)
    record_id = models.UUIDField(null=True)
    patient_ids = ArrayField(models.UUIDField(), default=list)
    status = models.PositiveSmallIntegerField()
    address = models.GenericIPAddressField(null=True)
    request_id = models.UUIDField()

    classification = Classified(
        identifying="user_name patient_ids",
        operational="id occurred_at user_id roles method route record_id status address request_id",
    )

    class Meta:
        indexes = [
            # the auditor's page: newest first, and one person's or one colleague's part of it
            models.Index(fields=["-occurred_at", "-id"], name="access_by_time"),
            models.Index(fields=["user_id", "-occurred_at"], name="access_by_user"),
            GinIndex(fields=["patient_ids"], name="access_by_patient"),
            # what was refused: one look in a thousand
            models.Index(
                fields=["-occurred_at", "-id"], condition=models.Q(status__in=[403, 404]), name="access_refused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"
