"""Who comes when, to which room, with which nurse? Visits and every move they make."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import in_our_time, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from clinic.rooms.models import Room
from clinic.sites.models import Site
from patients.courses.models import Course
from patients.registration.models import Patient


class VisitState(models.TextChoices):
    SCHEDULED = "scheduled", "Expected"
    ARRIVED = "arrived", "Arrived"
    IN_ROOM = "in_room", "In room"
    GONE = "gone", "Gone"
    NO_SHOW = "no_show", "Did not come"
    CANCELLED = "cancelled", "Cancelled"


@tracked()
class Appointment(models.Model):
    """One visit for an infusion. Its room and its patient are held by rows of `clinic.rooms.Hold`.

    `starts_at` is the arrival, `ends_at` the planned leaving; the holds add set-up and turnover.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="appointments")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="appointments")
    nurse = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=VisitState.choices, default=VisitState.SCHEDULED)
    state_since = models.DateTimeField()
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    escort_name = models.CharField(max_length=120, blank=True)
    escort_phone = models.CharField(max_length=32, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    row_version = models.PositiveIntegerField(default=1)

    classification = Classified(
        identifying="escort_name escort_phone",
        clinical="cancel_reason",
        operational=(
            "id patient course site room nurse starts_at ends_at state state_since booked_at booked_by row_version"
        ),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="visit_takes_time"),
            one_of("state", list(VisitState.values), name="visit_known_state"),
            models.CheckConstraint(
                condition=~Q(state__in=["cancelled"]) | ~Q(cancel_reason=""), name="visit_cancelled_with_a_reason"
            ),
            in_our_time("starts_at", "ends_at", "state_since", "booked_at", name="visit_in_our_time"),
        ]
        indexes = [
            # the day view and the board: one site's day in order
            models.Index(fields=["site", "starts_at"], name="visit_by_day"),
            # one person's next and past visits
            models.Index(fields=["patient", "starts_at"], name="visit_of_patient"),
            models.Index(fields=["course", "starts_at"], name="visit_of_course"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


@tracked(pghistory.InsertEvent())
class VisitMove(models.Model):
    """One move of a visit from state to state: who and when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    classification = Classified(operational="id appointment from_state to_state moved_at moved_by")

    class Meta:
        constraints = [in_our_time("moved_at", name="visit_moved_in_our_time")]

    def __str__(self) -> str:
        return self.to_state
