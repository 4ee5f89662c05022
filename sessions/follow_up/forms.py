"""What is asked at a check-in, and what is kept when nobody picks up?"""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone

from clinic.kit.forms import ClockField, DayField, KeyedForm, NoteField, WordsField
from patients.instruments.catalogue import AnswerOption, Instrument, instrument
from patients.instruments.forms import AnswerField
from patients.instruments.models import Mode
from sessions.follow_up.rules import SCALES

MOOD = tuple(AnswerOption(number, str(number)) for number in range(11))
YES_NO = (AnswerOption(1, "Yes"), AnswerOption(0, "No"))


class CheckInForm(KeyedForm):
    """Mood, side effects and bladder, then the questionnaires of the same conversation."""

    mood_nrs = AnswerField(MOOD, label="Mood now, from 0 (worst) to 10 (best)")
    adverse_effects = NoteField(
        label="Side effects since the session",
        max_length=2000,
        rows=2,
        required=False,
        help_text="In the person’s words. Write “none” when you asked and there were none.",
    )
    has_urinary_symptoms = AnswerField(
        YES_NO, label="Any urinary symptom: frequency, urgency, pain, blood, getting up at night"
    )
    note = NoteField(label="Note", rows=3, required=False)
    mode = forms.ChoiceField(label="How it was answered", choices=Mode.choices, widget=forms.RadioSelect)
    happened_on = DayField(label="Day you spoke")
    happened_time = ClockField(label="Time you spoke")

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        here = timezone.localtime(now)
        kwargs["initial"] = {"mode": Mode.PHONE, "happened_on": here.date(), "happened_time": here.time()}
        super().__init__(*args, **kwargs)
        self.now = now
        for code in SCALES:
            form = instrument(code)
            for item in form.items:
                self.fields[item_name(code, item.number)] = AnswerField(form.answers, label=item.text)

    def scales(self) -> list[tuple[Instrument, list[tuple[int, BoundField]], bool]]:
        """Each questionnaire with its questions, and whether anything in it was typed, for the page."""
        shown = []
        for code in SCALES:
            form = instrument(code)
            questions = [(item.number, self[item_name(code, item.number)]) for item in form.items]
            shown.append((form, questions, any(field.value() not in (None, "") for _, field in questions)))
        return shown

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day, time = cleaned.get("happened_on"), cleaned.get("happened_time")
        if day is None or time is None:
            return cleaned
        cleaned["happened_at"] = datetime.combine(day, time, timezone.get_current_timezone())
        if cleaned["happened_at"] > self.now:
            self.add_error("happened_time", ValidationError("This lies in the future. Check the day and the time."))
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """What the action takes."""
        plain = ("mood_nrs", "adverse_effects", "note", "mode", "happened_at")
        urinary = self.cleaned_data["has_urinary_symptoms"]
        scales = {
            code: [self.cleaned_data[item_name(code, item.number)] for item in instrument(code).items]
            for code in SCALES
        }
        said = {name: self.cleaned_data[name] for name in plain}
        return {**said, "has_urinary_symptoms": None if urinary is None else bool(urinary), **scales}


class AttemptForm(KeyedForm):
    """A call that reached nobody."""

    note = WordsField(label="What happened", required=False, max_length=500, help_text="Voicemail left, number wrong.")


class CancelForm(KeyedForm):
    """Why a check-in will not take place."""

    reason = WordsField(label="Why it will not take place", max_length=500)


def item_name(code: str, number: int) -> str:
    """The field of one question."""
    return f"{code}_{number}"
