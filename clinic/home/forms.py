"""What does somebody say when closing a task?"""

from clinic.kit.forms import BaseForm, NoteField


class CloseTaskForm(BaseForm):
    """The note that closes a task."""

    note = NoteField(
        label="What you found and what was done",
        rows=4,
        max_length=2000,
        help_text="Who was spoken to, how safe the person is, what was agreed, and when somebody looks again.",
    )
