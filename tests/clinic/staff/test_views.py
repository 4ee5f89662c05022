import re

import pytest
from django.test import Client

from clinic.sites.models import Site
from clinic.staff import queries
from clinic.staff.models import RoleGrant, User
from clinic.staff.permissions import Role
from tests.scenarios.cast import NOW, Cast, hire

STAFF = "/staff/"


@pytest.fixture
def ada(client: Client, cast: Cast) -> Client:
    client.force_login(cast.ada)
    return client


@pytest.fixture
def elsewhere(cast: Cast) -> Site:
    return Site.objects.create(
        name="Quarry Lane", time_zone="America/New_York", phone="+12025550111", requires_second_factor=False
    )


def rows(page: str) -> list[str]:
    """The first table of the page, a line for each person."""
    body = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in body.split("<tr>")[1:]]


def test_staff_shows_the_people_of_ones_site_by_name(ada: Client, cast: Cast, elsewhere: Site) -> None:
    hire("Zoe Zand", Role.NURSE, site=elsewhere)
    User.objects.filter(pk=cast.nils.pk).update(is_active=False)

    found = rows(ada.get(STAFF).content.decode())

    assert [row.split()[0] for row in found] == ["Ada", "Dirk", "Fran", "Mika", "Nils", "Nora", "Olga", "Paula", "Theo"]
    assert found[1] == "Dirk Dorn, MD Medical director Ashby Street dirk@clinic.example Active"
    assert found[4] == "Nils Nyberg, RN Nurse Ashby Street nils@clinic.example Closed"


def test_staff_shows_who_holds_a_role_here_and_only_the_roles_held_here(
    ada: Client, cast: Cast, elsewhere: Site
) -> None:
    zoe = hire("Zoe Zand", Role.NURSE, site=elsewhere)
    RoleGrant.objects.create(user=zoe, site=cast.site, role=Role.THERAPIST, granted_at=NOW)
    RoleGrant.objects.create(user=cast.ada, site=elsewhere, role=Role.AUDITOR, granted_at=NOW)

    found = rows(ada.get(STAFF).content.decode())

    assert found[0] == "Ada Abel Administrator Ashby Street ada@clinic.example Active"
    assert found[-1] == "Zoe Zand Therapist Quarry Lane zoe@clinic.example Active"


def test_staff_goes_on_after_the_last_of_a_page(ada: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "STAFF_ROWS", 4)
    User.objects.filter(pk__in=(cast.mika.pk, cast.nils.pk)).update(full_name="Mika Mori")
    seen, address = [], STAFF

    for _ in range(3):
        page = ada.get(address).content.decode()
        seen += [row.split(" Ashby")[0] for row in rows(page)]
        following = re.search(r'href="(\?after=[^"]+)" rel="next"', page)
        address = f"{STAFF}{following[1]}" if following else ""

    assert len(seen) == len(set(seen)) == len(cast.everybody)
    assert not address


def test_staff_begins_anew_after_nobody(ada: Client, cast: Cast) -> None:
    assert len(rows(ada.get(f"{STAFF}?after=nonsense").content.decode())) == len(cast.everybody)
    assert len(rows(ada.get(f"{STAFF}?after={cast.site.pk}").content.decode())) == len(cast.everybody)
