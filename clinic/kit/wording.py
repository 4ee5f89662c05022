"""Which sentence says what to do about a field that was left empty, or sent with a choice that is none?"""

from typing import Final

from django import forms

OF_DJANGO: Final = str(forms.Field.default_error_messages["required"])
NO_CHOICE_OF_DJANGO: Final = str(forms.ChoiceField.default_error_messages["invalid_choice"])
NO_CHOICE: Final = "That cannot be chosen here. Choose one of those offered."
# A label that begins so is a clause: "How it was answered".
ASKING: Final = frozenset({"how", "what", "when", "where", "which", "who", "why"})
PROPER: Final = frozenset({"aldrete"})


def asks_for(label: str, *, is_choice: bool = False) -> str:
    """As in "Enter the birth date.", made of a field's label."""
    if label.endswith("?"):
        return f"Answer “{label}”"
    first = label.split(maxsplit=1)[0] if label.strip() else ""
    if first.lower() in ASKING:
        return f"Say {_lowered(label)}."
    return f"Choose the {_lowered(label)}." if is_choice else f"Enter the {_lowered(label)}."


def say_what_is_wanted(name: str, field: forms.Field, said: dict[str, str]) -> None:
    """Put the sentences in the place of Django's own; a field's own sentence and those of `said` come first."""
    if name in said:
        field.error_messages["required"] = said[name]
    elif str(field.error_messages.get("required")) == OF_DJANGO:
        label = str(field.label or name.replace("_", " "))
        field.error_messages["required"] = asks_for(label, is_choice=isinstance(field, forms.ChoiceField))
    if str(field.error_messages.get("invalid_choice")) == NO_CHOICE_OF_DJANGO:
        field.error_messages["invalid_choice"] = NO_CHOICE


def _lowered(label: str) -> str:
    """The label within a sentence; a name or an abbreviation keeps its capitals."""
    first = label.split(maxsplit=1)[0]
    is_kept = first.lower() in PROPER or not first[1:].replace("-", "").islower()
    return label if is_kept and len(first) > 1 else label[0].lower() + label[1:]
