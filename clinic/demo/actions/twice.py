"""Who was registered twice? One pair that waits to be compared, and one that was merged."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from clinic.demo.actions.house import House, acting
from clinic.demo.rules import stories
from clinic.demo.rules.people import key
from clinic.demo.rules.stories import Story
from patients.merging import actions as merging_actions
from patients.merging import queries as merging_queries
from patients.registration import actions as registration_actions
from patients.registration import queries as registration_queries
from patients.registration.models import Patient

LAST_DAY_BOTH_CAN_BE: Final = 12


def register_twice(house: House, known: Sequence[UUID], told: Sequence[Story], rng: Random) -> None:
    """Somebody planned and somebody whose course is completed, each registered once more; the second is merged."""
    stages = [story.stage for story in told]
    planned, completed = (known[stages.index(stage)] for stage in (stories.PLANNED, stories.COMPLETED))
    _again(house, planned, at=house.now - timedelta(hours=27), rng=rng, because="Says that it is the first time here.")
    other = _again(
        house, completed, at=house.now - timedelta(days=4), rng=rng, because="Called from another number, no papers."
    )
    with acting(house.staff["ada"]) as ada:
        at = house.now - timedelta(days=3)
        page = merging_queries.preview(completed, other.pk, now=at)
        if page is None:
            raise ValueError("these are not two people")
        merging_actions.merge_people(
            kept=completed,
            other=other.pk,
            seen=page.seen,
            reason="Same identity card, seen at the desk.",
            by=ada,
            now=at,
        )


def _again(house: House, patient_id: UUID, *, at: datetime, rng: Random, because: str) -> Patient:
    """The same person on the phone, written down in a hurry: the short name, and the day and month swapped."""
    first = registration_queries.patient(patient_id)
    details: dict[str, Any] = {
        **registration_queries.details_of(first),
        "given_name": first.preferred_name or first.given_name,
        "preferred_name": "",
        "birth_date": _slipped(first.birth_date),
        "email": "",
    }
    with acting(house.staff["fran"]) as fran:
        return registration_actions.register(
            details=details,
            by=fran,
            now=at,
            key=key(rng, int(at.timestamp() * 1000)),
            anyway_because=because,
        )


def _slipped(born: date) -> date:
    if born.day <= LAST_DAY_BOTH_CAN_BE and born.day != born.month:
        return born.replace(month=born.day, day=born.month)
    return born.replace(year=born.year - 10)
