"""Who is this person to the clinic, and who works here?"""

import contextlib
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from clinic.kit.compiled import Compiled
from clinic.staff.models import RoleGrant, User
from clinic.staff.permissions import Permission, Role

STAFF_ROWS = 50


@dataclass(frozen=True)
class StaffRow:
    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    site: str
    is_active: bool


@dataclass(frozen=True)
class StaffPage:
    """A stretch of the people of one site; `after` names the last of them when more follow."""

    people: tuple[StaffRow, ...]
    after: UUID | None


def with_roles(user: User) -> User:
    """The same person, with their home site and the roles held there read in one query."""
    grants = list(
        RoleGrant.objects.filter(user=user, site=user.home_site_id, ended_at=None).select_related("site").order_by("id")
    )
    if grants:
        user.home_site = grants[0].site
    held = {grant.role for grant in grants}
    return user.hold_roles(tuple(role for role in Role if role in held))


def signed_in(user_id: UUID) -> User | None:
    """The member of staff of a login with home site and roles, in one query; None when the account is closed."""
    for user in SIGNED_IN.models(user=user_id):
        held = set(user.held)
        found: User = user.hold_roles(tuple(role for role in Role if role in held))
        return found
    return None


def _signed_in(user: UUID) -> QuerySet[User]:
    grants = RoleGrant.objects.filter(user=OuterRef("pk"), site=OuterRef("home_site"), ended_at=None).order_by("id")
    people = User.objects.filter(pk=user, is_active=True).select_related("home_site")
    return people.annotate(held=ArraySubquery(grants.values("role")))


# Every request of somebody who is signed in asks this.
SIGNED_IN = Compiled(_signed_in, slots={"user": UUID})


def person_by_email(email: str) -> User | None:
    """An active member of staff, with roles, or None."""
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    return with_roles(user) if user else None


def staff_who_may(permission: Permission, *, site_id: UUID) -> list[User]:
    """Active staff of a site who hold a permission, by name, with their roles."""
    held: dict[UUID, set[str]] = {}
    people: dict[UUID, User] = {}
    grants = RoleGrant.objects.filter(
        ended_at=None, site=site_id, user__is_active=True, user__home_site=site_id
    ).select_related("user")
    for grant in grants.order_by("user__full_name", "user__id"):
        people[grant.user_id] = grant.user
        held.setdefault(grant.user_id, set()).add(grant.role)
    for user in people.values():
        user.hold_roles(tuple(role for role in Role if role in held[user.pk]))
    return [user for user in people.values() if user.may(permission)]


def staff_page(reader: User, after: UUID | None = None) -> StaffPage:
    """Everybody with an account at the reader's site or a role there, by name, with the roles they hold there now."""
    site = reader.home_site_id
    here = RoleGrant.objects.filter(site=site, ended_at=None)
    found = User.objects.filter(Q(home_site=site) | Q(pk__in=here.values("user"))).select_related("home_site")
    last = User.objects.filter(pk=after).values_list("full_name", flat=True).first() if after else None
    if last is not None:
        found = found.filter(Q(full_name__gt=last) | Q(full_name=last, id__gt=after))
    held = here.filter(user=OuterRef("pk")).order_by("id").values("role")
    users = list(found.annotate(held=ArraySubquery(held)).order_by("full_name", "id")[: STAFF_ROWS + 1])
    shown = users[:STAFF_ROWS]
    return StaffPage(
        people=tuple(_staff_row(user) for user in shown),
        after=shown[-1].pk if len(users) > len(shown) else None,
    )


def _staff_row(user: User) -> StaffRow:
    return StaffRow(
        id=user.id,
        name=str(user),
        email=user.email,
        roles=tuple(Role(role).label for role in user.held),  # type: ignore[attr-defined]  # of `staff_page`
        site=user.home_site.name,
        is_active=user.is_active,
    )


def people_who_work_at(site_id: UUID, *, also: str = "") -> list[tuple[str, str]]:
    """Everybody with an account at a site, for the filter, and the one who is chosen already, wherever they work."""
    wanted = Q(home_site=site_id)
    with contextlib.suppress(ValueError):
        wanted |= Q(pk=UUID(also))
    return [(str(user.pk), str(user)) for user in User.objects.filter(wanted).order_by("full_name", "id")]
