"""Taking time and giving it back, whatever it is for."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from clinic.rooms import actions, queries
from clinic.rooms.actions import Claim
from clinic.rooms.models import Hold, Room, SiteDay
from clinic.rooms.rules import Span
from tests.scenarios.cast import NOW

TEN = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def span(start: float, end: float) -> Span:
    return Span(TEN + start * HOUR, TEN + end * HOUR)


def test_time_is_held_for_every_claim_or_for_none(cast):
    room, other = cast.rooms[0].pk, cast.rooms[1].pk
    actions.take([Claim(Hold.Kind.ROOM, other, span(1, 2))], reference="first")

    with pytest.raises(actions.TimeTaken, match="already taken") as refusal:
        actions.take(
            [Claim(Hold.Kind.ROOM, room, span(0, 2)), Claim(Hold.Kind.ROOM, other, span(0, 2))], reference="second"
        )

    assert refusal.value.claim.resource_id == other
    assert refusal.value.taken == span(1, 2)
    assert list(Hold.objects.values_list("reference", flat=True)) == ["first"]


def test_earliest_hold_in_the_way_is_the_one_that_is_said(cast):
    room = cast.rooms[0].pk
    for start in (3, 1):
        actions.take([Claim(Hold.Kind.ROOM, room, span(start, start + 1))], reference=str(start))

    with pytest.raises(actions.TimeTaken) as refusal:
        actions.take([Claim(Hold.Kind.ROOM, room, span(0, 5))], reference="all day")

    assert refusal.value.taken == span(1, 2)


def test_claim_that_the_database_refuses_for_another_reason_stays_an_error(cast):
    never = Span(TEN.replace(year=1999), TEN.replace(year=1999) + HOUR)

    with pytest.raises(IntegrityError, match="hold_some_time_in_our_time"), transaction.atomic():
        actions.take([Claim(Hold.Kind.ROOM, cast.rooms[0].pk, never)], reference="long ago")


def test_released_time_can_be_taken_again(cast):
    claim = Claim(Hold.Kind.ROOM, cast.rooms[0].pk, span(0, 1))
    actions.take([claim], reference="first")

    actions.release("first", now=NOW)
    actions.take([claim], reference="second")

    assert Hold.objects.get(reference="first").released_at == NOW


@pytest.mark.parametrize(
    ("until", "left"), [(0.5, span(0, 0.5)), (1, span(0, 1)), (2, span(0, 1)), (0, None), (-1, None)]
)
def test_time_after_a_moment_is_given_back(cast, until, left):
    room = cast.rooms[0].pk
    actions.take([Claim(Hold.Kind.ROOM, room, span(0, 1))], reference="first")

    actions.give_back_after("first", {"room": TEN + until * HOUR}, now=NOW)

    assert queries.taken(Hold.Kind.ROOM, [room], span(-5, 5))[room] == ([left] if left else [])


def test_days_are_made_once_however_often_they_are_locked(cast):
    days = [TEN.date(), TEN.date() + timedelta(days=1)]

    for _ in range(2):
        with transaction.atomic():
            actions.lock_days(cast.site, reversed(days))

    assert sorted(SiteDay.objects.values_list("day", flat=True)) == days


def test_rooms_in_use_are_listed_as_people_count(cast):
    for label in ("10", "Blue", "9"):
        Room.objects.create(site=cast.site, label=label)
    Room.objects.create(site=cast.site, label="5", is_active=False)

    assert [room.label for room in queries.rooms_of(cast.site.pk)] == ["1", "2", "3", "4", "9", "10", "Blue"]


def test_hold_without_an_end_is_no_stretch_of_time():
    with pytest.raises(ValueError, match="a beginning and an end"):
        queries.span_of(DateTimeTZRange(TEN, None))
