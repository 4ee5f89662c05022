"""How does a check-in end, and what if nobody picks up the phone? Answered, cancelled, or one more attempt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from clinic.kit import written
from clinic.kit.keys import uuid7
from clinic.kit.once import sent_before
from clinic.kit.refusals import Refusal
from clinic.staff.models import User
from patients.instruments import actions as instrument_actions
from patients.instruments.models import Mode, Purpose, QuestionnaireResponse
from patients.registration import actions as registration_actions
from sessions.administration.models import TreatmentSession
from sessions.follow_up import rules
from sessions.follow_up.models import CheckIn, ContactAttempt


class CheckInNotPlanned(Refusal):
    """There is no such check-in: nothing was given, or the kind is unknown."""


class CheckInNotOpen(Refusal):
    """It is too early for this check-in."""


class CheckInEnded(Refusal):
    """It was answered or cancelled before."""


class NothingAnswered(Refusal):
    """A check-in without a single answer, or a cancellation without a reason."""


class MomentImpossible(Refusal):
    """A conversation in the future, or before the session was over."""


@dataclass(frozen=True)
class _Said:
    """What the person said, before it is judged."""

    happened_at: datetime
    mode: str
    mood_nrs: int | None
    adverse_effects: str
    has_urinary_symptoms: bool | None
    note: str
    scales: Mapping[str, tuple[int | None, ...]]


@transaction.atomic
def record_check_in(
    *,
    session: TreatmentSession,
    kind: str,
    answers: Mapping[str, Any],
    by: User,
    now: datetime,
    key: UUID | None = None,
) -> CheckIn:
    """Keep what the person said at a check-in, with the questionnaires answered in the same conversation.

    `answers` may hold mood_nrs, adverse_effects, has_urinary_symptoms, note, mode, happened_at, phq9 and gad7 (lists in
    the order of the items, None for a blank). The same key sent again returns the first row. Refused: before the
    check-in opens, once it was answered or cancelled, without any answer, and for a moment that cannot be. A positive
    suicide item opens its task in the same transaction.
    """
    locked = _locked(session)
    earlier = _earlier(locked, kind, key)
    if earlier is not None:
        return earlier
    said = _said(answers, now)
    _refuse_too_early(locked, kind, now)
    _refuse_unusable(locked, said, now)
    responses = {
        code: _response(locked, code, given, said, by, now)
        for code, given in said.scales.items()
        if _is_answered(given)
    }
    return CheckIn.objects.create(
        id=key or uuid7(),
        patient=locked.patient,
        session=locked,
        kind=kind,
        outcome=CheckIn.Outcome.ANSWERED,
        happened_at=said.happened_at,
        recorded_at=now,
        recorded_by=by,
        mood_nrs=said.mood_nrs,
        adverse_effects=said.adverse_effects,
        has_urinary_symptoms=said.has_urinary_symptoms,
        note=said.note,
        response=responses.get("phq9"),
    )


@transaction.atomic
def note_attempt(
    *, session: TreatmentSession, kind: str, by: User, now: datetime, note: str = "", key: UUID | None = None
) -> ContactAttempt:
    """Keep a call that reached nobody. Refused before the check-in opens and once it has ended."""
    locked = _locked(session)
    twin = sent_before(ContactAttempt.objects.filter(session=locked), key)
    if twin is not None:
        return twin
    _earlier(locked, kind, None)
    _refuse_too_early(locked, kind, now)
    return ContactAttempt.objects.create(
        id=key or uuid7(), session=locked, kind=kind, tried_at=now, tried_by=by, note=note.strip()
    )


@transaction.atomic
def cancel_check_in(
    *, session: TreatmentSession, kind: str, reason: str, by: User, now: datetime, key: UUID | None = None
) -> CheckIn:
    """End a check-in that will not take place, for a reason. Refused without one and once it has ended."""
    locked = _locked(session)
    earlier = _earlier(locked, kind, key)
    if earlier is not None:
        return earlier
    _planned(locked, kind)
    if not reason.strip():
        raise NothingAnswered("Say why this check-in will not take place.")
    return CheckIn.objects.create(
        id=key or uuid7(),
        patient=locked.patient,
        session=locked,
        kind=kind,
        outcome=CheckIn.Outcome.CANCELLED,
        happened_at=now,
        recorded_at=now,
        recorded_by=by,
        note=reason.strip(),
    )


def _locked(session: TreatmentSession) -> TreatmentSession:
    """The person first, then the session: the order in which every action takes its locks."""
    registration_actions.hold(session.patient_id)
    rows = TreatmentSession.objects.select_related("patient", "course__site").select_for_update(of=("self",))
    return rows.get(pk=session.pk)


def _earlier(session: TreatmentSession, kind: str, key: UUID | None) -> CheckIn | None:
    """The row that the same form has made before; any other end of this check-in is refused."""
    ended = CheckIn.objects.select_related("recorded_by").filter(session=session, kind=kind).first()
    if ended is None:
        return sent_before(CheckIn.objects.filter(session=session), key)
    if key is not None and ended.pk == key:
        return ended
    outcome = CheckIn.Outcome(ended.outcome).label.lower()
    when = _when(ended.recorded_at, session)
    raise CheckInEnded(f"This check-in was {outcome} on {when} by {ended.recorded_by}. Nothing was saved now.")


def _planned(session: TreatmentSession, kind: str) -> rules.Planned:
    if session.stopped_at is None:
        raise CheckInNotPlanned("This session has no check-ins: its infusion has not been stopped.")
    plans = rules.planned_check_ins(session.stopped_at, ZoneInfo(session.course.site.time_zone))
    found = next((planned for planned in plans if planned.kind == kind), None)
    if found is None:
        raise CheckInNotPlanned("There is no check-in of this kind. Open it from the follow-up list.")
    return found


def _refuse_too_early(session: TreatmentSession, kind: str, now: datetime) -> None:
    planned = _planned(session, kind)
    if not rules.may_record(planned, now):
        opens = _when(planned.opens_at, session)
        raise CheckInNotOpen(f"This check-in opens on {opens}. Before that, write an addendum to the session.")


def _when(moment: datetime, session: TreatmentSession) -> str:
    """A moment at the clinic, as in Mar 10, 10:42 am."""
    here = timezone.localtime(moment, ZoneInfo(session.course.site.time_zone))
    return f"{written.short_day(here)}, {written.clock(here)}"


def _said(answers: Mapping[str, Any], now: datetime) -> _Said:
    return _Said(
        happened_at=answers.get("happened_at") or now,
        mode=answers.get("mode") or Mode.PHONE.value,
        mood_nrs=answers.get("mood_nrs"),
        adverse_effects=(answers.get("adverse_effects") or "").strip(),
        has_urinary_symptoms=answers.get("has_urinary_symptoms"),
        note=(answers.get("note") or "").strip(),
        scales={code: tuple(answers.get(code) or ()) for code in rules.SCALES},
    )


def _refuse_unusable(session: TreatmentSession, said: _Said, now: datetime) -> None:
    plain = (said.mood_nrs is not None, said.has_urinary_symptoms is not None, said.adverse_effects)
    if not any(plain) and not any(map(_is_answered, said.scales.values())):
        raise NothingAnswered(
            "Nothing is answered yet. Fill in at least the mood, or note an attempt when nobody was reached."
        )
    if said.happened_at > now:
        raise MomentImpossible("The time of the conversation lies in the future. Check the day and the time.")
    if session.stopped_at is not None and said.happened_at < session.stopped_at:
        raise MomentImpossible("The conversation cannot have been before the end of the infusion. Check the time.")


def _is_answered(given: tuple[int | None, ...]) -> bool:
    return any(answer is not None for answer in given)


def _response(
    session: TreatmentSession, code: str, given: tuple[int | None, ...], said: _Said, by: User, now: datetime
) -> QuestionnaireResponse:
    return instrument_actions.record_response(
        patient=session.patient,
        course=session.course,
        code=code,
        answers=given,
        mode=said.mode,
        purpose=Purpose.FOLLOW_UP.value,
        answered_at=said.happened_at,
        by=by,
        now=now,
    )
