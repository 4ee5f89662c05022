"""Which tables hold what happened to a person? All of them, in the order in which one points to another.

The fields of a model tell what becomes of most columns; what they cannot tell stands here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import DateField, DateTimeField, Field, ForeignKey, GeneratedField, Model, UUIDField

from clinic.audit.models import AccessEvent
from clinic.demo.actions.volume import columns
from clinic.demo.actions.volume.columns import Column
from clinic.rooms.models import Hold, Room
from clinic.sites.models import Site
from clinic.staff.models import User
from clinic.worklist.models import Task
from patients.assessment.models import Assessment, Finding, Override
from patients.courses.models import Course, CourseTransition
from patients.history.models import Allergy, AllergyReview, Weight
from patients.instruments.models import QuestionnaireAnswer, QuestionnaireResponse
from patients.registration.models import DETAIL_FIELDS, Patient
from patients.treatment_plan.models import Consent, ConsentElement, TreatmentPlan
from sessions.administration import models as administration
from sessions.follow_up.models import CheckIn, ContactAttempt
from sessions.scheduling.models import Appointment, VisitMove

# What lies ahead of a row when it is written, and so does not tell when that was.
AHEAD: Final = frozenset({"starts_at", "ends_at", "due_at"})
HISTORY: Final = {"pgh_id", "pgh_created_at", "pgh_label", "pgh_obj", "pgh_context", "pgh_context_id"}
# A course has no moment of its latest move. Each of its moves made one version of it, in the same order.
COURSE_MOVED: Final = """coalesce((
    SELECT m.moved_at FROM patients_coursetransition m WHERE m.course_id = r.id ORDER BY m.moved_at, m.id LIMIT 1
    OFFSET (SELECT count(*) FROM patients_courseevent e WHERE e.pgh_obj_id = r.pgh_obj_id AND e.pgh_id < r.pgh_id)
), r.opened_at)"""


@dataclass(frozen=True)
class Shape:
    """One table: which of its columns leads to the person, and when a row came to be."""

    model: type[Model]
    owner: str
    at: str = ""
    changed_at: str = ""
    special: Mapping[str, Column] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column) if self.model._meta.pk else ""

    @property
    def makes_ids(self) -> bool:
        """Whether its key is its own; a charted value has that of its entry."""
        return not isinstance(self.model._meta.pk, ForeignKey)

    @property
    def columns(self) -> list[Column]:
        return [self.special.get(str(one.column)) or column_for(one) for one in fields_of(self.model)]

    @property
    def history(self) -> type[Model] | None:
        """The table that keeps every version of these rows."""
        return getattr(self.model, "pgh_event_model", None)

    @property
    def columns_of_history(self) -> list[Column]:
        kept = [one for one in fields_of(self.history) if one.name not in HISTORY] if self.history else []
        tracked = [self.special.get(str(one.column)) or column_for(one, in_history=True) for one in kept]
        return [
            *tracked,
            columns.Column("pgh_label"),
            columns.Reference("pgh_obj_id"),
            columns.context("pgh_context"),
            columns.Reference("pgh_context_id"),
        ]

    @property
    def moment_of_version(self) -> str:
        """When a version of a row was written: the latest moment that it knows of."""
        if self.changed_at:
            return self.changed_at
        known = [
            f"r.{one.column}"
            for one in fields_of(self.model)
            if isinstance(one, DateTimeField) and one.name not in AHEAD
        ]
        return f"greatest({', '.join(known)})" if known else "o.at"


def fields_of(model: type[Model] | None) -> "list[Field[Any, Any]]":
    """Every column that is written; PostgreSQL works out the others."""
    return [one for one in model._meta.concrete_fields if not isinstance(one, GeneratedField)] if model else []


def column_for(one: "Field[Any, Any]", *, in_history: bool = False) -> Column:
    """What the kind of a field tells about its column."""
    name = str(one.column)
    if isinstance(one, ForeignKey):
        of_house = {User: columns.colleague, Room: columns.room, Site: columns.Site}
        return of_house.get(one.related_model, columns.Reference)(name)
    if isinstance(one, DateTimeField):
        return columns.Moment(name)
    if isinstance(one, DateField):
        return columns.Day(name)
    if isinstance(one, UUIDField) and (one.primary_key or (in_history and name == "id")):
        return columns.Reference(name)
    return columns.Column(name)


def of_entry(model: type[Model], **special: Column) -> Shape:
    """A charted value: it has the key and the moment of its entry."""
    return Shape(model, "r.entry_id", special=special)


SHAPES: Final[Sequence[Shape]] = (
    Shape(
        Patient,
        "r.id",
        "r.registered_at",
        special={name: columns.Face(name) for name in (*DETAIL_FIELDS, "record_number")},
    ),
    Shape(
        Course,
        "r.patient_id",
        "r.opened_at",
        changed_at=COURSE_MOVED,
        special={"referrer": columns.Face("referrer")},
    ),
    Shape(CourseTransition, "r.course_id", "r.moved_at"),
    Shape(Allergy, "r.patient_id", "r.recorded_at"),
    Shape(AllergyReview, "r.patient_id", "r.asked_at"),
    Shape(Weight, "r.patient_id", "r.recorded_at"),
    Shape(QuestionnaireResponse, "r.patient_id", "r.recorded_at"),
    Shape(QuestionnaireAnswer, "r.response_id"),
    Shape(Assessment, "r.patient_id", "r.started_at"),
    Shape(Finding, "r.assessment_id", "r.found_at", special={"evidence": columns.DatedText("evidence", "found_at")}),
    Shape(Override, "r.assessment_id", "r.given_at"),
    Shape(TreatmentPlan, "r.patient_id", "r.drafted_at"),
    Shape(
        Consent,
        "r.patient_id",
        "r.given_at",
        special={"signed_name": columns.Face("signed_name", "f.given_name || ' ' || f.family_name")},
    ),
    Shape(
        ConsentElement,
        "r.consent_id",
        special={"initials": columns.Face("initials", "left(f.given_name, 1) || left(f.family_name, 1)")},
    ),
    Shape(
        Appointment,
        "r.patient_id",
        "r.booked_at",
        special={name: columns.FaceIfGiven(name) for name in ("escort_name", "escort_phone")},
    ),
    Shape(VisitMove, "r.appointment_id", "r.moved_at"),
    Shape(
        Hold,
        "split_part(r.reference, ':', 2)::uuid",
        special={
            "resource_id": columns.RoomOrReference("resource_id"),
            "during": columns.Stretch("during"),
            "reference": columns.NamedReference("reference"),
        },
    ),
    Shape(administration.TreatmentSession, "r.patient_id", "r.opened_at"),
    Shape(administration.SessionEntry, "r.session_id", "r.recorded_at"),
    of_entry(administration.VitalSigns),
    of_entry(administration.SkippedReading),
    of_entry(administration.InfusionStep),
    of_entry(administration.DrugRecord),
    of_entry(administration.PreSessionCheck),
    of_entry(administration.GateOverride),
    of_entry(administration.DischargeCheck, escort_name=columns.FaceIfGiven("escort_name")),
    of_entry(administration.AdverseEvent),
    of_entry(administration.Experience),
    of_entry(administration.SessionNote),
    of_entry(administration.HelpCall),
    Shape(administration.SessionAddendum, "r.session_id", "r.written_at"),
    Shape(CheckIn, "r.patient_id", "r.recorded_at"),
    Shape(ContactAttempt, "r.session_id", "r.tried_at"),
    Shape(
        Task,
        "r.patient_id",
        "r.opened_at",
        special={"patient_id": columns.Reference("patient_id"), "source": columns.NamedReference("source")},
    ),
    Shape(
        AccessEvent,
        "r.patient_ids[1]",
        "r.occurred_at",
        special={
            "user_id": columns.colleague("user_id"),
            "user_name": columns.colleague_name("user_name"),
            "record_id": columns.Reference("record_id"),
            "patient_ids": columns.ListOfOne("patient_ids"),
            "request_id": columns.Reference("request_id"),
        },
    ),
)
