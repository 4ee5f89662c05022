from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from clinic.sites.models import Site
from clinic.staff.middleware import zone_middleware
from clinic.staff.models import User
from clinic.staff.permissions import Role
from tests.scenarios.cast import Cast, hire


def zone_seen_by(user: User) -> str:
    """The time zone in which a view of this person runs."""

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(timezone.get_current_timezone_name())

    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=user.pk)
    return zone_middleware(view)(request).content.decode()


def test_times_are_in_the_zone_of_the_site_during_the_request_only(cast: Cast) -> None:
    denver = Site.objects.create(name="Larimer Street", time_zone="America/Denver")
    dora = hire("Dora Dell", Role.NURSE, site=denver, now=datetime(2026, 3, 10, tzinfo=UTC))

    seen = [zone_seen_by(dora), zone_seen_by(cast.nora)]

    assert seen == ["America/Denver", "America/New_York"]
    assert timezone.get_current_timezone_name() == "UTC"


def test_zone_is_set_for_a_person_without_any_role(cast: Cast) -> None:
    nobody = hire("Ned Null", site=cast.site)

    assert zone_seen_by(nobody) == "America/New_York"
