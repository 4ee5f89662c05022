"""Which part of the trail does the auditor want to see?"""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from clinic.kit.forms import BaseForm, DayField, IdField, TickField, WordsField
from clinic.reports.queries import Mark, TrailFilter, kinds, mark


class TrailForm(BaseForm):
    """The filters in the address: ids and days, never a name. What does not fit is left out."""

    field_order = ("patient", "user", "kind", "day", "refused")

    patient = IdField(required=False, widget=forms.HiddenInput)
    user = forms.ChoiceField(label="Who", required=False)
    day = DayField(label="Day", required=False)
    before = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("user", [("", "Everybody"), *people])

    def clean_before(self) -> Mark | None:
        return mark(self.cleaned_data["before"])

    def wanted(self) -> TrailFilter:
        """What was asked for, with whatever does not fit left out."""
        self.is_valid()
        cleaned = self.cleaned_data
        day = cleaned.get("day")
        since = timezone.make_aware(datetime.combine(day, time())) if day else None
        return TrailFilter(
            patient_id=cleaned.get("patient"),
            user_id=cleaned.get("user") or None,
            since=since,
            until=timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None,
            refused_only=bool(cleaned.get("refused")),
            kind=cleaned.get("kind") or "",
        )


class LooksForm(TrailForm):
    """Who saw what."""

    refused = TickField(label="Only what was refused", required=False)


class ChangesForm(TrailForm):
    """Who changed what, in which kind of row."""

    kind = forms.ChoiceField(label="What", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("kind", [("", "Everything"), *kinds()])


class FindRecordForm(BaseForm):
    """The record number of the person whose trail is wanted; sent in a body, so that no address holds it."""

    record_number = WordsField(label="Record number", max_length=12)
