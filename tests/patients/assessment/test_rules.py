"""Contraindications and eligibility. Source: docs/clinical/contraindications.md."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from patients.assessment.rules import (
    BY_CODE,
    CONTRAINDICATIONS,
    AnswerNotKnown,
    Finding,
    RestingPressure,
    UnknownContraindication,
    UnknownRoute,
    age_finding,
    assessment_expires_on,
    assessment_is_current,
    eligibility,
    pressure_findings,
)

AT = datetime(2026, 3, 9, 14, 10, tzinfo=UTC)
ALL_CLEAR = {condition.code: Finding("not_met") for condition in CONTRAINDICATIONS}

# Tier for IV ketamine and for esketamine, as the table of contraindications gives them.
TIERS = {
    "under_18": "HH",
    "no_capacity": "HH",
    "hypersensitivity": "HH",
    "aneurysm_avm_bleed": "HH",
    "recent_cardiac_event": "HH",
    "recent_stroke": "PP",
    "blood_pressure_180_110": "HH",
    "blood_pressure_above_160_100": "PP",
    "blood_pressure_above_140_90": "IP",
    "heart_failure_valve_rhythm": "PP",
    "raised_intracranial_pressure": "HH",
    "raised_eye_pressure": "PP",
    "seizures": "PP",
    "psychosis": "HP",
    "mania": "HH",
    "bipolar_disorder": "PP",
    "substance_use": "PP",
    "intoxicated_today": "HH",
    "pregnancy": "HH",
    "breast_feeding": "PP",
    "liver": "PP",
    "hyperthyroidism": "PP",
    "bladder": "PP",
    "sleep_apnea_oxygen": "PP",
    "porphyria": "PP",
    "theophylline": "PP",
}


def judge(route="iv", **changes):
    """Judge a person with nothing against treatment, but for what a test changes."""
    given = {
        "findings": ALL_CLEAR,
        "reasons": {},
        "director_overrides": (),
        "age": 36,
        "scores_complete": True,
        **changes,
    }
    return eligibility(route, **given)


def test_table_has_the_tier_of_every_condition_by_route():
    found = {one.code: one.tier("iv") + one.tier("esketamine") for one in CONTRAINDICATIONS}

    assert found == TIERS


def test_table_gives_every_condition_a_question_a_source_and_a_hint():
    for condition in CONTRAINDICATIONS:
        assert condition.question.endswith("?")
        assert condition.source
        assert condition.evidence_hint


def test_person_with_everything_not_met_may_be_eligible():
    result = judge()

    assert (result.may_be_eligible, result.blocking) == (True, ())
    assert len(result.fine) == len(CONTRAINDICATIONS)


@pytest.mark.parametrize("route", ["iv", "esketamine"])
@pytest.mark.parametrize("code", [code for code in TIERS if code != "under_18"])
def test_condition_that_is_met_stands_in_its_group(route, code):
    result = judge(route, findings={**ALL_CLEAR, code: Finding("met", "letter of Mar 1")})

    tier = BY_CODE[code].tier(route)
    group = {"H": result.hard_stops, "P": result.to_decide, "I": result.information}[tier]
    assert [one.condition.code for one in group] == [code]
    assert result.may_be_eligible is (tier == "I")
    assert len(result.blocking) == (0 if tier == "I" else 1)


@pytest.mark.parametrize(
    ("reasons", "overrides", "may"),
    [
        ({}, (), False),
        ({"aneurysm_avm_bleed": "Imaging of Mar 2 shows none"}, (), False),
        ({}, ("aneurysm_avm_bleed",), False),
        ({"aneurysm_avm_bleed": "   "}, ("aneurysm_avm_bleed",), False),
        ({"aneurysm_avm_bleed": "Imaging of Mar 2 shows none"}, ("aneurysm_avm_bleed",), True),
    ],
)
def test_hard_stop_needs_the_director_and_a_reason(reasons, overrides, may):
    met = {**ALL_CLEAR, "aneurysm_avm_bleed": Finding("met", "own words")}

    result = judge(findings=met, reasons=reasons, director_overrides=overrides)

    assert result.may_be_eligible is may
    assert result.hard_stops[0].is_open is not may


@pytest.mark.parametrize(("reason", "may"), [("", False), (" \n", False), ("Treated since February", True)])
def test_prescriber_decision_needs_a_reason(reason, may):
    met = {**ALL_CLEAR, "seizures": Finding("met", "last one 2019")}

    assert judge(findings=met, reasons={"seizures": reason}).may_be_eligible is may


@pytest.mark.parametrize(("route", "may"), [("iv", True), ("esketamine", False)])
def test_condition_that_is_unknown_blocks_unless_it_is_information(route, may):
    unknown = {**ALL_CLEAR, "blood_pressure_above_140_90": Finding("unknown")}

    result = judge(route, findings=unknown)

    assert result.may_be_eligible is may
    assert [one.condition.code for one in result.unknown] == ["blood_pressure_above_140_90"]


def test_condition_that_nobody_answered_is_unknown_and_never_not_met():
    result = judge(findings={})

    assert len(result.unknown) == len(CONTRAINDICATIONS) - 1  # the age is known
    assert not result.may_be_eligible


def test_reason_does_not_answer_an_unknown_condition():
    unknown = {**ALL_CLEAR, "liver": Finding("unknown")}

    assert not judge(findings=unknown, reasons={"liver": "Will be fine"}).may_be_eligible


@pytest.mark.parametrize(
    ("age", "answer"), [(17, "met"), (18, "not_met"), (99, "not_met"), (0, "met"), (None, "unknown")]
)
def test_age_is_judged_from_the_birth_date(age, answer):
    assert age_finding(age).answer == answer
    assert judge(age=age).may_be_eligible is (answer == "not_met")


def test_age_of_the_birth_date_holds_over_a_typed_finding():
    assert not judge(age=17, findings={**ALL_CLEAR, "under_18": Finding("not_met")}).may_be_eligible


def test_scores_and_suicide_answers_must_be_dealt_with():
    assert judge(scores_complete=False).blocking == ("The PHQ-9 and the GAD-7 are not complete. Finish both first.",)
    assert judge(suicide_screen_reviewed=False).blocking == (
        "A positive suicide answer has not been reviewed. Close its task first.",
    )


def test_blocking_is_said_in_sentences():
    result = judge(
        findings={
            **ALL_CLEAR,
            "mania": Finding("met", "seen"),
            "recent_stroke": Finding("met", "May"),
            "liver": Finding("unknown"),
        }
    )

    assert result.blocking == (
        "Stroke or TIA in the last 6 months: decide, and give the reason.",
        "Current mania or mixed state: a hard stop. Only the medical director may override it, with a reason.",
        (
            "Severe liver disease, or ALT or AST above three times normal: nobody has answered this yet. "
            "ALT and AST with their date."
        ),
    )


def test_eligibility_refuses_names_it_does_not_know():
    with pytest.raises(UnknownRoute):
        judge("oral")
    for changes in (
        {"findings": {"measles": Finding("met")}},
        {"reasons": {"measles": "had it"}},
        {"director_overrides": ("measles",)},
    ):
        with pytest.raises(UnknownContraindication):
            judge(**changes)
    with pytest.raises(AnswerNotKnown, match="Current mania"):
        judge(findings={"mania": Finding("maybe")})


def readings(*rows):
    """Turn (minutes, systolic, diastolic) rows into readings."""
    return [
        RestingPressure(Decimal(high), Decimal(low), AT + timedelta(minutes=minutes)) for minutes, high, low in rows
    ]


@pytest.mark.parametrize(
    ("rows", "stop", "high", "elevated"),
    [
        ([], "unknown", "unknown", "unknown"),
        ([(0, 140, 90)], "not_met", "not_met", "not_met"),
        ([(0, 141, 90)], "not_met", "not_met", "unknown"),
        ([(0, 141, 90), (5, 140, 91)], "not_met", "not_met", "met"),
        ([(0, 141, 90), (4, 141, 90)], "not_met", "not_met", "unknown"),
        ([(0, 160, 100), (12, 160, 100)], "not_met", "not_met", "met"),
        ([(0, 164, 98), (12, 166, 100)], "not_met", "met", "met"),
        ([(0, 161, 100)], "not_met", "unknown", "unknown"),
        ([(0, 161, 100), (5, 150, 85)], "not_met", "not_met", "met"),
        ([(0, 161, 100), (4, 150, 85)], "not_met", "unknown", "unknown"),
        ([(0, 179, 109), (5, 179, 109)], "not_met", "met", "met"),
        ([(0, 180, 100), (5, 150, 110)], "met", "met", "met"),
        ([(5, 180, 90), (0, 180, 90)], "met", "met", "met"),
    ],
)
def test_pressure_conditions_follow_from_readings(rows, stop, high, elevated):
    found = pressure_findings(readings(*rows))

    assert found["blood_pressure_180_110"].answer == stop
    assert found["blood_pressure_above_160_100"].answer == high
    assert found["blood_pressure_above_140_90"].answer == elevated


def test_pressure_finding_carries_its_readings_as_evidence():
    assert pressure_findings(readings((0, 164, 98), (12, 166, 100)))["blood_pressure_above_160_100"].evidence == (
        "164/98, 166/100"
    )
    assert pressure_findings(readings((0, 164, 98)))["blood_pressure_above_160_100"].evidence == (
        "164/98. Repeat after 5 minutes."
    )


def test_assessment_expires_after_ninety_days():
    expires_on = assessment_expires_on(date(2026, 3, 9))

    assert expires_on == date(2026, 6, 7)
    assert assessment_is_current(expires_on, date(2026, 6, 6))
    assert not assessment_is_current(expires_on, date(2026, 6, 7))
