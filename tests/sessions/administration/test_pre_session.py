"""The gate before a session. Source: docs/clinical/pre_session.md."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from patients.treatment_plan.rules import HoldLimits
from sessions.administration.rules.pre_session import (
    Checklist,
    SessionFacts,
    may_start,
    open_points,
    readiness,
)

NOW = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
CALM = {
    "systolic_mmhg": Decimal(124),
    "diastolic_mmhg": Decimal(78),
    "heart_rate_bpm": Decimal(72),
    "spo2_percent": Decimal(98),
    "respiratory_rate_bpm": Decimal(14),
    "temperature_c": Decimal("36.6"),
}
ASKED = Checklist(
    identity_confirmed=True,
    allergies_read_back=True,
    fasting_hours=8,
    escort_confirmed=True,
    suicide_screen="none",
    pregnancy="not_possible",
    is_oriented=True,
    has_urinary_symptoms=False,
    took_sedatives_or_alcohol=False,
    emergency_kit_checked=True,
    weight_kg=Decimal(80),
)
READY = SessionFacts(
    now=NOW,
    today=date(2026, 3, 10),
    plan_signed=True,
    consent_expires_on=date(2027, 1, 5),
    assessment_expires_on=date(2026, 5, 1),
    checklist=ASKED,
    safety_item_blank=False,
    baseline_at=NOW - timedelta(minutes=12),
    baseline=CALM,
    hold=HoldLimits.default_iv(),
    ordered_on_kg=Decimal(80),
    session_number=1,
    primary_measure_at=NOW - timedelta(days=3),
    last_dose_at=None,
    ordered_mg=Decimal("40.0"),
    drawn_mg=Decimal("50.00"),
)


def states(facts):
    """The checks that are not green, as code and state."""
    return {check.code: check.state for check in readiness(facts) if check.state != "ready"}


def asked(**changes):
    return replace(READY, checklist=replace(ASKED, **changes))


def measured(**changes):
    return replace(READY, baseline={**CALM, **{name: Decimal(value) for name, value in changes.items()}})


def test_session_with_everything_may_start():
    checks = readiness(READY)

    assert may_start(checks)
    assert open_points(checks) == ()
    assert len({check.code for check in checks}) == len(checks)


def test_session_without_a_checklist_lacks_all_of_it():
    found = states(replace(READY, checklist=None))

    assert found == dict.fromkeys(
        [
            "identity",
            "allergies",
            "suicide",
            "mental_state",
            "fasting",
            "escort",
            "pregnancy",
            "substances",
            "urinary",
            "weight",
            "emergency_kit",
        ],
        "missing",
    )


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (replace(READY, plan_signed=False), {"plan": "missing"}),
        (replace(READY, assessment_expires_on=None), {"assessment": "missing"}),
        (replace(READY, assessment_expires_on=date(2026, 3, 10)), {"assessment": "missing"}),
        (replace(READY, assessment_expires_on=date(2026, 3, 11)), {}),
        (replace(READY, consent_expires_on=None), {"consent": "missing"}),
        (replace(READY, consent_expires_on=date(2026, 3, 10)), {"consent": "missing"}),
        (replace(READY, consent_expires_on=date(2026, 3, 11)), {}),
        (asked(identity_confirmed=False), {"identity": "missing"}),
        (asked(allergies_read_back=False), {"allergies": "missing"}),
        (asked(emergency_kit_checked=False), {"emergency_kit": "missing"}),
        (asked(escort_confirmed=False), {"escort": "hold"}),
        (asked(fasting_hours=None), {"fasting": "missing"}),
        (asked(fasting_hours=5), {"fasting": "hold"}),
        (asked(fasting_hours=6), {}),
        (asked(pregnancy="not_asked"), {"pregnancy": "missing"}),
        (asked(pregnancy="negative"), {}),
        (asked(pregnancy="positive"), {"pregnancy": "hold"}),
        (asked(suicide_screen="not_asked"), {"suicide": "missing"}),
        (asked(suicide_screen="known"), {}),
        (asked(suicide_screen="positive"), {"suicide": "hold"}),
        (asked(is_oriented=False), {"mental_state": "hold"}),
        (asked(took_sedatives_or_alcohol=True), {"substances": "hold"}),
        (asked(has_urinary_symptoms=True), {"urinary": "hold"}),
        (asked(weight_kg=Decimal(84)), {}),
        (asked(weight_kg=Decimal("84.1")), {"weight": "hold"}),
        (asked(weight_kg=Decimal("88.1")), {"weight": "hold"}),
        (replace(READY, primary_measure_at=None), {"primary_measure": "hold"}),
        (replace(READY, primary_measure_at=NOW - timedelta(days=14)), {}),
        (replace(READY, primary_measure_at=NOW - timedelta(days=14, minutes=1)), {"primary_measure": "hold"}),
        (replace(READY, primary_measure_at=None, session_number=2), {}),
        (replace(READY, last_dose_at=NOW - timedelta(hours=24)), {}),
        (replace(READY, last_dose_at=NOW - timedelta(hours=23, minutes=59)), {"other_dose": "hold"}),
        (replace(READY, baseline_at=None), {"baseline": "missing"}),
        (replace(READY, baseline_at=NOW - timedelta(minutes=30)), {}),
        (replace(READY, baseline_at=NOW - timedelta(minutes=31)), {"baseline": "missing"}),
        (replace(READY, baseline={**CALM, "respiratory_rate_bpm": None}), {"baseline": "missing"}),
        (measured(systolic_mmhg="160", diastolic_mmhg="100"), {}),
        (measured(systolic_mmhg="160.5"), {"pressure": "hold"}),
        (measured(diastolic_mmhg="100.5"), {"pressure": "hold"}),
        (measured(systolic_mmhg="180"), {"pressure": "hold"}),
        (measured(diastolic_mmhg="110"), {"pressure": "hold"}),
        (measured(heart_rate_bpm="45"), {}),
        (measured(heart_rate_bpm="44.9"), {"heart_rate": "hold"}),
        (measured(heart_rate_bpm="120"), {}),
        (measured(heart_rate_bpm="120.5"), {"heart_rate": "hold"}),
        (measured(spo2_percent="94"), {}),
        (measured(spo2_percent="93.9"), {"oxygen": "hold"}),
        (measured(spo2_percent="89.9"), {"oxygen": "hold"}),
        (measured(respiratory_rate_bpm="10"), {}),
        (measured(respiratory_rate_bpm="9"), {"breathing": "hold"}),
        (measured(respiratory_rate_bpm="25"), {"breathing": "hold"}),
        (measured(temperature_c="38"), {}),
        (measured(temperature_c="38.1"), {"temperature": "hold"}),
        (
            measured(systolic_mmhg="170", heart_rate_bpm="130", spo2_percent="92"),
            {"pressure": "hold", "heart_rate": "hold", "oxygen": "hold"},
        ),
    ],
)
def test_session_is_stopped_by_exactly_what_is_wrong(facts, expected):
    assert states(facts) == expected
    assert may_start(readiness(facts)) is (not expected)
    assert len(open_points(readiness(facts))) == len(expected)


@pytest.mark.parametrize(
    ("facts", "code", "role"),
    [
        (measured(systolic_mmhg="165"), "pressure", "prescriber"),
        (measured(systolic_mmhg="180"), "pressure", "medical_director"),
        (measured(spo2_percent="92"), "oxygen", "prescriber"),
        (measured(spo2_percent="89"), "oxygen", None),
        (asked(fasting_hours=3), "fasting", "prescriber"),
        (asked(fasting_hours=None), "fasting", None),
        (asked(pregnancy="positive"), "pregnancy", "medical_director"),
        (asked(suicide_screen="positive"), "suicide", "prescriber"),
        (asked(suicide_screen="not_asked"), "suicide", None),
        (asked(escort_confirmed=False), "escort", None),
        (replace(READY, plan_signed=False), "plan", None),
        (replace(READY, consent_expires_on=None), "consent", None),
    ],
)
def test_hold_may_be_overridden_by_the_role_it_names_and_a_gap_by_nobody(facts, code, role):
    overridden = replace(facts, overrides={code: "Seen and discussed"})

    (check,) = [one for one in readiness(facts) if one.code == code]
    (after,) = [one for one in readiness(overridden) if one.code == code]

    assert check.may_be_overridden_by == role
    assert (after.state == "overridden") is (role is not None)
    assert may_start(readiness(overridden)) is (role is not None)


def test_override_needs_a_reason_and_shows_it():
    held = measured(systolic_mmhg="165")

    assert not may_start(readiness(replace(held, overrides={"pressure": "  "})))
    (check,) = [one for one in readiness(replace(held, overrides={"pressure": "White coat"})) if one.code == "pressure"]
    assert check.sentence == "Pressure is above 160/100. Measure again in 10 minutes. Overridden: White coat"


def test_override_of_one_hold_leaves_the_others():
    facts = replace(measured(systolic_mmhg="165", heart_rate_bpm="130"), overrides={"pressure": "White coat"})

    assert states(facts) == {"pressure": "overridden", "heart_rate": "hold"}
    assert not may_start(readiness(facts))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"systolic_mmhg": "140", "diastolic_mmhg": "90"}, "Within the limits"),
        ({"systolic_mmhg": "141"}, "above 140/90: tell"),
        ({"diastolic_mmhg": "91"}, "above 140/90: tell"),
    ],
)
def test_pressure_that_passes_may_still_be_told(values, says):
    (check,) = [one for one in readiness(measured(**values)) if one.code == "vitals"]

    assert (check.state, says in check.sentence) == ("ready", True)


def test_hold_limits_come_from_the_plan():
    narrow = replace(HoldLimits.default_iv(), systolic_mmhg=140)

    assert states(replace(measured(systolic_mmhg="141"), hold=narrow)) == {"pressure": "hold"}


def test_blank_suicide_question_blocks_until_screened_today():
    blank = replace(READY, safety_item_blank=True)
    unscreened = replace(blank, checklist=replace(ASKED, suicide_screen="not_asked"))

    assert may_start(readiness(blank))
    assert not may_start(readiness(unscreened))
    assert "left blank" in open_points(readiness(unscreened))[0]


def test_drug_must_be_drawn_in_full():
    none = states(replace(READY, drawn_mg=Decimal(0)))
    short = states(replace(READY, drawn_mg=Decimal("39.99")))
    enough = states(replace(READY, drawn_mg=Decimal("40.00")))

    assert (none, short, enough) == ({"drug": "missing"}, {"drug": "missing"}, {})
