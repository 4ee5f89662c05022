from uuid import UUID

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from clinic.kit.compiled import AnyOf, Compiled
from clinic.kit.keys import uuid7
from clinic.staff.models import RoleGrant, User
from tests.scenarios.cast import Cast

pytestmark = pytest.mark.django_db


def with_grants(user: UUID) -> QuerySet[User, dict]:
    grants = RoleGrant.objects.filter(user=OuterRef("pk")).order_by("id").values(row=JSONObject(role="role"))
    ended = RoleGrant.objects.filter(user=OuterRef("pk"), ended_at__isnull=False).values(row=JSONObject(role="role"))
    return (
        User.objects.filter(pk=user)
        .values("id", "full_name", "home_site__name")
        .annotate(grant_rows=ArraySubquery(grants), first=Subquery(grants[:1]), ended=Subquery(ended[:1]))
    )


def compiled() -> Compiled:
    return Compiled(with_grants, slots={"user": UUID}, json_rows=("first", "ended"), json_lists=("grant_rows",))


def test_rows_are_those_of_the_query(cast: Cast) -> None:
    rows = compiled()(user=cast.nora.pk)

    assert rows == [
        {
            "id": cast.nora.pk,
            "full_name": "Nora Nolan",
            "home_site__name": "Ashby Street",
            "grant_rows": [{"role": "nurse"}],
            "first": {"role": "nurse"},
            "ended": None,
        }
    ]


def test_each_call_asks_for_its_own_values(cast: Cast) -> None:
    read = compiled()

    names = [read(user=user.pk)[0]["full_name"] for user in (cast.fran, cast.olga, cast.fran)]

    assert names == ["Fran Feld", "Olga Ortiz", "Fran Feld"]
    assert read(user=uuid7()) == []


def test_words_stand_where_their_slots_are_and_only_there(cast: Cast) -> None:
    read = Compiled(
        lambda name, credentials: (
            User.objects.filter(full_name=name, credentials=credentials, is_active=True)
            .exclude(full_name="Paula Petit")
            .values_list("full_name")
        ),
        slots={"name": str, "credentials": str},
    )

    assert read.tuples(name="Nora Nolan", credentials="RN") == [("Nora Nolan",)]
    assert read.tuples(name="Paula Petit", credentials="MD") == []
    assert read.tuples(name="' OR 1=1 --", credentials="%s") == []


def test_statement_is_built_once(cast: Cast) -> None:
    built = []

    def build(user: UUID) -> QuerySet[User, dict]:
        built.append(user)
        return User.objects.filter(pk=user).values("id")

    read = Compiled(build, slots={"user": UUID})
    for _ in range(3):
        read(user=cast.nora.pk)

    assert len(built) == 1


def test_slot_that_the_query_does_not_use_is_a_mistake(cast: Cast) -> None:
    read = Compiled(lambda user, **_: User.objects.filter(pk=user).values("id"), slots={"user": UUID, "site": UUID})

    with pytest.raises(ValueError, match="does not use site"):
        read(user=cast.nora.pk, site=cast.site.pk)


def with_site(user: UUID) -> QuerySet[User]:
    roles = RoleGrant.objects.filter(user=OuterRef("pk")).values("role")[:1]
    return User.objects.filter(pk=user).select_related("home_site").annotate(role=Subquery(roles))


def test_models_are_those_of_the_query_with_what_belongs_to_them(cast: Cast, django_assert_num_queries) -> None:
    one = Compiled(with_site, slots={"user": UUID})

    with django_assert_num_queries(2):
        (nora,) = one.models(user=cast.nora.pk)
        (paula,) = one.models(user=cast.paula.pk)
        sites = [nora.home_site.name, paula.home_site.name]

    assert (nora, nora.email, nora.role) == (cast.nora, cast.nora.email, "nurse")
    assert (paula, paula.email, paula.role) == (cast.paula, cast.paula.email, "prescriber")
    assert sites == ["Ashby Street", "Ashby Street"]
    assert vars(nora).keys() == vars(with_site(cast.nora.pk).get()).keys()


def test_no_model_is_found_for_nobody(cast: Cast) -> None:
    assert Compiled(with_site, slots={"user": UUID}).models(user=uuid7()) == []


def test_a_list_is_any_of_its_values(cast: Cast) -> None:
    some = Compiled(
        lambda users: User.objects.filter(AnyOf(F("pk"), users)).order_by("full_name").values_list("full_name"),
        slots={"users": UUID},
    )

    assert some.tuples(users=[cast.nora.pk, cast.fran.pk]) == [("Fran Feld",), ("Nora Nolan",)]
    assert some.tuples(users=[]) == []


def test_a_list_is_any_of_its_values_in_a_query_that_is_built_anew(cast: Cast) -> None:
    people = User.objects.filter(AnyOf(F("pk"), [cast.nora.pk, cast.fran.pk])).order_by("full_name")

    assert [person.full_name for person in people] == ["Fran Feld", "Nora Nolan"]
    assert not User.objects.filter(AnyOf(F("pk"), [])).exists()


def test_words_are_a_slot_too(cast: Cast) -> None:
    named = Compiled(lambda name: User.objects.filter(full_name=name).values_list("pk"), slots={"name": str})

    assert [named.tuples(name=name) for name in ("Nora Nolan", "Nobody", "Fran Feld")] == [
        [(cast.nora.pk,)],
        [],
        [(cast.fran.pk,)],
    ]
