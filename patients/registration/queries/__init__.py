"""Who is meant, and who may be the same? finding: search. people: lists and details. alike: records that look alike."""

from patients.registration.queries.alike import Alike, Look, known_of, known_of_record, likely, look, pair_of
from patients.registration.queries.finding import MOST_FOUND, search
from patients.registration.queries.people import (
    Change,
    Comparison,
    PersonRow,
    also_of,
    compare,
    details_of,
    patient,
    person_of,
    records_of,
    said,
    standing,
)

__all__ = [
    "MOST_FOUND",
    "Alike",
    "Change",
    "Comparison",
    "Look",
    "PersonRow",
    "also_of",
    "compare",
    "details_of",
    "known_of",
    "known_of_record",
    "likely",
    "look",
    "pair_of",
    "patient",
    "person_of",
    "records_of",
    "said",
    "search",
    "standing",
]
