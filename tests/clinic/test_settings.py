"""Do the settings follow the environment?"""

from urllib.parse import urlsplit

from django.conf import settings


def test_rights_go_to_the_role_that_the_application_connects_as() -> None:
    assert urlsplit(settings.APP_DATABASE_URL).username == settings.APP_ROLE
    assert settings.APP_ROLE not in {"", "stepwell_owner"}
