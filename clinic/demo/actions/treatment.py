"""How does an infusion come onto the sheet? Booked, charted as a tablet would, accounted for, signed: step 3."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from clinic.demo.actions.house import DEMO_PASSWORD, House, acting
from clinic.demo.actions.intake import Case
from clinic.demo.rules import curves, sittings, stories
from clinic.demo.rules.diary import USUALLY_STARTED_AFTER, Slot
from clinic.demo.rules.sittings import Moment, Sitting
from clinic.staff.models import User
from patients.treatment_plan import rules as plan_rules
from sessions.administration import actions as session_actions
from sessions.administration import queries as session_queries
from sessions.administration.models import TreatmentSession
from sessions.scheduling import actions as visit_actions
from sessions.scheduling.models import Appointment

VIAL_MG_ML: Final = "50.00"
LOTS: Final = ("KT-2231", "KT-2244", "KT-2260")
CAN_BE_PREGNANT_UNTIL: Final = 52
MEANT: Final = ("outside_hours", "too_close")
TO_SEND: Final = timedelta(seconds=20)  # from the last tap to its arrival
NEXT_DAY: Final = timedelta(hours=21)


@dataclass(frozen=True)
class Infusion:
    """One infusion to be charted: its sheet, who charts it, and when the pump starts."""

    session: TreatmentSession
    room: int
    nurse: User
    witness: User
    started_at: datetime
    rate_ml_h: Decimal
    lot: str
    sitting: Sitting

    @property
    def stopped_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.sitting.stop_second)

    @property
    def left_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.sitting.leave_second)


def book(case: Case, slot: Slot, *, at: datetime) -> Appointment:
    """A visit, booked by the front desk at some moment before it."""
    house = case.house
    with acting(house.staff["fran"]) as fran:
        return visit_actions.book(
            patient=case.patient,
            course=case.fresh_course(),
            room=house.rooms[slot.room],
            nurse=house.nurse_of(slot.room),
            starts_at=slot.starts_at,
            by=fran,
            now=min(at, house.now),
            key=case.key(at),
            confirmed=MEANT,
        )


def arrive(case: Case, visit: Appointment, *, at: datetime, has_ride: bool = True) -> None:
    """The person is at the desk, and says who takes them home."""
    with acting(case.house.staff["fran"]) as fran:
        if has_ride:
            name, phone = case.person.escort
            visit_actions.name_escort(appointment=visit, name=name, phone=phone, by=fran, now=at)
        visit_actions.arrive(appointment=visit, by=fran, now=at)


def treat(case: Case, slot: Slot, *, until: datetime, started_after: int = USUALLY_STARTED_AFTER) -> Infusion:
    """A whole visit as far as it has come by a moment: arrived, charted, discharged. It is not signed yet."""
    visit = book(case, slot, at=_booked_at(case, slot))
    arrive(case, visit, at=slot.starts_at - timedelta(minutes=case.rng.randrange(3, 12)))
    infusion = _open(case, visit, slot, started_after)
    _draw(case, infusion)
    stop = infusion.sitting.stop_second
    _chart(case, infusion, [one for one in infusion.sitting.moments if one.second <= stop], until)
    if infusion.stopped_at + TO_SEND > until:
        return infusion
    _waste(case, infusion)
    after = [one for one in infusion.sitting.moments if one.second > stop]
    if infusion.left_at + TO_SEND <= until:
        data = sittings.at_the_door(case.person.escort[0])
        after.append(Moment(infusion.sitting.leave_second, "discharge", data))
    _chart(case, infusion, after, until)
    return infusion


def sign(case: Case, infusion: Infusion, *, is_cosigned: bool) -> None:
    """Signed by the nurse soon after, and by the prescriber the next day."""
    signed_at = infusion.left_at + timedelta(minutes=case.rng.randrange(4, 9))
    with acting(infusion.nurse) as nurse:
        session_actions.sign_session(session=infusion.session, password=DEMO_PASSWORD, by=nurse, now=signed_at)
    if is_cosigned:
        with acting(case.house.staff["paula"]) as paula:
            session_actions.cosign_session(
                session=infusion.session, password=DEMO_PASSWORD, by=paula, now=signed_at + NEXT_DAY
            )


def hold(case: Case, slot: Slot) -> None:
    """The pressure is too high before the start, and again after ten minutes: nobody is treated."""
    visit = book(case, slot, at=_booked_at(case, slot))
    arrive(case, visit, at=slot.starts_at - timedelta(minutes=6))
    infusion = _open(case, visit, slot, USUALLY_STARTED_AFTER)
    checks = next(one for one in infusion.sitting.moments if one.kind == "checklist")
    high = [Moment(minute * 60, "vitals", sittings.too_high(case.rng)) for minute in (-9, 2)]
    _chart(case, infusion, [checks, *high], infusion.started_at + timedelta(minutes=4))
    with acting(infusion.nurse) as nurse:
        session_actions.discharge(
            session=infusion.session,
            data=sittings.at_the_door(case.person.escort[0]),
            by=nurse,
            now=infusion.started_at + timedelta(minutes=18),
            not_treated="Blood pressure above the hold limit twice, 11 minutes apart. The prescriber sees the person.",
        )


def miss(case: Case, slot: Slot) -> None:
    """Booked, and nobody came."""
    visit = book(case, slot, at=_booked_at(case, slot))
    with acting(case.house.staff["fran"]) as fran:
        visit_actions.miss(appointment=visit, by=fran, now=slot.starts_at + timedelta(minutes=22))


def book_next(case: Case, day: date) -> None:
    """The next visit, on that day or soon after, if that is still to come."""
    house = case.house
    slot = house.diary.ahead(case.rng, max(day, house.diary.today + timedelta(days=1)))
    book(case, slot, at=house.now - timedelta(minutes=case.rng.randrange(20, 300)))


def _booked_at(case: Case, slot: Slot) -> datetime:
    return slot.starts_at - timedelta(days=2, minutes=case.rng.randrange(240))


def _open(case: Case, visit: Appointment, slot: Slot, started_after: int) -> Infusion:
    house, rng = case.house, case.rng
    nurse = house.nurse_of(slot.room)
    with acting(nurse):
        session = session_actions.open_session(appointment=visit, by=nurse, now=slot.starts_at + timedelta(minutes=2))
    plan = session.plan
    born = case.person.details["birth_date"]
    can_be_pregnant = (
        case.person.details["sex_at_birth"] == "female"
        and (slot.starts_at.date() - born).days < CAN_BE_PREGNANT_UNTIL * 365
    )
    weight = case.weight_kg + Decimal(rng.randrange(-6, 7)) / 10
    sitting = sittings.sitting(
        rng,
        curves.body(rng),
        minutes=plan.infusion_minutes,
        checks=sittings.checklist(str(weight), can_be_pregnant=can_be_pregnant, rng=rng),
        is_severe=_is_severe(case, session.number),
    )
    started_at = slot.starts_at + timedelta(minutes=started_after)
    order = plan_rules.infusion(
        weight, plan.dose_mg_per_kg, plan.infusion_minutes, plan.bag_drug_mg, plan.bag_volume_ml
    )
    return Infusion(
        session, slot.room, nurse, house.witness_for(nurse), started_at, order.rate_ml_h, rng.choice(LOTS), sitting
    )


def _is_severe(case: Case, number: int) -> bool:
    """The last session so far of the person to whom it happened."""
    return stories.SEVERE_EVENT in case.story.special and number == case.story.sessions


def _chart(case: Case, infusion: Infusion, moments: Iterable[Moment], until: datetime) -> None:
    """Send what has happened by a moment in one batch, as a tablet does, and see that all of it was taken in."""
    session, nurse = infusion.session, infusion.nurse
    marks = {one.mark: str(case.key(infusion.started_at)) for one in infusion.sitting.moments if one.mark}
    ticket = session_queries.author_ticket(nurse.pk, session.pk, now=session.opened_at)
    entries = [
        _entry(case, infusion, one, ticket, marks)
        for one in moments
        if infusion.started_at + timedelta(seconds=one.second) + TO_SEND <= until
    ]
    if not entries:
        return
    sent_at = datetime.fromisoformat(entries[-1]["occurred_at"]) + TO_SEND
    with acting(nurse):
        fates = session_actions.take_entries(session_id=session.pk, entries=entries, caller=nurse, now=sent_at)
    refused = [fate.sentence for fate in fates if fate.fate != "accepted"]
    if refused:
        raise RuntimeError(f"the demonstration charted what the sheet does not take: {refused}")


def _entry(case: Case, infusion: Infusion, one: Moment, ticket: str, marks: dict[str, str]) -> dict[str, Any]:
    at = infusion.started_at + timedelta(seconds=one.second)
    data = dict(one.data)
    if one.kind in {"start", "resume"}:
        data["rate_ml_h"] = str(infusion.rate_ml_h)
    if one.kind == "retract":
        data["target"] = marks[data["target"]]
    return {
        "id": marks[one.mark] if one.mark else str(case.key(at)),
        "kind": one.kind,
        "occurred_at": at.isoformat(),
        "recorded_at": (at + timedelta(seconds=8)).isoformat(),
        "seq": infusion.sitting.moments.index(one) + 1 if one in infusion.sitting.moments else 900,
        "device": f"tablet {infusion.room + 1}",
        "author_ticket": ticket,
        "data": data,
    }


def _draw(case: Case, infusion: Infusion) -> None:
    """The bag is made up a few minutes before, before a second nurse."""
    at = infusion.started_at - timedelta(minutes=10)
    drawn = {
        "amount_mg": str(infusion.session.plan.bag_drug_mg),
        "concentration_mg_ml": VIAL_MG_ML,
        "lot": infusion.lot,
        "expires_on": (case.house.diary.today + timedelta(days=400)).isoformat(),
    }
    _move_drug(case, infusion, "draw", drawn, at)


def _waste(case: Case, infusion: Infusion) -> None:
    """What was drawn and not given is wasted before the same witness, so that every milligram is accounted for."""
    given_mg = TreatmentSession.objects.values_list("given_mg", flat=True).get(pk=infusion.session.pk)
    left = infusion.session.plan.bag_drug_mg - (given_mg or Decimal(0))
    if left > 0:
        wasted = {"amount_mg": str(left), "concentration_mg_ml": VIAL_MG_ML, "lot": infusion.lot}
        _move_drug(case, infusion, "waste", wasted, infusion.stopped_at + TO_SEND)


def _move_drug(case: Case, infusion: Infusion, kind: str, data: dict[str, Any], at: datetime) -> None:
    with acting(infusion.nurse) as nurse:
        session_actions.record(
            session=infusion.session,
            kind=kind,
            data=data,
            by=nurse,
            witness=infusion.witness,
            occurred_at=at,
            now=at,
            entry_id=case.key(at),
        )


def stopped_sessions(house: House, case: Case) -> list[TreatmentSession]:
    """The sessions of a person whose infusion is over, the first one first."""
    rows = TreatmentSession.objects.filter(course=case.course.pk, stopped_at__lt=house.now)
    return list(rows.select_related("patient", "course__site").order_by("number"))
