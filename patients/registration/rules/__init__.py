"""What can be said of a person from what was taken down alone? identity: one record. likeness: two of them."""

from patients.registration.rules.identity import (
    EARLIEST_BIRTH,
    MOST_SEARCH_WORDS,
    RECORD_NUMBER_PATTERN,
    Wanted,
    age_years,
    as_record_number,
    check_digit,
    is_minor,
    record_number,
    wanted,
)
from patients.registration.rules.likeness import LIKELY, POSSIBLE, Known, Likeness, likeness

__all__ = [
    "EARLIEST_BIRTH",
    "LIKELY",
    "MOST_SEARCH_WORDS",
    "POSSIBLE",
    "RECORD_NUMBER_PATTERN",
    "Known",
    "Likeness",
    "Wanted",
    "age_years",
    "as_record_number",
    "check_digit",
    "is_minor",
    "likeness",
    "record_number",
    "wanted",
]
