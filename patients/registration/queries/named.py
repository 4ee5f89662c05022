"""Whom does a row tell of that names one of a person's records? Columns to ask for, and which of them say it."""

from collections.abc import Mapping, Sequence
from typing import Any


def columns_of_person(names: Sequence[str]) -> tuple[str, ...]:
    """Of the record that the row names, and of the one that it was merged into, if it was."""
    of_both = (f"{record}__{name}" for record in ("patient", "patient__merged_into") for name in names)
    return ("patient_id", "patient__person_id", *of_both)


def values_of_person(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """What the columns hold of the record that stands for the person."""
    is_merged = row["patient__person_id"] != row["patient_id"]
    record = "patient__merged_into" if is_merged else "patient"
    return {name: row[f"{record}__{name}"] for name in names}
