"""How does somebody get a second factor, use it, and lose it? Every step leaves a line in the trail."""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction

from clinic.kit.refusals import Refusal
from clinic.kit.sealing import reseal, seal, unseal
from clinic.lock import actions as lock_actions
from clinic.second_factor import adapter, queries, rules
from clinic.second_factor.models import Happening, SecondFactorNote
from clinic.sites.models import Site
from clinic.staff import actions as staff_actions
from clinic.staff.models import User

Type = Authenticator.Type
SECRET_BYTES = 20
PASSKEYS_ALLOWED = 10
# Where allauth keeps what is sealed.
SECRET_OF = {Type.TOTP: "secret", Type.RECOVERY_CODES: "seed"}


class CodeRefused(Refusal):
    """The code is not the one that is shown now, was used before, or too many were tried."""


class NotProved(Refusal):
    """The person has a second factor that was not used for this login."""


class LastOne(Refusal):
    """The clinic asks for a second factor, and this is the only one."""


class TooManyPasskeys(Refusal):
    """More passkeys than anybody carries."""


class NothingToReset(Refusal):
    """There is no factor: none was set up, or a colleague was faster."""


class NotTheirOwn(Refusal):
    """Resetting is for others: one's own factors are removed on one's own page."""


def new_secret() -> str:
    """A secret for an authenticator app, sealed until its first code was typed."""
    return seal(base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode())


def set_up_app(*, user: User, sealed_secret: str, code: str, password: str, is_proved: bool, now: datetime) -> bool:
    """Set up an authenticator app, in the place of an earlier one; returns whether recovery codes were made with it.

    Refused without the password, with a code that the app does not show now, and to a login that has not used the
    factor that this person has.
    """
    with _managing(user, password=password, is_proved=is_proved):
        step = rules.step_that_fits(unseal(sealed_secret), code, at=now, last_step=None)
        if step is None:
            raise CodeRefused("That is not the code that the app shows now. Wait for its next code, then type that.")
        Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
        data = {"secret": sealed_secret, "last_step": step}
        Authenticator.objects.create(user=user, type=Type.TOTP, data=data, created_at=now, last_used_at=now)
        _tell(Happening.APP_SET_UP, user=user, by=user, now=now)
        return _codes_if_none(user, now)


def remove_app(*, user: User, password: str, is_proved: bool, now: datetime) -> None:
    """Remove the authenticator app. Refused when the clinic asks for a second factor and there is no other."""
    with _managing(user, password=password, is_proved=is_proved):
        _remove(user, Authenticator.objects.filter(user=user, type=Type.TOTP), Happening.APP_REMOVED, now)


def add_passkey(
    *, user: User, name: str, credential: dict[str, Any], password: str, is_proved: bool, now: datetime
) -> bool:
    """Add a passkey whose answer was read by the adapter; returns whether recovery codes were made with it."""
    with _managing(user, password=password, is_proved=is_proved):
        if len(queries.passkeys_of(user)) >= PASSKEYS_ALLOWED:
            raise TooManyPasskeys(f"There are {PASSKEYS_ALLOWED} passkeys already. Remove one that you no longer use.")
        data = {"name": name, "credential": credential, "uses": 0}
        Authenticator.objects.create(user=user, type=Type.WEBAUTHN, data=data, created_at=now)
        _tell(Happening.PASSKEY_ADDED, user=user, by=user, now=now)
        return _codes_if_none(user, now)


def remove_passkey(*, user: User, key: Authenticator, password: str, is_proved: bool, now: datetime) -> None:
    """Remove one passkey. Refused when the clinic asks for a second factor and there is no other."""
    with _managing(user, password=password, is_proved=is_proved):
        _remove(user, Authenticator.objects.filter(user=user, pk=key.pk), Happening.PASSKEY_REMOVED, now)


def renew_codes(*, user: User, password: str, is_proved: bool, now: datetime) -> None:
    """Make new recovery codes; the earlier ones no longer count. Refused without a factor that they stand in for."""
    with _managing(user, password=password, is_proved=is_proved):
        if not queries.has_any(user):
            raise NotProved("Set up an authenticator app or a passkey first. Recovery codes stand in for one.")
        Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
        _codes_if_none(user, now)


def pass_by_code(*, user: User, typed: str, now: datetime) -> str:
    """Take the second step with a code of the app, or with a recovery code; returns which kind it was.

    Each code counts once, however many try it at the same moment: the person's row is locked while it is looked at.
    Refused after ten wrong ones within five minutes. What was refused stays written down.
    """
    with transaction.atomic():
        _lock(user)
        since = now - rules.TRIES_WITHIN
        may_try = rules.may_try(queries.wrong_codes_since(user, since))
        used = _use_code(user, typed, now) if may_try else None
        if may_try and used is None:
            _tell(Happening.STEP_FAILED, user=user, now=now)
    if not may_try:
        raise CodeRefused("Too many wrong codes. Wait five minutes, or use a passkey.")
    if used is None:
        raise CodeRefused("That code is not right, or it was used before. Wait for the next one, then type it.")
    return used


def pass_by_passkey(*, user: User, answer: str, state: dict[str, Any] | None, host: str, now: datetime) -> str:
    """Take the second step with a passkey. One that counts its uses must have gone on, or a copy of it is about."""
    refusal: Refusal | None = None
    with transaction.atomic():
        _lock(user)
        try:
            key, uses = adapter.read_passkey(answer, queries.passkeys_of(user), state=state, host=host)
            _count_use(key, uses, now)
        except adapter.PasskeyRefused as why:
            refusal = why
            _tell(Happening.STEP_FAILED, user=user, now=now)
    if refusal is not None:
        raise refusal
    return str(Type.WEBAUTHN.value)


def reset(*, user: User, reason: str, by: User | None, password: str, now: datetime) -> None:
    """Take every second factor from somebody who has lost theirs; they sign in with the password and set up anew.

    Every login of theirs ends with it: whoever has the phone may be using one. What was typed comes back to its author.
    `by` is an administrator, who proves who they are, or nobody when it is done on the server itself. Never oneself. An
    administrator is refused where there is nothing to take: of two at once, the later one need not end anything again.
    """
    if by is not None:
        if by.pk == user.pk:
            raise NotTheirOwn("Your own second factor is on your own page. Ask another administrator to reset it.")
        staff_actions.prove(user=by, password=password)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        taken, _ = Authenticator.objects.filter(user=user).delete()
        if by is not None and not taken:
            raise NothingToReset(f"{user} has no second factor now. Somebody may have reset it just before you.")
        _tell(Happening.RESET, user=user, by=by, reason=reason, now=now)
        if lock_actions.end_logins(user=user, now=now):
            _tell(Happening.SIGNED_OUT, user=user, by=by, reason=reason, now=now)


def set_requirement(
    *, site: Site, is_required: bool, reason: str, by: User | None, password: str, now: datetime
) -> None:
    """Say whether a site asks everybody for a second factor. It holds from the next request of each of them."""
    if by is not None:
        staff_actions.prove(user=by, password=password)
    with transaction.atomic():
        row = Site.objects.select_for_update().get(pk=site.pk)
        row.requires_second_factor = is_required
        row.save(update_fields=["requires_second_factor"])
        kind = Happening.REQUIRED if is_required else Happening.NOT_REQUIRED
        _tell(kind, site=site, by=by, reason=reason, now=now)


@transaction.atomic
def reseal_secrets() -> int:
    """Seal every stored secret with the newest key; afterwards the older keys open nothing that is needed."""
    changed = 0
    for each in Authenticator.objects.select_for_update().exclude(type=Type.WEBAUTHN).order_by("pk"):
        name = SECRET_OF[each.type]
        each.data[name] = reseal(each.data[name])
        each.save(update_fields=["data"])
        changed += 1
    return changed


@contextmanager
def _managing(user: User, *, password: str, is_proved: bool) -> Iterator[None]:
    """One person changes their own factors: the password again, and a login that has used what they have."""
    staff_actions.prove(user=user, password=password)  # outside the transaction, so that a wrong try is counted
    with transaction.atomic():
        _lock(user)
        if queries.has_any(user) and not is_proved:
            raise NotProved("You set up a second factor elsewhere. Sign out, then sign in with it to change this.")
        yield


def _lock(user: User) -> None:
    """One thing at a time for each person. Somebody whose account was closed meanwhile proves nothing."""
    if not User.objects.select_for_update().filter(pk=user.pk, is_active=True).exists():
        raise NotProved("This account is closed. The clinic’s administrator can help.")


def _remove(user: User, rows: Any, kind: Happening, now: datetime) -> None:
    standing = queries.standing(user)
    if user.home_site.requires_second_factor and standing.has_only_one:
        raise LastOne("The clinic asks for a second factor. Set up another one first, then remove this one.")
    rows.delete()
    if standing.has_only_one:
        Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    _tell(kind, user=user, by=user, now=now)


def _codes_if_none(user: User, now: datetime) -> bool:
    if Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).exists():
        return False
    RecoveryCodes.activate(user)
    _tell(Happening.CODES_MADE, user=user, by=user, now=now)
    return True


def _use_code(user: User, typed: str, now: datetime) -> str | None:
    for each in queries.factors_of(user):
        if each.type == Type.TOTP and _use_app(each, typed, now):
            return str(Type.TOTP.value)
        if each.type == Type.RECOVERY_CODES and each.wrap().validate_code(rules.bare(typed)):
            _tell(Happening.CODE_USED, user=user, by=user, now=now)
            return str(Type.RECOVERY_CODES.value)
    return None


def _use_app(app: Authenticator, typed: str, now: datetime) -> bool:
    step = rules.step_that_fits(unseal(app.data["secret"]), typed, at=now, last_step=app.data.get("last_step"))
    if step is None:
        return False
    app.data["last_step"], app.last_used_at = step, now
    app.save(update_fields=["data", "last_used_at"])
    return True


def _count_use(key: Authenticator, uses: int, now: datetime) -> None:
    if uses and uses <= key.data.get("uses", 0):
        raise adapter.PasskeyRefused("That passkey may have been copied. Use a code, then remove it and add it again.")
    key.data["uses"], key.last_used_at = uses, now
    key.save(update_fields=["data", "last_used_at"])


def _tell(
    kind: Happening,
    *,
    now: datetime,
    user: User | None = None,
    site: Site | None = None,
    by: User | None = None,
    reason: str = "",
) -> None:
    person = str(user)[:160] if user else ""
    SecondFactorNote.objects.create(
        kind=kind.value, user=user, person=person, site=site, by=by, reason=reason, occurred_at=now
    )
