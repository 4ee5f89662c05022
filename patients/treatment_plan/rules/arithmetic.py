"""How do weight and dose become milligrams, millilitres and a pump rate?

Decimal throughout. Rounding policy: dose to 0.1 mg, volume to 0.01 mL, rate to 0.1 mL/h, halves up. The rounded order
drives everything after it; the exact dose is kept beside it. Source: docs/clinical/dosing.md.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final

from clinic.kit.limits import Limits, limits
from clinic.kit.refusals import Refusal
from clinic.kit.written import number as plain
from clinic.policy.rules import BAG_VOLUME_ML, DRUG_IN_BAG_MG, INFUSION_MINUTES, MG_PER_KG, WEIGHT_KG

DOSE_STEP_MG: Final = Decimal("0.1")
VOLUME_STEP_ML: Final = Decimal("0.01")
RATE_STEP_ML_H: Final = Decimal("0.1")
CONCENTRATION_STEP: Final = Decimal("0.0001")
MCG_KG_MIN_STEP: Final = Decimal("0.01")
KG_PER_LB: Final = Decimal("0.45359237")
DEAD_VOLUME_ML: Final = limits("Line volume", "mL", "0..50", decimals=2)


class InfusionNotPossible(Refusal):
    """A number of the order cannot be; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Infusion:
    """An infusion order worked out. `lines` spells the arithmetic, one step to a line."""

    dose_mg_exact: Decimal
    dose_mg: Decimal
    concentration_mg_ml: Decimal
    volume_ml: Decimal
    rate_ml_h: Decimal
    mcg_kg_min: Decimal
    bag_is_enough: bool
    left_in_bag_mg: Decimal
    lines: tuple[str, ...]


def infusion(  # one argument for each number on the order form
    weight_kg: Decimal,
    mg_per_kg: Decimal,
    minutes: int,
    drug_mg_in_bag: Decimal,
    bag_volume_ml: Decimal,
    dead_volume_ml: Decimal = Decimal(0),
) -> Infusion:
    """Work out an infusion; refuse numbers that cannot be.

    The line's dead volume is not given to the person: it must be in the bag on top of the dose.
    When the bag does not hold the dose, `bag_is_enough` is False and the last line says so.
    """
    _possible("weight_kg", weight_kg, WEIGHT_KG)
    _possible("mg_per_kg", mg_per_kg, MG_PER_KG)
    _possible("minutes", minutes, INFUSION_MINUTES)
    _possible("drug_mg_in_bag", drug_mg_in_bag, DRUG_IN_BAG_MG)
    _possible("bag_volume_ml", bag_volume_ml, BAG_VOLUME_ML)
    _possible("dead_volume_ml", dead_volume_ml, DEAD_VOLUME_ML)
    # A context of our own: the result must not depend on what else set the thread's precision.
    with localcontext(Context(prec=28, rounding=ROUND_HALF_UP)):
        return _work_out(weight_kg, mg_per_kg, minutes, (drug_mg_in_bag, bag_volume_ml, dead_volume_ml))


def _work_out(weight_kg: Decimal, mg_per_kg: Decimal, minutes: int, bag: tuple[Decimal, Decimal, Decimal]) -> Infusion:
    drug_mg, bag_ml, dead_ml = bag
    exact_mg = weight_kg * mg_per_kg
    dose_mg = exact_mg.quantize(DOSE_STEP_MG)
    if dose_mg <= 0:
        raise InfusionNotPossible("mg_per_kg", "This order rounds to no drug at all. Raise the dose per weight.")
    concentration = drug_mg / bag_ml
    volume_ml = (dose_mg / concentration).quantize(VOLUME_STEP_ML)
    rate_ml_h = (volume_ml * 60 / minutes).quantize(RATE_STEP_ML_H)
    mcg_kg_min = (dose_mg * 1000 / weight_kg / minutes).quantize(MCG_KG_MIN_STEP)
    enough = dose_mg <= drug_mg and volume_ml + dead_ml <= bag_ml
    lines = (
        _dose_line(weight_kg, mg_per_kg, exact_mg, dose_mg),
        f"{plain(drug_mg)} mg in {plain(bag_ml)} mL = {plain(concentration.quantize(CONCENTRATION_STEP))} mg/mL",
        f"{dose_mg} mg ÷ {plain(concentration.quantize(CONCENTRATION_STEP))} mg/mL = {volume_ml} mL",
        f"{volume_ml} mL over {minutes} min = {rate_ml_h} mL/h",
        f"{dose_mg} mg ÷ {plain(weight_kg)} kg ÷ {minutes} min = {plain(mcg_kg_min)} mcg/kg/min",
        _bag_line(dose_mg, volume_ml, bag, enough=enough),
    )
    return Infusion(
        dose_mg_exact=exact_mg,
        dose_mg=dose_mg,
        concentration_mg_ml=concentration.quantize(CONCENTRATION_STEP),
        volume_ml=volume_ml,
        rate_ml_h=rate_ml_h,
        mcg_kg_min=mcg_kg_min,
        bag_is_enough=enough,
        left_in_bag_mg=drug_mg - dose_mg,
        lines=lines,
    )


def to_kg(pounds: Decimal) -> Decimal:
    """Turn pounds into kilograms, rounded to 0.01 kg."""
    return (pounds * KG_PER_LB).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _possible(field: str, value: Decimal | int, limit: Limits) -> None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InfusionNotPossible(field, f"{limit.label} must be a plain number. Type digits, with a point.")
    if limit.rejects(Decimal(value)):
        places = f", with at most {limit.decimals} decimals" if limit.decimals else ", in whole numbers"
        raise InfusionNotPossible(field, f"{limit.label} must be {limit.span}{places}. Check it and re-enter it.")


def _dose_line(weight_kg: Decimal, mg_per_kg: Decimal, exact_mg: Decimal, dose_mg: Decimal) -> str:
    worked = f"{plain(weight_kg)} kg × {plain(mg_per_kg)} mg/kg = "
    if exact_mg == dose_mg:
        return f"{worked}{dose_mg} mg"
    return f"{worked}{plain(exact_mg)} mg, ordered as {dose_mg} mg"


def _bag_line(dose_mg: Decimal, volume_ml: Decimal, bag: tuple[Decimal, Decimal, Decimal], *, enough: bool) -> str:
    drug_mg, bag_ml, dead_ml = bag
    if enough:
        return f"The bag holds {plain(drug_mg)} mg: {plain(drug_mg - dose_mg)} mg is left over"
    if dose_mg > drug_mg:
        return f"The bag holds {plain(drug_mg)} mg, which is less than the dose of {dose_mg} mg: put more drug in it"
    needed = volume_ml + dead_ml
    return f"The dose and the line need {plain(needed)} mL and the bag holds {plain(bag_ml)} mL: use a larger bag"
