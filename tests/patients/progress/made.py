"""Journeys made of plain values: what the rules and the chart are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from patients.instruments.catalogue import instrument
from patients.progress.rules import journey as journey_rules
from patients.progress.rules.journey import Asked, Given, Journey, PlanVersion, Score

TODAY = date(2026, 3, 10)
FIRST = date(2026, 1, 6)


def day(number: int) -> date:
    """Days after the first infusion; negative ones before it."""
    return FIRST + timedelta(days=number)


def at(when: date, hour: int = 12) -> datetime:
    return datetime.combine(when, time(hour), tzinfo=UTC)


def scores(code: str, totals: Mapping[int, int | None], *, safety: int | None = 0) -> tuple[Score, ...]:
    """Totals by day; asked at eight in the morning, before the session of that day."""
    return tuple(
        Score(
            id=f"{code}-{number}",
            code=code,
            at=at(day(number), 8),
            day=day(number),
            total=total,
            band="" if total is None else instrument(code).band_for(total).label,
            missing=0 if total is not None else 4,
            safety_answer=safety if code == "phq9" else None,
        )
        for number, total in sorted(totals.items())
    )


def sessions(numbers: Sequence[int], *, mg: str = "40.5") -> tuple[Given, ...]:
    return tuple(
        Given(f"session-{place}", place, at(day(number)), day(number), Decimal(mg), is_over=True)
        for place, number in enumerate(numbers, start=1)
    )


def asked(number: int, state: str, *, kind: str = "day7", session: int = 1, **further: Any) -> Asked:
    return Asked(
        session_id=f"session-{session}",
        session_number=session,
        kind=kind,
        due_at=at(day(number)),
        day=day(number),
        state=state,
        attempts=further.pop("attempts", 0),
        answered_on=day(number) if state == "answered" else None,
        **further,
    )


def plan(version: int, number: int, **changed: Any) -> PlanVersion:
    usual = PlanVersion(
        version=version,
        signed_on=day(number),
        mg_per_kg=Decimal("0.500"),
        dose_mg=Decimal("40.5"),
        minutes=40,
        session_count=6,
        interval_days=3,
        goal="PHQ-9 under 5",
        review_on=date(2026, 6, 1),
    )
    return replace(usual, **changed)


def journey(
    phq9: Mapping[int, int | None] | None = None,
    gad7: Mapping[int, int | None] | None = None,
    given: Sequence[int] = (),
    **further: Any,
) -> Journey:
    """A course whose first session, if any, was on day 0."""
    all_scores = (*scores("phq9", phq9 or {}), *scores("gad7", gad7 or {}))
    rows = sessions(given)
    usual: dict[str, Any] = {
        "today": TODAY,
        "state": "induction" if given else "planned",
        "first_dose_at": rows[0].started_at if rows else None,
        "first_dose_on": rows[0].day if rows else None,
        "scores": tuple(sorted(all_scores, key=lambda score: score.at)),
        "sessions": rows,
    }
    return journey_rules.Journey(**{**usual, **further})
