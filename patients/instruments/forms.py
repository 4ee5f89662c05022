"""What does a questionnaire look like to staff? Every question with its answers, any of them left blank."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone

from clinic.kit.forms import ClockField, DayField, KeyedForm, NoteField
from patients.instruments.catalogue import AnswerOption, Instrument
from patients.instruments.models import Mode, Purpose, QuestionnaireResponse

NOT_ANSWERED = ("", "Not answered")


class AnswerField(forms.TypedChoiceField):
    """One question. Blank is an answer of its own: it is not a “no”."""

    def __init__(self, options: tuple[AnswerOption, ...], *, label: str) -> None:
        super().__init__(
            label=label,
            choices=[*((option.value, option.label) for option in options), NOT_ANSWERED],
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": "Choose one of the answers, or “Not answered”."},
        )
        self.quiet_optional = True


class QuestionnaireForm(KeyedForm):
    """All questions of one questionnaire, then how, why and when it was answered."""

    mode = forms.ChoiceField(label="How it was answered", choices=Mode.choices, widget=forms.RadioSelect)
    purpose = forms.ChoiceField(label="What it is for", choices=Purpose.choices, widget=forms.RadioSelect)
    answered_on = DayField(label="Day it was answered")
    answered_time = ClockField(label="Time it was answered")

    def __init__(self, *args: Any, instrument: Instrument, now: datetime, **kwargs: Any) -> None:
        here = timezone.localtime(now)
        when = {"answered_on": here.date(), "answered_time": here.time(), "mode": Mode.INTERVIEW}
        kwargs["initial"] = {**when, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.instrument = instrument
        self.now = now
        for item in instrument.items:
            self.fields[item_name(item.number)] = AnswerField(instrument.answers, label=item.text)
        if instrument.difficulty is not None:
            self.fields["difficulty"] = AnswerField(instrument.difficulty.answers, label=instrument.difficulty.text)

    def questions(self) -> list[tuple[int, BoundField]]:
        """The scored questions with their numbers, for the page."""
        return [(item.number, self[item_name(item.number)]) for item in self.instrument.items]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day, time = cleaned.get("answered_on"), cleaned.get("answered_time")
        if day is None or time is None:
            return cleaned
        cleaned["answered_at"] = datetime.combine(day, time, timezone.get_current_timezone())
        if cleaned["answered_at"] > self.now:
            self.add_error("answered_time", ValidationError("This lies in the future. Check the day and the time."))
        return cleaned

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        numbers = [item.number for item in self.instrument.items]
        taken = {name: self.cleaned_data[name] for name in ("key", "mode", "purpose", "answered_at")}
        taken["answers"] = [self.cleaned_data[item_name(number)] for number in numbers]
        return {**taken, "difficulty": self.cleaned_data.get("difficulty")}


class CorrectionForm(QuestionnaireForm):
    """The same with the earlier answers filled in, and why they change."""

    correction_reason = NoteField(label="Why the answers change", rows=2, max_length=500)

    def given(self) -> dict[str, Any]:
        return {**super().given(), "correction_reason": self.cleaned_data["correction_reason"]}


def item_name(number: int) -> str:
    """The field of one question."""
    return f"item_{number}"


def as_taken_down(earlier: QuestionnaireResponse, answers: dict[int, int], form: Instrument) -> dict[str, Any]:
    """Earlier answers, with when and how they were given, as the start of a correction."""
    at = timezone.localtime(earlier.answered_at)
    given = {"mode": earlier.mode, "purpose": earlier.purpose, "answered_on": at.date(), "answered_time": at.time()}
    named = {item_name(item.number): answers[item.number] for item in form.items if item.number in answers}
    unscored = answers.get(len(form.items) + 1)
    return {**given, **named} if unscored is None else {**given, **named, "difficulty": unscored}
