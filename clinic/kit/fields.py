"""How is one field of a form read? Odd input is refused with a sentence; what is taken is kept as it was typed.

The one change made to text is said in docs/adr/0014: composed (NFC), spaces at the ends taken off, plain line ends.
Digits are the ten of ASCII everywhere.
"""

import re
from datetime import date, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from phonenumber_field.formfields import PhoneNumberField

from clinic.kit import written
from clinic.kit.characters import as_kept, has_odd_character, has_readable_character
from clinic.kit.limits import Limits

LARGEST_INTEGER: Final = 2**31 - 1
PHONE_CHARACTERS: Final = frozenset("0123456789+()-./ \u00a0")
PHONE_WANTED: Final = "Type the number with its area code and without an extension: 202 555 0143."
TICKED: Final = frozenset({"on", "true", "True", "1", "yes"})
NOT_TICKED: Final = frozenset({"off", "false", "False", "0", "no", ""})
_NUMBER: Final = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,10}", re.ASCII)


def refuse_odd_characters(value: str, *, lines: bool = False) -> None:
    """Refuse controls, bidirectional overrides, surrogates and characters that do not exist."""
    if has_odd_character(value, lines=lines):
        raise ValidationError("This holds an invisible or control character. Type it again.", code="odd_character")


class WordsField(forms.CharField):
    """One line of text, kept as typed after NFC and trimming."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = as_kept(super().to_python(value) or "")
        if self.max_length is not None and len(text) > self.max_length:
            return text  # too long is all that has to be said
        refuse_odd_characters(text)
        if text and not has_readable_character(text):
            raise ValidationError("This has nothing that can be read. Type it again.", code="nothing_visible")
        return text


class NameField(WordsField):
    """A person's name in any script, up to 80 characters; at least one letter, mark or symbol."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        super().__init__(**kwargs)


class NoteField(forms.CharField):
    """Many lines of text, kept as typed after NFC and trimming; line ends become plain newlines."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 5000)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        text = as_kept(super().to_python(value) or "")
        if self.max_length is not None and len(text) > self.max_length:
            return text
        refuse_odd_characters(text, lines=True)
        if text and not has_readable_character(text):
            raise ValidationError("This has nothing that can be read. Type it again.", code="nothing_visible")
        return text


class MailField(forms.EmailField):
    """An e-mail address. What stands before the @ is ASCII, so that no other letter passes for one of them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)
        self.error_messages["invalid"] = "Type an e-mail address such as mia@clinic.example."

    def to_python(self, value: Any) -> str:
        text = as_kept(super().to_python(value) or "")
        refuse_odd_characters(text)
        if text and not text.rpartition("@")[0].isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return text


class PhoneField(PhoneNumberField):  # type: ignore[misc]  # the library publishes no types
    """A phone number, of the United States unless it begins with a plus. Letters and extensions would be lost."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}))
        super().__init__(error_messages={"invalid": PHONE_WANTED}, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and not set(value) <= PHONE_CHARACTERS:
            raise ValidationError(PHONE_WANTED, code="invalid")
        return super().to_python(value)


class QuantityField(forms.DecimalField):
    """A number with a unit, within the limits that cannot be crossed. A comma is refused, not guessed at."""

    def __init__(self, limit: Limits, **kwargs: Any) -> None:
        self.limit = limit
        kwargs.setdefault("label", limit.label)
        kwargs.setdefault("decimal_places", limit.decimals)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("data-unit", limit.unit)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs inherit int from IntegerField
        if isinstance(value, str):
            value = value.strip()
            if "," in value:
                raise ValidationError("Use a point for decimals, without commas: 12.5.", code="comma")
            if value and not _NUMBER.fullmatch(value):
                wanted = f"Type a number in {self.limit.unit or 'plain digits'}."
                raise ValidationError(f"{wanted} On each side of a point stands a digit: 0.5.", code="not_a_number")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Without zeros at the end: a point that is overlooked makes 50.00 mg five thousand."""
        return written.number(value) if isinstance(value, Decimal) and value.is_finite() else value

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and self.limit.rejects(value):
            raise ValidationError(
                f"{self.limit.label} must be {self.limit.span}. Check it, then type it again.",
                code="impossible",
            )


class DayField(forms.DateField):
    """A calendar day in ISO form or as month/day/year, within a range that is said in the refusal."""

    def __init__(self, *, earliest: date = date(2000, 1, 1), latest: date = date(2099, 12, 31), **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%m/%d/%Y"])
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)
        first, last = (written.day(each) for each in (earliest, latest))
        says = f"Choose a day from {first} to {last}."
        self.validators += [MinValueValidator(earliest, says), MaxValueValidator(latest, says)]
        self.widget.attrs.update({"min": earliest.isoformat(), "max": latest.isoformat()})
        self.error_messages["invalid"] = "There is no such day. Type it as month/day/year: 03/10/2026."

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and not value.strip().isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class ClockField(forms.TimeField):
    """A time of day by the clocks of the site."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
        super().__init__(**kwargs)
        if self.error_messages["invalid"] == self.default_error_messages["invalid"]:
            self.error_messages["invalid"] = "Type the time as hours and minutes: 14:05."

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str) and not value.strip().isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class IdField(forms.UUIDField):
    """The id of a row, written out in full; the shorter and the braced spellings are no id of ours."""

    def to_python(self, value: Any) -> UUID | None:  # type: ignore[override]  # the stubs inherit str from CharField
        found: UUID | None = super().to_python(value)
        if found is not None and isinstance(value, str) and str(found) != value.strip().lower():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class KeyField(IdField):
    """The hidden key of a form that makes something."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.HiddenInput)
        again = "Reload the page and type it again."
        kwargs.setdefault("error_messages", {"required": again, "invalid": again})
        super().__init__(**kwargs)


class VersionField(forms.IntegerField):
    """The hidden version of a draft that was on the screen when its change began."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.HiddenInput)
        again = "Reload the page, then save again."
        kwargs.setdefault("error_messages", dict.fromkeys(("required", "invalid", "min_value", "max_value"), again))
        super().__init__(min_value=1, max_value=LARGEST_INTEGER, **kwargs)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip() and not _WHOLE.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class _Tick(forms.CheckboxInput):
    """Hands over what was sent as it was sent, so that the field can tell yes from no from neither."""

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> Any:
        return data.get(name, "")


class TickField(forms.BooleanField):
    """A box to tick. Whatever is neither a tick nor none is refused: “nein” is not a yes."""

    widget = _Tick

    def to_python(self, value: Any) -> bool:
        if isinstance(value, bool) or value is None:
            return bool(value)
        if value in TICKED:
            return True
        if value in NOT_TICKED:
            return False
        raise ValidationError("Tick the box, or leave it empty.", code="invalid")


class PasswordField(forms.CharField):
    """A password that is asked again to sign; never shown, never kept after a refusal."""

    def __init__(self, label: str = "Password, to sign", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.PasswordInput(attrs={"autocomplete": "current-password"}))
        kwargs.setdefault("error_messages", {"required": "Type your password to sign."})
        super().__init__(label=label, max_length=256, strip=False, **kwargs)
