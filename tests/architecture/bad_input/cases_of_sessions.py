"""The forms of visits, of the session and of what follows it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from clinic.worklist.models import Task
from patients.instruments.models import QuestionnaireResponse
from sessions.administration.models import (
    DischargeCheck,
    DrugRecord,
    GateOverride,
    PreSessionCheck,
    SessionAddendum,
    SessionEntry,
    SessionNote,
)
from sessions.administration.queries import standing_version
from sessions.follow_up.models import CheckIn, ContactAttempt
from sessions.scheduling.models import Appointment
from tests.architecture.bad_input.case import KEY, Body, Case, attributes, local
from tests.architecture.bad_input.world import World, in_morning
from tests.scenarios.cast import NOW, PASSWORD


# ---------------------------------------------------------------- visits
def _booked(_: World, body: Body) -> dict[str, Any]:
    row = Appointment.objects.get(pk=body["key"])
    at = local(row.starts_at)
    # left empty, the program chooses
    chosen = {name: getattr(row, f"{name}_id") if body[name] else "" for name in ("room", "nurse")}
    return {"key": row.pk, "day": at.date(), "time": at.time(), **chosen}


VISITS = (
    Case(
        "sessions:book",
        "BookingForm",
        "fran",
        lambda w: {"patient_id": w.planless.patient_id},
        lambda w: {
            "key": KEY,
            "day": "2026-03-19",
            "time": "10:00",
            "room": str(w.cast.rooms[2].pk),
            "nurse": str(w.cast.nils.pk),
            "which": "",
            "outside_hours": "on",
            "too_close": "on",
        },
        _booked,
        frozenset({"which", "outside_hours", "too_close"}),
    ),
    Case(
        "sessions:visit-cancel",
        "CancelForm",
        "fran",
        lambda w: {"appointment_id": w.visit.pk},
        lambda _: {"reason": "Has a cold"},
        lambda w, _: attributes(Appointment.objects.get(pk=w.visit.pk), reason="cancel_reason"),
        shown=("sessions:visit", "sessions:day"),
    ),
    Case(
        "sessions:visit-escort",
        "EscortForm",
        "fran",
        lambda w: {"appointment_id": w.visit.pk},
        lambda _: {"name": "Robin", "phone": "202 555 0123"},
        lambda w, _: attributes(Appointment.objects.get(pk=w.visit.pk), name="escort_name", phone="escort_phone"),
        shown=("sessions:visit", "sessions:day"),
    ),
)

# ---------------------------------------------------------------- step 3
YES_NO = {"identity_confirmed", "allergies_read_back", "escort_confirmed", "is_oriented", "emergency_kit_checked"}
CHECKLIST = {
    **dict.fromkeys(sorted(YES_NO), "yes"),
    "has_urinary_symptoms": "no",
    "took_sedatives_or_alcohol": "no",
    "fasting_hours": "8",
    "suicide_screen": "none",
    "pregnancy": "negative",
    "weight_kg": "80.0",
}
DRUG = {
    "amount_mg": "10.00",
    "concentration_mg_ml": "50",
    "lot": "KT-2231",
    "witness_email": "nils@clinic.example",
    "witness_password": PASSWORD,
}
DOOR = {
    "aldrete_total": "10",
    "is_oriented": "yes",
    "walks_as_before": "yes",
    "dissociation_resolved": "yes",
    "no_nausea": "yes",
    "iv_out": "yes",
    "suicide_check_done": "yes",
    "instructions_given": "yes",
    "escort_present": "yes",
    "escort_name": "Robin",
    "prescriber_accepts_vitals": "",
}
WITNESSED = frozenset({"witness_email", "witness_password"})
ON_SHEET = ("sessions:record", "sessions:sheet", "sessions:sheet-state", "patients:progress")


def _of(name: str) -> Callable[[World], dict[str, Any]]:
    return lambda w: {"session_id": getattr(w, name).pk}


def _charted(model: Any, *names: str, **renamed: str) -> Callable[[World, Body], dict[str, Any]]:
    return lambda _, body: attributes(model.objects.get(pk=body["key"]), *names, key="pk", **renamed)


def _later(name: str, minutes: int) -> Callable[[World], datetime]:
    return lambda w: in_morning(getattr(w, name), minutes)


def _out(w: World, body: Body) -> dict[str, Any]:
    """A discharge; why it was not by the rules is kept as an event of the session."""
    row = DischargeCheck.objects.get(pk=body["key"])
    event = SessionEntry.objects.filter(session=row.entry.session, kind="event").last()
    against = event.adverse_event.detail if event else ""
    return {"key": row.pk, "against_advice": against, **attributes(row, *DOOR)}


def _not_treated(w: World, body: Body) -> dict[str, Any]:
    note = SessionNote.objects.filter(entry__session=w.held).latest("entry__received_at")
    row = DischargeCheck.objects.get(pk=body["key"])
    return {"key": row.pk, "not_treated": note.text.removeprefix("Not treated today: "), **attributes(row, *DOOR)}


CHARTING = (
    Case(
        "sessions:checklist",
        "ChecklistForm",
        "nora",
        _of("held"),
        lambda _: {**CHECKLIST, "key": KEY},
        _charted(PreSessionCheck, *CHECKLIST),
        now=_later("held", 2),
        shown=ON_SHEET,
    ),
    Case(
        "sessions:override",
        "OverrideForm",
        "paula",
        _of("held"),
        lambda _: {"key": KEY, "check_code": "fasting", "reason": "Only sips of water"},
        _charted(GateOverride, "check_code", "reason"),
        now=_later("held", 2),
        shown=ON_SHEET,
    ),
    Case(
        "sessions:drug-draw",
        "DrawForm",
        "nora",
        _of("prepared"),
        lambda _: {**DRUG, "key": KEY, "expires_on": "2027-12-31", "second_concentration_mg_ml": "50"},
        _charted(DrugRecord, "amount_mg", "concentration_mg_ml", "lot", "expires_on"),
        WITNESSED | {"second_concentration_mg_ml"},
        WITNESSED,
        now=_later("prepared", 19),
        shown=(*ON_SHEET, "sessions:drug"),
    ),
    Case(
        "sessions:drug-move",
        "MoveForm",
        "nora",
        _of("prepared"),
        lambda _: {**DRUG, "key": KEY, "movement": "waste"},
        _charted(DrugRecord, "amount_mg", "concentration_mg_ml", "lot", "movement"),
        WITNESSED,
        WITNESSED | {"lot"},
        now=_later("prepared", 19),
    ),
    Case(
        "sessions:discharge",
        "DischargeForm",
        "nora",
        _of("stopped"),
        lambda _: {**DOOR, "key": KEY, "against_advice": ""},
        _out,
        now=_later("stopped", 125),
        shown=(*ON_SHEET, "patients:detail"),
    ),
    Case(
        "sessions:discharge",
        "DischargeForm",
        "nora",
        _of("held"),
        lambda _: {**DOOR, "key": KEY, "not_treated": "Pressure 190/112 twice."},
        _not_treated,
        now=_later("held", 30),
        shown=ON_SHEET,
    ),
    Case(
        "sessions:retract",
        "RetractForm",
        "nora",
        lambda w: {"session_id": w.prepared.pk, "entry_id": w.doubtful},
        lambda _: {"key": KEY, "reason": "Read from the wrong monitor"},
        _charted(SessionEntry, "reason"),
        now=_later("prepared", 19),
        shown=ON_SHEET,
    ),
    Case(
        "sessions:confirm",
        "ConfirmForm",
        "nora",
        lambda w: {"session_id": w.prepared.pk, "entry_id": w.doubtful},
        lambda _: {"key": KEY},
        _charted(SessionEntry),
        now=_later("prepared", 19),
    ),
    Case(
        "sessions:sign",
        "SignForm",
        "nora",
        _of("discharged"),
        lambda w: {"password": PASSWORD, "row_version": str(standing_version(w.discharged.pk))},
        lambda _w, _b: {},
        frozenset({"password", "row_version"}),
        now=_later("discharged", 200),
    ),
    Case(
        "sessions:cosign",
        "SignForm",
        "paula",
        _of("signed"),
        lambda w: {"password": PASSWORD, "row_version": str(standing_version(w.signed.pk))},
        lambda _w, _b: {},
        frozenset({"password", "row_version"}),
        now=_later("signed", 300),
    ),
    Case(
        "sessions:addendum",
        "AddendumForm",
        "nora",
        _of("signed"),
        lambda _: {"key": KEY, "text": "Felt light-headed in the car."},
        _charted(SessionAddendum, "text"),
        now=_later("signed", 300),
        shown=("sessions:record",),
    ),
)

# ---------------------------------------------------------------- step 4 and the tasks
SPOKE = {
    "key": KEY,
    "mood_nrs": "6",
    "has_urinary_symptoms": "0",
    "adverse_effects": "none",
    "note": "Slept well",
    "mode": "phone",
    "happened_time": "10:05",
}
SCORED = {f"phq9_{number}": "0" for number in range(1, 10)} | {f"gad7_{number}": "1" for number in range(1, 8)}


def _contact(w: World, _: Body) -> dict[str, Any]:
    row = Task.objects.get(pk=w.task.pk)
    at = local(row.next_contact_at)
    return {
        **attributes(row, "spoke_with", "agreed", note="closing_note"),
        "next_on": at.date(),
        "next_time": at.time(),
    }


def _a_week_later(w: World) -> datetime:
    return w.signed.stopped_at + timedelta(days=7)


def _of_check_in(w: World) -> dict[str, Any]:
    return {"session_id": w.signed.pk, "kind": "day7"}


def _check_in(_: World, body: Body) -> dict[str, Any]:
    row = CheckIn.objects.get(pk=body["key"])
    at = local(row.happened_at)
    urinary = None if row.has_urinary_symptoms is None else int(row.has_urinary_symptoms)
    scores = QuestionnaireResponse.objects.filter(patient=row.patient, answered_at=row.happened_at)
    given = {
        f"{each.instrument}_{item}": value
        for each in scores
        for item, value in each.answers.values_list("item", "value")
    }
    when = {"happened_on": at.date(), "happened_time": at.time(), "has_urinary_symptoms": urinary}
    how = {"mode": row.response.mode} if row.response else {}
    return {**attributes(row, "mood_nrs", "adverse_effects", "note", key="pk"), **when, **how, **given}


FOLLOW_UP = (
    Case(
        "sessions:check-in",
        "CheckInForm",
        "nora",
        _of_check_in,
        lambda w: {**SPOKE, **SCORED, "happened_on": _a_week_later(w).date().isoformat()},
        _check_in,
        now=_a_week_later,
        shown=("sessions:check-in", "sessions:follow-up", "patients:progress"),
    ),
    Case(
        "sessions:check-in-attempt",
        "AttemptForm",
        "nora",
        _of_check_in,
        lambda _: {"key": KEY, "note": "Voicemail left"},
        lambda _, body: attributes(ContactAttempt.objects.get(pk=body["key"]), "note", key="pk"),
        now=_a_week_later,
        shown=("sessions:check-in", "sessions:follow-up"),
    ),
    Case(
        "sessions:check-in-cancel",
        "CancelForm",
        "nora",
        _of_check_in,
        lambda _: {"key": KEY, "reason": "Moved away"},
        lambda _, body: attributes(CheckIn.objects.get(pk=body["key"]), key="pk", reason="note"),
        now=_a_week_later,
        shown=("sessions:check-in", "sessions:follow-up"),
    ),
    Case(
        "clinic:task-close",
        "CloseTaskForm",
        "nora",
        lambda w: {"task_id": w.deviation.pk},
        lambda w: {"note": "Pump without power; changed.", "seen_owner": str(w.deviation.owner_id)},
        lambda w, _: attributes(Task.objects.get(pk=w.deviation.pk), note="closing_note"),
        unstored=frozenset({"seen_owner"}),
        decided=frozenset({"note", "seen_owner"}),
        shown=("clinic:tasks", "clinic:task"),
    ),
    Case(
        "clinic:task-close",
        "CloseRiskForm",
        "paula",
        lambda w: {"task_id": w.task.pk},
        lambda w: {
            "spoke_with": "Ana, by phone",
            "note": "Spoke for half an hour; safe for tonight.",
            "agreed": "Calls us if it gets worse.",
            "next_on": f"{local(NOW) + timedelta(days=1):%Y-%m-%d}",
            "next_time": "10:05",
            "take_over": "on",
            "seen_owner": str(w.task.owner_id),
        },
        _contact,
        unstored=frozenset({"seen_owner", "take_over"}),
        decided=frozenset({"note", "agreed", "next_on", "seen_owner", "take_over"}),
        shown=("clinic:tasks", "clinic:task"),
    ),
)
