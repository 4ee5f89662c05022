"""What does the desk type to book, call off or escort a visit? Times are those of the site's clocks."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from clinic.kit import written
from clinic.kit.forms import (
    BaseForm,
    ClockField,
    DayField,
    IdField,
    KeyedForm,
    NameField,
    PhoneField,
    TickField,
    WordsField,
)
from clinic.rooms.rules import STEP_MINUTES, first_moment, moments
from clinic.rooms.rules import clock as on_the_clock
from sessions.scheduling.queries import BookingPage

CLOCK_FORMATS = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p"]
FIRST, SECOND = "first", "second"
ANY_ROOM, ANY_NURSE = "Any free room", "Any nurse who can"
MEANT = {
    "outside_hours": "Yes, outside opening hours",
    "too_close": "Yes, less than a day after or before another visit",
}


class PlaceForm(BaseForm):
    """A day, a time and a room in an address; whatever makes no sense there counts as not said."""

    day = DayField(required=False)
    time = ClockField(required=False, input_formats=["%H:%M"])
    room = IdField(required=False)
    which = forms.ChoiceField(required=False, choices=[(FIRST, FIRST), (SECOND, SECOND)])

    def said(self) -> dict[str, Any]:
        """The parts that make sense; None for the others."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}

    @property
    def address(self) -> str:
        """The same, to be handed on in a link."""
        said = {name: value for name, value in self.said().items() if value is not None}
        return urlencode({**said, **({"time": f"{said['time']:%H:%M}"} if "time" in said else {})})


class DayForm(BaseForm):
    """Which day of the calendar to show."""

    day = DayField(label="Day")


class BookingForm(KeyedForm):
    """One visit: when, in which room and with whom."""

    day = DayField(label="Day")
    time = ClockField(
        label="Time",
        input_formats=CLOCK_FORMATS,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": STEP_MINUTES * 60}),
        error_messages={"invalid": "Type a time such as 10:30 am."},
    )
    which = forms.ChoiceField(label="Which of the two", required=False, widget=forms.RadioSelect)
    room = forms.ChoiceField(label="Room", required=False)
    nurse = forms.ChoiceField(label="Nurse", required=False)
    outside_hours = TickField(label=MEANT["outside_hours"], required=False)
    too_close = TickField(label=MEANT["too_close"], required=False)

    def __init__(self, *args: Any, page: BookingPage, **kwargs: Any) -> None:
        self.page = page
        super().__init__(*args, **kwargs)
        self._offer_or_any("room", ANY_ROOM, [(str(room.pk), str(room)) for room in page.rooms])
        self._offer_or_any("nurse", ANY_NURSE, [(str(nurse.pk), str(nurse)) for nurse in page.nurses])
        self.offer("which", [(FIRST, "The first"), (SECOND, "The second")])
        self.draw("which", choice_style="stack")
        self.helper.layout = self.helper.build_default_layout(self)
        refresh = {
            "hx-get": reverse("sessions:book", args=[page.course.patient_id]),
            "hx-include": "#id_day,#id_room",
            "hx-trigger": "change",
            "hx-target": "#free-times",
            "hx-select": "#free-times",
            "hx-swap": "outerHTML",
        }
        for name in ("day", "room"):
            self.fields[name].widget.attrs.update(refresh)
        for name in ("which", *MEANT):
            if not self.data.get(name):
                self.helper.layout.fields.remove(name)

    def ask(self, code: str, question: Exception) -> None:
        """Show a refusal that may be meant, with the box to say so."""
        self.add_error("time", str(question))
        self._show(code)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day, at = cleaned.get("day"), cleaned.get("time")
        if day is not None and at is not None:
            cleaned["starts_at"] = self._moment(day, at)
        return cleaned

    def clean_time(self) -> Any:
        at = self.cleaned_data["time"]
        if at.minute % STEP_MINUTES or at.second or at.microsecond:
            raise ValidationError("Choose a time on the five minutes, such as 10:05 am.", code="step")
        return at

    @property
    def booking(self) -> dict[str, Any]:
        """What was asked for, in the words of the action."""
        said = self.cleaned_data
        return {
            "room": next((room for room in self.page.rooms if str(room.pk) == said["room"]), None),
            "nurse": next((nurse for nurse in self.page.nurses if str(nurse.pk) == said["nurse"]), None),
            "starts_at": said["starts_at"],
            "confirmed": [code for code in MEANT if said[code]],
            "key": said["key"],
        }

    def _offer_or_any(self, name: str, any_label: str, choices: list[tuple[str, str]]) -> None:
        self.offer(name, [("", any_label), *choices])
        self.draw(name, quiet_optional=True)
        self.fields[name].error_messages["invalid_choice"] = f"This {name} is not on the list any more. Choose another."

    def _moment(self, day: date, at: Any) -> datetime | None:
        zone = self.page.site.time_zone
        found = moments(day, at, zone)
        if not found:
            after = on_the_clock(first_moment(day, at, zone), zone)
            self.add_error("time", f"The clocks skip that time on {written.day(day)}. Choose {after} or later.")
            return None
        if len(found) == 1:
            return found[0]
        self._show("which")
        which = self.cleaned_data.get("which") or self.data.get("which")
        if which not in {FIRST, SECOND}:
            self.add_error("which", f"The clocks show this time twice on {written.day(day)}. Say which one is meant.")
            return None
        return found[0] if which == FIRST else found[1]

    def _show(self, name: str) -> None:
        if name not in self.helper.layout.fields:
            place = self.helper.layout.fields.index("time") + 1
            self.helper.layout.fields.insert(place, name)


class CancelForm(BaseForm):
    """Why a visit is called off."""

    reason = WordsField(label="Why is it cancelled?", help_text="Nothing clinical: everybody at the desk can read it.")


class EscortForm(BaseForm):
    """Who takes the person home, and how to reach them."""

    name = NameField(label="Name", max_length=120)
    phone = PhoneField(label="Phone")

    def clean_phone(self) -> str:
        """As it is dialled, with the country."""
        return str(self.cleaned_data["phone"].as_international)
