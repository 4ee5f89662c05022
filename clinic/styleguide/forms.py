"""One field of each kind that forms are made of."""

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Column, Div, Fieldset, Layout, Row
from django import forms

from clinic.kit.forms import (
    BaseForm,
    DayField,
    NoteField,
    PasswordField,
    PhoneField,
    QuantityField,
    TickField,
    WordsField,
)
from clinic.kit.limits import Limits

WEIGHT = Limits("Weight", "kg", Decimal(25), Decimal(350), decimals=1)
SITUATIONS = [("sitting", "Sitting"), ("lying", "Lying down"), ("standing", "Standing")]
LEVELS = [("0", "Not at all"), ("1", "Several days"), ("2", "More than half the days"), ("3", "Nearly every day")]


class SampleForm(BaseForm):
    """Every control, none of which means anything."""

    name = WordsField(label="Name", max_length=80)
    born_on = DayField(label="Birth date")
    phone = PhoneField(label="Phone", required=False)
    weight_kg = QuantityField(WEIGHT, label="Weight", help_text="Without shoes.")
    site = forms.ChoiceField(label="Site", choices=[("", "Choose one"), ("ashby", "Ashby Street")])
    posture = forms.ChoiceField(label="Posture", choices=SITUATIONS, widget=forms.RadioSelect)
    often = forms.ChoiceField(label="How often", choices=LEVELS, widget=forms.RadioSelect)
    slept = forms.ChoiceField(label="Trouble falling asleep", choices=LEVELS, widget=forms.RadioSelect)
    note = NoteField(label="Note", required=False, rows=2)
    is_safe = TickField(label="A voicemail may name the clinic", required=False)
    closed = WordsField(label="Cannot be changed", max_length=80, required=False, disabled=True, initial="204-118")
    password = PasswordField(label="Password, to sign")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draw("often", choice_style="stack")
        self.draw("slept", choice_style="answers")

    def layout(self) -> Layout:
        """Two sections, so that the line between them shows."""
        return Layout(
            Fieldset(
                "Who it is about",
                Row(Column("name"), Column("born_on")),
                Row(Column("phone"), Column("weight_kg")),
                Row(Column("site"), Column("closed")),
                "is_safe",
            ),
            Fieldset("What they say", "posture", "often", "slept", "note", Div("password")),
        )
