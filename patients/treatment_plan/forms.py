"""What may be typed on a plan and on a consent?"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms

from clinic.kit.forms import (
    BaseForm,
    DayField,
    KeyedForm,
    NoteField,
    QuantityField,
    TickField,
    VersionField,
    WordsField,
)
from patients.treatment_plan.models import TreatmentPlan
from patients.treatment_plan.queries import PlanStart
from patients.treatment_plan.rules import (
    BAG_VOLUME_ML,
    CONSENT_ELEMENTS,
    DRUG_IN_BAG_MG,
    FIRST_ORDER,
    HOLD_DIASTOLIC_MMHG,
    HOLD_HEART_RATE_HIGH_BPM,
    HOLD_HEART_RATE_LOW_BPM,
    HOLD_SPO2_PERCENT,
    HOLD_SYSTOLIC_MMHG,
    INFUSION_MINUTES,
    INTERVAL_DAYS,
    MG_PER_KG,
    REVIEW_AFTER_DAYS,
    SESSION_COUNT,
    WEIGHT_KG,
    HoldLimits,
)


class WholeField(QuantityField):
    """A whole number with a unit."""

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return int(number) if isinstance(number, Decimal) else number


class PlanForm(KeyedForm):
    """A plan for IV ketamine. `is_confirmed` shows up only when something is to be confirmed."""

    if_empty: ClassVar = {
        "goal": "Write down the goal: a scale, the score to reach, and by when.",
        "weighed_on": "Enter the day of the weighing.",
        "hold_systolic_mmhg": "Enter the systolic pressure above which to hold.",
        "hold_diastolic_mmhg": "Enter the diastolic pressure above which to hold.",
        "hold_heart_rate_low_bpm": "Enter the heart rate below which to hold.",
        "hold_heart_rate_high_bpm": "Enter the heart rate above which to hold.",
        "hold_spo2_percent": "Enter the SpO₂ below which to hold.",
        "review_on": "Enter the day of the review.",
    }

    goal = NoteField(
        label="Goal",
        rows=2,
        max_length=1000,
        help_text="The scale, the score to reach, and by when: PHQ-9 under 5 by May 1.",
    )
    weight_kg = QuantityField(WEIGHT_KG)
    weighed_on = DayField(label="Weighed on")
    dose_mg_per_kg = QuantityField(MG_PER_KG)
    infusion_minutes = WholeField(INFUSION_MINUTES)
    bag_drug_mg = QuantityField(DRUG_IN_BAG_MG)
    bag_volume_ml = QuantityField(BAG_VOLUME_ML)
    session_count = WholeField(SESSION_COUNT)
    interval_days = WholeField(INTERVAL_DAYS)
    hold_systolic_mmhg = WholeField(HOLD_SYSTOLIC_MMHG)
    hold_diastolic_mmhg = WholeField(HOLD_DIASTOLIC_MMHG)
    hold_heart_rate_low_bpm = WholeField(HOLD_HEART_RATE_LOW_BPM)
    hold_heart_rate_high_bpm = WholeField(HOLD_HEART_RATE_HIGH_BPM)
    hold_spo2_percent = WholeField(HOLD_SPO2_PERCENT)
    review_on = DayField(label="Review on", help_text="Within three months.")
    instructions = NoteField(
        label="Instructions", required=False, help_text="Premedication, what to hold, what to watch."
    )
    change_reason = WordsField(label="Why this plan changes", max_length=500, required=False)
    is_confirmed = TickField(label="Yes, I mean these values", required=False)
    row_version = VersionField(required=False)

    def __init__(self, *args: Any, is_new_version: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.to_confirm: tuple[str, ...] = ()
        self.draw("session_count", unit="sessions")
        self.fields["change_reason"].required = is_new_version
        if not is_new_version:
            self.fields["change_reason"].widget = forms.HiddenInput()
        self.fields["is_confirmed"].widget = forms.HiddenInput()

    def layout(self) -> Layout:
        return Layout(
            Fieldset("Goal", "change_reason", "goal"),
            Fieldset("Dose", _pair("weight_kg", "weighed_on"), _pair("dose_mg_per_kg", "infusion_minutes")),
            Fieldset("Bag or syringe", _pair("bag_drug_mg", "bag_volume_ml")),
            Fieldset("Sessions", _pair("session_count", "interval_days"), "review_on"),
            Fieldset(
                "Hold and ask the prescriber",
                _pair("hold_systolic_mmhg", "hold_diastolic_mmhg"),
                _pair("hold_heart_rate_low_bpm", "hold_heart_rate_high_bpm"),
                "hold_spo2_percent",
            ),
            Fieldset("For the nurse", "instructions"),
            "is_confirmed",
        )

    @property
    def labels(self) -> dict[str, str]:
        """What each value of a plan is called on the page."""
        unsaid = {"key", "is_confirmed", "row_version"}
        return {name: str(field.label) for name, field in self.fields.items() if name not in unsaid}

    def ask(self, sentences: Iterable[str]) -> None:
        """Show what has to be confirmed, with the box that confirms it."""
        self.to_confirm = tuple(sentences)
        self.fields["is_confirmed"].widget = forms.CheckboxInput()
        for sentence in self.to_confirm:
            self.add_error("is_confirmed", sentence)


def _pair(left: str, right: str) -> Div:
    """Two short fields side by side where there is room."""
    return Div(left, right, css_class="sw-abreast")


class ReckonForm(BaseForm):
    """The numbers that the live arithmetic needs, as far as they are typed."""

    weight_kg = QuantityField(WEIGHT_KG)
    dose_mg_per_kg = QuantityField(MG_PER_KG)
    infusion_minutes = WholeField(INFUSION_MINUTES)
    bag_drug_mg = QuantityField(DRUG_IN_BAG_MG)
    bag_volume_ml = QuantityField(BAG_VOLUME_ML)
    session_count = WholeField(SESSION_COUNT, required=False)
    interval_days = WholeField(INTERVAL_DAYS, required=False)


class ConsentForm(KeyedForm):
    """Initials for every element, then the name."""

    if_empty: ClassVar = {"signed_name": "The person signs by typing their full name."}

    signed_name = WordsField(label="Signed, by typing the full name", max_length=160)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for element in CONSENT_ELEMENTS:
            field = WordsField(
                label=element.title,
                help_text=element.text,
                max_length=8,
                error_messages={"required": "The initials are missing."},
            )
            field.widget.attrs["autocomplete"] = "off"
            self.fields[f"initials_{element.code}"] = field
        self.order_fields([*(name for name in self.fields if name != "signed_name"), "signed_name"])
        initials = [name for name in self.fields if name.startswith("initials_")]
        self.helper.layout = Layout(
            *(Field(name, wrapper_class="sw-initialled") for name in initials), Fieldset("Signature", "signed_name")
        )

    def initials(self) -> dict[str, str]:
        """The initials by element."""
        return {element.code: self.cleaned_data[f"initials_{element.code}"] for element in CONSENT_ELEMENTS}


def start_values(start: PlanStart, *, today: date) -> dict[str, Any]:
    """What a new plan starts from: the last version if there is one, else the studied infusion and the shipped limits.

    The last weight in either case; when to review it and why it changes are thought of anew.
    """
    hold = HoldLimits.default_iv()
    first = {
        **FIRST_ORDER,
        "weighed_on": today,
        "hold_systolic_mmhg": hold.systolic_mmhg,
        "hold_diastolic_mmhg": hold.diastolic_mmhg,
        "hold_heart_rate_low_bpm": hold.heart_rate_low_bpm,
        "hold_heart_rate_high_bpm": hold.heart_rate_high_bpm,
        "hold_spo2_percent": hold.spo2_percent,
    }
    values = values_of(start.last) if start.last else first
    return {
        **values,
        **start.weight,
        "review_on": today + timedelta(days=REVIEW_AFTER_DAYS),
        "change_reason": "",
    }


def values_of(plan: TreatmentPlan) -> dict[str, Any]:
    """A plan's typed values, to change it or to start the next version from it."""
    return {
        name: getattr(plan, name)
        for name in PlanForm.base_fields
        if hasattr(plan, name) and name not in {"key", "is_confirmed"}
    }
