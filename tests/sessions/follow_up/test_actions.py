from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from clinic.worklist.models import Task
from patients.instruments.models import QuestionnaireResponse
from sessions.administration.models import TreatmentSession
from sessions.follow_up import actions
from sessions.follow_up.models import CheckIn, ContactAttempt
from tests.scenarios import follow_ups, treatments
from tests.scenarios.cast import Cast

pytestmark = pytest.mark.django_db

DAY_AFTER = datetime(2026, 3, 11, 16, 0, tzinfo=UTC)
WEEK_AFTER = datetime(2026, 3, 17, 16, 0, tzinfo=UTC)


@pytest.fixture
def session(cast: Cast) -> TreatmentSession:
    return follow_ups.given_session(cast, treatments.planned_course(cast))


def test_check_in_keeps_what_was_said_with_its_phq9(cast: Cast, session: TreatmentSession) -> None:
    said = {
        "mood_nrs": 7,
        "adverse_effects": " headache ",
        "has_urinary_symptoms": False,
        "phq9": follow_ups.PHQ9_8,
        "gad7": follow_ups.GAD7_6,
    }

    row = actions.record_check_in(session=session, kind="day7", answers=said, by=cast.nora, now=WEEK_AFTER)

    row = CheckIn.objects.select_related("response").get(pk=row.pk)
    assert (row.outcome, row.mood_nrs, row.adverse_effects, row.has_urinary_symptoms) == (
        "answered",
        7,
        "headache",
        False,
    )
    assert (row.response.instrument, row.response.total, row.response.purpose) == ("phq9", 8, "follow_up")
    assert row.response.answered_at == row.happened_at == WEEK_AFTER
    assert row.response.course_id == session.course_id
    assert list(
        QuestionnaireResponse.objects.filter(answered_at=WEEK_AFTER)
        .order_by("instrument")
        .values_list("instrument", "total")
    ) == [("gad7", 6), ("phq9", 8)]


def test_check_in_without_questionnaire_has_no_response(cast: Cast, session: TreatmentSession) -> None:
    before = QuestionnaireResponse.objects.count()

    row = follow_ups.answered_check_in(cast, session, kind="h24", at=DAY_AFTER, phq9=[None] * 9)

    assert row.response is None
    assert QuestionnaireResponse.objects.count() == before


def test_check_in_with_suicide_item_opens_one_task(cast: Cast, session: TreatmentSession) -> None:
    row = follow_ups.answered_check_in(cast, session, kind="day7", at=WEEK_AFTER, phq9=follow_ups.PHQ9_RISK)

    tasks = Task.objects.filter(kind=Task.Kind.SUICIDE_RISK, patient_id=session.patient_id)
    assert [(task.level, task.owner_id) for task in tasks] == [("low", cast.nora.pk)]
    assert row.response.safety_answer == 1


def test_check_in_with_a_refused_questionnaire_leaves_nothing(cast: Cast, session: TreatmentSession) -> None:
    answers = {"mood_nrs": 5, "phq9": [9, *follow_ups.PHQ9_8[1:]]}

    with pytest.raises(Exception, match="not a choice on the form"):
        actions.record_check_in(session=session, kind="day7", answers=answers, by=cast.nora, now=WEEK_AFTER)

    assert not CheckIn.objects.exists()


def test_same_form_sent_twice_makes_one_check_in(cast: Cast, session: TreatmentSession) -> None:
    key = uuid4()
    sent = {
        "session": session,
        "kind": "h24",
        "answers": {"mood_nrs": 4},
        "by": cast.nora,
        "now": DAY_AFTER,
        "key": key,
    }

    first = actions.record_check_in(**sent)
    second = actions.record_check_in(**sent)

    assert first.pk == second.pk == key
    assert CheckIn.objects.count() == 1


def test_check_in_recorded_before_is_refused_with_who_and_when(cast: Cast, session: TreatmentSession) -> None:
    follow_ups.answered_check_in(cast, session, kind="h24", at=DAY_AFTER)

    with pytest.raises(actions.CheckInEnded, match=r"answered on Mar 11, 12:00 pm by Nora Nolan, RN"):
        follow_ups.answered_check_in(cast, session, kind="h24", at=DAY_AFTER + timedelta(hours=1))

    assert CheckIn.objects.count() == 1


@pytest.mark.parametrize("hours", [0, 17.9])
def test_check_in_before_it_opens_is_refused(cast: Cast, session: TreatmentSession, hours: float) -> None:
    too_early = session.stopped_at + timedelta(hours=hours)

    with pytest.raises(actions.CheckInNotOpen, match="opens on Mar 11, 6:00 am"):
        actions.record_check_in(session=session, kind="h24", answers={"mood_nrs": 5}, by=cast.nora, now=too_early)

    with pytest.raises(actions.CheckInNotOpen):
        actions.note_attempt(session=session, kind="h24", by=cast.nora, now=too_early)


def test_answer_after_the_window_still_counts(cast: Cast, session: TreatmentSession) -> None:
    row = follow_ups.answered_check_in(cast, session, kind="h24", at=WEEK_AFTER)

    assert row.outcome == "answered"


def test_check_in_of_a_session_without_stop_is_refused(cast: Cast) -> None:
    running = treatments.opened_session(cast)

    with pytest.raises(actions.CheckInNotPlanned, match="has not been stopped"):
        actions.record_check_in(session=running, kind="h24", answers={"mood_nrs": 5}, by=cast.nora, now=DAY_AFTER)


def test_unknown_kind_is_refused(cast: Cast, session: TreatmentSession) -> None:
    with pytest.raises(actions.CheckInNotPlanned, match="no check-in of this kind"):
        actions.record_check_in(session=session, kind="day99", answers={"mood_nrs": 5}, by=cast.nora, now=DAY_AFTER)


@pytest.mark.parametrize("answers", [{}, {"note": "only a note"}, {"phq9": [None] * 9}])
def test_check_in_without_an_answer_is_refused(cast: Cast, session: TreatmentSession, answers: dict) -> None:
    with pytest.raises(actions.NothingAnswered, match="at least the mood"):
        actions.record_check_in(session=session, kind="h24", answers=answers, by=cast.nora, now=DAY_AFTER)


@pytest.mark.parametrize(
    ("offset", "sentence"), [(timedelta(minutes=1), "in the future"), (timedelta(days=-2), "before the end")]
)
def test_impossible_moment_of_a_conversation_is_refused(
    cast: Cast, session: TreatmentSession, offset: timedelta, sentence: str
) -> None:
    answers = {"mood_nrs": 5, "happened_at": DAY_AFTER + offset}

    with pytest.raises(actions.MomentImpossible, match=sentence):
        actions.record_check_in(session=session, kind="h24", answers=answers, by=cast.nora, now=DAY_AFTER)


def test_attempt_is_kept_once_for_each_form(cast: Cast, session: TreatmentSession) -> None:
    key = uuid4()

    for _ in range(2):
        actions.note_attempt(session=session, kind="h24", by=cast.nora, now=DAY_AFTER, note="Voicemail", key=key)
    actions.note_attempt(session=session, kind="h24", by=cast.nora, now=DAY_AFTER)

    assert sorted(ContactAttempt.objects.values_list("note", flat=True)) == ["", "Voicemail"]


def test_attempt_after_the_end_is_refused(cast: Cast, session: TreatmentSession) -> None:
    follow_ups.answered_check_in(cast, session, kind="h24", at=DAY_AFTER)

    with pytest.raises(actions.CheckInEnded):
        actions.note_attempt(session=session, kind="h24", by=cast.nora, now=DAY_AFTER)


def test_cancelled_check_in_keeps_its_reason_and_cannot_be_answered(cast: Cast, session: TreatmentSession) -> None:
    actions.cancel_check_in(session=session, kind="day7", reason="Moved away", by=cast.nora, now=DAY_AFTER)

    row = CheckIn.objects.get()
    assert (row.outcome, row.note, row.recorded_by_id) == ("cancelled", "Moved away", cast.nora.pk)
    with pytest.raises(actions.CheckInEnded, match="was cancelled on"):
        follow_ups.answered_check_in(cast, session, kind="day7", at=WEEK_AFTER)


def test_cancelling_without_a_reason_is_refused(cast: Cast, session: TreatmentSession) -> None:
    with pytest.raises(actions.NothingAnswered, match="Say why"):
        actions.cancel_check_in(session=session, kind="day7", reason="  ", by=cast.nora, now=DAY_AFTER)


def test_same_cancellation_sent_twice_is_one(cast: Cast, session: TreatmentSession) -> None:
    key = uuid4()
    sent = {"session": session, "kind": "day7", "reason": "Moved away", "by": cast.nora, "now": DAY_AFTER, "key": key}

    assert actions.cancel_check_in(**sent).pk == actions.cancel_check_in(**sent).pk == key
    assert CheckIn.objects.count() == 1
