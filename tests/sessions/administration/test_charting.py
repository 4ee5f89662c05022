"""What one entry says: typed values, or a sentence that names what cannot be read."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from sessions.administration.models import EntryKind
from sessions.administration.rules.charting import EntryRefused, read_data, read_entry, to_the_millisecond

ENTRY = {
    "id": "0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6d",
    "kind": "note",
    "occurred_at": "2026-03-10T11:20:00.123456-04:00",
    "recorded_at": "2026-03-10T15:20:01Z",
    "seq": 7,
    "device": " tablet 1 ",
    "author_ticket": "ticket",
    "data": {"text": " Calm.\r\nAsked for water. "},
}


def test_entry_is_read_into_typed_values():
    tap = read_entry(ENTRY)

    assert tap.id == UUID(ENTRY["id"])
    assert tap.occurred_at == datetime(2026, 3, 10, 15, 20, 0, 123_000, tzinfo=UTC)
    assert tap.recorded_at == datetime(2026, 3, 10, 15, 20, 1, tzinfo=UTC)
    assert (tap.seq, tap.device, tap.data) == (7, "tablet 1", {"text": "Calm.\nAsked for water."})


def test_moments_are_kept_to_the_millisecond():
    moment = datetime(2026, 3, 10, 15, 20, 0, 999_999, tzinfo=UTC)

    assert to_the_millisecond(moment).microsecond == 999_000


@pytest.mark.parametrize(
    ("kind", "data", "read"),
    [
        ("start", {"rate_ml_h": "60.0"}, {"rate_ml_h": Decimal("60.0"), "already_started": False}),
        ("start", {"rate_ml_h": 60, "already_started": True}, {"rate_ml_h": Decimal(60), "already_started": True}),
        ("rate", {"rate_ml_h": Decimal("75.8")}, {"rate_ml_h": Decimal("75.8")}),
        ("pause", {}, {"reason": ""}),
        ("stop", {"reason": None}, {"reason": ""}),
        ("help", {"detail": "Second pair of hands."}, {"detail": "Second pair of hands."}),
        ("comfort", {"chip": "insight"}, {"chip": "insight", "words": ""}),
        (
            "event",
            {"term": "nausea", "grade": 2},
            {"term": "nausea", "grade": 2, "is_serious": False, "action_taken": "", "detail": ""},
        ),
        (
            "skip",
            {"due_at": "2026-03-10T15:20:00Z", "reason": "Asleep."},
            {"due_at": datetime(2026, 3, 10, 15, 20, tzinfo=UTC), "reason": "Asleep."},
        ),
    ],
)
def test_values_are_read_with_what_may_be_left_out(kind, data, read):
    assert read_data(kind, data) == read


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("start", {}, "Rate ml h” is missing"),
        ("start", {"rate_ml_h": 0}, "Pump rate must be more than 0"),
        ("rate", {"rate_ml_h": "1200.1"}, "at most 1200"),
        ("rate", {"rate_ml_h": "75.85"}, "with at most 1 decimal"),
        ("rate", {"rate_ml_h": "75,8"}, "use a point"),
        ("rate", {"rate_ml_h": 75.8}, "plain number"),  # a float has been rounded already
        ("start", {"rate_ml_h": 60, "already_started": "yes"}, "must be yes or no"),
        ("event", {"term": "nausea", "grade": 6}, "whole number from 1 to 5"),
        ("event", {"term": "nausea", "grade": "1.5"}, "whole number"),
        ("event", {"term": "", "grade": 1}, "Term is empty"),
        ("comfort", {"chip": "x" * 41}, "at most 40 characters"),
        ("help", {"detail": 5}, "must be text"),
        ("skip", {"due_at": "soon", "reason": "?"}, "not a date and time"),
        ("confirm", {"target": "that one"}, "not a key"),
        ("override", {"check_code": "fasting"}, "Reason” is missing"),
        ("draw", {"amount_mg": 50, "concentration_mg_ml": 50, "lot": "A", "expires_on": "May 2027"}, "not a day"),
        ("draw", {"amount_mg": 50, "concentration_mg_ml": 50, "lot": "A", "expires_on": 7}, "not a day"),
        ("waste", {"amount_mg": "10.001", "concentration_mg_ml": 50, "lot": "A"}, "at most 2 decimal"),
        ("checklist", {"pregnancy": "maybe"}, "is missing"),
        ("note", "text", "values of this entry are missing"),
    ],
)
def test_values_that_cannot_be_are_refused(kind, data, said):
    with pytest.raises(EntryRefused, match=said):
        read_data(kind, data)


def test_choice_that_is_not_offered_is_refused():
    yes = dict.fromkeys(
        (
            "identity_confirmed",
            "allergies_read_back",
            "escort_confirmed",
            "is_oriented",
            "has_urinary_symptoms",
            "took_sedatives_or_alcohol",
            "emergency_kit_checked",
        ),
        True,
    )
    checks = {**yes, "suicide_screen": "fine", "pregnancy": "negative", "weight_kg": 80}

    with pytest.raises(EntryRefused, match="one of the choices"):
        read_data("checklist", checks)


def test_every_kind_of_entry_can_be_read():
    for kind in EntryKind.values:
        with pytest.raises(EntryRefused):
            read_data(kind, {"no such name": 1})
