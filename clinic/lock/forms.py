"""What may be typed at the lock and about one's own PIN?"""

from django.forms import PasswordInput

from clinic.kit.forms import BaseForm, PasswordField
from clinic.lock.rules import PIN_DIGITS


class PinField(PasswordField):
    """Digits that are never shown, on the keys for numbers where a device has such."""

    def __init__(self, label, **kwargs):
        digits = {"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]*", "maxlength": PIN_DIGITS}
        super().__init__(label, widget=PasswordInput(attrs=digits), **kwargs)


class UnlockForm(BaseForm):
    """One of the two, so that nobody need guess which of them opened the lock."""

    pin = PinField("PIN", required=False)
    password = PasswordField("Password", required=False)

    def clean(self):
        super().clean()
        typed = self.cleaned_data
        if typed.get("pin") and typed.get("password"):
            self.add_error("pin", "Type the PIN or the password, not both.")
        return typed


class PinForm(BaseForm):
    password = PasswordField("Your password", error_messages={"required": "Type your password to set a PIN."})
    pin = PinField(
        "New PIN",
        help_text=f"{PIN_DIGITS} digits that are no date, no year and no pattern.",
        error_messages={"required": f"Type a PIN of {PIN_DIGITS} digits."},
    )
    again = PinField("New PIN, again", error_messages={"required": "Type the new PIN a second time."})
