"""The treatment session itself, the key row of everything charted in it, and what is added after signing."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kit.classification import Classified
from clinic.kit.constraints import both_or_neither, in_our_time, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from clinic.records.models import Addendum, SignableRecord
from clinic.rooms.models import Room
from patients.courses.models import Course
from patients.registration.models import Patient
from patients.treatment_plan.models import TreatmentPlan
from sessions.scheduling.models import Appointment


class SessionState(models.TextChoices):
    PREPARING = "preparing", "Preparing"
    RUNNING = "running", "Infusing"
    PAUSED = "paused", "Paused"
    RECOVERY = "recovery", "Recovery"
    DISCHARGED = "discharged", "Discharged"
    NOT_TREATED = "not_treated", "Not treated"


# The sheet is open and somebody is, or is about to be, under treatment.
OPEN_STATES = (SessionState.PREPARING, SessionState.RUNNING, SessionState.PAUSED, SessionState.RECOVERY)


@tracked()
class TreatmentSession(SignableRecord):
    """One infusion visit in the room, pinned to the plan version it is given under.

    The head row: it is locked while an entry is taken in. `state`, the moments and `given_mg` follow from the
    entries and are written with them, so that lists need not read every entry.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="session")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="treatment_sessions")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="treatment_sessions")
    plan = models.ForeignKey(TreatmentPlan, on_delete=models.PROTECT, related_name="treatment_sessions")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="treatment_sessions")
    number = models.PositiveSmallIntegerField(help_text="Which session of the course, from 1.")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=SessionState.choices, default=SessionState.PREPARING)
    weight_kg = models.DecimalField(max_digits=4, decimal_places=1)
    ordered_mg = models.DecimalField(max_digits=5, decimal_places=1)
    ordered_rate_ml_h = models.DecimalField(max_digits=5, decimal_places=1)
    started_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    discharged_at = models.DateTimeField(null=True)
    given_mg = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    cosigned_at = models.DateTimeField(null=True)
    cosigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    classification = Classified(
        clinical="state weight_kg ordered_mg ordered_rate_ml_h started_at stopped_at discharged_at given_mg number",
        operational=(
            "id appointment patient course plan room opened_at opened_by cosigned_at cosigned_by"
            " signed_at signed_by row_version"
        ),
    )

    class Meta(SignableRecord.Meta):
        abstract = False
        constraints = [
            *SignableRecord.Meta.constraints,
            models.UniqueConstraint(fields=["course", "number"], name="session_number_once"),
            models.UniqueConstraint(
                fields=["room"], condition=Q(state__in=["running", "paused"]), name="session_one_running_per_room"
            ),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(state__in=["running", "paused"]), name="session_one_running_per_patient"
            ),
            one_of("state", list(SessionState.values), name="session_known_state"),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(started_at__isnull=False), name="session_stopped_was_started"
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | Q(state__in=["discharged", "not_treated"]),
                name="session_signed_when_over",
            ),
            models.CheckConstraint(
                condition=Q(given_mg=None) | Q(given_mg__gte=0, given_mg__lte=400), name="session_given_mg"
            ),
            models.CheckConstraint(condition=Q(ordered_mg__gt=0, ordered_mg__lte=400), name="session_ordered_mg"),
            models.CheckConstraint(condition=Q(weight_kg__gte=25, weight_kg__lte=350), name="session_weight_kg"),
            both_or_neither("cosigned_at", "cosigned_by", name="session_cosigned_by_whom"),
            models.CheckConstraint(
                condition=Q(cosigned_at=None) | Q(signed_at__isnull=False), name="session_cosigned_after_signed"
            ),
            in_our_time("opened_at", "started_at", "stopped_at", "discharged_at", name="session_in_our_time"),
        ]
        indexes = [
            # check-ins due after a session; the course tells whose site's it is
            models.Index(fields=["stopped_at"], include=["course", "id"], name="session_by_stop"),
            models.Index(fields=["state"], condition=~Q(state__in=["discharged", "not_treated"]), name="session_open"),
            # what waits for a signature
            models.Index(fields=["discharged_at"], condition=Q(signed_at=None), name="session_unsigned"),
            models.Index(fields=["patient", "started_at"], name="session_of_patient"),
            # today's page of a prescriber: what a nurse of the site has signed and nobody yet after her
            models.Index(
                fields=["room", "signed_at"],
                condition=Q(signed_at__isnull=False, cosigned_at=None),
                name="session_to_cosign",
            ),
        ]

    def __str__(self) -> str:
        return f"session {self.number}"


class EntryKind(models.TextChoices):
    CHECKLIST = "checklist", "Checks before the start"
    OVERRIDE = "override", "Check overridden"
    VITALS = "vitals", "Vital signs"
    SKIP = "skip", "Reading not done"
    START = "start", "Started"
    RATE = "rate", "Rate changed"
    PAUSE = "pause", "Paused"
    RESUME = "resume", "Resumed"
    STOP = "stop", "Stopped"
    DRAW = "draw", "Drawn"
    WASTE = "waste", "Wasted"
    RETURN = "return", "Returned unopened"
    EVENT = "event", "Event"
    COMFORT = "comfort", "Experience"
    NOTE = "note", "Note"
    HELP = "help", "Help called"
    DISCHARGE = "discharge", "Discharge"
    CONFIRM = "confirm", "Confirmed"
    RETRACT = "retract", "Retracted"


@tracked(pghistory.InsertEvent())
class SessionEntry(models.Model):
    """One tap: its id is made where it was tapped, so that sending it twice stores it once.

    `occurred_at` is when it happened, `recorded_at` when it was typed (both by the device, corrected for its known
    clock offset), `received_at` when the server took it in. `digest` tells a repeat from a different entry.
    """

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    received_at = models.DateTimeField()
    seq = models.PositiveIntegerField()
    device = models.CharField(max_length=40)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    to_confirm = models.CharField(max_length=300, blank=True)
    is_late_addendum = models.BooleanField(default=False)
    target = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="answers")
    reason = models.CharField(max_length=500, blank=True)

    classification = Classified(
        clinical="kind occurred_at to_confirm reason",
        operational="id session recorded_at received_at seq device author digest is_late_addendum target",
    )

    class Meta:
        constraints = [
            one_of("kind", list(EntryKind.values), name="entry_known_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["confirm", "retract"], target__isnull=False)
                | Q(~Q(kind__in=["confirm", "retract"]), target=None),
                name="entry_names_what_it_answers",
            ),
            models.CheckConstraint(condition=~Q(kind="retract") | ~Q(reason=""), name="entry_retracts_with_a_reason"),
            models.UniqueConstraint(fields=["target", "kind"], name="entry_answered_once"),
            in_our_time("occurred_at", "recorded_at", "received_at", name="entry_in_our_time"),
        ]
        indexes = [
            # the sheet: one session's entries in time; what is new since a tablet last asked
            models.Index(fields=["session", "occurred_at", "id"], name="entry_of_session"),
        ]

    def __str__(self) -> str:
        return self.kind


@tracked(pghistory.InsertEvent())
class SessionAddendum(Addendum):
    """What was added to a session after it was signed."""

    session = models.ForeignKey(TreatmentSession, on_delete=models.PROTECT, related_name="addenda")

    classification = Classified(clinical="text", operational="id session written_at written_by")

    class Meta(Addendum.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d}"
