"""How does the first person get in, and who is let in when nobody can? Done on the server, and seen in the trail."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from clinic.audit.actions import Seen, record_access
from clinic.kit.keys import uuid7
from clinic.kit.refusals import Refusal
from clinic.kit.requests import AccessNote
from clinic.rooms.models import Room
from clinic.sites.models import Site
from clinic.staff import actions as staff_actions
from clinic.staff.models import User
from clinic.staff.permissions import Role

OPERATOR = "Somebody on the server"
RANDOM_BYTES = 15
LONGEST_LABEL = 12


class NoSuchThing(Refusal):
    """A site, a role, a zone or a person that is not there."""


@dataclass(frozen=True)
class LetIn:
    """A password that is shown once and stored nowhere."""

    user: User
    password: str


@transaction.atomic
def open_site(*, name: str, time_zone: str, phone: str, rooms: list[str], now: datetime) -> tuple[Site, int]:
    """Make the site if it is new, and the rooms that it does not have yet; returns how many were made."""
    if time_zone not in available_timezones():
        raise NoSuchThing(f"There is no time zone {time_zone!r}. Write it as in America/New_York.")
    long = next((label for label in rooms if len(label) > LONGEST_LABEL), None)
    if long:
        raise NoSuchThing(f"{long!r} does not fit on a door: a label has at most {LONGEST_LABEL} characters.")
    site = Site.objects.filter(name=name).first()
    if site is None:
        site = Site.objects.create(name=name, time_zone=time_zone, phone=phone)
    there = set(Room.objects.filter(site=site).values_list("label", flat=True))
    new = [label for label in dict.fromkeys(rooms) if label not in there]
    for label in new:
        Room.objects.create(site=site, label=label)
    _write_down("clinic:site-opened-on-the-server", site.pk, now)
    return site, len(new)


@transaction.atomic
def let_in(*, email: str, full_name: str, credentials: str, site_name: str, roles: list[str], now: datetime) -> LetIn:
    """Make an account with its roles; its password is random and told once."""
    site = Site.objects.filter(name=site_name).first()
    if site is None:
        raise NoSuchThing(f"There is no site called {site_name!r}. Make it with: python manage.py open_site")
    password = secrets.token_urlsafe(RANDOM_BYTES)
    user = staff_actions.add_user(
        email=email, full_name=full_name, credentials=credentials, site=site, password=password, now=now
    )
    for role in roles:
        staff_actions.grant_role(user=user, role=Role(role), site=site, by=None, now=now)
    _write_down("clinic:account-opened-on-the-server", user.pk, now)
    return LetIn(user, password)


@transaction.atomic
def give_new_password(*, email: str, now: datetime) -> LetIn:
    """For somebody who cannot get in: the old password and every login made with it end at once."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise NoSuchThing(f"Nobody signs in as {email}.")
    password = secrets.token_urlsafe(RANDOM_BYTES)
    user.set_password(password)
    user.save(update_fields=["password"])
    _write_down("clinic:password-set-on-the-server", user.pk, now)
    return LetIn(user, password)


def _write_down(route: str, record_id: UUID, now: datetime) -> None:
    seen = Seen(
        occurred_at=now,
        user_id=None,
        user_name=OPERATOR,
        roles="",
        method="POST",
        route=route,
        status=200,
        address=None,
    )
    record_access(seen, AccessNote(request_id=uuid7(), record_id=record_id))
