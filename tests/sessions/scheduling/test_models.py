"""What PostgreSQL itself refuses about holds and visits, whatever the code does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from clinic.kit.keys import uuid7
from clinic.rooms.models import Hold, Room
from clinic.rooms.rules import Span
from sessions.scheduling import actions
from sessions.scheduling.models import Appointment, VisitMove
from tests.scenarios.cast import NOW
from tests.scenarios.people import referred
from tests.scenarios.visits import TODAY_AT_ELEVEN, booked_visit

TEN = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
INSERT = "INSERT INTO clinic_hold (id, kind, resource_id, during, reference) VALUES (%s, 'room', %s, %s, 'by hand')"


def span(start: datetime, hours: float) -> DateTimeTZRange:
    return DateTimeTZRange(start, start + timedelta(hours=hours))


@pytest.mark.parametrize("minutes", [-60, -10, 0, 60, 129])
def test_raw_insert_over_a_booked_room_is_refused_by_the_exclusion_constraint(cast, course, minutes):
    booked_visit(cast, course)
    during = span(TODAY_AT_ELEVEN + timedelta(minutes=minutes), 1)

    with (
        pytest.raises(IntegrityError, match='"hold_no_overlap"'),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(INSERT, [uuid7(), cast.rooms[0].pk, during])

    assert Hold.objects.filter(kind="room").count() == 1


@pytest.mark.parametrize("minutes", [-70, 130])
def test_raw_insert_that_touches_a_booked_room_is_taken(cast, course, minutes):
    booked_visit(cast, course)

    with connection.cursor() as cursor:
        cursor.execute(INSERT, [uuid7(), cast.rooms[0].pk, span(TODAY_AT_ELEVEN + timedelta(minutes=minutes), 1)])

    assert Hold.objects.filter(kind="room").count() == 2


def test_released_hold_stands_in_nobodys_way(cast, course):
    appointment = booked_visit(cast, course)
    actions.cancel(appointment=appointment, reason="Has a cold", by=cast.fran, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute(INSERT, [uuid7(), cast.rooms[0].pk, span(TODAY_AT_ELEVEN, 1)])

    assert Hold.objects.filter(kind="room", released_at=None).count() == 1


def test_hold_of_one_kind_does_not_meet_a_hold_of_another(cast):
    same = uuid7()

    for kind in ("room", "patient", "clinician"):
        Hold.objects.create(kind=kind, resource_id=same, during=span(TEN, 1), reference=kind)

    assert Hold.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"kind": "chair"}, "hold_known_kind"),
        ({"during": DateTimeTZRange(TEN, TEN)}, "hold_some_time_in_our_time"),
        ({"during": span(TEN.replace(year=1999), 1)}, "hold_some_time_in_our_time"),
        ({"during": span(TEN.replace(year=2100), 1)}, "hold_some_time_in_our_time"),
    ],
)
def test_hold_that_means_nothing_is_refused(cast, change, constraint):
    hold = {"kind": "room", "resource_id": uuid7(), "during": span(TEN, 1), "reference": "x", **change}

    with pytest.raises(IntegrityError, match=constraint):
        Hold.objects.create(**hold)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"ends_at": TODAY_AT_ELEVEN}, "visit_takes_time"),
        ({"state": "lost"}, "visit_known_state"),
        ({"state": "cancelled"}, "visit_cancelled_with_a_reason"),
        ({"starts_at": TEN.replace(year=1999)}, "visit_in_our_time"),
    ],
)
def test_visit_that_cannot_be_is_refused(cast, course, change, constraint):
    appointment = booked_visit(cast, course)

    with pytest.raises(IntegrityError, match=constraint):
        Appointment.objects.filter(pk=appointment.pk).update(**change)


def test_move_of_a_visit_is_never_changed_or_removed(cast, course):
    move = VisitMove.objects.get(appointment=booked_visit(cast, course))

    for statement in (
        "UPDATE treatment_sessions_visitmove SET to_state = 'gone'",
        "DELETE FROM treatment_sessions_visitmove",
    ):
        with (
            pytest.raises(IntegrityError, match="never changed or removed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert VisitMove.objects.get(pk=move.pk).to_state == "scheduled"


def test_room_label_is_used_once_at_a_site(cast):
    with pytest.raises(IntegrityError, match="room_label_once_per_site"):
        Room.objects.create(site=cast.site, label="1")


def test_holds_of_a_series_may_change_places_within_one_transaction(cast):
    first, second = (
        booked_visit(
            cast,
            referred(cast, given_name=name, phone=f"+1202555014{number}"),
            starts_at=TODAY_AT_ELEVEN + number * 3 * HOUR,
        )
        for number, name in enumerate(("Ann", "Bea"))
    )
    rooms = Hold.objects.filter(kind="room")
    spans = {hold.reference: hold.during for hold in rooms}
    references = [f"appointment:{visit.pk}" for visit in (first, second)]

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS hold_no_overlap DEFERRED")
        rooms.filter(reference=references[0]).update(during=spans[references[1]])
        rooms.filter(reference=references[1]).update(during=spans[references[0]])
        cursor.execute("SET CONSTRAINTS hold_no_overlap IMMEDIATE")

    assert rooms.get(reference=references[0]).during == spans[references[1]]
    assert Span(first.starts_at, first.ends_at).minutes == 120
