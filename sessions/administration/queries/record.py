"""What does the record of a session say, line by line? The sheet in words, for reading, signing and printing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from clinic.kit import written
from sessions.administration.models import (
    DrugRecord,
    EntryKind,
    PreSessionCheck,
    SessionAddendum,
    SessionState,
    TreatmentSession,
)
from sessions.administration.queries.chart import entries_of
from sessions.administration.queries.sheet import DUE_LABELS, MEASURED, Sheet, missing_to_sign, sheet_of
from sessions.administration.rules import chart, discharge, monitoring
from sessions.administration.rules.chart import Charted
from sessions.scheduling.models import Appointment

TYPED_LATER: Final = timedelta(minutes=15)
NOT_DONE_WORDS: Final[Mapping[str, str]] = {
    monitoring.LATE: "late",
    monitoring.ESCALATE: "late",
    monitoring.MISSED: "missed",
    monitoring.SKIPPED: "not done, with a reason",
}
CHECKLIST_WORDS: Final[Mapping[str, str]] = {
    "identity_confirmed": "Name and birth date compared",
    "allergies_read_back": "Allergies read back",
    "escort_confirmed": "Escort confirmed",
    "is_oriented": "Oriented",
    "has_urinary_symptoms": "Urinary symptoms",
    "took_sedatives_or_alcohol": "Alcohol or sedatives in 24 hours",
    "emergency_kit_checked": "Emergency kit checked",
}
DISCHARGE_WORDS: Final[Mapping[str, str]] = {
    "is_oriented": "Oriented",
    "walks_as_before": "Walks as before",
    "dissociation_resolved": "Dissociation resolved",
    "no_nausea": "No nausea",
    "iv_out": "IV out",
    "suicide_check_done": "Suicide check done",
    "instructions_given": "Instructions given",
    "escort_present": "Escort here",
}


@dataclass(frozen=True)
class Row:
    """One entry in words. `struck` is why and by whom it was retracted, or empty."""

    id: UUID
    kind: str
    at: datetime
    label: str
    text: str
    author: str
    values: Mapping[str, Any]
    struck: str
    to_confirm: str
    is_confirmed: bool
    typed_at: datetime | None
    is_late_addendum: bool


@dataclass(frozen=True)
class NotDone:
    """A reading that was due and was not taken in time."""

    due_at: datetime
    label: str
    state: str


@dataclass(frozen=True)
class Record:
    """Everything that the record page shows."""

    session: TreatmentSession
    sheet: Sheet
    readings: Sequence[Row]
    happened: Sequence[Row]
    drug: Sequence[Row]
    not_done: Sequence[NotDone]
    addenda: Sequence[SessionAddendum]
    missing: Sequence[str]

    @property
    def heading(self) -> str:
        return f"Session {self.session.number} of {self.session.plan.session_count}"

    @property
    def status(self) -> str:
        state = SessionState(self.session.state).label
        if not self.session.is_signed:
            return f"{state}, not signed"
        return f"{state}, signed, {'not co-signed yet' if self.may_be_cosigned else 'co-signed'}"

    @property
    def version(self) -> int:
        """Which state of the record this is: every entry and addendum counts it up, and nothing counts it down."""
        return version_of(self.sheet.entries, len(self.addenda))

    @property
    def may_be_cosigned(self) -> bool:
        return self.session.is_signed and self.session.cosigned_at is None


def version_of(entries: Sequence[Charted], addenda: int) -> int:
    """From 1 for an empty sheet."""
    return 1 + len(entries) + addenda


def standing_version(session_id: UUID) -> int:
    """The version of the record in the database, for a caller who holds the session."""
    return version_of(entries_of(session_id), SessionAddendum.objects.filter(session=session_id).count())


def record_page(session_id: UUID, *, now: datetime) -> Record:
    """The record of a session as it stands."""
    sheet = sheet_of(session_id, now=now)
    rows = _rows(sheet)
    movements = set(DrugRecord.Movement.values)
    addenda = SessionAddendum.objects.filter(session=session_id).select_related("written_by")
    return Record(
        session=sheet.session,
        sheet=sheet,
        readings=[row for row in rows if row.kind == EntryKind.VITALS],
        happened=[row for row in rows if row.kind != EntryKind.VITALS and row.kind not in movements],
        drug=[row for row in rows if row.kind in movements],
        not_done=[
            NotDone(one.due_at, DUE_LABELS[one.kind], NOT_DONE_WORDS[one.state])
            for one in sheet.due
            if one.state in NOT_DONE_WORDS
        ],
        addenda=list(addenda.order_by("written_at", "id")),
        missing=() if sheet.session.is_signed else missing_to_sign(sheet),
    )


def row_of(sheet: Sheet, entry_id: UUID) -> Row | None:
    """One entry of this sheet that can be corrected."""
    return next((row for row in _rows(sheet) if row.id == entry_id), None)


def drug_rows(sheet: Sheet) -> list[Row]:
    """What was drawn, wasted and returned."""
    return [row for row in _rows(sheet) if row.kind in DrugRecord.Movement.values]


def drawn_from(sheet: Sheet) -> dict[str, Any]:
    """Lot and concentration of the last draw, which what is left over has as well."""
    last = next((one for one in reversed(sheet.held) if one.kind == EntryKind.DRAW), None)
    return {} if last is None else {name: last.data[name] for name in ("lot", "concentration_mg_ml")}


def criteria_of(sheet: Sheet, seen: Mapping[str, Any]) -> Sequence[discharge.Criterion]:
    """The criteria of discharge that follow from the chart; none without a start."""
    if sheet.progress.started_at is None:
        return ()
    judged = discharge.criteria(chart.discharge_facts(sheet.head, sheet.held, sheet.now, seen))
    return [one for one in judged if one.code in MEASURED]


def visit(appointment_id: UUID) -> Appointment:
    return Appointment.objects.select_related("site", "patient", "course").get(pk=appointment_id)


def _rows(sheet: Sheet) -> list[Row]:
    retracted = chart.answers(sheet.entries, "retract")
    confirmed = chart.answers(sheet.entries, "confirm")
    in_order = sorted(sheet.entries, key=lambda one: (one.occurred_at, one.seq, one.id))
    return [
        _row(one, retracted.get(one.id), confirmed.get(one.id))
        for one in in_order
        if one.kind not in (EntryKind.RETRACT, EntryKind.CONFIRM)
    ]


def _row(entry: chart.Charted, retraction: chart.Charted | None, confirmation: chart.Charted | None) -> Row:
    typed_later = entry.recorded_at - entry.occurred_at > TYPED_LATER
    return Row(
        id=entry.id,
        kind=entry.kind,
        at=entry.occurred_at,
        label=EntryKind(entry.kind).label,
        text=_SAID.get(entry.kind, _nothing)(entry.data),
        author=entry.author,
        values=entry.data,
        struck="" if retraction is None else f"Retracted by {retraction.author}: {retraction.reason}",
        to_confirm=entry.to_confirm,
        is_confirmed=confirmation is not None,
        typed_at=entry.recorded_at if typed_later else None,
        is_late_addendum=entry.is_late_addendum,
    )


def _nothing(_: Mapping[str, Any]) -> str:
    return ""


def _checklist(data: Mapping[str, Any]) -> str:
    said = [f"{words}: {'yes' if data[name] else 'no'}" for name, words in CHECKLIST_WORDS.items()]
    screen = PreSessionCheck.SuicideScreen(data["suicide_screen"]).label.lower()
    pregnancy = PreSessionCheck.Pregnancy(data["pregnancy"]).label.lower()
    fasting = "not asked" if data["fasting_hours"] is None else f"{data['fasting_hours']} h ago"
    more = (f"Last meal: {fasting}", f"Suicide questions: {screen}", f"Pregnancy: {pregnancy}")
    return "; ".join((*said, *more, f"Weight: {data['weight_kg']} kg"))


def _discharge(data: Mapping[str, Any]) -> str:
    said = [f"{words}: {'yes' if data[name] else 'no'}" for name, words in DISCHARGE_WORDS.items()]
    escort = f"Escort: {data['escort_name']}" if data["escort_name"] else ""
    accepts = "Prescriber accepts the pressure" if data["prescriber_accepts_vitals"] else ""
    return "; ".join(part for part in (f"Aldrete: {data['aldrete_total']}", *said, escort, accepts) if part)


def _event(data: Mapping[str, Any]) -> str:
    serious = "serious" if data["is_serious"] else ""
    named = ", ".join(part for part in (_words(data["term"]), f"grade {data['grade']}", serious) if part)
    return ". ".join(part for part in (named, data["action_taken"], data["detail"]) if part)


def _drug(data: Mapping[str, Any]) -> str:
    until: date | None = data["expires_on"]
    expiry = f", expires {written.day(until)}" if until else ""
    label = f"{data['amount_mg']} mg of {data['concentration_mg_ml']} mg/mL, lot {data['lot']}"
    return f"{label}{expiry}. Witness: {data['witness']}"


def _step(data: Mapping[str, Any]) -> str:
    rate: Decimal | None = data.get("rate_ml_h")
    return f"{rate} mL/h" if rate is not None else str(data.get("reason", ""))


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _comfort(data: Mapping[str, Any]) -> str:
    return ". ".join(part for part in (_words(data["chip"]), data["words"]) if part)


def _field(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda data: str(data[name])


_SAID: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "checklist": _checklist,
    "override": lambda data: f"{_words(data['check_code'])}: {data['reason']}",
    "skip": _field("reason"),
    "start": _step,
    "rate": _step,
    "pause": _step,
    "resume": _step,
    "stop": _step,
    "draw": _drug,
    "waste": _drug,
    "return": _drug,
    "event": _event,
    "comfort": _comfort,
    "note": _field("text"),
    "help": _field("detail"),
    "discharge": _discharge,
}
