"""How does a login begin, lock, open and end, and how is a PIN set? Every change to who stands at a screen."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import salted_hmac

from clinic.kit.refusals import Refusal
from clinic.lock import queries
from clinic.lock.models import KnownDevice, LoginSession, StaffPin
from clinic.lock.rules import (
    ABSOLUTE_LIMIT,
    PASSWORD_TRIES,
    PASSWORD_WINDOW,
    PIN_TRIES,
    is_due_to_be_written,
    password_may_be_tried,
    pin_fault,
    pin_may_be_tried,
)
from clinic.staff.models import User

TOKEN_BYTES = 32


class UnlockRefused(Refusal):
    """The screen stays locked."""


class PinRefused(Refusal):
    """A PIN that is too easy, or not typed twice the same."""


def begin_login(*, user: User, now: datetime) -> LoginSession:
    """A person has signed in. Every login has a row of its own; without one a session opens nothing."""
    return LoginSession.objects.create(user=user, signed_in_at=now, active_at=now)


def know_device(*, login_id: UUID, cookies: Mapping[str, str], by: User, now: datetime) -> str | None:
    """Tie a new login to the device it was made on; the token for a device that was not known, for its cookie."""
    device, token = queries.device_of(cookies), None
    if device is None:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        device = KnownDevice.objects.create(token_digest=queries.digest_of(token), known_since=now, known_by=by)
    LoginSession.objects.filter(pk=login_id).update(device=device)
    return token


def revoke_device(*, device: KnownDevice, by: User, now: datetime) -> None:
    """No PIN opens a screen on this device until somebody signs in there by password again."""
    KnownDevice.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=now, revoked_by=by)


def note_activity(*, login_id: UUID, was_active_at: datetime, now: datetime) -> None:
    """Move the last activity on, at most once a minute, and never on a screen that was locked meanwhile."""
    if is_due_to_be_written(active_at=was_active_at, now=now):
        LoginSession.objects.filter(pk=login_id, locked_at=None, ended_at=None, active_at__lt=now).update(active_at=now)


def lock_screen(*, login_id: UUID, now: datetime) -> None:
    """Lock by hand; locking twice changes nothing."""
    LoginSession.objects.filter(pk=login_id, locked_at=None).update(locked_at=now)


def end_login(*, login_id: UUID, now: datetime) -> None:
    """The person signed out, was followed by somebody else, or the login grew too old."""
    LoginSession.objects.filter(pk=login_id, ended_at=None).update(ended_at=now)


def end_logins(*, user: User, now: datetime) -> int:
    """End every login of one person, on whatever device; how many of them still stood."""
    rows = LoginSession.objects.filter(user=user, ended_at=None)
    stood = rows.filter(signed_in_at__gt=now - ABSOLUTE_LIMIT).count()
    rows.update(ended_at=now)
    return stood


def unlock(*, login_id: UUID, pin: str, password: str, cookies: Mapping[str, str], now: datetime) -> None:
    """Open the lock of one login by the password or the PIN of the person it belongs to.

    A PIN counts only on the known device the login was made on. Refused otherwise, and each wrong try is counted on
    this login alone: after five PINs only the password opens it, and ten passwords within five minutes are the most.
    """
    with transaction.atomic():
        row = LoginSession.objects.select_for_update(of=("self",)).select_related("user", "device").get(pk=login_id)
        wrong = _try_pin(row, pin, cookies) if pin and not password else _try_password(row, password, now)
        if wrong is None:
            row.active_at, row.locked_at, row.pin_failures = now, None, row.pin_failures if pin_is_off(row) else 0
            row.password_failures, row.password_failing_since = 0, None
        row.save()
    # After the transaction, so that the count stands.
    if wrong is not None:
        raise UnlockRefused(wrong)


def pin_is_off(row: LoginSession) -> bool:
    return not pin_may_be_tried(failures=row.pin_failures)


def _try_pin(row: LoginSession, pin: str, cookies: Mapping[str, str]) -> str | None:
    """Why the PIN does not open the lock; the row counts it."""
    if pin_is_off(row):
        return "Too many wrong PINs. Unlock with your password."
    held = StaffPin.objects.filter(user=row.user_id).first()
    if held is None or not queries.takes_pin(row, cookies):
        return "A PIN does not open this screen. Unlock with your password."
    if check_password(_peppered(row.user_id, pin), held.pin_hash):
        return None
    row.pin_failures += 1
    left = PIN_TRIES - row.pin_failures
    if not left:
        return "That PIN is not right. Unlock with your password."
    return f"That PIN is not right. {left} more {'try' if left == 1 else 'tries'}, then only your password unlocks."


def _try_password(row: LoginSession, password: str, now: datetime) -> str | None:
    since = row.password_failing_since
    if not password_may_be_tried(failures=row.password_failures, first_at=since, now=now):
        return "Too many wrong passwords on this screen. Wait five minutes, then try again."
    if not password:
        return "Type your password, or your PIN."
    if row.user.check_password(password):
        return None
    if since is None or now - since >= PASSWORD_WINDOW:
        row.password_failures, row.password_failing_since = 0, now
    row.password_failures = min(PASSWORD_TRIES, row.password_failures + 1)
    return "That password is not right. The screen stays locked."


@transaction.atomic
def set_pin(*, user: User, pin: str, again: str, now: datetime) -> StaffPin:
    """Set or change one's own PIN; the caller has had the password. Refused when it is easy or typed differently."""
    if (fault := pin_fault(pin)) is not None:
        raise PinRefused(fault)
    if pin != again:
        raise PinRefused("The two PINs are not the same. Type the new PIN twice.")
    held, _ = StaffPin.objects.update_or_create(
        user=user, defaults={"pin_hash": make_password(_peppered(user.pk, pin)), "set_at": now}
    )
    return held


def _peppered(user_id: UUID, pin: str) -> str:
    """A million PINs are soon tried by whoever has a copy of the table, but not without the deployment's secret."""
    return salted_hmac("clinic.lock.pin", f"{user_id}:{pin}", algorithm="sha256").hexdigest()
