"""How does a visit go through the day? Each move is a row of its own, and most can be taken back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clinic.kit.refusals import Refusal
from clinic.rooms import actions as room_actions
from clinic.rooms.models import Hold
from clinic.rooms.rules import Span, days_touched, round_up
from clinic.staff.models import User
from patients.registration import actions as registration_actions
from sessions.scheduling import queries, rules
from sessions.scheduling.actions.booking import Wish, must_have_nurse_free, reference_of, take_time
from sessions.scheduling.models import Appointment, VisitMove


class MoveRefused(Refusal):
    """The visit is not in a state from which it can move there."""


@transaction.atomic
def arrive(*, appointment: Appointment, by: User, now: datetime) -> Appointment:
    """The person is here. Somebody who was given up as missed takes room and time again, if they are still free."""
    visit = _locked(appointment.pk)
    if visit.state == rules.ARRIVED:
        return visit
    _allowed(rules.may_move(visit.state, rules.ARRIVED), rules.may_arrive(visit.starts_at, now))
    if visit.state == rules.NO_SHOW:
        _take_time_again(visit, now=now)
    return _move(visit, rules.ARRIVED, by=by, now=now)


@transaction.atomic
def miss(*, appointment: Appointment, by: User, now: datetime) -> Appointment:
    """Nobody came. Refused until a quarter of an hour has passed; gives back room and time."""
    visit = _locked(appointment.pk)
    if visit.state == rules.NO_SHOW:
        return visit
    too_early = rules.may_be_missed(visit.starts_at, now, visit.site.time_zone)
    _allowed(rules.may_move(visit.state, rules.NO_SHOW), too_early)
    room_actions.release(reference_of(visit.pk), now=now)
    return _move(visit, rules.NO_SHOW, by=by, now=now)


@transaction.atomic
def cancel(*, appointment: Appointment, reason: str, by: User, now: datetime) -> Appointment:
    """Call a visit off, saying why. Final; gives back room and time. Refused while its session is open.

    Said twice with the same reason it changes nothing; with another one it is refused, for only the first is kept.
    """
    visit = _locked(appointment.pk)
    if visit.state == rules.CANCELLED:
        if reason.strip() != visit.cancel_reason:
            raise MoveRefused(f"This visit was cancelled already: “{visit.cancel_reason}”. That reason stays.")
        return visit
    if not reason.strip():
        raise MoveRefused("Say why the visit is cancelled.")
    _allowed(rules.may_move(visit.state, rules.CANCELLED))
    _no_session_open(visit)
    room_actions.release(reference_of(visit.pk), now=now)
    visit.cancel_reason = reason.strip()
    return _move(visit, rules.CANCELLED, by=by, now=now)


@transaction.atomic
def to_room(*, appointment: Appointment, by: User, now: datetime) -> Appointment:
    """The person is taken to the room. Doing it twice changes nothing."""
    visit = _locked(appointment.pk)
    if visit.state == rules.IN_ROOM:
        return visit
    _allowed(rules.may_move(visit.state, rules.IN_ROOM))
    return _move(visit, rules.IN_ROOM, by=by, now=now)


@transaction.atomic
def leave(*, appointment: Appointment, by: User, now: datetime) -> Appointment:
    """The person has gone, treated or not. Gives back what is left of the time, after the room's turnover."""
    visit = _locked(appointment.pk)
    if visit.state == rules.GONE:
        return visit
    _allowed(rules.may_move(visit.state, rules.GONE))
    _not_infused_here(visit)
    left_at = round_up(now)
    free_from = {
        Hold.Kind.PATIENT.value: left_at,
        Hold.Kind.ROOM.value: left_at + timedelta(minutes=rules.TURNOVER_MINUTES),
    }
    room_actions.give_back_after(reference_of(visit.pk), free_from, now=now)
    return _move(visit, rules.GONE, by=by, now=now)


@transaction.atomic
def take_back(*, appointment: Appointment, by: User, now: datetime, seen_version: int | None = None) -> Appointment:
    """Take back the last move: arrived, missed, in the room or gone. Refused for what is cancelled or days old.

    It is refused as well while the session of the visit is open: that is ended from the room. The move and its taking
    back both stay in the list of moves. Time that was given back is taken again, if it is still free. Who names the
    version that they mean is refused when somebody has changed the visit since.
    """
    visit = _locked(appointment.pk)
    if seen_version not in {None, visit.row_version}:
        raise MoveRefused("Somebody changed this visit after that. Look at it here, then take back what was done last.")
    before = queries.state_before(visit.pk, visit.state)
    possible = rules.TAKEN_BACK_TO.get(visit.state, frozenset())
    to_state = before if before in possible else next(iter(possible - {rules.IN_ROOM}), None)
    if to_state is None:
        raise MoveRefused("There is no move of this visit to take back.")
    if now - visit.state_since > timedelta(hours=rules.ARRIVES_WITHIN_HOURS):
        raise MoveRefused("That was too long ago to take back. Write a note instead.")
    _not_infused_here(visit)
    _no_session_open(visit)
    if visit.state in {rules.NO_SHOW, rules.GONE}:
        _take_time_again(visit, now=now)
    return _move(visit, to_state, by=by, now=now)


@transaction.atomic
def name_escort(
    *,
    appointment: Appointment,
    name: str,
    phone: str,
    by: User,  # noqa: ARG001 - every action is told who acts; the row's history has it from the request
    now: datetime,  # noqa: ARG001 - and when
) -> Appointment:
    """Write down who takes the person home and how to reach them. Refused once the visit is over."""
    visit = _locked(appointment.pk)
    if visit.state not in rules.STILL_TO_END:
        raise MoveRefused(rules.WHY_NOT[visit.state])
    visit.escort_name, visit.escort_phone = name.strip(), phone.strip()
    visit.row_version += 1
    visit.save(update_fields=["escort_name", "escort_phone", "row_version"])
    return visit


def _locked(appointment_id: UUID) -> Appointment:
    """The row as it is now, kept from changing until this is done."""
    visits = Appointment.objects.select_related("site", "room", "patient", "course", "nurse")
    return visits.select_for_update(of=("self",), no_key=True).get(pk=appointment_id)


def _allowed(*answers: tuple[str, ...]) -> None:
    for sentences in answers:
        if sentences:
            raise MoveRefused(sentences[0])


def _not_infused_here(visit: Appointment) -> None:
    if queries.is_infused_here(visit.pk, visit.state):
        raise MoveRefused("The infusion has begun. The nurse ends the visit from the room.")


def _no_session_open(visit: Appointment) -> None:
    if queries.has_open_session(visit.pk, visit.state):
        raise MoveRefused("The session of this visit is open. The nurse ends it from the room as not treated.")


def _take_time_again(visit: Appointment, *, now: datetime) -> None:
    registration_actions.hold(visit.patient_id)
    patient = Span(visit.starts_at, visit.ends_at)
    wish = Wish(visit.patient, visit.course, visit.site, patient, rules.room_span(patient))
    room_actions.lock_days(visit.site, days_touched(wish.room_span, wish.zone))
    if visit.state == rules.NO_SHOW:
        must_have_nurse_free(wish, visit.nurse, besides=visit.pk)
    room_actions.release(reference_of(visit.pk), now=now)
    take_time(visit, wish)


def _move(visit: Appointment, to_state: str, *, by: User, now: datetime) -> Appointment:
    from_state, visit.state = visit.state, to_state
    visit.state_since = now
    visit.row_version += 1
    visit.save(update_fields=["state", "state_since", "row_version", "cancel_reason"])
    VisitMove.objects.create(appointment=visit, from_state=from_state, to_state=to_state, moved_at=now, moved_by=by)
    return visit
