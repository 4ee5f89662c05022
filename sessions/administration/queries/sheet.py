"""What does the sheet show right now? One dataclass that the page and the polling tablet both get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connection

from sessions.administration.models import TreatmentSession
from sessions.administration.queries import chart as chart_queries
from sessions.administration.queries.limits import vital_limits_on
from sessions.administration.rules import chart, discharge, dosing, monitoring, plausibility, pre_session

DUE_LABELS: Final[Mapping[str, str]] = {
    monitoring.BASELINE: "Baseline",
    monitoring.AT_START: "At the start",
    monitoring.RUNNING: "During the infusion",
    monitoring.ON_ALERT: "Closer watch",
    monitoring.AT_STOP: "At the stop",
    monitoring.RECOVERY: "Recovery",
    monitoring.DISCHARGE: "Before leaving",
}
# The discharge form asks for the rest; these follow from the chart alone.
MEASURED: Final = frozenset({"time", "vitals", "pressure", "oxygen", "awake"})
HUNDREDTH: Final = Decimal("0.01")
LIFE: Final = """
    SELECT concat_ws('-', system_identifier, timeline_id, oid, left(md5(shobj_description(oid, 'pg_database')), 8))
    FROM pg_control_system(), pg_control_checkpoint(), pg_database WHERE datname = current_database()
"""
_epochs: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


@dataclass(frozen=True)
class Sheet:
    """Everything about one session at one moment; `state()` is its form on the wire."""

    session: TreatmentSession
    head: chart.Head
    entries: Sequence[chart.Charted]
    held: Sequence[chart.Charted]
    progress: chart.Progress
    drug: chart.DrugTotals
    given: dosing.Delivered
    segments: Sequence[dosing.Segment]
    due: Sequence[monitoring.Due]
    readiness: Sequence[pre_session.Check]
    alerts: Sequence[Mapping[str, Any]]
    missing_for_discharge: Sequence[str]
    limits: plausibility.VitalLimits
    now: datetime

    @property
    def may_start(self) -> bool:
        return self.progress.state == "preparing" and pre_session.may_start(self.readiness)

    def state(self) -> dict[str, Any]:
        """The state as plain values; decimals become strings of digits on the wire."""
        return {
            "server_now": self.now,
            "epoch": epoch(),
            "session": self._session(),
            "entries": self._entries(),
            "due": [
                {
                    "due_at": one.due_at,
                    "kind": one.kind,
                    "label": DUE_LABELS[one.kind],
                    "state": one.state,
                    "met_by": one.met_by,
                }
                for one in self.due
            ],
            "infusion": self._infusion(),
            "drug": {
                "drawn_mg": self.drug.drawn_mg,
                "given_mg": self.drug.given_mg,
                "wasted_mg": self.drug.wasted_mg,
                "returned_mg": self.drug.returned_mg,
                "open_mg": self.drug.balance.difference_mg,
            },
            "readiness": [
                {
                    "code": one.code,
                    "label": one.label,
                    "state": one.state,
                    "sentence": one.sentence,
                    "may_be_overridden_by": one.may_be_overridden_by,
                }
                for one in self.readiness
            ],
            "may_start": self.may_start,
            "alerts": list(self.alerts),
            "missing_for_discharge": list(self.missing_for_discharge),
        }

    def _session(self) -> dict[str, Any]:
        session, head = self.session, self.head
        return {
            "id": session.pk,
            "number": session.number,
            "of": session.plan.session_count,
            "state": session.state,
            "is_signed": session.is_signed,
            "started_at": session.started_at,
            "stopped_at": session.stopped_at,
            "discharged_at": session.discharged_at,
            "ordered_mg": session.ordered_mg,
            "ordered_rate_ml_h": session.ordered_rate_ml_h,
            "concentration_mg_ml": head.concentration_mg_ml.quantize(Decimal("0.0001")),
            "plan_minutes": session.plan.infusion_minutes,
            "site_zone": head.zone,
        }

    def _entries(self) -> list[dict[str, Any]]:
        retracted = chart.answers(self.entries, "retract")
        confirmed = chart.answers(self.entries, "confirm")
        return [
            {
                "id": one.id,
                "kind": one.kind,
                "occurred_at": one.occurred_at,
                "recorded_at": one.recorded_at,
                "author": one.author,
                "data": _data(one),
                "to_confirm": one.to_confirm,
                "confirmed": one.id in confirmed,
                "retracted": _retraction(retracted.get(one.id)),
                "is_late_addendum": one.is_late_addendum,
            }
            for one in self.entries
        ]

    def _infusion(self) -> dict[str, Any]:
        given = self.given
        return {
            "running": given.running,
            "paused": given.paused,
            "given_mg": given.mg,
            "given_ml": given.volume_ml,
            "left_ml": given.remaining_ml,
            "rate_ml_h": self.segments[-1].rate_ml_h if given.running else None,
            "ends_at": given.projected_end,
            "segments": [{"start": one.start, "end": one.end, "rate_ml_h": one.rate_ml_h} for one in self.segments],
        }


def sheet_of(session_id: UUID, *, now: datetime) -> Sheet:
    """The sheet of a session as it stands at `now`."""
    session = chart_queries.session_with_facts(session_id)
    head = chart_queries.head_of(session, now=now)
    entries = chart_queries.entries_of(session_id)
    held = chart.standing(entries)
    progress = chart.progress(head, held)
    limits = vital_limits_on(head.today)
    return Sheet(
        session=session,
        head=head,
        entries=entries,
        held=held,
        progress=progress,
        drug=chart.drug_totals(head, held, progress.stopped_at or now),
        given=chart.delivered(head, held, now),
        segments=dosing.segments(chart.steps(held)),
        due=due_rows(held, progress, now),
        readiness=chart.readiness(head, held, progress.started_at or now),
        alerts=_alerts(held, limits),
        missing_for_discharge=_missing(head, held, progress, now),
        limits=limits,
        now=now,
    )


def missing_to_sign(sheet: Sheet) -> tuple[str, ...]:
    """Everything that keeps a session from being signed, one sentence each."""
    has_left = sheet.progress.discharged_at is not None
    found = discharge.missing_to_close(has_left=has_left, drug=sheet.drug.balance, waste_is_witnessed=True)
    waiting = len(chart.unconfirmed(sheet.entries))
    if not waiting:
        return found
    many = "1 entry waits" if waiting == 1 else f"{waiting} entries wait"
    return (*found, f"{many} to be confirmed. Confirm or retract each.")


def epoch() -> str:
    """Which life of the database this is: it changes when a backup is restored, so that tablets offer again.

    The server, its time line, the database on it, and the mark that a restore leaves on the database. None of them
    changes under a connection for longer than the connection is kept.
    """
    connection.ensure_connection()
    if connection.connection not in _epochs:
        with connection.cursor() as cursor:
            cursor.execute(LIFE)
            _epochs[connection.connection] = cursor.fetchone()[0]
    return _epochs[connection.connection]


def due_rows(held: Sequence[chart.Charted], progress: chart.Progress, now: datetime) -> tuple[monitoring.Due, ...]:
    """Every reading that the protocol asks for so far and the next one, with what became of it."""
    readings = chart.readings(held)
    timeline = monitoring.Timeline(
        progress.started_at,
        progress.stopped_at,
        progress.discharged_at,
        monitoring.alert_spans([one for one in readings if progress.started_at and one.at >= progress.started_at]),
    )
    skips = [one.data["due_at"] for one in held if one.kind == "skip"]
    return monitoring.due_list(timeline, [one.at for one in readings], skips, now)


def _alerts(held: Sequence[chart.Charted], limits: plausibility.VitalLimits) -> list[dict[str, Any]]:
    """What the latest reading calls for: first the rules that act, then single values beyond their limit."""
    readings = chart.readings(held)
    if not readings:
        return []
    latest = readings[-1]
    acting = monitoring.alerts(readings)
    fields = {one.field for one in acting}
    single = [
        one
        for one in plausibility.check_vitals(latest.values, limits.alerts, limits.asks)
        if one.level == plausibility.ALERT and one.field not in fields
    ]
    return [
        *({"level": one.level, "sentence": one.sentence, "occurred_at": latest.at} for one in acting),
        *({"level": monitoring.NOTIFY, "sentence": one.sentence, "occurred_at": latest.at} for one in single),
    ]


def _missing(
    head: chart.Head, held: Sequence[chart.Charted], progress: chart.Progress, now: datetime
) -> tuple[str, ...]:
    if progress.started_at is None or progress.discharged_at is not None:
        return ()
    judged = discharge.criteria(chart.discharge_facts(head, held, now))
    return tuple(one.sentence for one in judged if one.code in MEASURED and not one.is_met)


def _data(entry: chart.Charted) -> Mapping[str, Any]:
    if entry.kind == "retract":
        return {"target": entry.target, "reason": entry.reason}
    return {"target": entry.target} if entry.kind == "confirm" else entry.data


def _retraction(entry: chart.Charted | None) -> dict[str, Any] | None:
    return None if entry is None else {"by": entry.author, "at": entry.recorded_at, "reason": entry.reason}
