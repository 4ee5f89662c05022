"""What is typed to compare, to merge, to tell apart, to report and to undo?"""

from typing import Any, ClassVar
from uuid import UUID

from django import forms

from clinic.kit.forms import BaseForm, IdField, WordsField


class StretchForm(BaseForm):
    """Where in the register the list goes on; what cannot be read is the beginning."""

    before = IdField(required=False)

    def said(self) -> UUID | None:
        self.full_clean()
        return self.cleaned_data.get("before")


class PairForm(BaseForm):
    """The two people of an address."""

    kept = IdField()
    other = IdField()


class MergeForm(BaseForm):
    """The two people, what was seen of them, and why they are one."""

    if_empty: ClassVar = {"reason": "Say how you know that they are one person."}

    kept = IdField(widget=forms.HiddenInput)
    other = IdField(widget=forms.HiddenInput)
    seen = WordsField(widget=forms.HiddenInput)
    reason = WordsField(label="They are one person, because", help_text="Say how you know, as in: same identity card.")


class DifferentForm(BaseForm):
    """Two people who are not one, and why."""

    if_empty: ClassVar = {"reason": "Say how you know that they are two people."}

    kept = IdField(widget=forms.HiddenInput)
    other = IdField(widget=forms.HiddenInput)
    reason = WordsField(label="They are two people, because", help_text="The pair is then left out of the list.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="different_%s", **kwargs)


class ReportForm(BaseForm):
    """The record that may be of the same person."""

    record_number = WordsField(label="Record number of the other record", max_length=12)
    reason = WordsField(label="What you noticed", required=False)


class UndoForm(BaseForm):
    """Why a merge is taken back."""

    if_empty: ClassVar = {"reason": "Say how you know that they are two people."}

    reason = WordsField(label="They are two people, because")
