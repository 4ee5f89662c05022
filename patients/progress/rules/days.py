"""How is a day written beside a score, and which day of the course is it?"""

from datetime import date
from typing import Final

from clinic.kit import written

YEAR_NEEDED_AFTER_DAYS: Final = 300


def short_day(day: date | None, today: date) -> str:
    """As in Mar 10; with the year only when the day is far away."""
    if day is None:
        return ""
    is_near = abs((today - day).days) < YEAR_NEEDED_AFTER_DAYS
    return written.short_day(day) if is_near else written.day(day)


def day_number(day: date, first_infusion: date | None) -> str:
    """Days since the first infusion, with a minus before it; empty when there was none."""
    if first_infusion is None:
        return ""
    days = (day - first_infusion).days
    return f"−{-days}" if days < 0 else str(days)
