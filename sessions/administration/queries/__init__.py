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
    weighed_today,
)
from sessions.administration.queries.limits import for_the_keypad, protocol, vital_limits_on
from sessions.administration.queries.record import (
    Record,
    Row,
    criteria_of,
    drawn_from,
    drug_rows,
    record_page,
    row_of,
    standing_version,
    visit,
)
from sessions.administration.queries.sheet import Sheet, epoch, missing_to_sign, sheet_of
from sessions.administration.queries.tickets import author_of, author_ticket, newest_tap

__all__ = [
    "TYPED",
    "Record",
    "Row",
    "Sheet",
    "author_of",
    "author_ticket",
    "criteria_of",
    "drawn_from",
    "drug_rows",
    "entries_of",
    "epoch",
    "for_the_keypad",
    "head_of",
    "known_digests",
    "last_number",
    "missing_to_sign",
    "newest_tap",
    "protocol",
    "record_page",
    "row_of",
    "running_elsewhere",
    "session_of_visit",
    "session_with_facts",
    "sheet_of",
    "signed_plan",
    "standing_version",
    "visit",
    "vital_limits_on",
    "weighed_today",
]
