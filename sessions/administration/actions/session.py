"""How does a session begin, and how is it closed? Opened for a visit, signed by a nurse, co-signed by a prescriber."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.kit.keys import uuid7
from clinic.kit.once import sent_before
from clinic.kit.refusals import Refusal
from clinic.records import actions as record_actions
from clinic.staff import actions as staff_actions
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.courses.models import Course
from patients.courses.rules import MAY_BE_TREATED, STATE_LABELS
from sessions.administration import queries
from sessions.administration.actions.effects import order_for
from sessions.administration.models import SessionAddendum, TreatmentSession
from sessions.scheduling import actions as visit_actions
from sessions.scheduling.models import Appointment, VisitState


class SessionNotOpened(Refusal):
    """A visit for which no session can be opened now."""


class SessionNotComplete(Refusal):
    """A session that cannot be signed yet; the message names everything that is missing."""


class NotCosigned(Refusal):
    """A second signature that cannot be given."""


class AddendumRefused(Refusal):
    """An addendum that does not belong here."""


@transaction.atomic
def open_session(*, appointment: Appointment, by: User, now: datetime) -> TreatmentSession:
    """Open the sheet of a visit, pinned to the plan in force; a second time returns the one that is open.

    Refused when the person is not here, when the course is not at a point of treatment, and without a signed plan.
    The order is the plan's mg/kg on the weight measured today, or on the plan's weight until there is one.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=appointment.course_id)
    earlier = queries.session_of_visit(appointment.pk)
    if earlier is not None:
        return earlier
    visit = Appointment.objects.select_related("site", "patient").get(pk=appointment.pk)
    plan = queries.signed_plan(course.pk)
    if visit.state not in (VisitState.ARRIVED, VisitState.IN_ROOM):
        raise SessionNotOpened("This person has not been marked as arrived. Mark the visit as arrived first.")
    if course.state not in MAY_BE_TREATED:
        state = STATE_LABELS[course.state].lower()
        raise SessionNotOpened(f"The course is not open for treatment (it is {state}). Ask the prescriber.")
    if plan is None:
        raise SessionNotOpened("There is no signed plan. The prescriber must sign one first.")
    weight_kg = queries.weighed_today(visit.patient_id, now=now, zone=visit.site.time_zone)
    weight_kg, ordered_mg, rate_ml_h = order_for(plan, weight_kg)
    visit_actions.to_room(appointment=visit, by=by, now=now)
    session = TreatmentSession(
        id=uuid7(),
        appointment=visit,
        patient=visit.patient,
        course=course,
        plan=plan,
        room_id=visit.room_id,
        number=queries.last_number(course.pk) + 1,
        opened_at=now,
        opened_by=by,
        weight_kg=weight_kg,
        ordered_mg=ordered_mg,
        ordered_rate_ml_h=rate_ml_h,
    )
    session.save(force_insert=True)
    return session


def sign_session(
    *, session: TreatmentSession, password: str, by: User, now: datetime, seen_version: int | None = None
) -> TreatmentSession:
    """Sign and lock a session.

    Refused while the person is here, a milligram is open or an entry is unconfirmed, and when something was added to
    the record after it was read.
    """
    staff_actions.prove(user=by, password=password)  # outside the transaction, so that a wrong try is counted
    with transaction.atomic():
        locked = _locked(session)
        record_actions.must_be_draft(locked)
        _must_be_as_read(locked, seen_version)
        missing = queries.missing_to_sign(queries.sheet_of(locked.pk, now=now))
        if missing:
            raise SessionNotComplete(" ".join(missing))
        record_actions.put_signature(locked, by=by, now=now)
    return locked


def cosign_session(
    *, session: TreatmentSession, password: str, by: User, now: datetime, seen_version: int | None = None
) -> TreatmentSession:
    """Add the prescriber's signature to a signed session.

    Refused for the person who signed it, twice, and when something was added to the record after it was read.
    """
    staff_actions.prove(user=by, password=password)  # outside the transaction, so that a wrong try is counted
    with transaction.atomic():
        locked = _locked(session)
        if not locked.is_signed:
            raise NotCosigned("This session is not signed yet. The nurse signs first.")
        if locked.cosigned_at is not None:
            raise NotCosigned("This session has already been co-signed.")
        if locked.signed_by_id == by.pk:
            raise NotCosigned("You signed this session yourself. Somebody else must co-sign it.")
        if not by.may(Permission.DECIDE_ELIGIBILITY):
            raise NotCosigned("A prescriber co-signs. Ask one.")
        _must_be_as_read(locked, seen_version)
        locked.cosigned_at, locked.cosigned_by = now, by
        locked.save(update_fields=["cosigned_at", "cosigned_by"])
    return locked


@transaction.atomic
def add_addendum(
    *, session: TreatmentSession, text: str, by: User, now: datetime, key: UUID | None = None
) -> SessionAddendum:
    """Add to a signed session; the record itself stays as it was signed."""
    locked = _locked(session)
    earlier = sent_before(SessionAddendum.objects.filter(session=locked), key)
    if earlier is not None:
        return earlier
    if not locked.is_signed:
        raise AddendumRefused("This session is not signed yet. Write a note on the sheet instead.")
    return SessionAddendum.objects.create(id=key or uuid7(), session=locked, text=text, written_at=now, written_by=by)


def _must_be_as_read(locked: TreatmentSession, seen_version: int | None) -> None:
    stands = queries.standing_version(locked.pk)
    record_actions.must_be_as_read(seen=seen_version, stands=stands, what="The record of this session")


def _locked(session: TreatmentSession) -> TreatmentSession:
    return TreatmentSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
