"""What must somebody do, by when? Tasks with an owner, a deadline and a closing note.

A task points upward only by text: the id of the person it is about, and a code for what it is.
"""

from django.conf import settings
from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.constraints import both_or_neither, in_our_time, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from clinic.sites.models import Site
from clinic.worklist import rules


@tracked()
class Task(models.Model):
    class Kind(models.TextChoices):
        SUICIDE_RISK = "suicide_risk", "Suicide risk to assess"
        SAFETY_CONTACT = "safety_contact", "Safety contact agreed"
        DEVIATION = "deviation", "Deviation to explain"

    class Level(models.TextChoices):
        LOW = "low", "Same day"
        MODERATE = "moderate", "Within 4 hours"
        HIGH = "high", "Within 15 minutes"
        AGREED = "agreed", "At the time agreed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    level = models.CharField(max_length=12, choices=Level.choices)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    patient_id = models.UUIDField()
    source = models.CharField(max_length=120, help_text="What raised it, as kind:id.")
    detail = models.TextField(max_length=2000, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closing_note = models.TextField(max_length=2000, blank=True)
    spoke_with = models.CharField(max_length=200, blank=True)
    agreed = models.TextField(max_length=2000, blank=True)
    next_contact_at = models.DateTimeField(null=True)

    classification = Classified(
        identifying="patient_id",
        clinical="kind level detail closing_note spoke_with agreed next_contact_at",
        operational=(
            "id site source opened_at opened_by due_at owner acknowledged_at acknowledged_by closed_at closed_by"
        ),
    )

    class Meta:
        constraints = [
            one_of("kind", ["suicide_risk", "safety_contact", "deviation"], name="task_known_kind"),
            one_of("level", ["low", "moderate", "high", "agreed"], name="task_known_level"),
            models.UniqueConstraint(fields=["kind", "source"], name="task_once_per_source"),
            both_or_neither("acknowledged_at", "acknowledged_by", name="task_acknowledged_by_whom"),
            both_or_neither("closed_at", "closed_by", name="task_closed_by_whom"),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | ~models.Q(closing_note=""), name="task_closed_with_a_note"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None)
                | ~models.Q(kind__in=rules.RISK_KINDS)
                | ~models.Q(models.Q(spoke_with="") | models.Q(agreed="")),
                name="task_risk_closed_with_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None)
                | ~models.Q(kind=rules.SUICIDE_RISK)
                | models.Q(next_contact_at__isnull=False),
                name="task_risk_closed_with_next",
            ),
            in_our_time(
                "opened_at", "due_at", "acknowledged_at", "closed_at", "next_contact_at", name="task_in_our_time"
            ),
        ]
        indexes = [
            # the worklist: what is open, the most urgent deadline first
            models.Index(fields=["due_at", "id"], condition=models.Q(closed_at=None), name="task_open"),
            # the banner: what is open about one person
            models.Index(fields=["patient_id"], condition=models.Q(closed_at=None), name="task_open_of_patient"),
        ]

    def __str__(self) -> str:
        return self.kind
