"""Who is meant, and who may be the same?

finding: search. people: lists and details. alike: records that look alike. named: the person of a record that is named.
"""

from patients.registration.queries.alike import Alike, Look, known_of, known_of_record, likely, look, pair_of
from patients.registration.queries.finding import search
from patients.registration.queries.named import columns_of_person, values_of_person
from patients.registration.queries.people import (
    PersonRow,
    also_of,
    compare,
    details_of,
    of_number,
    patient,
    person_of,
    records_of,
    said,
    standing,
)
from patients.registration.queries.statements import MOST_FOUND

__all__ = [
    "MOST_FOUND",
    "Alike",
    "Look",
    "PersonRow",
    "also_of",
    "columns_of_person",
    "compare",
    "details_of",
    "known_of",
    "known_of_record",
    "likely",
    "look",
    "of_number",
    "pair_of",
    "patient",
    "person_of",
    "records_of",
    "said",
    "search",
    "standing",
    "values_of_person",
]
