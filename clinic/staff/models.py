"""Who works here? Accounts, and the roles granted to them at each site."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from clinic.kit.classification import Classified
from clinic.kit.constraints import both_or_neither, in_our_time, not_blank, one_of
from clinic.kit.history import tracked
from clinic.kit.keys import uuid7
from clinic.sites.models import Site
from clinic.staff.permissions import ROLE_PERMISSIONS, Permission, Role
from clinic.staff.rules import named


def _composed(password: str | None) -> str | None:
    return None if password is None else unicodedata.normalize("NFKC", password)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A member of staff. Signs in by e-mail."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    full_name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=20, blank=True, help_text="As signed after the name: RN, MD.")
    home_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = UserManager()
    granted: frozenset[Permission] | None = None
    roles: tuple[Role, ...] = ()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    classification = Classified(
        identifying="email full_name",
        operational="id password last_login credentials home_site is_active is_demo created_at",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_in_small_letters"),
            not_blank("full_name", name="user_named"),
        ]

    def __str__(self) -> str:
        return named(self.full_name, self.credentials)

    def set_password(self, raw_password: str | None) -> None:
        """Composed once (NFKC), so that every keyboard's spelling of the same letters is the same password."""
        super().set_password(_composed(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return super().check_password(_composed(raw_password))

    def hold_roles(self, roles: tuple[Role, ...]) -> User:
        """Remember the roles that were read for this person, once per request."""
        self.roles = roles
        self.granted = frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))
        return self

    def may(self, permission: str) -> bool:
        """Whether one of the roles read by `staff.queries.with_roles` grants this."""
        if self.granted is None:
            message = "the roles of this person were not read: use staff.queries.with_roles"
            raise RuntimeError(message)
        return self.is_active and permission in self.granted


@tracked()
class RoleGrant(models.Model):
    """One role of one person at one site, from when to when. Never removed, only ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=[(role.value, role.label) for role in Role])
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    classification = Classified(operational="id user site role granted_at granted_by ended_at ended_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "site", "role"], condition=models.Q(ended_at=None), name="grant_role_once"
            ),
            one_of("role", [role.value for role in Role], name="grant_known_role"),
            both_or_neither("ended_at", "ended_by", name="grant_ended_by_whom"),
            in_our_time("granted_at", "ended_at", name="grant_in_our_time"),
        ]

    def __str__(self) -> str:
        return self.role
