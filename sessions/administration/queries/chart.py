"""What is on the sheet of one session? The head with what its gates need, and every entry, in two queries."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clinic.kit.clock import local_date
from clinic.kit.compiled import AnyOf, Compiled
from clinic.staff.rules import named
from clinic.worklist.models import Task
from patients.assessment.models import Assessment, Decision
from patients.history.models import Weight
from patients.instruments.models import QuestionnaireResponse
from patients.registration import queries as registration_queries
from patients.treatment_plan.models import Consent, TreatmentPlan
from patients.treatment_plan.rules import HoldLimits
from sessions.administration.models import (
    AdverseEvent,
    DischargeCheck,
    DrugRecord,
    Experience,
    GateOverride,
    HelpCall,
    InfusionStep,
    PreSessionCheck,
    SessionEntry,
    SessionNote,
    SkippedReading,
    TreatmentSession,
    VitalSigns,
)
from sessions.administration.rules.chart import Charted, Head

PRIMARY_MEASURE: Final = "phq9"
# The row that holds the values of each kind of entry.
TYPED: Final[Mapping[str, tuple[str, type[Model]]]] = {
    "checklist": ("checklist", PreSessionCheck),
    "override": ("override", GateOverride),
    "vitals": ("vitals", VitalSigns),
    "skip": ("skipped", SkippedReading),
    "start": ("step", InfusionStep),
    "rate": ("step", InfusionStep),
    "pause": ("step", InfusionStep),
    "resume": ("step", InfusionStep),
    "stop": ("step", InfusionStep),
    "draw": ("drug", DrugRecord),
    "waste": ("drug", DrugRecord),
    "return": ("drug", DrugRecord),
    "event": ("adverse_event", AdverseEvent),
    "comfort": ("experience", Experience),
    "note": ("note", SessionNote),
    "help": ("help_call", HelpCall),
    "discharge": ("discharge", DischargeCheck),
}
NOT_VALUES: Final = frozenset({"entry", "step", "movement", "witness"})
_RELATIONS: Final = sorted({relation for relation, _ in TYPED.values()})
ENTRY_COLUMNS: Final = (
    *("session_id", "id", "kind", "occurred_at", "recorded_at", "seq", "author_id", "author__full_name"),
    *("author__credentials", "to_confirm", "is_late_addendum", "target_id", "reason"),
)
# The values of an entry: the fields of its typed row, and where they lie in a row of `ENTRIES`.
VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    relation: tuple(field.name for field in model._meta.fields if field.name not in NOT_VALUES)
    for relation, model in sorted(TYPED.values(), key=lambda one: one[0])
}
_ENDS: Final = tuple(accumulate((len(VALUES[relation]) for relation in _RELATIONS), initial=len(ENTRY_COLUMNS)))
PLACES: Final = {relation: slice(*ends) for relation, ends in zip(_RELATIONS, pairwise(_ENDS), strict=True)}
WITNESS: Final = ("drug__witness__full_name", "drug__witness__credentials")


def session_with_facts(session_id: UUID) -> Any:
    """The session with its plan, visit and person, and as annotations what its gates need to know."""
    found = WITH_FACTS.models(session=session_id)
    if not found:
        raise TreatmentSession.DoesNotExist
    return found[0]


def _with_facts(session: UUID) -> QuerySet[TreatmentSession]:
    return (
        TreatmentSession.objects.select_related(
            "plan", "appointment__site", "room", "patient", "course", "signed_by", "cosigned_by"
        )
        .annotate(**_facts())
        .filter(pk=session)
    )


def entries_of(session_id: UUID) -> list[Charted]:
    """Every entry with its typed values, retracted ones included, in the order they happened."""
    return entries_of_each([session_id])[session_id]


def entries_of_each(session_ids: Iterable[UUID]) -> dict[UUID, list[Charted]]:
    """The same for several sessions, in one query."""
    found: dict[UUID, list[Charted]] = {session_id: [] for session_id in session_ids}
    for row in ENTRIES.tuples(sessions=list(found)):
        found[row[0]].append(_charted(row))
    return found


def head_of(session: Any, *, now: datetime) -> Head:
    """The plain facts of a session that `session_with_facts` read."""
    plan: TreatmentPlan = session.plan
    zone = session.appointment.site.time_zone
    treatment = session.treated_before + 1
    return Head(
        session_id=session.pk,
        patient_id=session.patient.person_id,
        treatment=treatment,
        is_last_planned=treatment >= plan.session_count,
        visit_day=local_date(session.appointment.starts_at, zone),
        today=local_date(now, zone),
        zone=zone,
        is_signed=session.is_signed,
        plan_signed=plan.is_signed,
        plan_weight_kg=plan.weight_kg,
        ordered_mg=session.ordered_mg,
        ordered_rate_ml_h=session.ordered_rate_ml_h,
        concentration_mg_ml=plan.bag_drug_mg / plan.bag_volume_ml,
        hold=HoldLimits(
            systolic_mmhg=plan.hold_systolic_mmhg,
            diastolic_mmhg=plan.hold_diastolic_mmhg,
            heart_rate_low_bpm=plan.hold_heart_rate_low_bpm,
            heart_rate_high_bpm=plan.hold_heart_rate_high_bpm,
            spo2_percent=plan.hold_spo2_percent,
        ),
        consent_expires_on=session.consent_expires_on,
        assessment_expires_on=session.assessment_until if session.assessment_decision == Decision.ELIGIBLE else None,
        primary_measure_at=session.primary_measure_at,
        safety_item_blank=session.safety_asked_at is not None and session.safety_answer is None,
        last_dose_at=session.last_dose_at,
        suicide_decision_open=session.suicide_decision_open,
    )


def known_digests(ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """The session and the digest of every entry among these that is already stored."""
    rows = KNOWN_DIGESTS.tuples(entries=list(ids))
    return {pk: (session_id, digest) for pk, session_id, digest in rows}


def _known_digests(entries: UUID) -> QuerySet[SessionEntry, Any]:
    return SessionEntry.objects.filter(AnyOf(F("pk"), entries)).values_list("pk", "session_id", "digest")


def weighed_today(patient_id: UUID, *, now: datetime, zone: str) -> Decimal | None:
    """The latest weight that was measured on the site's own day of `now`."""
    weights = Weight.objects.filter(
        patient__person_id__in=registration_queries.person_of(patient_id), measured_at__lte=now
    )
    latest = weights.order_by("-measured_at", "-pk").first()
    if latest is None or local_date(latest.measured_at, zone) != local_date(now, zone):
        return None
    return latest.weight_kg


def signed_plan(course_id: UUID) -> TreatmentPlan | None:
    """The plan in force: the latest version that is signed."""
    return TreatmentPlan.objects.filter(course=course_id, signed_at__isnull=False).order_by("-version").first()


def last_number(course_id: UUID) -> int:
    """The highest number a session of this course has."""
    found = TreatmentSession.objects.filter(course=course_id).aggregate(last=Max("number"))["last"]
    return found or 0


def session_of_visit(appointment_id: UUID) -> TreatmentSession | None:
    return TreatmentSession.objects.filter(appointment=appointment_id).first()


def running_elsewhere(session: TreatmentSession) -> str | None:
    """The label of a room where another session of this room or this person still runs."""
    others = TreatmentSession.objects.filter(state__in=["running", "paused"]).exclude(pk=session.pk)
    same = Q(room=session.room_id) | Q(patient__person_id=session.patient.person_id)
    clash = others.filter(same).select_related("room")
    found = clash.order_by("pk").first()
    return str(found.room) if found else None


def _facts() -> dict[str, Any]:
    consent = Consent.objects.filter(course=OuterRef("course")).order_by("-given_at", "-pk")
    assessment = Assessment.objects.filter(course=OuterRef("course"), signed_at__isnull=False).order_by("-signed_at")
    asked = QuestionnaireResponse.objects.filter(
        patient__person_id=OuterRef("patient__person_id"), instrument=PRIMARY_MEASURE, superseded_by=None
    ).order_by("-answered_at", "-pk")
    doses = (
        TreatmentSession.objects.filter(patient__person_id=OuterRef("patient__person_id"), started_at__isnull=False)
        .exclude(pk=OuterRef("pk"))
        .annotate(dosed_at=Coalesce("stopped_at", "started_at"))
        .order_by("-dosed_at")
    )
    treated = (
        TreatmentSession.objects.filter(course=OuterRef("course"), started_at__isnull=False)
        .exclude(pk=OuterRef("pk"))
        .order_by()
        .values("course")
        .annotate(many=Count("pk"))
    )
    records = registration_queries.records_of(OuterRef(OuterRef("patient__person_id")))
    to_decide = Task.objects.filter(patient_id__in=records, kind=Task.Kind.SUICIDE_RISK, closed_at__isnull=True)
    return {
        "consent_expires_on": Subquery(consent.values("expires_on")[:1]),
        "assessment_decision": Subquery(assessment.values("decision")[:1]),
        "assessment_until": Subquery(assessment.values("expires_on")[:1]),
        "primary_measure_at": Subquery(asked.filter(total__isnull=False).values("answered_at")[:1]),
        "safety_asked_at": Subquery(asked.values("answered_at")[:1]),
        "safety_answer": Subquery(asked.values("safety_answer")[:1]),
        "last_dose_at": Subquery(doses.values("dosed_at")[:1]),
        "treated_before": Coalesce(Subquery(treated.values("many")), 0),
        "suicide_decision_open": Exists(to_decide),
    }


def _entries(sessions: UUID) -> QuerySet[SessionEntry, Any]:
    columns = [*ENTRY_COLUMNS, *(column for relation in _RELATIONS for column in _columns(relation)), *WITNESS]
    rows = SessionEntry.objects.filter(AnyOf(F("session"), sessions)).order_by("occurred_at", "seq", "id")
    return rows.values_list(*columns)


def _columns(relation: str) -> list[str]:
    return [f"{relation}__{name}" for name in VALUES[relation]]


# Every batch that is taken in asks this.
KNOWN_DIGESTS = Compiled(_known_digests, slots={"entries": UUID})
# Every page and every poll of a sheet asks these two.
WITH_FACTS = Compiled(_with_facts, slots={"session": UUID})
ENTRIES = Compiled(_entries, slots={"sessions": UUID})


def _charted(row: tuple[Any, ...]) -> Charted:
    """One entry from its row: the columns of every typed table are in it, and those of one are filled."""
    _, key, kind, occurred_at, recorded_at, seq, author_id, name, credentials, to_confirm, is_late, target, reason = (
        row[: len(ENTRY_COLUMNS)]
    )
    data: dict[str, Any] = {}
    if kind in TYPED:
        relation = TYPED[kind][0]
        data = dict(zip(VALUES[relation], row[PLACES[relation]], strict=True))
        if relation == "drug":
            data["witness"] = named(*row[-len(WITNESS) :])
        if relation == "step" and data["rate_ml_h"] is None:
            del data["rate_ml_h"]
    return Charted(
        id=key,
        kind=kind,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        seq=seq,
        author=named(name, credentials),
        author_id=author_id,
        data=data,
        to_confirm=to_confirm,
        is_late_addendum=is_late,
        target=target,
        reason=reason,
    )
