"""How are days, moments and numbers written, on pages and in sentences? A moment in the zone that it comes in."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

NOON: Final = 12


def day(value: date) -> str:
    """As in Mar 10, 2026."""
    return f"{short_day(value)}, {value.year}"


def short_day(value: date) -> str:
    """As in Mar 10."""
    return f"{value:%b} {value.day}"


def weekday(value: date) -> str:
    """As in Tue Mar 10."""
    return f"{value:%a} {short_day(value)}"


def clock(value: datetime | time) -> str:
    """As in 10:42 am."""
    return f"{value.hour % NOON or NOON}:{value:%M} {'am' if value.hour < NOON else 'pm'}"


def when(value: datetime) -> str:
    """As in Mar 10, 2026, 10:42 am."""
    return f"{day(value)}, {clock(value)}"


def number(value: Decimal | int) -> str:
    """Without trailing zeros and never as 1E+1: 0.500 as 0.5."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
