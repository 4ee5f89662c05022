"""What does one charted entry say, and can it be read at all?

Reads the plain values that a tablet or a form sends into typed ones. Whether they may stand is judged elsewhere.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NoReturn
from uuid import UUID

from clinic.kit.characters import as_kept, has_odd_character, has_readable_character
from clinic.kit.limits import Limits, limits
from clinic.kit.refusals import Refusal
from clinic.policy.rules import RATE_ML_H, WEIGHT_KG

_REQUIRED: Final = object()
_DECIMAL: Final = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
MAX_TICKET: Final = 300
_MAX_SEQ: Final = 2_147_483_647

FASTING_HOURS: Final = limits("Hours since the last meal", "h", "0..72")
GRADE: Final = limits("Grade", "", "1..5")
ALDRETE: Final = limits("Aldrete score", "", "0..10")
AMOUNT_MG: Final = limits("Amount", "mg", ">0..4000", decimals=2)
VIAL_MG_ML: Final = limits("Concentration on the label", "mg/mL", ">0..100", decimals=2)
WITNESSED: Final = frozenset({"draw", "waste", "return"})


class EntryRefused(Refusal):
    """An entry that is not stored; `points` says each thing that is missing by itself."""

    def __init__(self, message: str, points: tuple[str, ...] = ()) -> None:
        super().__init__(" ".join((message, *points)))
        self.points = points


@dataclass(frozen=True)
class Tap:
    """One entry as sent: `data` holds typed values by field."""

    id: UUID
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    seq: int
    device: str
    ticket: str
    data: Mapping[str, Any]


def read_entry(raw: object) -> Tap:
    """Read one entry; refused with a sentence that names what cannot be read."""
    if not isinstance(raw, Mapping):
        raise EntryRefused("This entry is not an object with names and values. Send it again from the sheet.")
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in _FIELDS:
        raise EntryRefused("This is not a kind of entry that the sheet knows. Reload the sheet.")
    if kind in WITNESSED:
        raise EntryRefused("Drug that is drawn, wasted or returned needs a witness. Use the drug form.")
    return Tap(
        id=_key("id", raw.get("id")),
        kind=kind,
        occurred_at=_moment("The time it happened", raw.get("occurred_at")),
        recorded_at=_moment("The time it was typed", raw.get("recorded_at")),
        seq=_whole("The count of the device", raw.get("seq"), 0, _MAX_SEQ),
        device=_text("The name of the device", raw.get("device"), 40),
        ticket=_ticket(raw.get("author_ticket")),
        data=read_data(kind, raw.get("data")),
    )


def read_data(kind: str, raw: object) -> dict[str, Any]:
    """Read the values of one kind of entry; a name that does not belong there is refused, never ignored."""
    if not isinstance(raw, Mapping):
        raise EntryRefused("The values of this entry are missing. Enter it again.")
    fields = _FIELDS[kind]
    unknown = sorted(str(name)[:40] for name in raw if name not in fields)
    if unknown:
        raise EntryRefused(f"“{unknown[0]}” does not belong to this entry. Reload the sheet and enter it again.")
    return {name: _read_field(name, field, raw) for name, field in fields.items()}


@dataclass(frozen=True)
class _Field:
    read: Callable[[str, Any], Any]
    default: object = _REQUIRED


def _read_field(name: str, field: _Field, raw: Mapping[str, Any]) -> Any:
    value = raw.get(name)
    if value is None:
        if field.default is _REQUIRED:
            raise EntryRefused(f"“{_said(name)}” is missing. Fill it in.")
        return field.default
    return field.read(_said(name), value)


def _said(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _key(label: str, value: object) -> UUID:
    try:
        key = UUID(value) if isinstance(value, str) else None
    except ValueError:
        key = None
    if key is None or str(key) != str(value).lower():
        raise EntryRefused(f"“{label}” is not a key that an entry can have. Enter it again.")
    return key


def _moment(label: str, value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not _EARLIEST.year <= moment.year <= _LATEST.year:
        raise EntryRefused(f"{label} is not a date and time with its offset. Check the clock of the device.")
    in_utc = to_the_millisecond(moment.astimezone(UTC))
    if not _EARLIEST <= in_utc < _LATEST:
        raise EntryRefused(f"{label} must lie between 2000 and 2100. Check the clock of the device.")
    return in_utc


def to_the_millisecond(moment: datetime) -> datetime:
    """As exactly as tablets tell time, so that what one sends back about a moment names the same one."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _whole(label: str, value: object, low: int, high: int) -> int:
    number = _decimal(label, value)
    if number != number.to_integral_value() or not low <= number <= high:
        raise EntryRefused(f"{label} must be a whole number from {low} to {high}. Check it and re-enter it.")
    return int(number)


def _decimal(label: str, value: object) -> Decimal:
    """Digits with a point. A comma, a sign in front, an exponent or full-width digits are refused, not guessed at."""
    if isinstance(value, str) and "," in value:
        raise EntryRefused(f"{label}: use a point for decimals, not a comma.")
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, bool | float) or not text.isascii() or not _DECIMAL.fullmatch(text):
        raise EntryRefused(f"{label} must be a plain number. Type digits, with a point for decimals.")
    return Decimal(text)


def _text(label: str, value: object, longest: int, *, lines: bool = False, blank: bool = False) -> str:
    if not isinstance(value, str):
        raise EntryRefused(f"{label} must be text. Type it again.")
    text = as_kept(value)
    if has_odd_character(text, lines=lines):
        raise EntryRefused(f"{label} holds an invisible or control character. Type it again.")
    if len(text) > longest:
        raise EntryRefused(f"{label} takes at most {longest} characters. Shorten it.")
    if not text and not blank:
        raise EntryRefused(f"{label} is empty. Fill it in.")
    if text and not has_readable_character(text):
        raise EntryRefused(f"{label} has nothing that can be read. Type it again.")
    return text


def _ticket(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TICKET:
        raise EntryRefused("This entry does not say who made it. Sign in on this device and enter it again.")
    return value


def _said_by(longest: int, *, lines: bool = False, blank: bool = False) -> Callable[[str, Any], str]:
    return lambda label, value: _text(label, value, longest, lines=lines, blank=blank)


def _quantity(limit: Limits) -> Callable[[str, Any], Decimal]:
    def read(_: str, value: object) -> Decimal:
        number = _decimal(limit.label, value)
        if limit.rejects(number):
            places = f", with at most {limit.decimals} decimal" if limit.decimals else ", a whole number"
            raise EntryRefused(f"{limit.label} must be {limit.span}{places}. Check it and re-enter it.")
        return number

    return read


def _count(limit: Limits) -> Callable[[str, Any], int]:
    return lambda _, value: _whole(limit.label, value, int(limit.reject_below), int(limit.reject_above))


def _yes_no(label: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise EntryRefused(f"“{label}” must be yes or no. Choose one.")
    return value


def _one_of(*choices: str) -> Callable[[str, Any], str]:
    def read(label: str, value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise EntryRefused(f"“{label}” must be one of the choices of the form. Choose one.")
        return value

    return read


def _day(label: str, value: object) -> date:
    """A day as a date, or as year-month-day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _no_day(label)
    except ValueError:
        return _no_day(label)


def _no_day(label: str) -> NoReturn:
    raise EntryRefused(f"“{label}” is not a day. Choose one from the calendar.")


_YES_NO: Final = _Field(_yes_no)
_WORDS: Final = _Field(_said_by(200, blank=True), "")
_READING: Final = _Field(_decimal, None)
_RATE: Final = {"rate_ml_h": _Field(_quantity(RATE_ML_H))}
_DRUG: Final = {
    "amount_mg": _Field(_quantity(AMOUNT_MG)),
    "concentration_mg_ml": _Field(_quantity(VIAL_MG_ML)),
    "lot": _Field(_said_by(40)),
}
_FIELDS: Final[Mapping[str, Mapping[str, _Field]]] = {
    "draw": {**_DRUG, "expires_on": _Field(_day)},
    "waste": _DRUG,
    "return": _DRUG,
    "checklist": {
        "identity_confirmed": _YES_NO,
        "allergies_read_back": _YES_NO,
        "fasting_hours": _Field(_count(FASTING_HOURS), None),
        "escort_confirmed": _YES_NO,
        "suicide_screen": _Field(_one_of("not_asked", "none", "known", "positive")),
        "pregnancy": _Field(_one_of("not_asked", "not_possible", "negative", "positive")),
        "is_oriented": _YES_NO,
        "has_urinary_symptoms": _YES_NO,
        "took_sedatives_or_alcohol": _YES_NO,
        "emergency_kit_checked": _YES_NO,
        "weight_kg": _Field(_quantity(WEIGHT_KG)),
    },
    "override": {"check_code": _Field(_said_by(40)), "reason": _Field(_said_by(500, lines=True))},
    "vitals": {
        "systolic_mmhg": _READING,
        "diastolic_mmhg": _READING,
        "heart_rate_bpm": _READING,
        "spo2_percent": _READING,
        "respiratory_rate_bpm": _READING,
        "temperature_c": _READING,
        "oxygen_l_min": _READING,
        "moaas": _Field(_decimal, None),
    },
    "skip": {"due_at": _Field(_moment), "reason": _Field(_said_by(200))},
    "start": {**_RATE, "already_started": _Field(_yes_no, default=False)},
    "rate": _RATE,
    "pause": {"reason": _WORDS},
    "resume": _RATE,
    "stop": {"reason": _WORDS},
    "event": {
        "term": _Field(_said_by(40)),
        "grade": _Field(_count(GRADE)),
        "is_serious": _Field(_yes_no, default=False),
        "action_taken": _WORDS,
        "detail": _Field(_said_by(2000, lines=True, blank=True), ""),
    },
    "comfort": {"chip": _Field(_said_by(40)), "words": _Field(_said_by(2000, lines=True, blank=True), "")},
    "note": {"text": _Field(_said_by(20_000, lines=True))},
    "help": {"detail": _Field(_said_by(500, blank=True), "")},
    "discharge": {
        "aldrete_total": _Field(_count(ALDRETE)),
        "is_oriented": _YES_NO,
        "walks_as_before": _YES_NO,
        "dissociation_resolved": _YES_NO,
        "no_nausea": _YES_NO,
        "iv_out": _YES_NO,
        "suicide_check_done": _YES_NO,
        "instructions_given": _YES_NO,
        "escort_present": _YES_NO,
        "escort_name": _Field(_said_by(120, blank=True), ""),
        "prescriber_accepts_vitals": _Field(_yes_no, default=False),
    },
    "confirm": {"target": _Field(_key)},
    "retract": {"target": _Field(_key), "reason": _Field(_said_by(500))},
}
