"""What is sent that nobody should have to reckon with? The values of each class, and the right answer to each."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "corpus"
ACCEPT, REFUSE, EITHER = "accept", "refuse", "either"
TEXT = frozenset({"person_name", "words", "note"})
CLASSES = (
    "person_name",
    "note",
    "words",
    "birth_date",
    "day",
    "clock",
    "datetime",
    "decimal",
    "integer",
    "choice",
    "boolean",
    "id",
    "email",
    "phone",
    "search",
    "sort_filter",
    "key",
    "password",
    "pin",
)


@dataclass(frozen=True)
class Odd:
    """One value, and whether it is to be taken, refused, or either as the field's own limits say."""

    value: str
    right: str


@cache
def values(kind: str) -> tuple[Odd, ...]:
    """The reviewed values of a class, as they stand in its file."""
    rows = json.loads((FOLDER / f"{kind}.json").read_text(encoding="ascii"))
    return tuple(Odd(row["value"], row["right"]) for row in rows)


def made_for(kind: str, longest: int | None, *, is_required: bool) -> list[Odd]:
    """What depends on the field itself: nothing, only spaces, just long enough, one too long, ten times too long."""
    nothing = REFUSE if is_required else EITHER
    blank = {"choice": REFUSE}.get(kind, nothing if kind in TEXT else EITHER)
    made = [Odd("", nothing), Odd("   ", blank)]
    if longest is None:
        return made
    right = ACCEPT if kind in TEXT else EITHER
    return [*made, Odd("a" * longest, right), Odd("a" * (longest + 1), REFUSE), Odd("a" * (10 * longest), REFUSE)]
