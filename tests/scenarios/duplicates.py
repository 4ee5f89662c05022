"""How do two records come to be of one person? Registered twice, merged by the administrator, taken apart again."""

from datetime import date, datetime
from typing import Any

from patients.merging import actions, queries
from patients.merging.models import Merge
from patients.registration.models import Patient
from tests.scenarios import people
from tests.scenarios.cast import NOW, Cast

TWIN: dict[str, Any] = {
    "given_name": "Mia",
    "family_name": "Ordonez",
    "preferred_name": "",
    "birth_date": date(1982, 4, 6),
    "phone": "+12025550177",
}
BECAUSE = "Same identity card, seen at the desk."
NOT_ONE = "Two identity cards, two people at the desk."


def twice_registered(cast: Cast) -> tuple[Patient, Patient]:
    """Maria Ordóñez, and Mia Ordonez with day and month of birth swapped."""
    return people.registered(cast), people.registered(cast, **TWIN)


def merged(cast: Cast, kept: Patient, other: Patient, *, now: datetime = NOW, reason: str = BECAUSE) -> Merge:
    """The two compared and merged by Ada."""
    preview = queries.preview(kept.pk, other.pk, now=now)
    if preview is None:
        raise ValueError("these are not two people")
    return actions.merge_people(kept=kept.pk, other=other.pk, seen=preview.seen, reason=reason, by=cast.ada, now=now)


def undone(cast: Cast, merge: Merge, *, now: datetime = NOW) -> Merge:
    """Taken apart again by Ada."""
    return actions.undo_merge(merge=merge, reason=NOT_ONE, by=cast.ada, now=now)
