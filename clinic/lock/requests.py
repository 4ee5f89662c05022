"""What does the lock know of a request?"""

from datetime import datetime

from clinic.kit.requests import ClinicRequest
from clinic.lock.queries import Login
from clinic.lock.rules import Asked
from clinic.staff.requests import StaffRequest


class LockRequest(ClinicRequest):
    """Inside `LockMiddleware`, which sets all of these; nobody need be signed in."""

    login: Login | None
    """The login it comes from, moved on when the request itself says that somebody is here."""

    asked: Asked | None
    """What was asked and by whom, the person or the page; None until a view was found and not refused."""

    was_active_at: datetime
    """The last activity before this request. Set only when this request counts as one."""


class LoginRequest(StaffRequest, LockRequest):
    """In a view: a login stands, or the lock had answered."""

    login: Login
