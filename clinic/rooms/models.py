"""Which rooms are there, and what time is taken? No two holds on one thing can overlap: PostgreSQL refuses it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import EARLIEST, LATEST, not_blank, one_of
from clinic.kit.keys import uuid7
from clinic.sites.models import Site


class Room(models.Model):
    """A room or chair in which one person is treated at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    label = models.CharField(max_length=12)
    is_active = models.BooleanField(default=True)

    classification = Classified(operational="id site label is_active")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "label"], name="room_label_once_per_site"),
            not_blank("label", name="room_labelled"),
        ]

    def __str__(self) -> str:
        return f"Room {self.label}"


class SiteDay(models.Model):
    """One day of one site: the row that is locked while the day's bookings are counted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    classification = Classified(operational="id site day")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="site_day_once")]

    def __str__(self) -> str:
        return str(self.day)


class Hold(models.Model):
    """A stretch of time, set-up and turnover included, that is taken on a room, a patient or a clinician."""

    class Kind(models.TextChoices):
        ROOM = "room", "Room"
        PATIENT = "patient", "Patient"
        CLINICIAN = "clinician", "Clinician"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    resource_id = models.UUIDField()
    during = DateTimeRangeField()
    reference = models.CharField(max_length=60, help_text="What holds it, as kind:id.")
    released_at = models.DateTimeField(null=True)

    classification = Classified(operational="id kind resource_id during reference released_at")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="hold_no_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("resource_id", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(released_at=None),
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__startswith__gte=EARLIEST, during__endswith__lt=LATEST),
                name="hold_some_time_in_our_time",
            ),
            one_of("kind", ["room", "patient", "clinician"], name="hold_known_kind"),
        ]
        indexes = [
            # releasing what a booking holds
            models.Index(fields=["reference"], name="hold_by_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.during}"
