"""What may a plan order, how is it worked out, and when is it ready to sign?

arithmetic: milligrams, volume, rate. limits: what is asked and refused. consent: elements and validity.
plan: completeness and calendar.
"""

from clinic.policy.rules import (
    BAG_VOLUME_ML,
    DOSE_MG,
    DRUG_IN_BAG_MG,
    INFUSION_MINUTES,
    MG_PER_KG,
    RATE_ML_H,
    WEIGHT_KG,
)
from patients.treatment_plan.rules.arithmetic import KG_PER_LB, Infusion, InfusionNotPossible, infusion, to_kg
from patients.treatment_plan.rules.consent import (
    CONSENT_ELEMENTS,
    CONSENT_TEXT_VERSION,
    CONSENT_VALID_MONTHS,
    ConsentElement,
    consent_expires_on,
    consent_is_current,
    consent_missing,
)
from patients.treatment_plan.rules.limits import (
    ASK,
    HOLD_DIASTOLIC_MMHG,
    HOLD_HEART_RATE_HIGH_BPM,
    HOLD_HEART_RATE_LOW_BPM,
    HOLD_SPO2_PERCENT,
    HOLD_SYSTOLIC_MMHG,
    INTERVAL_DAYS,
    REFUSE,
    SECOND_SIGNATURE,
    SESSION_COUNT,
    Concern,
    HoldLimits,
    dose_check,
    hold_limits_check,
    pounds_slip,
    schedule_check,
    weight_age_check,
    weight_change_check,
)
from patients.treatment_plan.rules.plan import PlanFacts, generated_calendar, plan_complete

__all__ = [
    "ASK",
    "BAG_VOLUME_ML",
    "CONSENT_ELEMENTS",
    "CONSENT_TEXT_VERSION",
    "CONSENT_VALID_MONTHS",
    "DOSE_MG",
    "DRUG_IN_BAG_MG",
    "HOLD_DIASTOLIC_MMHG",
    "HOLD_HEART_RATE_HIGH_BPM",
    "HOLD_HEART_RATE_LOW_BPM",
    "HOLD_SPO2_PERCENT",
    "HOLD_SYSTOLIC_MMHG",
    "INFUSION_MINUTES",
    "INTERVAL_DAYS",
    "KG_PER_LB",
    "MG_PER_KG",
    "RATE_ML_H",
    "REFUSE",
    "SECOND_SIGNATURE",
    "SESSION_COUNT",
    "WEIGHT_KG",
    "Concern",
    "ConsentElement",
    "HoldLimits",
    "Infusion",
    "InfusionNotPossible",
    "PlanFacts",
    "consent_expires_on",
    "consent_is_current",
    "consent_missing",
    "dose_check",
    "generated_calendar",
    "hold_limits_check",
    "infusion",
    "plan_complete",
    "pounds_slip",
    "schedule_check",
    "to_kg",
    "weight_age_check",
    "weight_change_check",
]
