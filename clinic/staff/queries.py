"""Who is this person to the clinic, and who works here?"""

from dataclasses import dataclass
from uuid import UUID

from clinic.staff.models import RoleGrant, User
from clinic.staff.permissions import Permission, Role


@dataclass(frozen=True)
class StaffRow:
    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    site: str
    is_active: bool


def with_roles(user: User) -> User:
    """The same person, with their home site and the roles held there read in one query."""
    grants = list(
        RoleGrant.objects.filter(user=user, site=user.home_site_id, ended_at=None).select_related("site").order_by("id")
    )
    if grants:
        user.home_site = grants[0].site
    held = {grant.role for grant in grants}
    return user.hold_roles(tuple(role for role in Role if role in held))


def person_by_email(email: str) -> User | None:
    """An active member of staff, with roles, or None."""
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    return with_roles(user) if user else None


def staff_who_may(permission: Permission, *, site_id: UUID) -> list[User]:
    """Active staff of a site who hold a permission, by name, with their roles."""
    people = []
    for user in User.objects.filter(is_active=True, home_site=site_id).prefetch_related("grants").order_by("full_name"):
        held = {g.role for g in user.grants.all() if g.ended_at is None and g.site_id == user.home_site_id}
        user.hold_roles(tuple(role for role in Role if role in held))
        if user.may(permission):
            people.append(user)
    return people


def staff_list() -> list[StaffRow]:
    """Everybody with an account, by name, with the roles they hold now."""
    users = User.objects.select_related("home_site").prefetch_related("grants").order_by("full_name", "id")
    return [
        StaffRow(
            id=user.id,
            name=str(user),
            email=user.email,
            roles=tuple(Role(grant.role).label for grant in user.grants.all() if grant.ended_at is None),
            site=user.home_site.name,
            is_active=user.is_active,
        )
        for user in users
    ]
