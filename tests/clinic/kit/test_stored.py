from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from clinic.kit.keys import uuid7
from clinic.kit.stored import store
from clinic.policy.models import Limit
from clinic.rooms.models import Room
from clinic.sites.models import Site


@pytest.mark.django_db
def test_rows_of_several_tables_are_stored_in_one_round_trip() -> None:
    site = Site(name="Elm Street", phone="+12025550111")
    rooms = [Room(site=site, label=label) for label in ("3", "4")]

    with CaptureQueriesContext(connection) as asked:
        store([site, *rooms])

    assert len(asked) == 1
    stored = Site.objects.get(pk=site.pk)
    assert (stored.name, stored.phone, stored.time_zone) == ("Elm Street", "+12025550111", "America/New_York")
    assert list(Room.objects.filter(site=site).order_by("label").values_list("pk", "label", "is_active")) == [
        (rooms[0].pk, "3", True),
        (rooms[1].pk, "4", True),
    ]


@pytest.mark.django_db
def test_nothing_to_store_asks_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        store([])


@pytest.mark.django_db(transaction=True)
def test_row_that_may_not_be_takes_the_others_with_it() -> None:
    good = Site(name="Elm Street")
    room = Room(id=uuid7(), site=good, label="3")

    with pytest.raises(DatabaseError):
        store([good, room, Room(id=room.pk, site=good, label="4")])

    assert not Site.objects.filter(name="Elm Street").exists()


def test_row_that_needs_more_than_plain_values_is_a_mistake() -> None:
    limit = Limit(field="spo2_percent", tier="alert", low=Decimal(92), in_force=(date(2026, 1, 1), None), source="here")

    with pytest.raises(TypeError, match="use bulk_create"):
        store([limit])
