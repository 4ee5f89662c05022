"""What is true of every request that reaches a view behind `@requires`?"""

from datetime import date

from clinic.kit.clock import local_date
from clinic.kit.requests import ClinicRequest
from clinic.staff.models import User


class StaffRequest(ClinicRequest):
    """Somebody of the staff is signed in: `LoginRequiredMiddleware` has let nobody else through."""

    user: User


def today_of(request: StaffRequest) -> date:
    """The calendar date at the site of whoever is signed in."""
    return local_date(request.now, request.user.home_site.time_zone)
