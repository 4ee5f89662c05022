"""What are a column and a stored code called by somebody who has never seen a table?"""

import re
from typing import Final

# The longest ending first: mL/h is no number of hours.
UNITS: Final = {
    "mg_per_kg": "mg/kg",
    "mg_ml": "mg/mL",
    "ml_h": "mL/h",
    "l_min": "L/min",
    "mmhg": "mmHg",
    "bpm": "per minute",
    "percent": "%",
    "minutes": "minutes",
    "hours": "hours",
    "days": "days",
    "kg": "kg",
    "mg": "mg",
    "ml": "mL",
    "c": "°C",
}
CALLED: Final = {
    "dose_mg_exact": "Dose before rounding, mg",
    "iv_out": "IV out",
    "moaas": "MOAA/S",
    "mood_nrs": "Mood, 0 to 10",
    "patient_id": "Patient",
    "seq": "Number on the device",
}
CODED: Final = frozenset(
    {"action_taken", "band", "check_code", "chip", "code", "drug", "from_state", "route", "step", "term", "to_state"}
)
_A_CODE: Final = re.compile(r"[a-z][a-z0-9_]*")


def column_words(name: str, own: str = "") -> str:
    """A column as a label: what the model calls it in its own words, or rate_ml_h as Rate, mL/h."""
    if own and own != name.replace("_", " "):
        return own.capitalize()
    if name in CALLED:
        return CALLED[name]
    unit = next((ending for ending in UNITS if name.endswith(f"_{ending}")), "")
    words = re.sub("(?i)spo2", "SpO₂", name.removesuffix(f"_{unit}").replace("_", " ").capitalize())
    return f"{words}, {UNITS[unit]}" if unit else words


def code_words(column: str, value: str) -> str:
    """A code without a list of words of its own, readable: recent_stroke as Recent stroke."""
    return value.replace("_", " ").capitalize() if column in CODED and _A_CODE.fullmatch(value) else value
