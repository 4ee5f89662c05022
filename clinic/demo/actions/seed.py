"""In which order is everything done? Each person's story from the first call until this moment, all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from django.db import transaction

from clinic.demo import queries
from clinic.demo.actions import aftercare, intake, treatment, volume
from clinic.demo.actions.house import House, open_house, quick_proofs
from clinic.demo.actions.intake import INTAKE_DAYS, Case
from clinic.demo.actions.trail import look_around, look_back
from clinic.demo.actions.twice import register_twice
from clinic.demo.actions.volume import Crowd, Telling
from clinic.demo.rules import curves, growth, stories
from clinic.demo.rules.diary import STARTED_AFTER, TODAY, USUALLY_STARTED_AFTER
from clinic.demo.rules.people import Person, people
from clinic.demo.rules.stories import Story
from clinic.kit.refusals import Refusal
from patients.assessment.models import Assessment, Decision
from patients.instruments.models import Purpose
from patients.registration.models import Patient

ASKED_BEFORE: Final = frozenset({3, 5, 7, 8, 9})  # sessions before which the PHQ-9 is asked
COSIGNED_AFTER: Final = timedelta(days=3)
EARLY_DAYS: Final[Mapping[str, int]] = {
    stories.REFERRED: 4,
    stories.INTAKE: 4,
    stories.UNDER_REVIEW: 6,
    stories.MORE_INFO: 9,
    stories.DECLINED: 15,
    stories.ELIGIBLE: 7,
    stories.DRAFTED: 9,
    stories.PLANNED: 9,
}


class NotEmpty(Refusal):
    """A clinic that has people already."""


class Silence:
    """Tells nobody how far the work is."""

    def begin(self, what: str, total: int) -> None: ...
    def on(self, parts: int, detail: str = "") -> None: ...


SILENCE: Final = Silence()


def seed(
    *,
    count: int,
    seed_number: int,
    now: datetime,
    told: Sequence[Story] | None = None,
    sessions_each: int | None = None,
    telling: Telling = SILENCE,
) -> None:
    """Make the demonstration clinic: the same seed at the same moment makes the same one. Refused where people are.

    Stories are `told` step by step, those of the demonstration unless others are given; more people than that are a
    crowd, each of whom is like one of these, with so many sessions each on average as the size of the clinic tells
    unless said otherwise. When every story is told, two of the people were registered twice. All is one transaction:
    interrupted, it leaves an empty clinic behind.
    """
    told = stories.stories(count) if told is None else told
    crowd = count - len(told)
    with transaction.atomic(), quick_proofs():
        must_be_empty()
        if crowd:
            volume.must_own_the_tables()
            volume.begin_on_clean_files()
        house = open_house(now=now)
        known = _tell(house, told, seed_number, telling)
        if crowd:
            look_back(house, Random(f"looks {seed_number}"))
            sessions = (
                count * (growth.sessions_per_hundred(count) if sessions_each is None else 100 * sessions_each) // 100
            )
            volume.write_crowd(house, known, told, Crowd(crowd, sessions, seed_number), telling=telling)
        if len(told) >= len(stories.STORIES):
            register_twice(house, known, told, Random(f"twice {seed_number}"))


def _tell(house: House, told: Sequence[Story], seed_number: int, telling: Telling) -> list[UUID]:
    """Everybody's story in turn; the ids of the people in the same order."""
    telling.begin("Making the demonstration clinic", len(told))
    everybody = zip(people(seed_number, len(told), house.diary.today), told, strict=True)
    known, here_today = [], []
    for place, (person, story) in enumerate(everybody):
        rng = Random(f"story {seed_number} {place}")
        patient, case = _live(house, person, story, rng)
        known.append(patient.pk)
        here_today += [case] if case and story.today else []
        telling.on(1)
    # What is under way now would stand in the way of the past, so it comes last, and in its own order.
    for case in sorted(here_today, key=lambda one: TODAY[one.story.today][0][1]):
        _today(case)
        aftercare.check_in_all(case)
        _afterwards(case)
    look_around(house, Random(f"trail {seed_number}"))
    return known


def must_be_empty() -> None:
    """Refuse to mix made-up people with others."""
    if not queries.is_empty():
        raise NotEmpty("This clinic has people already. The demonstration is made only in an empty one.")


def _live(house: House, person: Person, story: Story, rng: Random) -> tuple[Patient, Case | None]:
    """One person's story up to yesterday."""
    if story.stage == stories.REGISTERED:
        return intake.register(house, person, at=house.now - timedelta(hours=30), rng=rng), None
    case = intake.refer(house, person, story, first_day=_first_day(house, story, rng), rng=rng)
    early = _EARLY.get(story.stage)
    if early is not None:
        early(case)
        return case.patient, case
    intake.prepare(case)
    _treat_all(case)
    if not story.today:
        aftercare.check_in_all(case)
        _afterwards(case)
    return case.patient, case


def _first_day(house: House, story: Story, rng: Random) -> date:
    early_days = EARLY_DAYS.get(story.stage, 0) + rng.randrange(2)
    days = story.session_days_ago[0] + INTAKE_DAYS if story.sessions else early_days
    return house.diary.days_ago(days)


def _treat_all(case: Case) -> None:
    """Every session of the past, each in its turn."""
    diary = case.house.diary
    for number, days in enumerate(case.story.session_days_ago, start=1):
        slot = diary.past(case.rng, diary.days_ago(days), case.story.room)
        if number == stories.INDUCTION_SESSIONS + 1:
            aftercare.move_on(case, at=slot.starts_at - timedelta(days=6))
        if number in ASKED_BEFORE:
            _ask_before(case, number, slot.starts_at - timedelta(minutes=14))
        infusion = treatment.treat(case, slot, until=case.house.now)
        treatment.sign(case, infusion, is_cosigned=case.house.now - slot.starts_at > COSIGNED_AFTER)


def _ask_before(case: Case, number: int, at: datetime) -> None:
    total = curves.total_after(case.first_score, case.story.path, number - 1, case.rng)
    answers = curves.phq9(total, case.rng)
    intake.answer(case, "phq9", answers, at=at, purpose=Purpose.BEFORE_SESSION.value)


def _today(case: Case) -> None:
    """The visit of today, as far as it has come; where today has no room left, tomorrow."""
    role, house = case.story.today, case.house
    slot = house.diary.around_now(role)
    if slot is None:
        treatment.book_next(case, house.diary.today)
        return
    if role in {stories.HELD, stories.MISSED}:
        (treatment.hold if role == stories.HELD else treatment.miss)(case, slot)
    elif role in {stories.LATER, stories.LATE, stories.WAITING, stories.NO_RIDE}:
        visit = treatment.book(case, slot, at=slot.starts_at - timedelta(days=2))
        if role in {stories.WAITING, stories.NO_RIDE}:
            _ask_before(case, case.story.sessions + 1, house.now - timedelta(minutes=7))
            has_ride = role == stories.WAITING
            treatment.arrive(case, visit, at=house.now - timedelta(minutes=9), has_ride=has_ride)
    else:
        _ask_before(case, case.story.sessions + 1, slot.starts_at - timedelta(minutes=5))
        started_after = STARTED_AFTER.get(role, USUALLY_STARTED_AFTER)
        infusion = treatment.treat(case, slot, until=house.now, started_after=started_after)
        if role == stories.GONE:
            treatment.sign(case, infusion, is_cosigned=False)


def _afterwards(case: Case) -> None:
    """What comes next: an end, or another visit."""
    story, diary = case.story, case.house.diary
    if story.stage in {stories.COMPLETED, stories.DISCONTINUED, stories.ON_HOLD}:
        aftercare.end_course(case, at=diary.moment(diary.days_ago(max(1, story.days_ago - 9)), 15))
        return
    if stories.MISSED_ONCE in story.special:
        treatment.miss(case, diary.past(case.rng, diary.days_ago(1)))
    given = story.sessions + bool(story.today)
    if given == stories.INDUCTION_SESSIONS:
        return
    interval = stories.MAINTENANCE_INTERVAL if given > stories.INDUCTION_SESSIONS else stories.INDUCTION_INTERVAL
    treatment.book_next(case, diary.today + timedelta(days=interval if story.today else interval - story.days_ago))


def _intake(case: Case) -> None:
    """Questionnaires filled in, and the conditions half asked. Or a positive answer, a moment ago."""
    now = case.house.now
    if stories.SUICIDE_OPEN in case.story.special:
        intake.ask_baseline(case, at=now - timedelta(minutes=34), suicide_item=2)
        return
    at = now - timedelta(hours=case.rng.randrange(20, 60))
    intake.ask_baseline(case, at=at)
    intake.ask_conditions(case, at=at + timedelta(minutes=18), leave_out=intake.UNASKED)


def _review(case: Case) -> None:
    _hand_over(case)


def _more_info(case: Case) -> None:
    at = case.house.now - timedelta(hours=28)
    note = "Letter from cardiology about the arrhythmia of last year, please."
    intake.decide(case, _hand_over(case), at=at, decision=Decision.MORE_INFORMATION.value, note=note)


def _declined(case: Case) -> None:
    at = case.house.now - timedelta(days=3)
    note = "Psychosis in the family and current derealization; referred for an assessment elsewhere."
    intake.decide(case, _hand_over(case), at=at, decision=Decision.DECLINED.value, note=note)


def _eligible(case: Case) -> None:
    intake.decide(case, _hand_over(case), at=case.house.now - timedelta(hours=26), decision=Decision.ELIGIBLE.value)


def _drafted(case: Case) -> None:
    _eligible(case)
    intake.write_plan(case, at=case.house.now - timedelta(hours=5), is_signed=False)


def _planned(case: Case) -> None:
    intake.prepare(case)
    if not case.story.today:
        treatment.book_next(case, case.house.diary.today + timedelta(days=case.rng.randrange(1, 4)))


def _hand_over(case: Case) -> Assessment:
    """Everything asked and handed to the prescriber, on the second day."""
    at = case.house.diary.moment(case.first_day + timedelta(days=1), 10, case.rng.randrange(50))
    is_positive = stories.SUICIDE_CLOSED in case.story.special
    intake.ask_baseline(case, at=at, suicide_item=1 if is_positive else 0)
    if is_positive:
        intake.close_risk(case, at=at + timedelta(minutes=12))
    return intake.ask_conditions(case, at=at + timedelta(minutes=45))


_EARLY: Final[Mapping[str, Callable[[Case], None]]] = {
    stories.REFERRED: lambda _: None,
    stories.INTAKE: _intake,
    stories.UNDER_REVIEW: _review,
    stories.MORE_INFO: _more_info,
    stories.DECLINED: _declined,
    stories.ELIGIBLE: _eligible,
    stories.DRAFTED: _drafted,
    stories.PLANNED: _planned,
}
