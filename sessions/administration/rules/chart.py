"""What does the sheet of one session say as a whole? Plain facts derived from its entries, each time afresh."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from patients.treatment_plan.rules import HoldLimits
from sessions.administration.rules import discharge, dosing, monitoring, pre_session

STEP_KINDS: Final = frozenset({dosing.START, dosing.RATE, dosing.PAUSE, dosing.RESUME, dosing.STOP})
# What the nurse judges at the door, by the names that the discharge has everywhere.
_JUDGED: Final = (
    "aldrete_total",
    "is_oriented",
    "walks_as_before",
    "dissociation_resolved",
    "no_nausea",
    "iv_out",
    "suicide_check_done",
    "instructions_given",
    "escort_present",
    "prescriber_accepts_vitals",
)


@dataclass(frozen=True)
class Head:
    """What is known about a session before its first entry."""

    session_id: UUID
    patient_id: UUID
    treatment: int
    is_last_planned: bool
    visit_day: date
    today: date
    zone: str
    is_signed: bool
    plan_signed: bool
    plan_weight_kg: Decimal
    ordered_mg: Decimal
    ordered_rate_ml_h: Decimal
    concentration_mg_ml: Decimal
    hold: HoldLimits
    consent_expires_on: date | None
    assessment_expires_on: date | None
    primary_measure_at: datetime | None
    safety_item_blank: bool
    last_dose_at: datetime | None
    suicide_decision_open: bool

    @property
    def ordered_ml(self) -> Decimal:
        return self.ordered_mg / self.concentration_mg_ml


@dataclass(frozen=True)
class Charted:
    """One entry as stored; `data` has the fields of its kind, and `target` names the entry a correction is about."""

    id: UUID
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    seq: int
    author: str
    author_id: UUID
    data: Mapping[str, Any]
    to_confirm: str = ""
    is_late_addendum: bool = False
    target: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class Progress:
    """How far the session is, as its head row keeps it."""

    state: str
    started_at: datetime | None
    stopped_at: datetime | None
    discharged_at: datetime | None
    given_mg: Decimal | None


@dataclass(frozen=True)
class DrugTotals:
    """Milligrams by movement, and what is still open."""

    drawn_mg: Decimal
    given_mg: Decimal
    wasted_mg: Decimal
    returned_mg: Decimal
    balance: dosing.Balance


def answers(entries: Iterable[Charted], kind: str) -> dict[UUID, Charted]:
    """Corrections of one kind ("retract" or "confirm") by the entry they name."""
    return {entry.target: entry for entry in entries if entry.kind == kind and entry.target is not None}


def standing(entries: Sequence[Charted]) -> list[Charted]:
    """The entries that hold: not retracted, and not corrections themselves; in the order they happened."""
    retracted = answers(entries, "retract")
    kept = [one for one in entries if one.id not in retracted and one.kind not in ("retract", "confirm")]
    return sorted(kept, key=lambda one: (one.occurred_at, one.seq, one.id))


def unconfirmed(entries: Sequence[Charted]) -> list[Charted]:
    """Entries that wait for somebody to say that they are right."""
    confirmed = answers(entries, "confirm")
    return [one for one in standing(entries) if one.to_confirm and one.id not in confirmed]


def steps(held: Iterable[Charted]) -> list[dosing.Step]:
    """The pump's steps."""
    return [
        dosing.Step(one.kind, one.occurred_at, one.seq, one.data.get("rate_ml_h"))
        for one in held
        if one.kind in STEP_KINDS
    ]


def readings(held: Iterable[Charted]) -> list[monitoring.Reading]:
    """The sets of vital signs, in order."""
    return [monitoring.Reading(one.occurred_at, one.data) for one in held if one.kind == "vitals"]


def delivered(head: Head, held: Sequence[Charted], at: datetime) -> dosing.Delivered:
    """What has gone in by a moment, never more than the volume ordered."""
    taken = steps(held)
    return dosing.delivered(
        dosing.segments(taken),
        head.concentration_mg_ml,
        at,
        ended_at=dosing.stopped_at(taken),
        ordered_ml=head.ordered_ml,
    )


def progress(head: Head, held: Sequence[Charted]) -> Progress:
    """Where the session stands. A person sent home without a start was not treated."""
    taken = steps(held)
    begun, ended = dosing.started_at(taken), dosing.stopped_at(taken)
    left = next((one.occurred_at for one in reversed(held) if one.kind == "discharge"), None)
    next_kinds = dosing.next_steps(taken)
    if left is not None:
        state = "not_treated" if begun is None else "discharged"
    elif begun is None:
        state = "preparing"
    elif ended is not None:
        state = "recovery"
    else:
        state = "paused" if dosing.RESUME in next_kinds else "running"
    given = delivered(head, held, ended).mg if ended is not None else None
    return Progress(state, begun, ended, left, given)


def drug_totals(head: Head, held: Sequence[Charted], at: datetime) -> DrugTotals:
    """Every milligram of the drug so far."""
    amounts = {"draw": Decimal(0), "waste": Decimal(0), "return": Decimal(0)}
    for one in held:
        if one.kind in amounts:
            amounts[one.kind] += one.data["amount_mg"]
    given = delivered(head, held, at).mg
    drawn, wasted, returned = (amounts[name].quantize(dosing.HUNDREDTH) for name in ("draw", "waste", "return"))
    return DrugTotals(drawn, given, wasted, returned, dosing.balance(drawn, given, wasted, returned))


def too_much_left_over(amount_mg: Decimal, drug: DrugTotals, *, is_running: bool) -> str | None:
    """Why so much cannot be wasted or returned: it is more than is open (docs/clinical/dosing.md).

    While the pump runs, what was given grows with the clock. A stop that was not charted yet makes it look like more
    than it was, so the sentence says to chart that first.
    """
    open_mg = max(drug.balance.difference_mg, Decimal("0.00"))
    if amount_mg <= open_mg:
        return None
    given = drug.given_mg.quantize(dosing.HUNDREDTH)
    sums = f"{drug.drawn_mg} drawn − {given} given − {drug.wasted_mg} wasted − {drug.returned_mg} returned"
    stop = " If the infusion has stopped, chart the stop first." if is_running else ""
    return f"Only {open_mg} mg are open: {sums}. Check the amount and re-enter it.{stop}"


def readiness(head: Head, held: Sequence[Charted], at: datetime) -> tuple[pre_session.Check, ...]:
    """The gate as it stood at a moment."""
    before = [one for one in held if one.occurred_at <= at]
    checklist = _latest(before, "checklist")
    baseline_at, baseline = _baseline(before, at)
    return pre_session.readiness(
        pre_session.SessionFacts(
            now=at,
            today=head.today,
            plan_signed=head.plan_signed,
            consent_expires_on=head.consent_expires_on,
            assessment_expires_on=head.assessment_expires_on,
            checklist=None if checklist is None else pre_session.Checklist(**checklist.data),
            safety_item_blank=head.safety_item_blank,
            baseline_at=baseline_at,
            baseline=baseline,
            hold=head.hold,
            ordered_on_kg=head.plan_weight_kg,
            session_number=head.treatment,
            primary_measure_at=head.primary_measure_at,
            last_dose_at=head.last_dose_at,
            ordered_mg=head.ordered_mg,
            drawn_mg=drug_totals(head, before, at).drawn_mg,
            overrides={one.data["check_code"]: one.data["reason"] for one in before if one.kind == "override"},
        )
    )


def discharge_facts(
    head: Head, held: Sequence[Charted], at: datetime, seen: Mapping[str, Any] | None = None
) -> discharge.DischargeFacts:
    """What is known for a discharge; `seen` is what the nurse judged at the door."""
    taken = steps(held)
    begun = dosing.started_at(taken)
    after = [one for one in readings(held) if begun is not None and begun <= one.at <= at]
    recent = [one for one in after if at - one.at <= discharge.VITALS_MAX_AGE] or after[-1:]
    now = _newest(recent)
    _, baseline = _baseline([one for one in held if begun is None or one.occurred_at <= begun], begun or at)
    judged = {name: value for name, value in (seen or {}).items() if name in _JUDGED}
    return discharge.DischargeFacts(
        now=at,
        stopped_at=dosing.stopped_at(taken),
        vitals_at=after[-1].at if after else None,
        systolic_mmhg=now.get("systolic_mmhg"),
        diastolic_mmhg=now.get("diastolic_mmhg"),
        spo2_percent=now.get("spo2_percent"),
        baseline_systolic_mmhg=baseline.get("systolic_mmhg"),
        baseline_diastolic_mmhg=baseline.get("diastolic_mmhg"),
        baseline_spo2_percent=baseline.get("spo2_percent"),
        moaas=now.get("moaas"),
        suicide_decision_open=head.suicide_decision_open,
        **{**dict.fromkeys(_JUDGED), "prescriber_accepts_vitals": False, **judged},
    )


def _latest(held: Sequence[Charted], kind: str) -> Charted | None:
    return next((one for one in reversed(held) if one.kind == kind), None)


def _baseline(before: Sequence[Charted], at: datetime) -> tuple[datetime | None, dict[str, Any]]:
    """The newest value of each sign in the last 30 minutes; when there is none, the last set however old."""
    sets = readings(before)
    fresh = [one for one in sets if at - one.at <= pre_session.BASELINE_MAX_AGE] or sets[-1:]
    return (fresh[-1].at if fresh else None), _newest(fresh)


def _newest(sets: Iterable[monitoring.Reading]) -> dict[str, Any]:
    """The newest value of each sign in sets that come in order."""
    return {name: value for one in sets for name, value in one.values.items() if value is not None}
