"""What may be typed on the plain forms of a session: checklist, override, drug, discharge, correction, signature?"""

from collections.abc import Iterable
from typing import Any, ClassVar

from crispy_forms.layout import Fieldset, Layout
from django import forms

from clinic.kit.forms import (
    DayField,
    KeyedForm,
    MailField,
    NoteField,
    PasswordField,
    QuantityField,
    TickField,
    WordsField,
)
from clinic.kit.limits import Limits
from clinic.policy.rules import WEIGHT_KG
from sessions.administration.models import PreSessionCheck
from sessions.administration.rules.charting import ALDRETE, AMOUNT_MG, FASTING_HOURS, VIAL_MG_ML
from sessions.administration.rules.pre_session import HOLD, Check


class YesNoField(forms.TypedChoiceField):
    """Yes or no, neither chosen beforehand: a question that was not asked stays unanswered."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(
            label=label,
            choices=[("yes", "Yes"), ("no", "No")],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
            error_messages={"required": "Choose yes or no."},
            **kwargs,
        )


class CountField(QuantityField):
    """A whole number."""

    def __init__(self, limit: Limits, **kwargs: Any) -> None:
        super().__init__(limit, **kwargs)

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        return None if number is None else int(number)


def data_of(form: forms.Form, names: Iterable[str]) -> dict[str, Any]:
    """The cleaned values of some fields, without those left empty."""
    values = {name: form.cleaned_data[name] for name in names}
    return {name: value for name, value in values.items() if value is not None}


class ChecklistForm(KeyedForm):
    """What is asked and seen before the start."""

    identity_confirmed = YesNoField("Name and birth date compared")
    allergies_read_back = YesNoField("Allergies read back")
    fasting_hours = CountField(FASTING_HOURS, required=False, help_text="Leave empty when not asked.")
    escort_confirmed = YesNoField("Escort confirmed for today")
    suicide_screen = forms.ChoiceField(
        label="Suicide questions since the last visit",
        choices=PreSessionCheck.SuicideScreen.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    pregnancy = forms.ChoiceField(
        label="Pregnancy",
        choices=PreSessionCheck.Pregnancy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    is_oriented = YesNoField("Oriented to person, place and time")
    has_urinary_symptoms = YesNoField("Urinary symptoms: pain, urgency, blood")
    took_sedatives_or_alcohol = YesNoField("Alcohol, sedatives or opioids in the last 24 hours")
    emergency_kit_checked = YesNoField("Emergency kit, oxygen and suction checked today")
    weight_kg = QuantityField(WEIGHT_KG, label="Weight today")

    VALUES = (
        "identity_confirmed",
        "allergies_read_back",
        "fasting_hours",
        "escort_confirmed",
        "suicide_screen",
        "pregnancy",
        "is_oriented",
        "has_urinary_symptoms",
        "took_sedatives_or_alcohol",
        "emergency_kit_checked",
        "weight_kg",
    )

    def layout(self) -> Layout:
        return Layout(
            "key",
            Fieldset("Person", "identity_confirmed", "allergies_read_back", "weight_kg", "fasting_hours"),
            Fieldset(
                "Asked today",
                "suicide_screen",
                "is_oriented",
                "took_sedatives_or_alcohol",
                "has_urinary_symptoms",
                "pregnancy",
            ),
            Fieldset("Room and ride", "escort_confirmed", "emergency_kit_checked"),
        )

    def data_to_chart(self) -> dict[str, Any]:
        return data_of(self, self.VALUES)


class OverrideForm(KeyedForm):
    """A check that holds the start, and why it may go ahead."""

    check_code = forms.ChoiceField(label="Check", widget=forms.RadioSelect, error_messages={"required": "Choose one."})
    reason = NoteField(label="Reason", max_length=500, rows=3)

    def __init__(self, *args: Any, checks: Iterable[Check] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to_override = (each for each in checks if each.state == HOLD and each.may_be_overridden_by is not None)
        self.offer("check_code", [(each.code, f"{each.label}: {each.sentence}") for each in to_override])

    def data_to_chart(self) -> dict[str, Any]:
        return data_of(self, ("check_code", "reason"))


class WitnessedForm(KeyedForm):
    """Milligrams, and the second person who saw them."""

    amount_mg = QuantityField(AMOUNT_MG)
    concentration_mg_ml = QuantityField(VIAL_MG_ML)
    lot = WordsField(label="Lot", max_length=40)
    witness_email = MailField(label="E-mail of the witness", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    witness_password = PasswordField(
        "Password of the witness",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "The witness types their own password."},
    )

    def data_to_chart(self) -> dict[str, Any]:
        return data_of(self, ("amount_mg", "concentration_mg_ml", "lot"))


class DrawForm(WitnessedForm):
    """Drug drawn; the witness reads the label again and types what it says."""

    if_empty: ClassVar = {"expires_on": "Enter the day on the label up to which the lot may be used."}

    expires_on = DayField(label="Expires on")
    second_concentration_mg_ml = QuantityField(
        VIAL_MG_ML, label="Concentration as the witness reads it", help_text="Read the label again; do not copy."
    )

    def layout(self) -> Layout:
        return Layout(
            "key",
            Fieldset("Drawn", "amount_mg", "concentration_mg_ml", "lot", "expires_on"),
            Fieldset("Witness", "second_concentration_mg_ml", "witness_email", "witness_password"),
        )

    def data_to_chart(self) -> dict[str, Any]:
        return {**super().data_to_chart(), "expires_on": self.cleaned_data["expires_on"]}


class MoveForm(WitnessedForm):
    """Drug wasted, or returned unopened."""

    movement = forms.ChoiceField(
        label="What happens to it",
        choices=[("waste", "Wasted"), ("return", "Returned unopened")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on one page with the form for drawing, so its controls have ids of their own.
        kwargs.setdefault("auto_id", "left_%s")
        super().__init__(*args, **kwargs)

    def layout(self) -> Layout:
        return Layout(
            "key",
            Fieldset("Left over", "movement", "amount_mg", "concentration_mg_ml", "lot"),
            Fieldset("Witness", "witness_email", "witness_password"),
        )


class DischargeForm(KeyedForm):
    """What is judged at the door."""

    aldrete_total = CountField(ALDRETE)
    is_oriented = YesNoField("Oriented to person, place and time")
    walks_as_before = YesNoField("Walks as before")
    dissociation_resolved = YesNoField("Dissociation has resolved")
    no_nausea = YesNoField("No nausea or vomiting")
    iv_out = YesNoField("IV out, no bleeding")
    suicide_check_done = YesNoField("Suicide check done")
    instructions_given = YesNoField("Written instructions given and repeated back")
    escort_present = YesNoField("Escort is here")
    escort_name = WordsField(label="Name of the escort", max_length=120, required=False)
    prescriber_accepts_vitals = TickField(
        label="The prescriber accepts a pressure that is not yet back near the baseline", required=False
    )
    against_advice = WordsField(
        label="Leaves against advice",
        max_length=500,
        required=False,
        help_text="Only then: what was said. Everything that is missing becomes a deviation to explain.",
    )
    not_treated = WordsField(label="Why the person is not treated today", max_length=500)

    VALUES = (
        "aldrete_total",
        "is_oriented",
        "walks_as_before",
        "dissociation_resolved",
        "no_nausea",
        "iv_out",
        "suicide_check_done",
        "instructions_given",
        "escort_present",
        "escort_name",
        "prescriber_accepts_vitals",
    )

    def __init__(self, *args: Any, was_treated: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if was_treated:
            del self.fields["not_treated"]
        else:
            del self.fields["against_advice"]
        self.helper.layout = Layout(
            "key",
            *([] if was_treated else ["not_treated"]),
            Fieldset("Person", *self.VALUES[:6]),
            Fieldset("Before the door", *self.VALUES[6:10]),
            Fieldset("Only when it applies", "prescriber_accepts_vitals", *(["against_advice"] if was_treated else [])),
        )

    def data_to_chart(self) -> dict[str, Any]:
        return data_of(self, self.VALUES)

    def data_so_far(self) -> dict[str, Any]:
        """What can be read of the judgements, also while something else is still wrong."""
        cleaned = getattr(self, "cleaned_data", {})
        return {name: cleaned[name] for name in self.VALUES if cleaned.get(name) not in (None, "")}

    def ways_out(self) -> dict[str, str]:
        """The reasons for leaving in another way than with every criterion met."""
        return {name: self.cleaned_data.get(name, "") for name in ("against_advice", "not_treated")}


class RetractForm(KeyedForm):
    """Why an entry does not hold."""

    reason = WordsField(label="Reason", max_length=500)


class ConfirmForm(KeyedForm):
    """That an unlikely entry is right."""


class AddendumForm(KeyedForm):
    """What is added to a signed session."""

    text = NoteField(label="Addendum", max_length=20_000, rows=8)
