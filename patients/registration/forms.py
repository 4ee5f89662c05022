"""What does the desk type in to register a person, to change their details, or to find them?"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Column, Div, Fieldset, Layout, Row
from django import forms
from django.urls import reverse

from clinic.kit.forms import (
    BaseForm,
    DayField,
    KeyedForm,
    MailField,
    NameField,
    PhoneField,
    TickField,
    VersionField,
    WordsField,
)
from patients.registration.models import DETAIL_FIELDS, Language, SexAtBirth
from patients.registration.queries import Alike
from patients.registration.rules import EARLIEST_BIRTH


class DetailsForm(BaseForm):
    """Who a person is and how to reach them. Only the name and the birth date are needed to begin."""

    given_name = NameField(label="Legal given name")
    family_name = NameField(label="Legal family name")
    birth_date = forms.DateField(label="Birth date")
    preferred_name = NameField(label="Preferred name", required=False)
    phone = PhoneField(label="Phone", required=False)
    is_voicemail_safe = TickField(label="A voicemail may name the clinic", required=False)
    email = MailField(label="E-mail", required=False)
    sex_at_birth = forms.ChoiceField(
        label="Sex at birth", choices=SexAtBirth.choices, initial=SexAtBirth.UNKNOWN, widget=forms.RadioSelect
    )
    gender = WordsField(label="Gender", max_length=40, required=False)
    pronouns = WordsField(label="Pronouns", max_length=40, required=False)
    language = forms.ChoiceField(label="Language", choices=Language.choices, initial=Language.ENGLISH)
    needs_interpreter = TickField(label="Needs an interpreter", required=False)
    emergency_name = WordsField(label="Emergency contact", max_length=120, required=False)
    emergency_relation = WordsField(label="Relation to the person", max_length=60, required=False)
    emergency_phone = PhoneField(label="Phone of the emergency contact", required=False)
    escort_name = WordsField(label="Ride home with", max_length=120, required=False)
    escort_phone = PhoneField(label="Phone of the ride", required=False)
    referrer = WordsField(label="Referred by", max_length=120, required=False)
    payer = WordsField(label="Payer", max_length=120, required=False)
    address = WordsField(label="Street and number", max_length=200, required=False)
    city = WordsField(label="City", max_length=80, required=False)
    state = WordsField(label="State", max_length=40, required=False)
    postal_code = WordsField(label="ZIP code", max_length=12, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"] = DayField(label="Birth date", earliest=EARLIEST_BIRTH, latest=today)

    def layout(self) -> Layout:
        return Layout(
            Fieldset(
                "Name and birth date",
                Row(Column("given_name"), Column("family_name")),
                Row(Column("birth_date"), Column("preferred_name")),
                *self.beside_name(),
            ),
            Fieldset("Reaching them", Row(Column("phone"), Column("email")), "is_voicemail_safe"),
            Fieldset(
                "About them",
                "sex_at_birth",
                Row(Column("gender"), Column("pronouns")),
                "language",
                "needs_interpreter",
            ),
            Fieldset(
                "Emergency contact and ride home",
                Row(Column("emergency_name"), Column("emergency_relation")),
                Row(Column("emergency_phone", css_class="col-md-6")),
                Row(Column("escort_name"), Column("escort_phone")),
            ),
            Fieldset("Referral and payer", Row(Column("referrer"), Column("payer"))),
            Fieldset(
                "Address",
                Row(Column("address"), Column("city")),
                Row(Column("state"), Column("postal_code")),
            ),
        )

    def beside_name(self) -> list[Any]:
        """What else stands under the name and the birth date."""
        return []

    @property
    def labels(self) -> dict[str, str]:
        """What each of the person's fields is called on the page."""
        return {name: str(self.fields[name].label) for name in DETAIL_FIELDS}

    @property
    def details(self) -> dict[str, Any]:
        """What was typed, under the names of the person's fields."""
        return {name: self.cleaned_data[name] for name in DETAIL_FIELDS}


class RegisterForm(DetailsForm, KeyedForm):
    """A new person. Why they are registered although somebody looks the same is asked only when somebody does."""

    anyway_because = WordsField(
        label="Register anyway, because", help_text="How you know that this is somebody else.", required=False
    )
    alike: tuple[Alike, ...] = ()

    def ask(self, alike: Sequence[Alike], question: Exception) -> None:
        """Show who is likely to be the same, and what to say if it is somebody else."""
        self.alike = tuple(alike)
        self.helper.layout = self.layout()
        self.add_error("anyway_because", str(question))

    def layout(self) -> Layout:
        asked = bool(self.alike or self.data.get("anyway_because"))
        return Layout(*([Fieldset("Somebody looks the same", "anyway_because")] if asked else []), super().layout())

    def beside_name(self) -> list[Any]:
        """Room for the age, and for people already registered who look like this one."""
        at_once = "load, " if self.is_bound and not self.alike else ""
        return [
            Div(
                css_id="look",
                hx_post=reverse("patients:register-look"),
                hx_trigger=f"{at_once}change from:closest form delay:300ms",
                hx_sync="this:replace",
                aria_live="polite",
            )
        ]


class EditForm(DetailsForm):
    """Changed details, with the version that was on the screen when the change began."""

    row_version = VersionField()


class LookForm(BaseForm):
    """The part of a registration that tells people apart, as far as it is typed; whatever is wrong is left out."""

    given_name = NameField(required=False)
    family_name = NameField(required=False)
    preferred_name = NameField(required=False)
    phone = PhoneField(required=False)
    email = MailField(required=False)
    address = WordsField(max_length=200, required=False)
    postal_code = WordsField(max_length=12, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["birth_date"] = DayField(earliest=EARLIEST_BIRTH, latest=today, required=False)

    def wanted(self) -> dict[str, Any]:
        """What is typed so far, each detail empty until it can be read."""
        self.full_clean()
        return {name: self.cleaned_data.get(name) for name in self.fields}


class SearchForm(BaseForm):
    """What is typed into the search box."""

    q = WordsField(max_length=100, required=False)

    def words(self) -> str:
        """The words, or nothing when they are too many or cannot be read."""
        self.full_clean()
        words: str = self.cleaned_data.get("q", "")
        return words
