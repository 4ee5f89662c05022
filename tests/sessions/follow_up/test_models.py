"""What PostgreSQL itself refuses about check-ins, whatever the code does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from clinic.kit.keys import uuid7
from sessions.administration.models import TreatmentSession
from sessions.follow_up import actions
from sessions.follow_up.models import CheckIn, ContactAttempt
from tests.as_application import run_as_application
from tests.scenarios import follow_ups, treatments
from tests.scenarios.cast import Cast

pytestmark = pytest.mark.django_db

LATER = datetime(2026, 3, 17, 16, 0, tzinfo=UTC)


@pytest.fixture
def session(cast: Cast) -> TreatmentSession:
    return follow_ups.given_session(cast, treatments.planned_course(cast))


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"mood_nrs": 11}, "check_in_mood"),
        ({"kind": "day99"}, "check_in_known_kind"),
        ({"outcome": "expired"}, "check_in_known_outcome"),
        ({"outcome": "cancelled"}, "check_in_cancelled_with_a_reason"),
        ({"happened_at": datetime(1999, 1, 1, tzinfo=UTC)}, "check_in_in_our_time"),
        ({"recorded_at": datetime(2100, 1, 1, tzinfo=UTC)}, "check_in_in_our_time"),
    ],
)
def test_impossible_check_in_is_refused(cast: Cast, session: TreatmentSession, changed: dict, constraint: str) -> None:
    usual = {"kind": "h24", "outcome": "answered", "happened_at": LATER, "recorded_at": LATER, "mood_nrs": 5}

    with pytest.raises(IntegrityError, match=f'"{constraint}"'), transaction.atomic():
        CheckIn.objects.create(patient=session.patient, session=session, recorded_by=cast.nora, **{**usual, **changed})

    assert not CheckIn.objects.exists()


def test_check_in_ends_once(cast: Cast, session: TreatmentSession) -> None:
    row = follow_ups.answered_check_in(cast, session, kind="day7", at=LATER)

    row.pk = uuid7()
    with pytest.raises(IntegrityError, match='"check_in_ends_once"'), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"kind": "day99"}, "attempt_known_kind"),
        ({"tried_at": datetime(1999, 1, 1, tzinfo=UTC)}, "attempt_in_our_time"),
    ],
)
def test_impossible_attempt_is_refused(cast: Cast, session: TreatmentSession, changed: dict, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=f'"{constraint}"'), transaction.atomic():
        ContactAttempt.objects.create(
            session=session, tried_by=cast.nora, **{"kind": "h24", "tried_at": LATER, **changed}
        )


@pytest.mark.parametrize("table", ["treatment_sessions_checkin", "treatment_sessions_contactattempt"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET note = 'other'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_application_cannot_change_what_was_recorded(
    cast: Cast, session: TreatmentSession, table: str, statement: str
) -> None:
    actions.note_attempt(session=session, kind="day7", by=cast.nora, now=LATER - timedelta(hours=1))
    follow_ups.answered_check_in(cast, session, kind="day7", at=LATER)

    with pytest.raises(DatabaseError, match="permission denied"):
        run_as_application(statement.format(table))

    assert (CheckIn.objects.count(), ContactAttempt.objects.count()) == (1, 1)
