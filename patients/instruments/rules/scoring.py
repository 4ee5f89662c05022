"""What does a filled-in questionnaire add up to, and does it need a person's attention?"""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.kit.refusals import Refusal
from patients.instruments.catalogue import Instrument, instrument

NOT_SCORED = "not_scored"
SAFETY_INCOMPLETE = "safety_incomplete"
SUICIDE_ITEM_POSITIVE = "suicide_item_positive"

SUICIDE_LOW = "low"
SUICIDE_MODERATE = "moderate"
MODERATE_FROM = 2


class WrongAnswerCount(Refusal):
    """There are more or fewer answers than questions."""


class AnswerNotAllowed(Refusal):
    """An answer is not one of the choices on the form."""


@dataclass(frozen=True)
class Score:
    """A scored questionnaire; `total` and `band` are None when too much is missing to score it."""

    instrument: str
    total: int | None
    raw_total: int
    band: str | None
    band_label: str | None
    missing: tuple[int, ...]
    prorated: bool
    flags: tuple[str, ...]


def score(code: str, answers: Sequence[int | None]) -> Score:
    """Score the answers; None stands for a question left blank.

    One or two blanks are replaced by the mean of the answered questions, rounded half up; with more there is no
    score. For the PHQ-9 this is the rule of the NHS Data Dictionary; for the GAD-7 it is this project's choice.
    The suicide question (PHQ-9 item 9) is never imputed for safety: blank, it is flagged, whatever the total.
    Sources: docs/clinical/questionnaires.md.
    """
    form = instrument(code)
    _refuse_impossible(form, answers)
    answered = [answer for answer in answers if answer is not None]
    missing = tuple(number for number, answer in enumerate(answers, start=1) if answer is None)
    total = _total(form, answered, len(missing))
    band = None if total is None else form.band_for(total)
    return Score(
        instrument=form.code,
        total=total,
        raw_total=sum(answered),
        band=band.code if band else None,
        band_label=band.label if band else None,
        missing=missing,
        prorated=total is not None and bool(missing),
        flags=_flags(form, answers, total),
    )


def suicide_level(answers: Sequence[int | None]) -> str | None:
    """Say how urgent PHQ-9 item 9 is: "low" for 1, "moderate" for 2 or 3, None for 0 or blank.

    It decides the path until the person has been screened; a blank is not a "no", see `score`.
    """
    form = instrument("phq9")
    _refuse_impossible(form, answers)
    answer = _safety_answer(form, answers)
    if not answer:
        return None
    return SUICIDE_MODERATE if answer >= MODERATE_FROM else SUICIDE_LOW


def _refuse_impossible(form: Instrument, answers: Sequence[int | None]) -> None:
    if isinstance(answers, str | bytes) or len(answers) != len(form.items):
        raise WrongAnswerCount(
            f"{form.short_name} has {len(form.items)} questions, so it needs {len(form.items)} answers. "
            "Leave a blank for each question that was not answered."
        )
    allowed = {option.value for option in form.answers}
    for number, answer in enumerate(answers, start=1):
        # type() and not isinstance: True is an int to Python and would count as 1.
        if answer is not None and (type(answer) is not int or answer not in allowed):
            choices = ", ".join(str(option.value) for option in form.answers)
            raise AnswerNotAllowed(
                f"The answer to question {number} of {form.short_name} is not a choice on the form. "
                f"Use one of {choices}, or leave it blank."
            )


def _total(form: Instrument, answered: Sequence[int], missing_count: int) -> int | None:
    if missing_count > form.most_missing:
        return None
    # Whole numbers only: the mean of the answered questions times all of them, rounded half up.
    return (2 * sum(answered) * len(form.items) + len(answered)) // (2 * len(answered))


def _flags(form: Instrument, answers: Sequence[int | None], total: int | None) -> tuple[str, ...]:
    flags = []
    if total is None:
        flags.append(NOT_SCORED)
    if form.safety_item is not None:
        answer = _safety_answer(form, answers)
        if answer is None:
            flags.append(SAFETY_INCOMPLETE)
        elif answer > 0:
            flags.append(SUICIDE_ITEM_POSITIVE)
    return tuple(flags)


def _safety_answer(form: Instrument, answers: Sequence[int | None]) -> int | None:
    return None if form.safety_item is None else answers[form.safety_item - 1]
