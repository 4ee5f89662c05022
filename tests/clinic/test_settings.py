"""Do the settings follow the environment?"""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.scenarios.cast import Cast


def test_rights_go_to_the_role_that_the_application_connects_as() -> None:
    assert urlsplit(settings.APP_DATABASE_URL).username == settings.APP_ROLE
    assert settings.APP_ROLE not in {"", "stepwell_owner"}


@pytest.mark.django_db
@pytest.mark.parametrize(("fallbacks", "stays"), [([settings.SECRET_KEY], True), ([], False)])
def test_signed_in_person_stays_so_over_one_change_of_the_secret(
    client: Client,
    cast: Cast,
    settings: Settings,
    *,
    fallbacks: list[str],
    stays: bool,
) -> None:
    client.force_login(cast.nora)
    before = client.get(reverse("clinic:home")).status_code
    settings.SECRET_KEY_FALLBACKS = fallbacks
    settings.SECRET_KEY = "another secret key of the next year, long enough to be one"

    after = client.get(reverse("clinic:home")).status_code

    assert (before, after == 200) == (200, stays)
