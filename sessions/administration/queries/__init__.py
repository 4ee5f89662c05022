"""What do the sheet, its gates and the record of a session show?"""

from sessions.administration.queries.chart import (
    TYPED,
    entries_of,
    head_of,
    known_digests,
    last_number,
    running_elsewhere,
    session_of_visit,
    session_with_facts,
    signed_plan,
    values_of,
    weighed_today,
)
from sessions.administration.queries.limits import limits_on, vital_limits_on
from sessions.administration.queries.sheet import Sheet, sheet_of
from sessions.administration.queries.tickets import author_of, author_ticket

__all__ = [
    "TYPED",
    "Sheet",
    "author_of",
    "author_ticket",
    "entries_of",
    "head_of",
    "known_digests",
    "last_number",
    "limits_on",
    "running_elsewhere",
    "session_of_visit",
    "session_with_facts",
    "sheet_of",
    "signed_plan",
    "values_of",
    "vital_limits_on",
    "weighed_today",
]
