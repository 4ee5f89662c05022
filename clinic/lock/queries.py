"""How does a login stand, what may open it, and what does one's own account show?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from clinic.lock.models import KnownDevice, LoginSession, StaffPin
from clinic.lock.rules import Standing, pin_may_be_tried, seconds_left, seconds_to_end, standing
from clinic.staff.models import User


@dataclass(frozen=True)
class Login:
    """One login at one moment, as every request sees it."""

    id: UUID
    user_id: UUID
    signed_in_at: datetime
    active_at: datetime
    standing: Standing
    seconds_left: int  # until the screen locks
    seconds_to_end: int
    takes_pin: bool

    def active_again(self, now: datetime) -> "Login":
        """As it stands once this moment is its last activity."""
        return replace(
            self,
            active_at=now,
            seconds_left=seconds_left(signed_in_at=self.signed_in_at, active_at=now, now=now),
        )


@dataclass(frozen=True)
class DeviceRow:
    id: UUID
    last_signed_in_at: datetime
    is_this_one: bool


@dataclass(frozen=True)
class Account:
    pin_set_at: datetime | None
    devices: list[DeviceRow]


def login_of(login_id: object, *, user_id: UUID, cookies: Mapping[str, str], now: datetime) -> Login | None:
    """The login named by a browser's session; None when there is none of this person, so that the caller fails closed.

    One query. A PIN is taken when the person has one, this very device is known, and not too many were wrong.
    """
    row = (
        LoginSession.objects.filter(pk=login_id, user=user_id).select_related("device", "user__pin").first()
        if isinstance(login_id, str)
        else None
    )
    if row is None:
        return None
    moments = {"signed_in_at": row.signed_in_at, "active_at": row.active_at}
    return Login(
        id=row.pk,
        user_id=row.user_id,
        **moments,
        standing=standing(**moments, locked_at=row.locked_at, ended_at=row.ended_at, now=now),
        seconds_left=seconds_left(**moments, now=now),
        seconds_to_end=seconds_to_end(signed_in_at=row.signed_in_at, now=now),
        takes_pin=takes_pin(row, cookies) and hasattr(row.user, "pin"),
    )


def takes_pin(row: LoginSession, cookies: Mapping[str, str]) -> bool:
    """Whether this login is asked about on the known device it was opened on, and its tries are not used up."""
    device = row.device
    return (
        device is not None
        and device.revoked_at is None
        and device.token_digest == digest_of(cookies.get(device_cookie(), ""))
        and pin_may_be_tried(failures=row.pin_failures)
    )


def device_of(cookies: Mapping[str, str]) -> KnownDevice | None:
    """The known device that a browser says it is; None for a strange or revoked one."""
    token = cookies.get(device_cookie(), "")
    return KnownDevice.objects.filter(token_digest=digest_of(token), revoked_at=None).first() if token else None


def account(user_id: UUID, *, cookies: Mapping[str, str]) -> Account:
    """When the PIN was set, and the devices this person has signed in on that are still known, the latest first."""
    found = StaffPin.objects.filter(user=user_id).first()
    rows = (
        KnownDevice.objects.filter(revoked_at=None, logins__user=user_id)
        .values("id", "token_digest")
        .annotate(last=Max("logins__signed_in_at"))
        .order_by("-last")[:20]
    )
    here = digest_of(cookies.get(device_cookie(), ""))
    return Account(
        pin_set_at=found.set_at if found else None,
        devices=[DeviceRow(row["id"], row["last"], row["token_digest"] == here) for row in rows],
    )


def own_device(user_id: UUID, device_id: UUID) -> KnownDevice | None:
    """A known device on which this person has signed in."""
    return KnownDevice.objects.filter(pk=device_id, revoked_at=None, logins__user=user_id).first()


def device_cookie() -> str:
    """Under TLS the name itself keeps other hosts from setting it."""
    return "__Host-stepwell-device" if settings.IS_TLS else "stepwell-device"


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def name_of(user_id: UUID | None) -> str:
    """The name of a member of staff, as signed; empty when there is none."""
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return str(user) if user else ""
