"""What happens after a session? Sessions given on several days, check-ins answered, missed and tried."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from patients.courses.models import Course
from patients.instruments import actions as instrument_actions
from patients.instruments.models import Mode, Purpose, QuestionnaireResponse
from sessions.administration.models import TreatmentSession
from sessions.follow_up import actions as follow_up_actions
from sessions.follow_up.models import CheckIn
from tests.scenarios import assessments, people, plans, treatments, visits
from tests.scenarios.cast import Cast

RATE_ML_H = "60"
PHQ9_8 = (1, 1, 1, 1, 1, 1, 1, 1, 0)
PHQ9_4 = (1, 1, 0, 1, 0, 1, 0, 0, 0)
PHQ9_RISK = (2, 2, 2, 2, 2, 2, 2, 2, 1)
GAD7_6 = (1, 1, 1, 1, 1, 1, 0)


def given_session(
    cast: Cast, course: Course, *, starts_at: datetime = visits.TODAY_AT_ELEVEN, **visit: Any
) -> TreatmentSession:
    """A session from arrival to the door: started after 20 minutes, stopped 40 minutes later, home after 65 more.

    It was recorded as already started, so that no drug has to be drawn for it.
    """
    course = Course.objects.select_related("patient", "site").get(pk=course.pk)
    session = treatments.opened_session(cast, course=course, starts_at=starts_at, now=starts_at, **visit)
    start = starts_at + timedelta(minutes=20)
    stop = start + timedelta(minutes=40)
    treatments.charted(cast, session, "checklist", treatments.CHECKS, starts_at + timedelta(minutes=10))
    treatments.charted(cast, session, "vitals", treatments.BASELINE, starts_at + timedelta(minutes=15))
    treatments.charted(cast, session, "start", {"rate_ml_h": RATE_ML_H, "already_started": True}, start)
    treatments.charted(cast, session, "stop", {}, stop)
    treatments.charted(cast, session, "vitals", treatments.BASELINE, stop + timedelta(minutes=60))
    treatments.charted(cast, session, "discharge", treatments.AT_THE_DOOR, stop + timedelta(minutes=65))
    return TreatmentSession.objects.select_related("patient", "course__site").get(pk=session.pk)


def asked(
    cast: Cast, course: Course, *, at: datetime, code: str = "phq9", answers: Sequence[int | None] = PHQ9_8
) -> QuestionnaireResponse:
    """One questionnaire between sessions, asked by Nora."""
    return instrument_actions.record_response(
        patient=course.patient,
        course=course,
        code=code,
        answers=answers,
        mode=Mode.INTERVIEW.value,
        purpose=Purpose.FOLLOW_UP.value,
        answered_at=at,
        by=cast.nora,
        now=at,
    )


def answered_check_in(cast: Cast, session: TreatmentSession, *, kind: str, at: datetime, **answers: Any) -> CheckIn:
    """A check-in by telephone, recorded by Nora while she spoke."""
    return follow_up_actions.record_check_in(
        session=session, kind=kind, answers={"mood_nrs": 6, **answers}, by=cast.nora, now=at
    )


def days_ago(now: datetime, days: int) -> datetime:
    """Eleven in the morning at Ashby Street, so many days before."""
    here = now.astimezone(ZoneInfo("America/New_York")) - timedelta(days=days)
    return here.replace(hour=11, minute=0, second=0, microsecond=0)


def treated_course(cast: Cast, *, now: datetime, days: Sequence[int], room: int = 0, **details: Any) -> Course:
    """A person assessed and planned for two days before the first of the sessions, which were so many days ago."""
    begun = days_ago(now, max(days, default=0) + 2)
    course = people.referred(cast, now=begun - timedelta(hours=1), **details)
    plans.planned_course(cast, course=assessments.eligible_course(cast, course=course, now=begun), now=begun)
    for day in days:
        given_session(
            cast, course, starts_at=days_ago(now, day), room=cast.rooms[room], nurse=(cast.nora, cast.nils)[room % 2]
        )
    return Course.objects.select_related("patient", "site").get(pk=course.pk)
