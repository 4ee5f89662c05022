"""Whose page is it? For each finder that `pages.py` names, people and records of the same shape at every size."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Exists, Func, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse

from clinic.demo.actions.house import SITE_NAME, TIME_ZONE
from clinic.kit.history import versions_of
from clinic.staff.models import User
from clinic.worklist.models import Task
from patients.assessment import rules as assessment_rules
from patients.assessment.models import Assessment, Finding
from patients.courses.rules import ACTIVE_STATES
from patients.history.models import Allergy
from patients.instruments.models import QuestionnaireResponse
from patients.merging.models import Merge
from patients.treatment_plan.models import Consent, TreatmentPlan
from sessions.administration.models import SessionEntry, SessionState, TreatmentSession
from sessions.follow_up import rules as follow_up_rules
from sessions.follow_up.models import CheckIn
from sessions.scheduling.models import Appointment, VisitState

MOST: Final = 20
INDUCTION: Final = 6
Ids = dict[str, Any]


@dataclass(frozen=True)
class Address:
    """One page of one subject."""

    ids: Ids = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)

    def of(self, route: str) -> str:
        query = f"?{urlencode(self.asked)}" if self.asked else ""
        return f"{reverse(route, kwargs=self.ids)}{query}"


def find(about: str, now: datetime) -> list[Address]:
    """The subjects of a finder; a clinic without any cannot be measured."""
    found = FINDERS[about](now)
    if not found:
        raise LookupError(f"There is no {about.replace('_', ' ')} in this clinic to measure a page with.")
    return found


def _anywhere(rows: QuerySet[Any, Any], *columns: str, **names: str) -> list[Address]:
    """Some of the rows, the same ones every time, from all over the table; columns under other names as asked."""
    mixed = Func(Cast("pk", TextField()), function="MD5")
    wanted = {column: column for column in columns} | names
    found = rows.order_by(mixed).values_list(*wanted.values())[:MOST]
    return [Address(dict(zip(wanted, row, strict=True))) for row in found]


def _six_sessions() -> QuerySet[TreatmentSession]:
    """The last session of everybody whose course goes on after exactly the six of an induction."""
    later = TreatmentSession.objects.filter(course=OuterRef("course"), number=INDUCTION + 1)
    draft = TreatmentPlan.objects.filter(course=OuterRef("course"), signed_at=None)
    sixth = TreatmentSession.objects.filter(number=INDUCTION, signed_at__isnull=False, stopped_at__isnull=False)
    return sixth.filter(~Exists(later), ~Exists(draft), course__state__in=ACTIVE_STATES)


def _of_people(rows: QuerySet[Any, Any], key: str) -> list[Address]:
    """The latest row of each of the people measured."""
    people = [address.ids["patient_id"] for address in _person()]
    latest = dict(rows.filter(patient__in=people).order_by("pk").values_list("patient_id", "pk"))
    return [Address({"patient_id": patient_id, key: row_id}) for patient_id, row_id in latest.items()]


def _person(_now: datetime | None = None) -> list[Address]:
    return _anywhere(_six_sessions(), "patient_id")


def _pair(_now: datetime) -> list[Address]:
    """Each of the people measured beside the next of them."""
    ids = [str(one.ids["patient_id"]) for one in _person()]
    return [Address(asked={"kept": one, "other": other}) for one, other in pairwise(ids)]


def _open_sessions(_now: datetime) -> list[Address]:
    rows = TreatmentSession.objects.filter(state=SessionState.RUNNING, appointment__site__name=SITE_NAME)
    return _anywhere(rows, session_id="pk")


def _long_session(_now: datetime) -> list[Address]:
    return _anywhere(TreatmentSession.objects.filter(appointment__site__name="Bench sheet"), session_id="pk")


def _open_entry(now: datetime) -> list[Address]:
    sessions = [address.ids["session_id"] for address in _open_sessions(now)]
    rows = SessionEntry.objects.filter(session__in=sessions, kind="vitals", answers=None)
    return _anywhere(rows, "session_id", entry_id="pk")


def _check_in(now: datetime) -> list[Address]:
    """The call of day 7 after sessions of the last days, where nobody has called yet."""
    kind, since = follow_up_rules.DAY7, now - follow_up_rules.ALL_OVER_AFTER
    called = CheckIn.objects.filter(session=OuterRef("pk"), kind=kind)
    rows = TreatmentSession.objects.filter(
        ~Exists(called), stopped_at__range=(since, now), course__site__name=SITE_NAME
    )
    return [Address({**one.ids, "kind": kind}) for one in _anywhere(rows, session_id="pk")]


def _open_assessments() -> QuerySet[Assessment]:
    return Assessment.objects.filter(signed_at=None)


def _open_finding(_now: datetime) -> list[Address]:
    code = next(each.code for each in assessment_rules.CONTRAINDICATIONS if not each.is_computed)
    found = _anywhere(_open_assessments(), "patient_id", assessment_id="pk")
    return [Address({**one.ids, "code": code}) for one in found]


def _met(tier: str) -> list[Address]:
    """A condition that is met in an assessment that is still open, of the kind that one role decides about."""
    codes = [code for code, one in assessment_rules.BY_CODE.items() if one.tier(assessment_rules.IV) == tier]
    rows = Finding.objects.filter(assessment__signed_at=None, answer="met", code__in=codes)
    names = {"patient_id": "assessment__patient_id", "assessment_id": "assessment_id", "code": "code"}
    return _anywhere(rows, **names)


def _visit(now: datetime) -> list[Address]:
    rows = Appointment.objects.filter(state=VisitState.SCHEDULED, starts_at__gt=now, site__name=SITE_NAME)
    return _anywhere(rows, appointment_id="pk")


def _tomorrow(now: datetime) -> list[Address]:
    day = now.astimezone(ZoneInfo(TIME_ZONE)).date() + timedelta(days=1)
    return [Address(asked={"day": day.isoformat()})]


def _trail_of_colleague(_now: datetime) -> list[Address]:
    users = User.objects.filter(email__in=["nora@example.org", "fran@example.org"]).order_by("email")
    return [Address(asked={"user": str(user.pk)}) for user in users]


def _change(_now: datetime) -> list[Address]:
    people = [address.ids["patient_id"] for address in _person()]
    rows = versions_of(TreatmentPlan).filter(patient_id__in=people, signed_at__isnull=False).order_by("pgh_id")
    return [Address({"kind": "treatmentplan", "event_id": number}) for number in rows.values_list("pgh_id", flat=True)]


FINDERS: Final[Mapping[str, Callable[[datetime], list[Address]]]] = {
    "nobody": lambda _: [Address()],
    "person": _person,
    "allergy": lambda _: _anywhere(Allergy.objects.filter(retracted_at=None), "patient_id", allergy_id="pk"),
    "assessment": lambda _: _of_people(Assessment.objects.all(), "assessment_id"),
    "open_assessment": lambda _: _anywhere(_open_assessments(), "patient_id", assessment_id="pk"),
    "open_finding": _open_finding,
    "open_reason": lambda _: _met(assessment_rules.PRESCRIBER),
    "hard_stop": lambda _: _met(assessment_rules.HARD_STOP),
    "consent": lambda _: _of_people(Consent.objects.all(), "consent_id"),
    "plan": lambda _: _of_people(TreatmentPlan.objects.exclude(signed_at=None), "plan_id"),
    "draft": lambda _: _anywhere(TreatmentPlan.objects.filter(signed_at=None), "patient_id", plan_id="pk"),
    "response": lambda _: _of_people(QuestionnaireResponse.objects.filter(instrument="phq9"), "response_id"),
    "questionnaire": lambda _: [Address({**one.ids, "code": "phq9"}) for one in _person()],
    "open_session": _open_sessions,
    "long_session": _long_session,
    "open_entry": _open_entry,
    "signed_session": lambda _: _anywhere(_six_sessions(), session_id="pk"),
    "uncosigned_session": lambda _: _anywhere(
        TreatmentSession.objects.filter(signed_at__isnull=False, cosigned_at=None), session_id="pk"
    ),
    "check_in": _check_in,
    "pair": _pair,
    "merge": lambda _: _anywhere(Merge.objects.filter(undone_at=None), patient_id="into_id", merge_id="pk"),
    "merged_person": lambda _: _anywhere(Merge.objects.filter(undone_at=None), patient_id="into_id"),
    "visit": _visit,
    "task": lambda _: _anywhere(Task.objects.filter(closed_at=None, site__name=SITE_NAME), task_id="pk"),
    "tomorrow": _tomorrow,
    "trail_of_person": lambda _: [Address(asked={"patient": str(one.ids["patient_id"])}) for one in _person()],
    "trail_of_colleague": _trail_of_colleague,
    "trail_refused": lambda _: [Address(asked={"refused": "on"})],
    "change": _change,
}
