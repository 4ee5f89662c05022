"""What does the style guide show? The parts as their templates describe themselves, and made-up things to draw."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.messages import constants as levels
from django.contrib.messages.storage.base import Message
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

COMMENT: Final = re.compile(
    r"\{#\s*(?P<line>.*?)\s*#\}|\{% comment %\}\s*(?P<block>.*?)\s*\{% endcomment %\}", re.DOTALL
)
LONG_NAME: Final = "Maximiliana-Alexandrine Featherstonehaugh-Wolfeschlegelsteinhausenbergerdorff"
FROM_THE_RIGHT: Final = "عبد الرحمن الهاشمي"
# Parts that are no file of their own: tags that draw one element, Bootstrap's fields as this look has them, the keypad.
WITHOUT_FILE: Final = {
    "signs and states": "Tags: sign kind label size quiet; state kind text quiet; icon name. Parameters as named.",
    "badge": "Tag: badge text tone. Parameters: text, tone (solid, done, due, late or none).",
    "buttons": "One primary for each view; in tables all are small and outlined. No parameters: classes of Bootstrap.",
    "form section and fields": "bootstrap5/field.html, fieldset.html: label, control, help, error. Parameters: field.",
    "keypad": "js/sheet/keypad.js: fields on the left, keys on the right. Parameters: fields, onChange, onDone.",
    "text": "Quiet, struck through, a number with its unit, a name from the right. No parameters: classes.",
}
THEMES: Final = {"auto": "As this device", "light": "Light", "dark": "Dark"}
WRONG: Final = {"weight_kg": "7,5", "site": "elsewhere", "posture": "flying", "note": "What was typed stays."}
FILLED: Final = {
    "name": LONG_NAME,
    "born_on": "1982-06-04",
    "phone": "2025550175",
    "weight_kg": "80.0",
    "site": "ashby",
    "posture": "sitting",
    "often": "1",
    "slept": "2",
    "note": "Drives home with Anna. " * 12,
    "is_safe": "on",
}


@dataclass(frozen=True)
class Part:
    """One part: what it is called, what it says of itself, and the template that shows its states."""

    name: str
    title: str
    says: str
    example: str


def theme(asked: str) -> str:
    """The theme that was asked for; what is none leaves the choice to the device."""
    return asked if asked in THEMES else "auto"


def themes(asked: str) -> list[dict[str, Any]]:
    """The themes to choose from."""
    return [
        {"label": label, "url": f"?theme={name}", "is_current": name == theme(asked)} for name, label in THEMES.items()
    ]


def parts() -> list[Part]:
    """Every file of templates/partials and those without a file, by name."""
    folder = Path(settings.BASE_DIR) / "templates" / "partials"
    found = [_part(path.stem, _said_by(f"partials/{path.name}")) for path in folder.glob("*.html")]
    found += [_part(name.replace(" ", "_"), says) for name, says in WITHOUT_FILE.items()]
    return sorted(found, key=lambda part: part.name)


def _part(name: str, says: str) -> Part:
    title = name.replace("_", " ").capitalize()
    return Part(name=name, title=title, says=says, example=f"clinic/styleguide/{name}.html")


def _said_by(template: str) -> str:
    """The comment at the head of a template; a part that says nothing of itself cannot be used by anybody else."""
    comment = COMMENT.match(get_template(template).template.source)  # type: ignore[attr-defined]  # Django's own engine
    if comment is None:
        raise LookupError(f"{template} does not begin with a comment that names its parameters.")
    return " ".join((comment["line"] or comment["block"]).split())


def samples(now: datetime) -> dict[str, Any]:
    """Made-up people and numbers: usual, long, empty, and more than fits."""
    return {
        "now": now,
        "long_name": LONG_NAME,
        "from_the_right": FROM_THE_RIGHT,
        "banner": _banner(),
        "long_banner": _long_banner(now),
        "new_banner": _new_banner(),
        "rail": _rail("done", "done", "current", "open"),
        "blocked_rail": _rail("current", "blocked", "blocked", "blocked"),
        "facts": [("Phone", "(202) 555-0175"), ("Weight", "80.0", "kg"), ("Payer", ""), ("Legal name", LONG_NAME)],
        "todo": _todo(),
        "timeline": _timeline(),
        "rooms": _rooms(),
        "ready": _ready(),
        "all_ready": [{"sign": "done", "text": "All 8 ready"}],
        "rows": [_row(number) for number in range(1, 7)],
        "tabs": _tabs(),
        "page": _pager(3, 12),
        "first_page": _pager(1, 12),
        "messages": _messages(),
        "verdicts": _verdicts(),
        "conflict": _conflict(),
        "svg": _drawing(),
    }


def _banner() -> dict[str, Any]:
    return {
        "name": "Marisol Vega",
        "preferred_name": "Mari",
        "age": 44,
        "born": date(1982, 6, 4),
        "pronouns": "she/her",
        "record_number": "204-118",
        "allergies": ["Penicillin"],
        "allergies_known": "known",
        "course_state": "Induction, plan 2",
        "next_line": "Session 5, Tue Mar 10, 10:15 am",
        "alerts": [{"sign": "due", "text": "Consent expires in 6 days", "url": "#"}],
        "url": "#",
    }


def _long_banner(now: datetime) -> dict[str, Any]:
    allergies = ["Penicillin", "Sulfamethoxazole with trimethoprim", "Latex", "Iodinated contrast", "Adhesive tape"]
    alerts = [
        {"sign": "late", "text": "A positive suicide answer waits for somebody", "url": "#"},
        {"sign": "due", "text": "No ride home is named for a session that begins within the hour", "url": ""},
        {"sign": "unknown", "text": "Pregnancy not asked", "url": "#"},
    ]
    more = {"name": LONG_NAME, "preferred_name": FROM_THE_RIGHT, "age": 104, "allergies": allergies, "alerts": alerts}
    return {**_banner(), **more, "born": (now - timedelta(days=38_000)).date()}


def _new_banner() -> dict[str, Any]:
    return {
        "name": "Dao Pham",
        "age": 31,
        "born": date(1995, 1, 30),
        "record_number": "204-701",
        "allergies_known": "not asked",
    }


def _rail(*states: str) -> list[dict[str, Any]]:
    titles = ("Assessment", "Plan", "Administration", "Follow-up")
    notes = {
        "done": "Eligible since Sep 2",
        "current": "4 of 6 given",
        "blocked": "Waits for the one before",
        "open": "Not yet",
    }
    return [
        {
            "number": number,
            "title": title,
            "state": state,
            "note": notes[state],
            "url": "#" if state != "blocked" else "",
        }
        for number, (title, state) in enumerate(zip(titles, states, strict=True), start=1)
    ]


def _todo() -> list[dict[str, str]]:
    return [
        {"sign": "late", "text": "Kwame Okafor has waited 22 minutes.", "url": "#", "act": "To room 1"},
        {
            "sign": "due",
            "text": "Linnea Larsen has no ride home.",
            "url": "#",
            "act": "Add ride",
            "quiet": "Leaves at 1:05 pm",
        },
        {"sign": "open", "text": f"{LONG_NAME} asks for an earlier time."},
    ]


def _timeline() -> list[dict[str, str]]:
    return [
        {"time_text": "10:15", "sign": "done", "text": "Vitals", "note": "128/78", "tone": "past"},
        {"time_text": "10:25", "sign": "skipped", "text": "Vitals", "note": "Asleep", "tone": "past"},
        {"time_text": "10:30", "sign": "late", "text": "Vitals", "note": "8 min late", "tone": "late"},
        {"time_text": "10:38", "sign": "due", "text": "Comfort", "note": "now", "tone": "due"},
        {"time_text": "10:45", "sign": "now", "text": "Vitals", "note": "in 7 min", "tone": "next"},
        {"time_text": "11:06", "sign": "open", "text": "At the stop, and every 15 minutes until the person may leave"},
    ]


def _rooms() -> list[dict[str, Any]]:
    return [
        {"plate": "2", "name": "Marisol Vega", "line": "Infusing to 11:06", "url": "#"}
        | {"clock_text": "1:36", "clock_label": "Next reading in 1 minute 36 seconds", "clock_dash": 84},
        {"plate": "4", "name": "Renee Whitfield", "line": "Reading due now", "tone": "due", "url": "#"}
        | {"clock_text": "due", "clock_label": "Reading due now"},
        {"plate": "3", "name": LONG_NAME, "line": "Reading 4 min late", "tone": "late", "url": "#"}
        | {"clock_text": "+4", "clock_label": "Reading 4 minutes late"},
        {"plate": "1", "name": "Free", "line": "Dao Pham next", "is_free": True},
    ]


def _ready() -> list[dict[str, str]]:
    return [
        {"sign": "done", "text": "Identity"},
        {"sign": "done", "text": "Consent"},
        {"sign": "due", "text": "Ride: no name", "url": "#", "act": "Add"},
        {"sign": "unknown", "text": "Suicide questions", "url": "#", "act": "Ask"},
        {"sign": "blocked", "text": "Order: plan not signed"},
    ]


def _row(number: int) -> dict[str, Any]:
    names = ("Kwame Okafor", "Linnea Larsen", LONG_NAME, FROM_THE_RIGHT, "Dao Pham", "Joel Steiner")
    signs = ("late", "due", "done", "unknown", "blocked", "open")
    return {
        "name": names[number - 1],
        "record_number": f"204-{100 + number}",
        "sign": signs[number - 1],
        "dose": ("43.5", "1,204,843.00", "0.5", "40.0", "38.2", "-")[number - 1],
    }


def _tabs() -> list[dict[str, Any]]:
    words = ("Who saw what", "Who changed what", "Exports")
    return [{"label": label, "url": "#", "is_current": number == 0} for number, label in enumerate(words)]


def _pager(number: int, pages: int) -> dict[str, Any]:
    ways = {"previous_url": "#", "next_url": "#"}
    return {"number": number, "pages": pages, "has_previous": number > 1, "has_next": number < pages, **ways}


def _messages() -> list[Message]:
    return [
        Message(levels.SUCCESS, "Marked as arrived.", extra_tags="#"),
        Message(levels.SUCCESS, f"{LONG_NAME} is registered as record 204-701."),
        Message(levels.WARNING, "No course is open. Open one first, then start the assessment."),
        Message(levels.ERROR, "Nobody has that record number. It looks like 204-118."),
    ]


def _verdicts() -> list[dict[str, Any]]:
    return [
        {"value": "eligible", "title": "Eligible", "text": "The plan can be signed.", "off": True},
        {
            "value": "more_information",
            "title": "More information",
            "text": "The nurse asks; it comes back.",
            "checked": True,
        },
        {"value": "declined", "title": "Declined", "text": "The course ends; the person is told."},
    ]


def _conflict() -> dict[str, Any]:
    changes = [
        {
            "label": "Phone",
            "was": "(202) 555-0175",
            "saved": "(202) 555-0199",
            "typed": "(202) 555-0101",
            "is_conflict": True,
        },
        {"label": "City", "was": "", "saved": "Millbrook", "typed": "", "is_conflict": False},
    ]
    return {"why": "Fran Feld saved this record at 10:12 am. What you typed is still here.", "changes": changes}


def _drawing() -> SafeString:
    """A line that stops where an answer is missing."""
    points = ((40, 24), (160, 40), (280, 86), (520, 120))
    dots = format_html_join("", '<circle class="c-p" cx="{}" cy="{}" r="5"/>', points)
    return format_html(
        '<svg class="s1" viewBox="0 0 640 160" role="img" aria-label="PHQ-9 from 19 to 6">'
        '<path class="c-axis" d="M40 140H620"/><path class="c-l" d="M40 24L160 40L280 86"/>{}'
        '<text class="c-t" x="40" y="156">Mar 3</text><text class="c-t e" x="620" y="156">May 12</text></svg>',
        dots,
    )
