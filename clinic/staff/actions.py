"""How do people and their roles come and go, and how does a person prove who they are?"""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from clinic.kit.refusals import Refusal
from clinic.sites.models import Site
from clinic.staff import queries
from clinic.staff.models import RoleGrant, User
from clinic.staff.permissions import Permission, Role

PROOFS_ALLOWED = 10
PROOF_WINDOW_S = 300


class EmailTaken(Refusal):
    """Somebody already signs in with this address."""


class PasswordTooWeak(Refusal):
    """Too short, or one of those that are tried first."""


class ProofRefused(Refusal):
    """The password is not this person's, or too many were tried."""


class WitnessRefused(Refusal):
    """Somebody who cannot be the second person here."""


@transaction.atomic
def add_user(
    *, email: str, full_name: str, credentials: str, site: Site, password: str, now: datetime, is_demo: bool = False
) -> User:
    """Make an account without any role. Refused when the address is taken, or the password is easily guessed."""
    user = User(
        email=email.strip().lower(),
        full_name=full_name,
        credentials=credentials,
        home_site=site,
        created_at=now,
        is_demo=is_demo,
    )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordTooWeak(" ".join(error.messages)) from error
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        message = f"{email} already has an account."
        raise EmailTaken(message) from error
    return user


@transaction.atomic
def grant_role(*, user: User, role: Role, site: Site, by: User | None, now: datetime) -> RoleGrant:
    """Give a role at a site; giving it twice changes nothing."""
    grant, _ = RoleGrant.objects.get_or_create(
        user=user, role=role.value, site=site, ended_at=None, defaults={"granted_at": now, "granted_by": by}
    )
    return grant


@transaction.atomic
def end_role(*, grant: RoleGrant, by: User, now: datetime) -> None:
    """End a role; it works from the person's next request on."""
    grant.ended_at, grant.ended_by = now, by
    grant.save(update_fields=["ended_at", "ended_by"])


def prove(*, user: User, password: str) -> None:
    """Check the password of somebody who is about to sign. Refused after ten tries within five minutes."""
    key = f"proof:{user.pk}"
    if _tries(key) > PROOFS_ALLOWED:
        message = "Too many wrong passwords. Wait five minutes, then try again. Nothing was signed."
        raise ProofRefused(message)
    if not user.check_password(password):
        message = "That password is not right. What you typed is still here."
        raise ProofRefused(message)
    cache.delete(key)


def _tries(key: str) -> int:
    """How many tries there are with this one. A right password given in the same moment starts the count anew."""
    cache.add(key, 0, PROOF_WINDOW_S)
    try:
        return cache.incr(key)
    except ValueError:
        cache.add(key, 1, PROOF_WINDOW_S)
        return 1


def prove_witness(*, email: str, password: str, other_than: User) -> User:
    """The second person, proved by their own password. Never the one who acts, and only who may witness."""
    witness = queries.person_by_email(email)
    if witness is None:
        message = "No active member of staff signs in with that e-mail."
        raise WitnessRefused(message)
    if witness.pk == other_than.pk:
        message = "The witness must be somebody else."
        raise WitnessRefused(message)
    if not witness.may(Permission.WITNESS):
        message = f"{witness.full_name} may not witness. Ask a nurse or a prescriber."
        raise WitnessRefused(message)
    prove(user=witness, password=password)
    return witness
