"""What is typed when somebody asks about allergies?"""

from typing import ClassVar

from clinic.kit.forms import BaseForm, KeyedForm, WordsField


class AllergyForm(KeyedForm):
    """One allergy."""

    if_empty: ClassVar = {"substance": "Enter what the person is allergic to."}

    substance = WordsField(label="Allergic to", max_length=80)
    reaction = WordsField(label="What happens", max_length=120, required=False)


class NoneKnownForm(KeyedForm):
    """Somebody asked, and no allergy is known."""


class RetractForm(BaseForm):
    """Why an allergy is struck out."""

    reason = WordsField(label="Why is it wrong?", max_length=200)
