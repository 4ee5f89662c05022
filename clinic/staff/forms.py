"""Where does the list of the staff go on?"""

from uuid import UUID

from clinic.kit.forms import BaseForm, IdField


class StaffForm(BaseForm):
    """After whom the list goes on; what cannot be read is the beginning."""

    after = IdField(required=False)

    def said(self) -> UUID | None:
        self.full_clean()
        return self.cleaned_data.get("after")
