"""What is true of every request that reaches a view behind `@requires`?"""

from clinic.kit.requests import ClinicRequest
from clinic.staff.models import User


class StaffRequest(ClinicRequest):
    """Somebody of the staff is signed in: `LoginRequiredMiddleware` has let nobody else through."""

    user: User
