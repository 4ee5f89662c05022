"""What does every form have in common? Layout by crispy, plain error sentences, and fields that refuse odd input."""

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from clinic.kit.characters import has_odd_character
from clinic.kit.keys import uuid7
from clinic.kit.limits import Limits


class BaseForm(forms.Form):
    """A form that leads to an action. The template owns the form tag, the token and the buttons."""

    error_css_class = "is-invalid"

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

    def refuse(self, refusal: Exception, field: str | None = None) -> None:
        """Show a refusal of an action next to the field it concerns, or above the form."""
        self.add_error(field, str(refusal))


class KeyedForm(BaseForm):
    """A form that makes something: its hidden key becomes the key of the new row, so that sent twice it makes one."""

    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": "Reload the page and type it again."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid7(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


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
        text = unicodedata.normalize("NFC", super().to_python(value) or "").strip().strip("\u00a0")
        refuse_odd_characters(text)
        if text and not any(unicodedata.category(character)[0] in "LNPSM" for character in text):
            raise ValidationError("This has nothing that can be read. Type it again.", code="nothing_visible")
        return text


class NameField(WordsField):
    """A person's name in any script, up to 80 characters; at least one letter, mark or symbol."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        super().__init__(**kwargs)


class NoteField(forms.CharField):
    """Many lines of text, kept as typed; line ends become plain newlines."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 5000)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        refuse_odd_characters(text, lines=True)
        return text


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
            if value and not all(character in "0123456789.+-" for character in value):
                raise ValidationError(f"Type a number in {self.limit.unit or 'plain digits'}.", code="not_a_number")
        return super().to_python(value)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and self.limit.rejects(value):
            low, high, unit = self.limit.reject_below, self.limit.reject_above, self.limit.unit
            raise ValidationError(
                f"{self.limit.label} must lie between {low} and {high} {unit}. Check it, then type it again.",
                code="impossible",
            )


class DayField(forms.DateField):
    """A calendar day in ISO form, within a range that is said in the refusal."""

    def __init__(self, *, earliest: date = date(2000, 1, 1), latest: date = date(2099, 12, 31), **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%m/%d/%Y"])
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)
        first, last = (f"{day:%b} {day.day}, {day.year}" for day in (earliest, latest))
        says = f"Choose a day from {first} to {last}."
        self.validators += [MinValueValidator(earliest, says), MaxValueValidator(latest, says)]
        self.widget.attrs.update({"min": earliest.isoformat(), "max": latest.isoformat()})

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and not value.isascii():
            raise ValidationError("Type the day as month/day/year: 03/10/2026.", code="invalid")
        return super().to_python(value)
