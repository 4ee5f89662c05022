"""Do the sign-in pages work in the look of the application, and keep what was typed?"""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_sign_in_page_asks_for_e_mail_and_password_by_name(client):
    page = client.get(reverse("account_login"))

    body = page.content.decode()
    assert "<title>Sign in</title>" in body
    assert '<label for="id_login" class="form-label">\nE-mail\n</label>' in body
    assert 'autocomplete="current-password"' in body
    assert "Email address and/or" not in body


def test_refused_sign_in_says_so_and_keeps_the_address_only(client):
    page = client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "not the password"})

    body = page.content.decode()
    assert 'role="alert"' in body
    assert 'value="nobody@example.org"' in body
    assert "not the password" not in body


def test_sign_in_without_a_password_is_refused_under_its_field(client):
    page = client.post(reverse("account_login"), {"login": "nobody@example.org"})

    assert 'id="id_password_error"' in page.content.decode()
