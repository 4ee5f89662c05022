"""What time is it? One answer per request, and the clinic's own date for it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone

from clinic.kit.requests import ClinicRequest, Handler


def clock_middleware(get_response: Handler) -> Handler:
    """Set `request.now`, the one moment that everything in this request happens at."""

    def middleware(request: ClinicRequest) -> HttpResponse:
        request.now = datetime.now(UTC)
        return get_response(request)

    return middleware


def local_date(moment: datetime, zone_name: str) -> date:
    """The calendar date at a site, given a moment and the site's time zone."""
    return timezone.localtime(moment, ZoneInfo(zone_name)).date()
