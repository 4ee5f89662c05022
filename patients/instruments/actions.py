"""How does a filled-in questionnaire enter the record? Scored, item by item, and never without an owner for a risk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.kit.keys import uuid7
from clinic.kit.refusals import Refusal
from clinic.staff.models import User
from clinic.worklist import actions as worklist_actions
from clinic.worklist.models import Task
from patients.courses.models import Course
from patients.instruments.catalogue import Instrument, instrument
from patients.instruments.models import QuestionnaireAnswer, QuestionnaireResponse
from patients.instruments.queries import task_source
from patients.instruments.rules.scoring import SUICIDE_ITEM_POSITIVE, Score, score, suicide_level
from patients.registration import actions as registration_actions
from patients.registration.models import Patient


class NothingAnswered(Refusal):
    """A questionnaire without a single answer says nothing."""


class AnsweredInFuture(Refusal):
    """The moment of answering lies ahead."""


class NotThisPerson(Refusal):
    """A course, response or key that belongs to somebody else."""


class NotCorrectable(Refusal):
    """A correction without a reason, of another questionnaire, or of a response that was corrected already."""


@dataclass(frozen=True)
class Given:
    """What was handed in, before it is judged."""

    answers: tuple[int | None, ...]
    difficulty: int | None
    mode: str
    purpose: str
    answered_at: datetime


@transaction.atomic
def record_response(  # noqa: PLR0913 - each is a fact of its own, all named by the caller
    *,
    patient: Patient,
    course: Course | None,
    code: str,
    answers: Sequence[int | None],
    mode: str,
    purpose: str,
    answered_at: datetime,
    by: User,
    now: datetime,
    key: UUID | None = None,
    supersedes: QuestionnaireResponse | None = None,
    correction_reason: str = "",
    difficulty: int | None = None,
) -> QuestionnaireResponse:
    """Score and keep one filled-in questionnaire; a positive suicide item opens its task in the same transaction.

    None stands for a question left blank. The same key sent again for the same person returns the first row. A
    correction names the response that it supersedes, and why. Refused: no answer at all, an answer that is not on the
    form, a moment in the future, or anything that belongs to another person.
    """
    person = registration_actions.hold(patient.pk)
    twin = QuestionnaireResponse.objects.filter(pk=key).first() if key else None
    if twin is not None:
        return _same_person(twin, person)
    given = Given(tuple(answers), difficulty, mode, purpose, answered_at)
    form = instrument(code)
    result = score(code, given.answers)
    _refuse_unusable(form, given, now)
    _refuse_wrong_correction(form, person, supersedes, correction_reason)
    if course is not None and course.patient.person_id != person.pk:
        raise NotThisPerson("This course belongs to somebody else. Go back to the person’s page and start again.")
    response = _response(form, given, result, by, now)
    response.pk = key or uuid7()
    response.patient, response.course = _record_of(person, course, supersedes), course
    response.supersedes, response.correction_reason = supersedes, correction_reason.strip()
    response.save(force_insert=True)
    QuestionnaireAnswer.objects.bulk_create(_rows(form, given, response))
    if SUICIDE_ITEM_POSITIVE in result.flags:
        _open_task(response, given, by, now)
    return response


def _record_of(person: Patient, course: Course | None, supersedes: QuestionnaireResponse | None) -> Patient:
    """Where several records are of one person, what hangs on a row stays on the record of that row."""
    hangs_on = supersedes or course
    return hangs_on.patient if hangs_on else person


def _same_person(response: QuestionnaireResponse, patient: Patient) -> QuestionnaireResponse:
    if response.patient.person_id != patient.pk:
        raise NotThisPerson("This form was opened for somebody else. Reload the page and fill it in again.")
    return response


def _refuse_unusable(form: Instrument, given: Given, now: datetime) -> None:
    if all(answer is None for answer in given.answers):
        raise NothingAnswered(f"No question of the {form.short_name} is answered. Choose at least one answer.")
    if given.answered_at > now:
        raise AnsweredInFuture("The time of answering lies in the future. Check the day and the time.")
    allowed = {option.value for option in form.difficulty.answers} if form.difficulty else set()
    if given.difficulty is not None and given.difficulty not in allowed:
        raise NothingAnswered("The last answer is not a choice on the form. Choose one, or leave it blank.")


def _refuse_wrong_correction(
    form: Instrument, patient: Patient, supersedes: QuestionnaireResponse | None, reason: str
) -> None:
    if supersedes is None:
        return
    if supersedes.patient.person_id != patient.pk or supersedes.instrument != form.code:
        raise NotThisPerson("A correction stays with the same person and the same questionnaire.")
    if QuestionnaireResponse.objects.filter(supersedes=supersedes).exists():
        raise NotCorrectable("This was corrected in the meantime. Open the latest version and correct that one.")
    if not reason.strip():
        raise NotCorrectable("Say why the answers are corrected.")


def _response(form: Instrument, given: Given, result: Score, by: User, now: datetime) -> QuestionnaireResponse:
    return QuestionnaireResponse(
        instrument=form.code,
        instrument_version=form.version,
        mode=given.mode,
        purpose=given.purpose,
        answered_at=given.answered_at,
        recorded_at=now,
        recorded_by=by,
        total=result.total,
        raw_total=result.raw_total,
        band=result.band or "",
        is_prorated=result.prorated,
        missing_count=len(result.missing),
        safety_answer=None if form.safety_item is None else given.answers[form.safety_item - 1],
    )


def _rows(form: Instrument, given: Given, response: QuestionnaireResponse) -> list[QuestionnaireAnswer]:
    """One row for each answer. The unscored question, where there is one, counts on after the last item."""
    asked = (*given.answers, given.difficulty) if form.difficulty else given.answers
    return [
        QuestionnaireAnswer(response=response, item=number, value=value)
        for number, value in enumerate(asked, start=1)
        if value is not None
    ]


def _open_task(response: QuestionnaireResponse, given: Given, by: User, now: datetime) -> None:
    form = instrument(response.instrument)
    level = suicide_level(given.answers)
    words = next(option.label for option in form.answers if option.value == response.safety_answer)
    worklist_actions.open_task(
        kind=Task.Kind.SUICIDE_RISK.value,
        level=level or Task.Level.MODERATE.value,
        site=response.course.site if response.course else by.home_site,
        patient_id=response.patient_id,
        source=task_source(response.pk),
        detail=f"{form.short_name}, question {form.safety_item}: “{words}” ({response.safety_answer} of 3).",
        by=by,
        now=now,
    )
