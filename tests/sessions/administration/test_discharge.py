"""The way home. Source: docs/clinical/discharge.md."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sessions.administration.rules.discharge import (
    DischargeFacts,
    criteria,
    earliest_discharge,
    may_discharge,
    missing,
    missing_to_close,
)
from sessions.administration.rules.dosing import balance

STOP = datetime(2026, 3, 10, 14, 40, tzinfo=UTC)
FIT = DischargeFacts(
    now=STOP + timedelta(minutes=62),
    stopped_at=STOP,
    vitals_at=STOP + timedelta(minutes=60),
    systolic_mmhg=Decimal(128),
    diastolic_mmhg=Decimal(80),
    spo2_percent=Decimal(97),
    baseline_systolic_mmhg=Decimal(124),
    baseline_diastolic_mmhg=Decimal(78),
    baseline_spo2_percent=Decimal(98),
    moaas=5,
    aldrete_total=10,
    is_oriented=True,
    walks_as_before=True,
    dissociation_resolved=True,
    no_nausea=True,
    iv_out=True,
    suicide_check_done=True,
    instructions_given=True,
    escort_present=True,
)


def failed(facts):
    """The codes of the criteria that do not hold."""
    return [one.code for one in criteria(facts) if not one.is_met]


def test_person_who_meets_every_criterion_may_go():
    assert missing(FIT) == ()
    assert may_discharge(criteria(FIT))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"stopped_at": None}, "time"),
        ({"vitals_at": None}, "vitals"),
        ({"systolic_mmhg": None}, "pressure"),
        ({"diastolic_mmhg": None}, "pressure"),
        ({"spo2_percent": None}, "oxygen"),
        ({"moaas": None}, "awake"),
        ({"moaas": 4}, "awake"),
        ({"aldrete_total": None}, "aldrete"),
        ({"aldrete_total": 8}, "aldrete"),
        ({"suicide_decision_open": True}, "suicide"),
        *[
            ({field: answer}, code)
            for field, code in [
                ("is_oriented", "oriented"),
                ("walks_as_before", "gait"),
                ("dissociation_resolved", "dissociation"),
                ("no_nausea", "nausea"),
                ("iv_out", "iv"),
                ("suicide_check_done", "suicide"),
                ("instructions_given", "instructions"),
                ("escort_present", "escort"),
            ]
            for answer in (False, None)
        ],
    ],
)
def test_person_stays_for_each_criterion_alone(change, code):
    facts = replace(FIT, **change)

    assert failed(facts) == [code]
    assert len(missing(facts)) == 1
    assert not may_discharge(criteria(facts))


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(30, "30 minutes to go"), (58.5, "2 minutes to go"), (59, "1 minute to go"), (59.9, "1 minute to go"), (60, None)],
)
def test_person_stays_an_hour_after_the_real_stop(minutes, says):
    now = STOP + timedelta(minutes=minutes)

    sentences = missing(replace(FIT, now=now, vitals_at=now))

    assert (says in sentences[0]) if says else sentences == ()
    assert earliest_discharge(STOP) == STOP + timedelta(minutes=60)


@pytest.mark.parametrize(("minutes", "fresh"), [(15, True), (16, False)])
def test_vitals_must_be_recent(minutes, fresh):
    facts = replace(FIT, vitals_at=FIT.now - timedelta(minutes=minutes))

    assert (failed(facts) == []) is fresh


@pytest.mark.parametrize(
    ("systolic", "diastolic", "baseline", "fits"),
    [
        (139, 89, (110, 60), True),  # normal, however far from the baseline
        (140, 89, (120, 80), True),  # not normal, 20 from the baseline
        (141, 89, (120, 80), False),
        (139, 90, (120, 69), False),  # 21 from the lower baseline
        (139, 90, (120, 70), True),
        (159, 99, (150, 95), True),
        (160, 99, (150, 95), False),
        (159, 100, (150, 95), False),
        (90, 60, (120, 80), True),
        ("89.9", 60, (100, 60), False),
        (150, 95, (None, None), False),
        (130, 80, (None, None), True),
    ],
)
def test_pressure_must_be_near_the_baseline_or_normal(systolic, diastolic, baseline, fits):
    before = [None if value is None else Decimal(value) for value in baseline]
    facts = replace(
        FIT,
        systolic_mmhg=Decimal(systolic),
        diastolic_mmhg=Decimal(diastolic),
        baseline_systolic_mmhg=before[0],
        baseline_diastolic_mmhg=before[1],
    )

    assert (failed(facts) == []) is fits
    assert failed(replace(facts, prescriber_accepts_vitals=True)) == []


def test_prescriber_cannot_accept_a_pressure_that_was_not_taken():
    assert failed(replace(FIT, systolic_mmhg=None, prescriber_accepts_vitals=True)) == ["pressure"]


@pytest.mark.parametrize(
    ("spo2", "baseline", "fits"),
    [(94, 98, True), ("93.9", 98, False), (92, 92, True), (91, 92, False), (93, None, False)],
)
def test_oxygen_must_be_normal_or_as_before(spo2, baseline, fits):
    before = None if baseline is None else Decimal(baseline)

    assert (failed(replace(FIT, spo2_percent=Decimal(spo2), baseline_spo2_percent=before)) == []) is fits


def test_aldrete_of_nine_is_enough():
    assert failed(replace(FIT, aldrete_total=9)) == []


def test_session_closes_when_the_person_has_left_and_the_drug_balances():
    even = balance(Decimal(50), Decimal(40), Decimal(10))
    short = balance(Decimal(50), Decimal(40), Decimal("9.99"))

    assert missing_to_close(has_left=True, drug=even, waste_is_witnessed=True) == ()
    assert missing_to_close(has_left=False, drug=short, waste_is_witnessed=False) == (
        "The person is still here. Chart the discharge first.",
        short.sentence,
        "Wasted drug has no witness. A second person must confirm it.",
    )
