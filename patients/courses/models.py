"""Which course of treatment is this person on, and how did it get where it is?"""

import pghistory
from django.conf import settings
from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.constraints import in_our_time, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from clinic.sites.models import Site
from patients.courses.rules import ACTIVE_STATES, STATE_LABELS
from patients.registration.models import Patient


class Drug(models.TextChoices):
    KETAMINE = "ketamine", "Ketamine"


class Indication(models.TextChoices):
    DEPRESSION_SINGLE = "F32.2", "Major depression, single episode, severe"
    DEPRESSION_RECURRENT = "F33.2", "Major depression, recurrent, severe"
    PTSD = "F43.12", "Post-traumatic stress disorder, chronic"
    ANXIETY = "F41.1", "Generalized anxiety disorder"
    PAIN = "G89.4", "Chronic pain syndrome"


@tracked()
class Course(models.Model):
    """One course of treatment, from referral to its end. One that is active per person and drug."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="courses")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    drug = models.CharField(max_length=16, choices=Drug.choices, default=Drug.KETAMINE)
    indication = models.CharField(max_length=8, choices=Indication.choices)
    referrer = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=24, choices=list(STATE_LABELS.items()))
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first_session_at = models.DateTimeField(null=True)

    classification = Classified(
        clinical="drug indication referrer state first_session_at", operational="id patient site opened_at opened_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "drug"],
                condition=models.Q(state__in=sorted(ACTIVE_STATES)),
                name="course_one_active_per_drug",
            ),
            one_of("state", sorted(STATE_LABELS), name="course_known_state"),
            one_of("drug", list(Drug.values), name="course_known_drug"),
            one_of("indication", list(Indication.values), name="course_known_indication"),
            in_our_time("opened_at", "first_session_at", name="course_in_our_time"),
        ]
        indexes = [
            # the prescriber's queue: who waits in a state, the longest first
            models.Index(fields=["state", "opened_at"], name="course_by_state"),
        ]

    def __str__(self) -> str:
        return self.state


@tracked(pghistory.InsertEvent())
class CourseTransition(models.Model):
    """One move of a course from state to state: who, when, why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=24, blank=True)
    to_state = models.CharField(max_length=24)
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=2000, blank=True)

    classification = Classified(clinical="from_state to_state reason", operational="id course moved_at moved_by")

    class Meta:
        constraints = [in_our_time("moved_at", name="course_moved_in_our_time")]

    def __str__(self) -> str:
        return f"{self.from_state} to {self.to_state}"
