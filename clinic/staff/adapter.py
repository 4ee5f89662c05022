"""How does allauth sign our staff in? By e-mail; accounts are made by an administrator, never by signing up."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from clinic.staff import queries
from clinic.staff.models import User


class StaffAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for each account. Allauth’s own holds the Host header, whose port whoever guesses may choose."""
        return str(credentials.get("email", "")).lower()


class StaffBackend(AuthenticationBackend):
    """Who is signed in, with the roles they hold right now: read afresh for every request, so that ending one works."""

    def get_user(self, user_id: UUID) -> User | None:
        return queries.signed_in(user_id)
