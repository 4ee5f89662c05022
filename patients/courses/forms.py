"""What is typed to open a course of treatment?"""

from typing import ClassVar

from django import forms

from clinic.kit.forms import KeyedForm, WordsField
from patients.courses.models import Indication


class OpenCourseForm(KeyedForm):
    """What the person was referred for, and by whom."""

    if_empty: ClassVar = {"indication": "Choose what the person was referred for."}

    indication = forms.ChoiceField(
        label="Referred for",
        choices=[("", "Choose what the referral says"), *Indication.choices],
        help_text="As the referral says. The prescriber decides later whether it holds.",
    )
    referrer = WordsField(label="Referred by", max_length=120, required=False)
