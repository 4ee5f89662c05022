"""By when must a task be looked at, is it late, and what does closing it have to say?

Source: docs/clinical/questionnaires.md, "A positive suicide answer": high within 15 minutes, moderate within 4 hours,
low on the same day; what is written down before a task is closed, and the next contact.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LOW: Final = "low"
MODERATE: Final = "moderate"
HIGH: Final = "high"
LEVELS: Final = (HIGH, MODERATE, LOW)
AGREED: Final = "agreed"  # its deadline is a moment that two people agreed

SUICIDE_RISK: Final = "suicide_risk"
SAFETY_CONTACT: Final = "safety_contact"
RISK_KINDS: Final = (SUICIDE_RISK, SAFETY_CONTACT)

WITHIN: Final = {HIGH: timedelta(minutes=15), MODERATE: timedelta(hours=4)}
CLINIC_DAY_ENDS: Final = time(18)
AT_LEAST: Final = timedelta(hours=1)

FEWEST_CHARACTERS: Final = 10
LONGEST_WAIT: Final = timedelta(days=30)

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


def why_too_little(text: str) -> str:
    """Why a closing text says too little; empty when it will do. Spaces do not count."""
    if len("".join(text.split())) >= FEWEST_CHARACTERS:
        return ""
    return f"Write a sentence that a colleague can act on: at least {FEWEST_CHARACTERS} letters."


def why_no_contact(kind: str, next_contact_at: datetime | None, now: datetime) -> str:
    """Why the next contact will not do; empty when it will.

    After a positive answer there is always a next one. After an agreed contact there may be none: then nobody looks
    again on account of this answer, and the text says so.
    """
    if next_contact_at is None:
        return "Say when somebody speaks with the person again." if kind == SUICIDE_RISK else ""
    if next_contact_at <= now:
        return "The next contact has to lie in the future. Check the day and the time."
    if next_contact_at > now + LONGEST_WAIT:
        return f"The next contact is within {LONGEST_WAIT.days} days. Choose an earlier day."
    return ""
