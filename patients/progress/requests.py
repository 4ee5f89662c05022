"""What is true of a request whose address names a person?"""

from clinic.staff.requests import StaffRequest
from patients.progress.queries import Person


class PersonRequest(StaffRequest):
    """`SubjectMiddleware` has found the person; a view `without_banner` has none here."""

    person: Person
