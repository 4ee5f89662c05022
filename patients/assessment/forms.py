"""What is asked on the page of step 1? One answer, many answers at once, readings, reasons, and the decision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone

from clinic.kit.forms import (
    BaseForm,
    ClockField,
    DayField,
    NoteField,
    PasswordField,
    QuantityField,
    VersionField,
    WordsField,
)
from clinic.policy.rules import DIASTOLIC_MMHG, SYSTOLIC_MMHG
from patients.assessment import rules
from patients.assessment.models import Answer, Decision, Source

SOURCES = [(value, Source(value).label) for value in rules.BY_HAND]
NO_ANSWER = ("", "Leave open")


class SeenForm(BaseForm):
    """A form on a draft, which says which state of it was seen.

    The page writes the hidden field with the version it shows, so that a refused form can be sent again once compared.
    """

    row_version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.render_hidden_fields = False
        self.helper.layout = Layout(*(name for name, field in self.fields.items() if not field.widget.is_hidden))

    @property
    def seen_version(self) -> int:
        """The version of the draft that was on the page."""
        seen: int = self.cleaned_data["row_version"]
        return seen

    def given(self) -> dict[str, Any]:
        """What was typed and chosen."""
        return {name: value for name, value in self.cleaned_data.items() if name != "row_version"}


class FindingForm(SeenForm):
    """The answer to one condition, with what shows it."""

    answer = forms.ChoiceField(
        label="Answer",
        choices=Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose met, not met or unknown."},
    )
    source = forms.ChoiceField(label="Where this comes from", choices=SOURCES)
    evidence = NoteField(label="What shows it", required=False, rows=2, max_length=2000)

    def __init__(self, *args: Any, condition: rules.Contraindication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].help_text = f"{condition.evidence_hint}. May stay empty for “unknown”."
        self.draw("evidence", quiet_optional=True)
        if condition.is_computed:
            self.offer("answer", [(Answer.UNKNOWN.value, Answer.UNKNOWN.label)])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") in {Answer.MET, Answer.NOT_MET} and not cleaned.get("evidence"):
            self.add_error("evidence", ValidationError("Write down what shows it."))
        return cleaned

    def finding(self) -> rules.NewFinding:
        """The answer as the action takes it."""
        return rules.NewFinding(**self.given())


@dataclass(frozen=True)
class AskedRow:
    """The three controls of one condition in the form that asks them all."""

    condition: rules.Contraindication
    is_hard_stop: bool
    standing: str
    answer: BoundField
    evidence: BoundField
    source: BoundField


class AskAllForm(SeenForm):
    """Every condition that is still unknown, one row each; a row left open is not recorded.

    `standing` holds what somebody else has answered since the form was opened, by code.
    """

    def __init__(
        self, *args: Any, codes: Iterable[str], route: str, standing: Mapping[str, str], **kwargs: Any
    ) -> None:
        self.conditions = tuple(rules.BY_CODE[code] for code in codes if not rules.BY_CODE[code].is_computed)
        self.route = route
        self.standing = standing
        super().__init__(*args, **kwargs)
        for condition in self.conditions:
            self._add_row(condition)

    def rows(self) -> list[AskedRow]:
        """The rows in the order of the table, for the page."""
        return [
            AskedRow(
                condition=each,
                is_hard_stop=each.tier(self.route) == rules.HARD_STOP,
                standing=self.standing.get(each.code, ""),
                answer=self[f"{each.code}-answer"],
                evidence=self[f"{each.code}-evidence"],
                source=self[f"{each.code}-source"],
            )
            for each in self.conditions
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for each in self.conditions:
            claims = cleaned.get(f"{each.code}-answer") in {Answer.MET, Answer.NOT_MET}
            if claims and not cleaned.get(f"{each.code}-evidence") and f"{each.code}-evidence" not in self.errors:
                self.add_error(f"{each.code}-evidence", ValidationError("Write down what shows it."))
        if not self.errors and not self.findings():
            raise ValidationError("Nothing is answered yet. Choose at least one answer, then save.")
        return cleaned

    def findings(self) -> dict[str, rules.NewFinding]:
        """What was answered, by condition."""
        return {
            each.code: rules.NewFinding(
                answer=self.cleaned_data[f"{each.code}-answer"],
                evidence=self.cleaned_data[f"{each.code}-evidence"],
                source=self.cleaned_data[f"{each.code}-source"],
            )
            for each in self.conditions
            if self.cleaned_data.get(f"{each.code}-answer")
        }

    @classmethod
    def codes_in(cls, data: Mapping[str, Any]) -> list[str]:
        """The conditions that a form sent back was about, in the order of the table."""
        return [code for code in rules.BY_CODE if f"{code}-answer" in data]

    def _add_row(self, condition: rules.Contraindication) -> None:
        title = condition.title
        answer = forms.ChoiceField(
            label=title, choices=[*Answer.choices, NO_ANSWER], required=False, widget=forms.RadioSelect
        )
        evidence = WordsField(label=f"{title}: what shows it", required=False, max_length=500)
        source = forms.ChoiceField(label=f"{title}: source", choices=SOURCES, required=False)
        for name, field in (("answer", answer), ("evidence", evidence), ("source", source)):
            self.fields[f"{condition.code}-{name}"] = field


class PressureForm(SeenForm):
    """One or two blood pressures at rest, of one day."""

    if_empty: ClassVar = {
        "measured_on": "Enter the day of the readings.",
        "systolic_1": "Enter the upper value of the first reading.",
        "diastolic_1": "Enter the lower value of the first reading.",
        "time_1": "Enter the time of the first reading.",
    }

    measured_on = DayField(label="Day")
    systolic_1 = QuantityField(SYSTOLIC_MMHG, label="First reading, upper")
    diastolic_1 = QuantityField(DIASTOLIC_MMHG, label="First reading, lower")
    time_1 = ClockField(label="First reading, time")
    systolic_2 = QuantityField(SYSTOLIC_MMHG, label="Second reading, upper", required=False)
    diastolic_2 = QuantityField(DIASTOLIC_MMHG, label="Second reading, lower", required=False)
    time_2 = ClockField(label="Second reading, time", required=False)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        kwargs["initial"] = {"measured_on": timezone.localtime(now).date(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        second = [cleaned.get(name) for name in ("systolic_2", "diastolic_2", "time_2")]
        if any(part is not None for part in second) and any(part is None for part in second) and not self.errors:
            self.add_error("systolic_2", ValidationError("Fill in upper, lower and time, or leave all three empty."))
        return cleaned

    def readings(self) -> list[rules.RestingPressure]:
        """The readings as the action takes them."""
        return [self._reading(number) for number in (1, 2) if self.cleaned_data.get(f"time_{number}") is not None]

    def _reading(self, number: int) -> rules.RestingPressure:
        data = self.cleaned_data
        at = datetime.combine(data["measured_on"], data[f"time_{number}"], timezone.get_current_timezone())
        return rules.RestingPressure(data[f"systolic_{number}"], data[f"diastolic_{number}"], at)


class ReasonForm(SeenForm):
    """Why the prescriber accepts a condition."""

    reason = NoteField(
        label="Reason",
        rows=2,
        max_length=2000,
        error_messages={"required": "Write down why treatment may go ahead all the same."},
    )


class OverrideForm(ReasonForm):
    """Why the medical director lets a hard stop pass, with the director's signature."""

    password = PasswordField()


class DecisionForm(SeenForm):
    """The decision, what goes with it, and the signature."""

    decision = forms.ChoiceField(
        label="Decision", choices=Decision.choices, error_messages={"required": "Choose a decision."}
    )
    note = NoteField(label="Note", required=False, rows=3)
    password = PasswordField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # what is typed here stays while an answer elsewhere on the page is saved
        self.fields["note"].widget.attrs["hx-preserve"] = "true"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") == Decision.DECLINED and not cleaned.get("note"):
            self.add_error("note", ValidationError("Write down why, and what else is offered."))
        return cleaned
