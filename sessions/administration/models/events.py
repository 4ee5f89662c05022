"""What else happened: adverse events, experience (which is something else), notes, calls for help."""

import pghistory
from django.db import models

from clinic.kit.classification import Classified
from clinic.kit.constraints import between, not_blank
from clinic.kit.history import tracked
from sessions.administration.models.session import SessionEntry


@tracked(pghistory.InsertEvent())
class AdverseEvent(models.Model):
    """An adverse event as seen in the room; `grade` 1 to 5 as a person judged it."""

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="adverse_event")
    term = models.CharField(max_length=40)
    grade = models.PositiveSmallIntegerField()
    is_serious = models.BooleanField(default=False)
    action_taken = models.CharField(max_length=200, blank=True)
    detail = models.TextField(max_length=2000, blank=True)

    classification = Classified(clinical="term grade is_serious action_taken detail", operational="entry")

    class Meta:
        constraints = [
            between("grade", 1, 5, name="adverse_event_grade"),
            not_blank("term", name="adverse_event_named"),
        ]

    def __str__(self) -> str:
        return self.term


@tracked(pghistory.InsertEvent())
class Experience(models.Model):
    """What the person lives through: calm, insight, tearful. Not an adverse event by itself."""

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="experience")
    chip = models.CharField(max_length=40)
    words = models.TextField(max_length=2000, blank=True)

    classification = Classified(clinical="chip words", operational="entry")

    class Meta:
        constraints = [not_blank("chip", name="experience_named")]

    def __str__(self) -> str:
        return self.chip


@tracked(pghistory.InsertEvent())
class SessionNote(models.Model):
    """A free note on the sheet."""

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="note")
    text = models.TextField(max_length=20_000)

    classification = Classified(clinical="text", operational="entry")

    class Meta:
        constraints = [not_blank("text", name="session_note_says_something")]

    def __str__(self) -> str:
        return "note"


@tracked(pghistory.InsertEvent())
class HelpCall(models.Model):
    """Somebody pressed Help."""

    entry = models.OneToOneField(SessionEntry, primary_key=True, on_delete=models.PROTECT, related_name="help_call")
    detail = models.CharField(max_length=500, blank=True)

    classification = Classified(clinical="detail", operational="entry")

    def __str__(self) -> str:
        return "help"
