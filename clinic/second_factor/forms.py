"""What may be typed about a second factor?"""

from typing import Any

from django import forms

from clinic.kit.forms import BaseForm, PasswordField, WordsField

ASK_AGAIN = {"required": "Type your password, so that it is you who changes this."}


class CodeField(WordsField):
    """A code of an app, or a recovery code. Spaces between the digits are fine."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("error_messages", {"required": "Type the code."})
        super().__init__(max_length=20, **kwargs)


class AnswerField(forms.CharField):
    """What a passkey answered, put there by the page's script. The adapter judges it."""

    def __init__(self, **kwargs: Any) -> None:
        missing = "The browser sent no passkey. Reload the page, then try again."
        super().__init__(widget=forms.HiddenInput, max_length=16_384, error_messages={"required": missing}, **kwargs)


class SecondStepForm(BaseForm):
    code = CodeField(label="Code", help_text="Six digits of your app, or one of your recovery codes.")


class PasskeyStepForm(BaseForm):
    answer = AnswerField()


class SetUpAppForm(BaseForm):
    code = CodeField(label="Code that the app shows")
    password = PasswordField("Your password", error_messages=ASK_AGAIN)


class AddPasskeyForm(BaseForm):
    name = WordsField(
        label="Name for this passkey", max_length=60, help_text="So that you know it again: Blue key, iPad."
    )
    password = PasswordField("Your password", error_messages=ASK_AGAIN)
    answer = AnswerField()


class OwnPasswordForm(BaseForm):
    password = PasswordField("Your password", error_messages=ASK_AGAIN)


class ResetForm(BaseForm):
    reason = WordsField(label="Why, and how you know who asked", max_length=200)
    password = PasswordField("Your own password", error_messages=ASK_AGAIN)


class RequirementForm(BaseForm):
    is_required = forms.ChoiceField(
        label="Second factor",
        choices=[("yes", "Everybody needs one"), ("no", "The password is enough")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one.", "invalid_choice": "Choose one of the two."},
    )
    reason = WordsField(label="Why", max_length=200)
    password = PasswordField("Your own password", error_messages=ASK_AGAIN)
