"""What has this person answered, when, and what did it add up to?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from clinic.worklist import queries as worklist_queries
from clinic.worklist.models import Task
from clinic.worklist.queries import TaskRow
from patients.courses.models import Course
from patients.instruments.catalogue import INSTRUMENTS, AnswerOption, Instrument, instrument
from patients.instruments.models import Mode, Purpose, QuestionnaireResponse
from patients.instruments.rules.change import RECALL_APART
from patients.registration.models import Patient

BASELINE_BATTERY = ("phq9", "gad7")
# A score taken shortly before the referral still describes the person at intake.
BASELINE_BEFORE_COURSE = timedelta(days=14)


@dataclass(frozen=True)
class BaselineScore:
    """What was measured at the intake, in short."""

    short_name: str
    total: int
    band: str
    safety_answer: int | None
    answered_at: datetime


@dataclass(frozen=True)
class ResponseRow:
    """One filled-in questionnaire as a line of a list."""

    id: UUID
    code: str
    short_name: str
    maximum: int
    answered_at: datetime
    recorded_by: str
    mode: str
    purpose: str
    total: int | None
    raw_total: int
    band: str
    is_prorated: bool
    missing_count: int
    safety_answer: int | None
    has_safety_item: bool
    is_correction: bool
    overlaps: bool

    @property
    def out_of(self) -> str:
        return f"of {self.maximum}"

    @property
    def is_positive(self) -> bool:
        return bool(self.safety_answer)

    @property
    def notes(self) -> str:
        """What else to know when reading the score, in a few words."""
        said = [
            f"{self.missing_count} blank" if self.missing_count else "",
            "prorated" if self.is_prorated else "",
            "corrected" if self.is_correction else "",
            "less than 7 days after the last" if self.overlaps else "",
        ]
        return ", ".join(filter(None, said)).capitalize()

    @property
    def is_safety_incomplete(self) -> bool:
        return self.has_safety_item and self.safety_answer is None


@dataclass(frozen=True)
class Choice:
    """A questionnaire that can be filled in, and when that was done last."""

    code: str
    name: str
    short_name: str
    last_answered_at: datetime | None
    is_recent: bool


@dataclass(frozen=True)
class AnsweredItem:
    """One question with what was answered; `before` is what stood there until it was corrected."""

    number: int
    text: str
    answer: AnswerOption | None
    before: AnswerOption | None
    is_changed: bool
    is_safety: bool
    is_scored: bool


@dataclass(frozen=True)
class Version:
    """One of the versions of a response: the first, or a correction with its reason."""

    id: UUID
    total: int | None
    recorded_at: datetime
    recorded_by: str
    reason: str


@dataclass(frozen=True)
class ResponseDetail:
    """One response, item by item, with its versions and the task it opened."""

    row: ResponseRow
    items: tuple[AnsweredItem, ...]
    missing: tuple[int, ...]
    working: str
    versions: tuple[Version, ...]
    superseded_by: UUID | None
    task: TaskRow | None
    form: Instrument


@dataclass(frozen=True)
class Blank:
    """What is needed to fill in a questionnaire: whose it is, the course it counts for, the last one before."""

    patient: Patient
    course: Course | None
    last_answered_at: datetime | None


def task_source(response_id: UUID) -> str:
    """How a task names the response that opened it."""
    return f"questionnaire:{response_id}"


def responses_of(patient_id: UUID) -> list[ResponseRow]:
    """Every questionnaire of a person as it stands now, newest first; what was corrected shows its latest version."""
    rows = _latest(QuestionnaireResponse.objects.filter(patient__person_id=patient_id))
    ordered = list(rows.select_related("recorded_by").order_by("-answered_at", "-id"))
    overlapping = _overlapping(ordered)
    return [_row(response, overlaps=response.pk in overlapping) for response in ordered]


def choices(responses: list[ResponseRow], now: datetime) -> list[Choice]:
    """Which questionnaires there are, and whether the last one is so recent that its two weeks would overlap."""
    last: dict[str, datetime] = {}
    for row in responses:
        last[row.code] = max(row.answered_at, last.get(row.code, row.answered_at))
    return [
        Choice(form.code, form.name, form.short_name, last.get(form.code), is_recent(last.get(form.code), now))
        for form in INSTRUMENTS.values()
    ]


def is_recent(last_answered_at: datetime | None, now: datetime) -> bool:
    """Whether a questionnaire filled in now would overlap the one before."""
    return last_answered_at is not None and now - last_answered_at < RECALL_APART


def blank(patient_id: UUID, code: str) -> Blank | None:
    """Everything a new questionnaire needs to know before it is shown."""
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None or code not in INSTRUMENTS:
        return None
    courses = Course.objects.select_related("site", "patient").filter(patient__person_id=patient_id)
    course = courses.order_by("-opened_at", "-id").first()
    answered = _latest(QuestionnaireResponse.objects.filter(patient__person_id=patient_id, instrument=code))
    last = answered.order_by("-answered_at").values_list("answered_at", flat=True).first()
    return Blank(patient=patient, course=course, last_answered_at=last)


def response(patient_id: UUID, response_id: UUID) -> QuestionnaireResponse | None:
    """One response of this person, to correct."""
    rows = QuestionnaireResponse.objects.select_related("patient", "course__site").prefetch_related("answers")
    return rows.filter(patient__person_id=patient_id, pk=response_id).first()


def response_detail(patient_id: UUID, response_id: UUID) -> ResponseDetail | None:
    """One response with everything its page shows; None when this person has no such response."""
    rows = QuestionnaireResponse.objects.filter(patient__person_id=patient_id).select_related("recorded_by")
    found = rows.filter(pk=response_id).first()
    if found is None:
        return None
    same = list(rows.filter(instrument=found.instrument).prefetch_related("answers").order_by("answered_at", "id"))
    by_id = {each.pk: each for each in same}
    shown = by_id[response_id]
    later = {each.supersedes_id: each.pk for each in same if each.supersedes_id}
    overlapping = _overlapping([each for each in same if each.pk not in later])
    form = instrument(shown.instrument)
    answers = answers_of(shown)
    task = None if not shown.safety_answer else _task_of(response_id)
    return ResponseDetail(
        row=_row(shown, overlaps=shown.pk in overlapping),
        items=_items(form, answers, _answers_before(shown, by_id)),
        missing=tuple(item.number for item in form.items if item.number not in answers),
        working=_working(form, shown),
        versions=_versions(shown, by_id, later),
        superseded_by=later.get(shown.pk),
        task=task,
        form=form,
    )


def answers_of(response: QuestionnaireResponse) -> dict[int, int]:
    """Item number to answer; what was left blank is not in it. Needs prefetched answers to cost nothing."""
    return {answer.item: answer.value for answer in response.answers.all()}


def usable_scores(code: str) -> QuerySet[QuestionnaireResponse]:
    """Scores that can stand as a baseline; with the suicide question unanswered there is none."""
    rows = _latest(QuestionnaireResponse.objects.filter(instrument=code, total__isnull=False))
    return rows if instrument(code).safety_item is None else rows.filter(safety_answer__isnull=False)


def with_baseline(courses: QuerySet[Course]) -> QuerySet[Course]:
    """Courses with `found_phq9` and `found_gad7`: the latest usable score taken for this intake, if there is one."""
    said = JSONObject(total="total", band="band", safety="safety_answer", at="answered_at")
    return courses.annotate(
        **{
            f"found_{code}": Subquery(
                usable_scores(code)
                .filter(
                    patient__person_id=OuterRef("patient__person_id"),
                    answered_at__gte=OuterRef("opened_at") - BASELINE_BEFORE_COURSE,
                )
                .order_by("-answered_at", "-id")
                .values(said=said)[:1]
            )
            for code in BASELINE_BATTERY
        }
    )


def baseline_missing(course: Course) -> tuple[str, ...]:
    """Which questionnaires of the intake have no usable score yet; the course comes from `with_baseline`."""
    return tuple(instrument(code).short_name for code in BASELINE_BATTERY if not getattr(course, f"found_{code}"))


def baseline_scores(course: Course) -> tuple[BaselineScore, ...]:
    """The scores of the intake; the course comes from `with_baseline`."""
    found = ((instrument(code), getattr(course, f"found_{code}")) for code in BASELINE_BATTERY)
    return tuple(
        BaselineScore(
            short_name=form.short_name,
            total=said["total"],
            band=_band(form, said["band"]),
            safety_answer=said["safety"] if form.safety_item is not None else None,
            answered_at=datetime.fromisoformat(said["at"]),
        )
        for form, said in found
        if said
    )


def _band(form: Instrument, code: str) -> str:
    return next((band.label for band in form.bands if band.code == code), "")


def _latest(rows: QuerySet[QuestionnaireResponse]) -> QuerySet[QuestionnaireResponse]:
    """Without those that a correction supersedes."""
    return rows.filter(~Exists(QuestionnaireResponse.objects.filter(supersedes=OuterRef("pk"))))


def _overlapping(rows: list[QuestionnaireResponse]) -> set[UUID]:
    """Those answered less than a week after the one before of the same kind."""
    by_code: dict[str, list[QuestionnaireResponse]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: (each.answered_at, each.pk)):
        by_code[row.instrument].append(row)
    return {
        later.pk
        for series in by_code.values()
        for earlier, later in pairwise(series)
        if later.answered_at - earlier.answered_at < RECALL_APART
    }


def _row(response: QuestionnaireResponse, *, overlaps: bool) -> ResponseRow:
    form = instrument(response.instrument)
    return ResponseRow(
        id=response.pk,
        code=form.code,
        short_name=form.short_name,
        maximum=form.maximum,
        answered_at=response.answered_at,
        recorded_by=str(response.recorded_by),
        mode=Mode(response.mode).label,
        purpose=Purpose(response.purpose).label,
        total=response.total,
        raw_total=response.raw_total,
        band=_band(form, response.band),
        is_prorated=response.is_prorated,
        missing_count=response.missing_count,
        safety_answer=response.safety_answer,
        has_safety_item=form.safety_item is not None,
        is_correction=response.supersedes_id is not None,
        overlaps=overlaps,
    )


def _items(form: Instrument, answers: dict[int, int], before: dict[int, int] | None) -> tuple[AnsweredItem, ...]:
    asked = [(item.number, item.text, form.answers) for item in form.items]
    if form.difficulty is not None:
        asked.append((len(form.items) + 1, form.difficulty.text, form.difficulty.answers))
    return tuple(
        AnsweredItem(
            number=number,
            text=text,
            answer=_option(options, answers.get(number)),
            before=_option(options, before.get(number)) if before is not None else None,
            is_changed=before is not None and before.get(number) != answers.get(number),
            is_safety=number == form.safety_item,
            is_scored=number <= len(form.items),
        )
        for number, text, options in asked
    )


def _option(options: tuple[AnswerOption, ...], value: int | None) -> AnswerOption | None:
    return next((option for option in options if option.value == value), None)


def _answers_before(response: QuestionnaireResponse, by_id: dict[UUID, QuestionnaireResponse]) -> dict[int, int] | None:
    return answers_of(by_id[response.supersedes_id]) if response.supersedes_id else None


def _versions(
    shown: QuestionnaireResponse, by_id: dict[UUID, QuestionnaireResponse], later: dict[UUID, UUID]
) -> tuple[Version, ...]:
    """The whole chain this response is part of, the first version first."""
    first = shown
    while first.supersedes_id:
        first = by_id[first.supersedes_id]
    chain = [first]
    while chain[-1].pk in later:
        chain.append(by_id[later[chain[-1].pk]])
    return tuple(
        Version(each.pk, each.total, each.recorded_at, str(each.recorded_by), each.correction_reason) for each in chain
    )


def _working(form: Instrument, response: QuestionnaireResponse) -> str:
    """How the total came about, in one line."""
    items, answered = len(form.items), len(form.items) - response.missing_count
    if response.total is None:
        return (
            f"{answered} of {items} questions are answered, {response.raw_total} points. "
            f"With more than {form.most_missing} missing there is no score."
        )
    if response.is_prorated:
        return f"{response.raw_total} × {items} ÷ {answered} = {response.total}, rounded half up."
    return f"The sum of {items} answers."


def _task_of(response_id: UUID) -> TaskRow | None:
    return worklist_queries.task_from(Task.Kind.SUICIDE_RISK, task_source(response_id))
