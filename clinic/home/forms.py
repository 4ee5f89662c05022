"""What does somebody say when closing a task?"""

from datetime import datetime
from typing import Any

from crispy_forms.layout import Layout
from django.utils import timezone

from clinic.kit.forms import BaseForm, ClockField, DayField, KeyField, NoteField, TickField, WordsField
from clinic.worklist import rules
from clinic.worklist.queries import TaskRow


class CloseTaskForm(BaseForm):
    """The note that closes a task, and the owner who was on the page."""

    note = NoteField(label="What you found and what was done", rows=4, max_length=2000)
    seen_owner = KeyField()

    def __init__(self, *args: Any, task: TaskRow, is_mine: bool, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, initial={"seen_owner": task.owner_id}, **kwargs)
        self.task, self.is_mine, self.now = task, is_mine, now

    def clean_note(self) -> str:
        return self._with_substance("note")

    def _with_substance(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if why := rules.why_too_little(text):
            self.add_error(name, why)
        return text

    def refuse(self, refusal: Exception, field: str | None = None) -> None:
        """As every form does; the owner who is told of now counts as seen, so that the typing may be sent again."""
        super().refuse(refusal, field)
        typed = {name: self.data.get(name) for name in self.data}
        self.data = {**typed, "seen_owner": str(self.task.owner_id)}

    @property
    def closing(self) -> dict[str, Any]:
        """What the action takes as it is."""
        said = self.cleaned_data
        return {
            "note": said["note"],
            "seen_owner": str(said["seen_owner"]),
            "take_over": bool(said.get("take_over")),
        }

    @property
    def contact(self) -> dict[str, Any]:
        """Who was spoken to and what was agreed; a plain task says nothing of it."""
        return {}


class CloseRiskForm(CloseTaskForm):
    """Who was spoken to, what was found, what was agreed, and when somebody looks again."""

    spoke_with = WordsField(
        label="Who was spoken to",
        max_length=200,
        help_text="The person, a relative, their psychiatrist; or nobody yet.",
    )
    agreed = NoteField(label="What was agreed", rows=3, max_length=2000)
    next_on = DayField(label="Day of the next contact", help_text="It becomes a task of yours, due at that time.")
    next_time = ClockField(label="Time of the next contact")
    take_over = TickField(label="Take this task over from its owner, as agreed with them", required=False)

    field_order = ("spoke_with", "note", "agreed", "next_on", "next_time", "take_over", "seen_owner")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_mine:
            del self.fields["take_over"]
            self.helper.layout = Layout(*self.fields)
        if self.task.kind == rules.SAFETY_CONTACT:
            self.fields["next_on"].required = self.fields["next_time"].required = False
            self.fields["next_on"].help_text = "Leave it empty when no further contact is needed, and say so above."

    def clean_agreed(self) -> str:
        return self._with_substance("agreed")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if {"next_on", "next_time"} & set(self.errors):
            return cleaned
        day, time = cleaned["next_on"], cleaned["next_time"]
        if (day is None) is not (time is None):
            self.add_error("next_on" if day is None else "next_time", "Give both the day and the time, or neither.")
            return cleaned
        at = None if day is None else datetime.combine(day, time, timezone.get_current_timezone())
        if why := rules.why_no_contact(self.task.kind, at, self.now):
            self.add_error("next_on", why)
        cleaned["next_contact_at"] = at
        return cleaned

    @property
    def contact(self) -> dict[str, Any]:
        """Who was spoken to, what was agreed, and when somebody looks again."""
        return {name: self.cleaned_data[name] for name in ("spoke_with", "agreed", "next_contact_at")}
