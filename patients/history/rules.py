"""Which weights can be true? Limits of the weight in kilograms. Source: docs/clinical/plausibility.md."""

from typing import Final

from clinic.kit.limits import Limits, limits

WEIGHT_KG: Final[Limits] = limits("Weight", "kg", "25..350", "40..180", decimals=1)
