"""What happened on which day? The chart's facts as rows, newest first, each with an anchor that sentences point to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from clinic.kit import written
from patients.progress.rules import journey as journey_rules
from patients.progress.rules.days import day_number, short_day
from patients.progress.rules.journey import CODES, Journey, PlanVersion, Score
from patients.progress.rules.summary import whole_percent
from sessions.follow_up import rules as follow_up_rules


@dataclass(frozen=True)
class Cell:
    """A score as the table shows it, with the questionnaire it is of; `id` leads to the answers."""

    id: str
    name: str
    total: str
    better: str


@dataclass(frozen=True)
class Row:
    """One day. `cells` holds a score or None for each questionnaire, in order."""

    anchor: str
    day: date
    when: str
    number: str
    session_id: str
    session: str
    dose_mg: str
    cells: tuple[Cell | None, ...]
    unanswered: tuple[str, ...]
    happened: tuple[str, ...]
    is_ahead: bool


@dataclass
class _Day:
    day: date
    scores: dict[str, list[Score]] = field(default_factory=lambda: {code: [] for code in CODES})
    sessions: list[journey_rules.Given] = field(default_factory=list)
    missed: list[journey_rules.Asked] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)


def anchor(day: date) -> str:
    """The id of a day's first row."""
    return f"r-{day:%Y%m%d}"


def rows(journey: Journey) -> tuple[Row, ...]:
    """Every day on which something happened or is planned, newest first."""
    days = _days(journey)
    return tuple(row for day in sorted(days, reverse=True) for row in _rows_of(journey, days[day]))


def _days(journey: Journey) -> dict[date, _Day]:
    days: dict[date, _Day] = {}

    def on(day: date) -> _Day:
        return days.setdefault(day, _Day(day))

    for score in journey.scores:
        on(score.day).scores[score.code].append(score)
    for session in journey.sessions:
        on(session.day).sessions.append(session)
    for asked in journey_rules.missed(journey):
        on(asked.day).missed.append(asked)
    for day, words in _told(journey):
        on(day).happened.append(words)
    _statuses(journey, days)
    return days


def _told(journey: Journey) -> Iterator[tuple[date, str]]:
    """What happened besides scores and sessions: check-ins answered, plans signed, visits planned."""
    for asked in journey.asked:
        if asked.answered_on is not None:
            yield asked.answered_on, _answered_words(asked)
    for plan, words in plan_changes(journey.plans):
        yield plan.signed_on, f"Plan {plan.version}: {'; '.join(words)}"
    for number, visit in enumerate(journey.visits, start=len(journey.sessions) + 1):
        yield visit, f"Session {number} planned"


def _statuses(journey: Journey, days: dict[date, _Day]) -> None:
    """Say on which day a baseline was set or the status of a questionnaire became another one."""
    baselines: dict[date, list[str]] = {}
    for code in CODES:
        name, before = journey_rules.short_name(code), ""
        start = journey_rules.baseline(journey, code)
        if start is not None:
            baselines.setdefault(start.day, []).append(name)
        for score in journey_rules.since_first_dose(journey, code):
            status = journey_rules.status_words(journey_rules.judged(journey, score))
            if status and status != before:
                days[score.day].happened.append(f"{name} {status}")
            before = status
        run = journey_rules.remission_run(journey, code)
        held = journey_rules.remission_days(run)
        if held is not None:
            days[run[-1].day].happened.append(f"{name} remission, sustained ({held} days)")
    for day, names in baselines.items():
        days[day].happened.append(f"{' and '.join(names)} baseline, frozen")


def _rows_of(journey: Journey, day: _Day) -> Iterator[Row]:
    """Usually one; more when a questionnaire was answered twice on a day."""
    count = max(1, len(day.sessions), *(len(scores) for scores in day.scores.values()))
    for place in range(count):
        is_first = place == 0
        session = day.sessions[place] if place < len(day.sessions) else None
        yield Row(
            anchor=anchor(day.day) if is_first else f"{anchor(day.day)}-{place + 1}",
            day=day.day,
            when=short_day(day.day, journey.today),
            number=day_number(day.day, journey.first_dose_on),
            session_id=session.id if session else "",
            session=str(session.number) if session else "",
            dose_mg=_milligrams(session),
            cells=tuple(_cell(journey, code, day.scores[code], place) for code in CODES),
            unanswered=tuple(_missed_words(asked) for asked in day.missed) if is_first else (),
            happened=(*_blanks(day, place), *(day.happened if is_first else ())),
            is_ahead=day.day > journey.today,
        )


def _milligrams(session: journey_rules.Given | None) -> str:
    if session is None:
        return ""
    return "running" if not session.is_over else written.number(session.given_mg or Decimal(0))


def _cell(journey: Journey, code: str, scores: list[Score], place: int) -> Cell | None:
    if place >= len(scores):
        return None
    score = scores[place]
    judgement = journey_rules.judged(journey, score)
    return Cell(
        id=score.id,
        name=journey_rules.short_name(code),
        total="no score" if score.total is None else str(score.total),
        better=whole_percent(judgement.percent) if judgement else "",
    )


def _blanks(day: _Day, place: int) -> Iterator[str]:
    for code in CODES:
        if place < len(day.scores[code]) and day.scores[code][place].missing:
            count = day.scores[code][place].missing
            kept = "no score" if day.scores[code][place].total is None else "prorated"
            yield f"{journey_rules.short_name(code)}: {count} question{'' if count == 1 else 's'} left blank, {kept}"


def _missed_words(asked: journey_rules.Asked) -> str:
    tries = "" if not asked.attempts else f" Tried {'once' if asked.attempts == 1 else f'{asked.attempts} times'}."
    return f"{_check_in(asked)} not answered.{tries}"


def _answered_words(asked: journey_rules.Asked) -> str:
    mood = "" if asked.mood_nrs is None else f": mood {asked.mood_nrs} of 10"
    return f"{_check_in(asked)}{mood}"


def _check_in(asked: journey_rules.Asked) -> str:
    return f"{follow_up_rules.CHECK_IN_LABELS[asked.kind]} of session {asked.session_number}"


def plan_changes(plans: tuple[PlanVersion, ...]) -> Iterator[tuple[PlanVersion, tuple[str, ...]]]:
    """Each version with what it says, or with what it changed, in words."""
    for place, plan in enumerate(plans):
        if place == 0:
            yield plan, (f"{_dose(plan)}, {_rhythm(plan)}",)
        else:
            yield plan, tuple(_changed(plans[place - 1], plan)) or ("no change to dose or rhythm",)


def _changed(before: PlanVersion, after: PlanVersion) -> Iterator[str]:
    if before.mg_per_kg != after.mg_per_kg:
        yield f"from {written.number(before.mg_per_kg)} to {_dose(after)}"
    elif before.dose_mg != after.dose_mg:
        yield f"from {written.number(before.dose_mg)} to {written.number(after.dose_mg)} mg"
    if before.interval_days != after.interval_days:
        yield f"from {_interval(before)} to {_interval(after)}"
    if before.minutes != after.minutes:
        yield f"from {before.minutes} to {after.minutes} min"
    if before.session_count != after.session_count:
        yield f"from {before.session_count} to {after.session_count} session{'' if after.session_count == 1 else 's'}"


def plan_label(before: PlanVersion, after: PlanVersion) -> str:
    """The few words that stand at a plan change on the chart."""
    if before.mg_per_kg != after.mg_per_kg:
        return f"Plan {after.version}: {_dose(after)}"
    if before.interval_days != after.interval_days:
        return f"Plan {after.version}: {_interval(after)}"
    if before.minutes != after.minutes:
        return f"Plan {after.version}: {after.minutes} min"
    return f"Plan {after.version}"


def _dose(plan: PlanVersion) -> str:
    return f"{written.number(plan.mg_per_kg)} mg/kg"


def _interval(plan: PlanVersion) -> str:
    return "every day" if plan.interval_days == 1 else f"every {plan.interval_days} days"


def _rhythm(plan: PlanVersion) -> str:
    return f"{plan.session_count} session{'' if plan.session_count == 1 else 's'}, {_interval(plan)}"
