"""What second factors does somebody have, and has this login used one?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from clinic.second_factor import adapter, rules
from clinic.second_factor.models import Happening, SecondFactorNote
from clinic.sites.models import Site
from clinic.staff.models import User

Type = Authenticator.Type
METHOD = "mfa"
LATELY = 12


@dataclass(frozen=True)
class Passkey:
    """One passkey, by the name its owner gave it."""

    id: str
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """What one person has."""

    app_since: datetime | None
    app_used_at: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def has_any(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)

    @property
    def has_only_one(self) -> bool:
        return (self.app_since is not None) + len(self.passkeys) == 1

    @property
    def is_short_of_codes(self) -> bool:
        return self.has_any and self.codes_left <= rules.CODES_TO_WARN_AT


@dataclass(frozen=True)
class Colleague:
    """One row of the administrator's list."""

    id: UUID
    name: str
    has_app: bool
    passkeys: int

    @property
    def has_any(self) -> bool:
        return self.has_app or bool(self.passkeys)


@dataclass(frozen=True)
class House:
    """One site's rule, its people, and what happened lately."""

    site: Site
    people: list[Colleague]
    lately: list[SecondFactorNote]

    @property
    def without(self) -> int:
        return sum(not each.has_any for each in self.people)


def is_proved(request: HttpRequest) -> bool:
    """Whether this login has used a second factor of the person who is signed in."""
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return any(record.get("method") == METHOD for record in records)


def factors_of(user: User) -> list[Authenticator]:
    """Everything that somebody can prove themselves with, oldest first."""
    return list(Authenticator.objects.filter(user=user).order_by("pk"))


def passkeys_of(user: User) -> list[Authenticator]:
    """Their passkeys, oldest first."""
    return [each for each in factors_of(user) if each.type == Type.WEBAUTHN]


def has_any(user: User) -> bool:
    """Whether somebody is asked for a second step; recovery codes alone are none."""
    return any(each.type != Type.RECOVERY_CODES for each in factors_of(user))


def standing(user: User) -> Standing:
    """What this person has, for their own page."""
    by_type: dict[str, list[Authenticator]] = defaultdict(list)
    for each in factors_of(user):
        by_type[each.type].append(each)
    app = next(iter(by_type[Type.TOTP]), None)
    codes = next(iter(by_type[Type.RECOVERY_CODES]), None)
    return Standing(
        app_since=app.created_at if app else None,
        app_used_at=app.last_used_at if app else None,
        passkeys=tuple(
            Passkey(adapter.public_id(each), each.data["name"], each.created_at, each.last_used_at)
            for each in by_type[Type.WEBAUTHN]
        ),
        codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
    )


def recovery_codes(user: User) -> list[str]:
    """The codes that were not used yet, in twos of four digits."""
    codes = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    unused: list[str] = codes.wrap().get_unused_codes() if codes else []
    return [f"{code[:4]} {code[4:]}" for code in unused]


def passkey(user: User, passkey_id: str) -> Authenticator | None:
    """One of this person's own passkeys."""
    return next((each for each in passkeys_of(user) if adapter.public_id(each) == passkey_id), None)


def wrong_codes_since(user: User, since: datetime) -> int:
    """How many wrong codes were typed for this person since then."""
    return SecondFactorNote.objects.filter(user=user, kind=Happening.STEP_FAILED.value, occurred_at__gt=since).count()


def house(site: Site) -> House:
    """Who at this site has what."""
    held: dict[UUID, list[str]] = defaultdict(list)
    for user_id, kind in Authenticator.objects.filter(user__home_site=site).values_list("user_id", "type"):
        held[user_id].append(kind)
    users = User.objects.filter(home_site=site, is_active=True).order_by("full_name", "id")
    people = [
        Colleague(
            user.pk,
            str(user),
            has_app=Type.TOTP.value in held[user.pk],
            passkeys=held[user.pk].count(Type.WEBAUTHN.value),
        )
        for user in users
    ]
    of_here = SecondFactorNote.objects.filter(site=site) | SecondFactorNote.objects.filter(user__home_site=site)
    lately = of_here.select_related("by").order_by("-occurred_at", "-id")[:LATELY]
    return House(site, people, list(lately))


def colleague(user_id: UUID, *, site_id: UUID) -> User | None:
    """Somebody who works at this site."""
    return User.objects.filter(pk=user_id, home_site=site_id).first()


def person_by_email(email: str) -> User | None:
    """Anybody with an account."""
    return User.objects.filter(email__iexact=email.strip()).first()


def site_by_name(name: str) -> Site | None:
    return Site.objects.filter(name__iexact=name.strip()).first()
