"""How is it going, in plain words? Every sentence names the days it rests on; each day is a row of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from clinic.kit import written
from patients.instruments.catalogue import instrument
from patients.instruments.rules import change as change_rules
from patients.progress.rules import journey as journey_rules
from patients.progress.rules.days import short_day
from patients.progress.rules.journey import CODES, SUBJECTS, Journey, Score
from sessions.follow_up import rules as follow_up_rules

DAYS_NAMED: Final = 4
WORDS_FOR_COUNTS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Part:
    """A few words of a sentence: plain, strong, or a day that leads to its row."""

    text: str
    is_strong: bool = False
    day: date | None = None


Sentence = tuple[Part, ...]


@dataclass(frozen=True)
class Summary:
    """The sentence that counts, and those it rests on."""

    lead: tuple[Sentence, ...]
    details: tuple[Sentence, ...]


def summary(journey: Journey) -> Summary:
    """Say in words what the chart shows."""
    lead = [_lead(journey, code) for code in CODES if journey_rules.scored(journey, code)]
    if not lead:
        lead = [(Part("No score is recorded yet."),)]
    details = [sentence for code in CODES for sentence in _course_of(journey, code)]
    details += [*_sessions(journey), *_unanswered(journey), *_unscored(journey)]
    return Summary(lead=tuple(lead), details=tuple(details))


def whole_percent(percent: Decimal | None) -> str:
    """As the table and the sentences write it, rounded half up: 81%, or 7% worse."""
    if percent is None:
        return ""
    whole = int(percent.quantize(Decimal(1), ROUND_HALF_UP))
    return f"{-whole}% worse" if whole < 0 else f"{whole}%"


def count_words(count: int) -> str:
    """Small numbers as words, as in a sentence."""
    return WORDS_FOR_COUNTS[count] if count < len(WORDS_FOR_COUNTS) else str(count)


def _lead(journey: Journey, code: str) -> Sentence:
    subject = SUBJECTS[code]
    latest = journey_rules.scored(journey, code)[-1]
    judgement = journey_rules.judged(journey, latest)
    if judgement is None and journey.first_dose_at is None:
        return (Part(f"{subject} is "), Part(_band(latest), is_strong=True), Part("."))
    if judgement is None:
        return (Part(f"{subject} was "), Part(_band(latest), is_strong=True), Part(" at the start."))
    if journey_rules.relapse(journey, code) is not None:
        return (Part(f"{subject} has "), Part("come back", is_strong=True), Part(f" and is {_band(latest)}."))
    if judgement.remission:
        held = journey_rules.remission_days(journey_rules.remission_run(journey, code))
        words = "sustained remission" if held is not None else "remission"
        return (Part(f"{subject} is in "), Part(words, is_strong=True), Part("."))
    return _by_status(subject, latest, judgement)


def _by_status(subject: str, latest: Score, judgement: change_rules.Change) -> Sentence:
    band = _band(latest)
    if judgement.status == change_rules.RESPONSE:
        return (Part(f"{subject} has "), Part("at least halved", is_strong=True), Part(f" and is {band}."))
    if judgement.status == change_rules.PARTIAL:
        return (Part(f"{subject} is "), Part("partly better", is_strong=True), Part(f" and is {band}."))
    if judgement.status == change_rules.WORSE:
        return (Part(f"{subject} is "), Part("worse", is_strong=True), Part(f" than at the baseline, and is {band}."))
    if judgement.status == change_rules.NONE:
        return (Part(f"{subject} has "), Part("not responded", is_strong=True), Part(f" and is {band}."))
    return (Part(f"{subject} is "), Part(band, is_strong=True), Part("; a response cannot be judged."))


def _course_of(journey: Journey, code: str) -> list[Sentence]:
    series = journey_rules.scored(journey, code)
    if not series:
        return []
    name, latest = journey_rules.short_name(code), series[-1]
    start = journey_rules.baseline(journey, code)
    judgement = journey_rules.judged(journey, latest)
    if judgement is None:
        return [_only_before(journey, name, latest)]
    if start is None:
        return [
            (
                *_value(journey, f"{name} is ", latest),
                Part("; no score within 14 days before the first infusion, so there is no baseline."),
            )
        ]
    told: list[Sentence] = [
        (
            *_value(journey, f"{name} was ", start),
            *_value(journey, " and ", latest),
            Part(f": {_how_much(judgement)}."),
        )
    ]
    return [*told, *_remission(journey, code, judgement), *_low_baseline(start, code, judgement)]


def _only_before(journey: Journey, name: str, latest: Score) -> Sentence:
    if journey.first_dose_at is None:
        return (*_value(journey, f"{name} was ", latest), Part("."))
    return (*_value(journey, f"{name} was ", latest), Part("; not asked since the first infusion."))


def _value(journey: Journey, before: str, score: Score) -> Sentence:
    return (
        Part(f"{before}{score.total} ({_band(score)}) on "),
        Part(short_day(score.day, journey.today), day=score.day),
    )


def _how_much(judgement: change_rules.Change) -> str:
    percent = judgement.percent
    if percent is None:
        return "a change in percent cannot be computed"
    if percent == 0:
        return "no change"
    return f"{whole_percent(abs(percent))} {'better' if percent > 0 else 'worse'}"


def _remission(journey: Journey, code: str, judgement: change_rules.Change) -> list[Sentence]:
    below = instrument(code).remission_below
    if not judgement.remission:
        return []
    run = journey_rules.remission_run(journey, code)
    first = Part(short_day(run[0].day, journey.today), day=run[0].day)
    held = journey_rules.remission_days(run)
    if held is None:
        return [(Part(f"It has been under {below} since "), first, Part("; remission is sustained after 14 days."))]
    return [(Part(f"It has been under {below} at every score since "), first, Part(f", {held} days."))]


def _low_baseline(start: Score, code: str, judgement: change_rules.Change) -> list[Sentence]:
    needed = instrument(code).response_baseline_from
    if judgement.status != change_rules.NOT_EVALUABLE or start.total is None or start.total >= needed:
        return []
    return [(Part(f"A baseline under {needed} is not evaluable for response."),)]


def _sessions(journey: Journey) -> list[Sentence]:
    over = [session for session in journey.sessions if session.is_over]
    if not over:
        return _before_the_first(journey)
    total = sum((session.given_mg or Decimal(0) for session in over), Decimal(0))
    plural = "session" if len(over) == 1 else "sessions"
    return [
        (
            Part(
                f"{count_words(len(over)).capitalize()} {plural} given, {written.number(total)} mg in all, the last on "
            ),
            Part(short_day(over[-1].day, journey.today), day=over[-1].day),
            Part("."),
        )
    ]


def _before_the_first(journey: Journey) -> list[Sentence]:
    if journey.state is None:
        return []
    if journey.first_dose_at is not None:
        return [(Part("The first infusion is under way."),)]
    told: list[Sentence] = [(Part("No infusion has been given yet."),)]
    if any(journey_rules.scored(journey, code) for code in CODES):
        told.append((Part("The last score within 14 days before the first one will be the baseline."),))
    return told


def _unanswered(journey: Journey) -> list[Sentence]:
    missed = journey_rules.missed(journey)
    if not missed:
        return []
    asked = [one for one in journey.asked if one.state in {follow_up_rules.ANSWERED, follow_up_rules.EXPIRED}]
    if len(asked) == 1:
        start = Part("The only check-in so far was not answered, ")
        return [(start, *_days(journey, [one.day for one in missed]), Part("."))]
    counts = [count_words(len(rows)) for rows in (missed, asked)]
    if counts[1].isdigit():
        counts = [str(len(missed)), str(len(asked))]
    verb = "was" if len(missed) == 1 else "were"
    start = Part(f"{counts[0].capitalize()} of {counts[1]} check-ins {verb} not answered, ")
    return [(start, *_days(journey, [one.day for one in missed]), Part("."))]


def _unscored(journey: Journey) -> list[Sentence]:
    told: list[Sentence] = []
    for code in CODES:
        days = [score.day for score in journey.scores if score.code == code and score.total is None]
        if days:
            name = journey_rules.short_name(code)
            told.append((Part(f"{name} had too many blanks for a score on "), *_days(journey, days), Part(".")))
    return told


def _days(journey: Journey, days: Sequence[date]) -> Sentence:
    """Days in a row of words, each once; of many, the last few."""
    each = sorted(set(days))
    named = each[-DAYS_NAMED:]
    parts: list[Part] = [Part("most lately ")] if len(each) > DAYS_NAMED else []
    for place, day in enumerate(named):
        if place:
            parts.append(Part(" and " if place == len(named) - 1 else ", "))
        parts.append(Part(short_day(day, journey.today), day=day))
    return tuple(parts)


def _band(score: Score) -> str:
    return score.band.lower()
