"""What a sheet says as a whole, on made-up entries: state, amounts, corrections, baseline, discharge."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from patients.treatment_plan.rules import HoldLimits
from sessions.administration.rules import chart, discharge
from sessions.administration.rules.chart import Charted, Head

NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
NURSE = uuid4()
HEAD = Head(
    session_id=uuid4(),
    patient_id=uuid4(),
    treatment=1,
    is_last_planned=False,
    visit_day=date(2026, 3, 10),
    today=date(2026, 3, 10),
    zone="America/New_York",
    is_signed=False,
    plan_signed=True,
    plan_weight_kg=Decimal(80),
    ordered_mg=Decimal("40.0"),
    ordered_rate_ml_h=Decimal("60.0"),
    concentration_mg_ml=Decimal(1),
    hold=HoldLimits.default_iv(),
    consent_expires_on=date(2027, 3, 1),
    assessment_expires_on=date(2026, 5, 1),
    primary_measure_at=NOON - timedelta(days=1),
    safety_item_blank=False,
    last_dose_at=None,
    suicide_decision_open=False,
)
CALM = {
    "systolic_mmhg": Decimal(124),
    "diastolic_mmhg": Decimal(78),
    "heart_rate_bpm": Decimal(72),
    "spo2_percent": Decimal(98),
    "respiratory_rate_bpm": Decimal(14),
    "moaas": 5,
}
DOOR = {
    "aldrete_total": 10,
    "is_oriented": True,
    "walks_as_before": True,
    "dissociation_resolved": True,
    "no_nausea": True,
    "iv_out": True,
    "suicide_check_done": True,
    "instructions_given": True,
    "escort_present": True,
    "escort_name": "Robin Escort",
    "prescriber_accepts_vitals": False,
}


def entry(kind: str, minute: int, *, target: UUID | None = None, to_confirm: str = "", **data) -> Charted:
    at = NOON + timedelta(minutes=minute)
    return Charted(uuid4(), kind, at, at, 0, "Nora Nolan, RN", NURSE, data, to_confirm, target=target)


def progress(*entries: Charted) -> chart.Progress:
    return chart.progress(HEAD, chart.standing(entries))


def rate(ml_h: str) -> dict[str, Decimal]:
    return {"rate_ml_h": Decimal(ml_h)}


def test_session_goes_through_its_states():
    start, pause = entry("start", 0, **rate("60")), entry("pause", 10)
    stop, left = entry("stop", 20), entry("discharge", 90)

    assert progress().state == "preparing"
    assert progress(start).state == "running"
    assert progress(start, pause).state == "paused"
    assert progress(start, pause, stop).state == "recovery"
    assert progress(start, pause, stop, left).state == "discharged"
    assert progress(left).state == "not_treated"


def test_dose_is_fixed_by_the_stop_and_never_above_the_order():
    start = entry("start", 0, **rate("60"))

    assert progress(start).given_mg is None
    assert progress(start, entry("stop", 25)).given_mg == Decimal("25.00")
    assert progress(start, entry("stop", 50)).given_mg == Decimal("40.00")


def test_retracted_entry_does_not_stand():
    start, stop = entry("start", 0, **rate("60")), entry("stop", 5)
    taken_back = entry("retract", 6, target=stop.id)

    assert chart.standing([start, stop, taken_back]) == [start]
    assert progress(start, stop, taken_back).state == "running"


def test_unconfirmed_entries_wait_until_confirmed_or_retracted():
    odd = entry("vitals", 1, to_confirm="Unusual.")

    assert chart.unconfirmed([odd]) == [odd]
    assert chart.unconfirmed([odd, entry("confirm", 2, target=odd.id)]) == []
    assert chart.unconfirmed([odd, entry("retract", 2, target=odd.id)]) == []


def test_drug_is_accounted_for_to_the_hundredth():
    given = [entry("draw", -10, amount_mg=Decimal("50.00")), entry("start", 0, **rate("60")), entry("stop", 25)]
    wasted = entry("waste", 30, amount_mg=Decimal("24.99"))

    open_mg = chart.drug_totals(HEAD, [*given, wasted], NOON + timedelta(minutes=60))
    closed = chart.drug_totals(HEAD, [*given, wasted, entry("return", 31, amount_mg=Decimal("0.01"))], NOON)

    assert (open_mg.given_mg, open_mg.balance.difference_mg) == (Decimal("25.00"), Decimal("0.01"))
    assert closed.drawn_mg == Decimal("50.00")
    assert closed.balance.balances is False  # at noon nothing had gone in yet


@pytest.mark.parametrize(
    ("amount_mg", "at_minute", "is_running", "said"),
    [
        ("25.00", 30, False, None),
        ("25.01", 30, False, "Only 25.00 mg are open: 50.00 drawn − 25.00 given − 0.00 wasted − 0.00 returned."),
        ("25.01", 30, True, "Check the amount and re-enter it. If the infusion has stopped, chart the stop first."),
        ("50.00", 0, False, None),
    ],
)
def test_no_more_is_left_over_than_is_open(amount_mg, at_minute, is_running, said):
    held = [entry("draw", -10, amount_mg=Decimal("50.00")), entry("start", 0, **rate("60")), entry("stop", 25)]
    drug = chart.drug_totals(HEAD, held, NOON + timedelta(minutes=at_minute))

    sentence = chart.too_much_left_over(Decimal(amount_mg), drug, is_running=is_running)

    assert sentence is None if said is None else said in sentence


def test_baseline_takes_the_newest_value_of_each_sign_of_the_last_half_hour():
    old = entry("vitals", -45, **CALM)
    pressure = entry("vitals", -20, systolic_mmhg=Decimal(150), diastolic_mmhg=Decimal(90))
    rest = entry("vitals", -5, heart_rate_bpm=Decimal(80), spo2_percent=Decimal(97), respiratory_rate_bpm=Decimal(15))
    later = entry("vitals", 5, **CALM)

    def baseline(*entries):
        checks = chart.readiness(HEAD, chart.standing(entries), NOON)
        return next(check for check in checks if check.code == "baseline")

    assert baseline(pressure, rest, later).state == "ready"
    assert baseline(rest, later).state == "missing"
    assert baseline(old).sentence == "The baseline is more than 30 minutes old. Take it again."


def test_discharge_looks_at_fresh_vitals_only():
    held = [entry("vitals", -5, **CALM), entry("start", 0, **rate("60")), entry("stop", 40)]
    stale = [*held, entry("vitals", 60, **CALM)]
    fresh = [*stale, entry("vitals", 95, **CALM)]
    half = [*stale, entry("vitals", 95, heart_rate_bpm=Decimal(70))]
    at = NOON + timedelta(minutes=101)

    def missing(entries, head=HEAD):
        return discharge.missing(chart.discharge_facts(head, entries, at, DOOR))

    assert missing(fresh) == ()
    assert "No vital signs in the last 15 minutes. Take a set." in missing(stale)
    assert "There is no blood pressure. Measure it." in missing(half)
    assert len(missing(fresh, replace(HEAD, suicide_decision_open=True))) == 1


def test_discharge_without_a_start_has_nothing_to_measure():
    facts = chart.discharge_facts(HEAD, [entry("vitals", -5, **CALM)], NOON)

    assert (facts.stopped_at, facts.vitals_at, facts.moaas, facts.aldrete_total) == (None, None, None, None)
    assert facts.baseline_systolic_mmhg == Decimal(124)
