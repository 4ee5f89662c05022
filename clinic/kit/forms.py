"""What does every form have in common? Layout by crispy, plain error sentences, and each field said once."""

from typing import Any, ClassVar, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.datastructures import MultiValueDict

from clinic.kit.fields import (
    ClockField,
    DayField,
    IdField,
    KeyField,
    MailField,
    NameField,
    NoteField,
    PasswordField,
    PhoneField,
    QuantityField,
    TickField,
    VersionField,
    WordsField,
    refuse_odd_characters,
)
from clinic.kit.keys import uuid7
from clinic.kit.refusals import Refusal
from clinic.kit.wording import say_what_is_wanted

__all__ = [
    "BaseForm",
    "ClockField",
    "DayField",
    "IdField",
    "KeyField",
    "KeyedForm",
    "MailField",
    "NameField",
    "NoteField",
    "PasswordField",
    "PhoneField",
    "QuantityField",
    "SignForm",
    "TickField",
    "VersionField",
    "WordsField",
    "refuse_odd_characters",
]


class BaseForm(forms.Form):
    """A form that leads to an action. The template owns the form tag, the token and the buttons."""

    error_css_class = "is-invalid"
    # What to do about a field that was left empty, where its label alone does not make the sentence.
    if_empty: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.render_hidden_fields = True
        layout = self.layout()
        if layout is not None:
            self.helper.layout = layout

    def layout(self) -> Any:
        """The named fieldsets of this form; None for one plain column of all fields."""
        return None

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """What can be chosen in a field, where that is known only when the form is made."""
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def draw(self, name: str, **how: object) -> None:
        """How a field is drawn: `unit`, `choice_style` and `quiet_optional` of bootstrap5/field.html."""
        vars(self.fields[name]).update(how)

    def refuse(self, refusal: Exception, field: str | None = None) -> None:
        """Show a refusal of an action next to the field it concerns, or above the form."""
        self.add_error(field, str(refusal))

    def full_clean(self) -> None:
        """As Django does, and a field that was sent twice is refused: nobody can say which one is meant."""
        for name, field in self.fields.items():
            say_what_is_wanted(name, field, self.if_empty)
        super().full_clean()
        if not isinstance(self.data, MultiValueDict):
            return
        for name in self.fields:
            if len(self.data.getlist(self.add_prefix(name))) > 1:
                self.add_error(name, "This was sent twice. Reload the page, then type it again.")


class SignForm(BaseForm):
    """The password, again, to sign what stood on the page; `row_version` says which state of it that was."""

    password = PasswordField()
    row_version = VersionField()

    def read_again(self, refusal: Refusal, *, row_version: int) -> None:
        """Say that it was changed; what is signed next is what stands on the page now."""
        self.data = {**self.data, "row_version": str(row_version)}
        self.refuse(refusal)


class KeyedForm(BaseForm):
    """A form that makes something: its hidden key becomes the key of the new row, so that sent twice it makes one."""

    key = KeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid7(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
