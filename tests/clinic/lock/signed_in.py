"""Somebody at a screen: signed in through the page, as a browser does it, at a moment that the test chooses."""

from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import reverse

from clinic.lock import actions
from clinic.lock.models import LoginSession
from clinic.staff.models import User
from tests.scenarios.cast import PASSWORD

AT = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PIN = "739518"
HOME = "/account/"  # a page of everybody's, cheap to draw


def at_screen(user: User, client: Client | None = None) -> Client:
    """A browser on which this person has just signed in."""
    client = client or Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def with_pin(user: User) -> User:
    actions.set_pin(user=user, pin=PIN, again=PIN, now=AT)
    return user


def unlock(client: Client, *, status: int | None = None, **typed: str) -> str:
    """What the lock says to a PIN or a password; empty when it opens."""
    answer = client.post(reverse("clinic:unlock"), typed, headers={"Accept": "application/json"})
    assert status is None or answer.status_code == status, answer.content.decode()
    return "" if answer.status_code == 200 else str(answer.json()["sentence"])


def login_of(user: User) -> LoginSession:
    return LoginSession.objects.filter(user=user).latest("signed_in_at")
