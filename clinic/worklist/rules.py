"""By when must a task be looked at, and is it late?

Source: docs/clinical/questionnaires.md, "A positive suicide answer": high within 15 minutes, moderate within 4 hours,
low on the same day.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LOW: Final = "low"
MODERATE: Final = "moderate"
HIGH: Final = "high"
LEVELS: Final = (HIGH, MODERATE, LOW)

WITHIN: Final = {HIGH: timedelta(minutes=15), MODERATE: timedelta(hours=4)}
CLINIC_DAY_ENDS: Final = time(18)
AT_LEAST: Final = timedelta(hours=1)

DUE: Final = "due"
LATE: Final = "late"


def due_at(level: str, opened_at: datetime, zone: ZoneInfo) -> datetime:
    """When somebody must have looked: low by the end of the clinic day, and never in less than an hour."""
    if level in WITHIN:
        return opened_at + WITHIN[level]
    end_of_day = datetime.combine(opened_at.astimezone(zone).date(), CLINIC_DAY_ENDS, zone).astimezone(opened_at.tzinfo)
    return max(end_of_day, opened_at + AT_LEAST)


def state(due: datetime, now: datetime) -> str:
    """Due until the deadline, late from then on."""
    return DUE if now < due else LATE
