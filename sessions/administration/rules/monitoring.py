"""Which readings are due when, and which readings call for help?

Rows follow the real start, pauses and stop, never the booked time. A late row never disappears; one that was overtaken
by a later reading stays as missed. Source: docs/clinical/monitoring.md.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

UPCOMING: Final = "upcoming"
DUE: Final = "due"
LATE: Final = "late"
ESCALATE: Final = "escalate"
DONE: Final = "done"
SKIPPED: Final = "skipped"
MISSED: Final = "missed"

BASELINE: Final = "baseline"
AT_START: Final = "start"
RUNNING: Final = "running"
ON_ALERT: Final = "alert"
AT_STOP: Final = "stop"
RECOVERY: Final = "recovery"
DISCHARGE: Final = "discharge"

NOTIFY: Final = "notify"
RECHECK: Final = "recheck"
PAUSE: Final = "pause"
STOP: Final = "stop"

# A rise over the baseline that the label of esketamine reports as notable.
RISE_SYSTOLIC_MMHG: Final = 40
RISE_DIASTOLIC_MMHG: Final = 25


@dataclass(frozen=True)
class Protocol:
    """How often to look. `early` is how much before its time a reading may be taken and still count for it."""

    baseline_before: timedelta = timedelta(minutes=10)
    baseline_within: timedelta = timedelta(minutes=30)
    every: timedelta = timedelta(minutes=10)
    every_on_alert: timedelta = timedelta(minutes=5)
    recovery: tuple[timedelta, ...] = (
        timedelta(minutes=15),
        timedelta(minutes=30),
        timedelta(minutes=45),
        timedelta(minutes=60),
    )
    discharge_within: timedelta = timedelta(minutes=15)
    early: timedelta = timedelta(minutes=3)
    grace: timedelta = timedelta(minutes=3)
    escalate_after: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=24)


IV: Final = Protocol()


@dataclass(frozen=True)
class Timeline:
    """When things happened. `alert_spans` are the stretches of closer watch; an end of None means it goes on."""

    started_at: datetime | None
    stopped_at: datetime | None = None
    discharged_at: datetime | None = None
    alert_spans: tuple[tuple[datetime, datetime | None], ...] = ()
    protocol: Protocol = field(default=IV)


@dataclass(frozen=True)
class Due:
    """One reading that the protocol asks for, and what became of it."""

    due_at: datetime
    kind: str
    state: str
    met_by: datetime | None


@dataclass(frozen=True)
class Reading:
    """One set of vital signs as charted."""

    at: datetime
    values: Mapping[str, Decimal | int | None]


@dataclass(frozen=True)
class Alert:
    """One rule that fired: level "notify", "recheck", "pause" or "stop", the field, and a sentence."""

    level: str
    field: str
    sentence: str


def due_list(
    timeline: Timeline, readings: Sequence[datetime], skips: Collection[datetime], now: datetime
) -> tuple[Due, ...]:
    """List every reading the protocol asks for so far and the next one.

    A reading counts for the last row whose time has come, or comes within the next 3 minutes. A row is late 3 minutes
    after its time and escalates 10 minutes after, unless a later reading has been charted: then it is missed. Before
    the start nothing is due; the gate before a session asks for the baseline itself.
    """
    if timeline.started_at is None:
        return ()
    rows = _rows(timeline, timeline.started_at, now)
    taken = sorted(readings)
    met = _live_matches(timeline.protocol, rows, taken) | _window_matches(timeline, rows, taken)
    return tuple(
        Due(due_at, kind, _state(timeline.protocol, (due_at, kind), met, (taken, skips), now), met.get((due_at, kind)))
        for due_at, kind in rows
    )


def next_due(rows: Sequence[Due]) -> Due | None:
    """Return the first row that still waits for a reading."""
    return next((row for row in rows if row.state in (UPCOMING, DUE, LATE, ESCALATE)), None)


def alerts(readings: Sequence[Reading]) -> tuple[Alert, ...]:
    """Judge the latest reading, in the light of those before it."""
    if not readings:
        return ()
    in_order = sorted(readings, key=lambda reading: reading.at)
    return (*_pressure_alerts(in_order), *_heart_alerts(in_order), *_breathing_alerts(in_order[-1]))


def alert_spans(readings: Sequence[Reading]) -> tuple[tuple[datetime, datetime | None], ...]:
    """Return the stretches of closer watch: from a reading that alerts to the next that does not."""
    in_order = sorted(readings, key=lambda reading: reading.at)
    spans: list[tuple[datetime, datetime | None]] = []
    since = None
    for count, reading in enumerate(in_order, start=1):
        is_alert = bool(alerts(in_order[:count]))
        if is_alert and since is None:
            since = reading.at
        elif not is_alert and since is not None:
            spans.append((since, reading.at))
            since = None
    if since is not None:
        spans.append((since, None))
    return tuple(spans)


def _rows(timeline: Timeline, start: datetime, now: datetime) -> list[tuple[datetime, str]]:
    """Every row in order. The clock runs on through a pause: the person is watched whether or not the pump runs."""
    usual = [*_usual_rows(timeline, start, now)]
    closer = [
        (due_at, ON_ALERT)
        for since, till in timeline.alert_spans
        for due_at in _closer_times(timeline, since, till, now)
        if due_at > start and not any(abs(due_at - other) < timeline.protocol.early for other, _ in usual)
    ]
    return sorted([*usual, *closer])


def _usual_rows(timeline: Timeline, start: datetime, now: datetime) -> Iterator[tuple[datetime, str]]:
    stop, left, protocol = timeline.stopped_at, timeline.discharged_at, timeline.protocol
    yield start - protocol.baseline_before, BASELINE
    yield start, AT_START
    until = min(now, start + protocol.longest) if stop is None else stop - protocol.early
    for due_at in _times(start, until, protocol.every, one_more=stop is None):
        if not any(since < due_at and (till is None or due_at <= till) for since, till in timeline.alert_spans):
            yield due_at, RUNNING
    if stop is not None:
        yield stop, AT_STOP
        for after in protocol.recovery:
            if left is None or stop + after < left - protocol.early:
                yield stop + after, RECOVERY
    if left is not None:
        yield left, DISCHARGE


def _closer_times(timeline: Timeline, since: datetime, till: datetime | None, now: datetime) -> Iterator[datetime]:
    ends = [end for end in (till, timeline.discharged_at) if end is not None]
    protocol = timeline.protocol
    until = min(ends) if ends else min(now, since + protocol.longest)
    yield from _times(since, until, protocol.every_on_alert, one_more=not ends)


def _times(start: datetime, until: datetime, every: timedelta, *, one_more: bool) -> Iterator[datetime]:
    due_at = start + every
    while due_at <= until:
        yield due_at
        due_at += every
    if one_more:
        yield due_at


def _live_matches(
    protocol: Protocol, rows: Sequence[tuple[datetime, str]], taken: Sequence[datetime]
) -> dict[tuple[datetime, str], datetime]:
    """Give each reading to the last row whose time has nearly come; it never fills an older gap."""
    met: dict[tuple[datetime, str], datetime] = {}
    live = [row for row in rows if row[1] not in (BASELINE, DISCHARGE)]
    for reading in taken:
        row = next((row for row in reversed(live) if row[0] <= reading + protocol.early), None)
        if row is not None:
            met.setdefault(row, reading)
    return met


def _window_matches(
    timeline: Timeline, rows: Sequence[tuple[datetime, str]], taken: Sequence[datetime]
) -> dict[tuple[datetime, str], datetime]:
    """Baseline and discharge take the last reading of the time before the start and before leaving."""
    windows = {
        BASELINE: (timeline.started_at, timeline.protocol.baseline_within),
        DISCHARGE: (timeline.discharged_at, timeline.protocol.discharge_within),
    }
    met: dict[tuple[datetime, str], datetime] = {}
    for row in rows:
        end, within = windows.get(row[1], (None, timedelta()))
        found = [one for one in taken if end is not None and end - within <= one <= end]
        if found:
            met[row] = found[-1]
    return met


def _state(
    protocol: Protocol,
    row: tuple[datetime, str],
    met: Mapping[tuple[datetime, str], datetime],
    charted: tuple[Sequence[datetime], Collection[datetime]],
    now: datetime,
) -> str:
    due_at, _ = row
    taken, skips = charted
    if row in met:
        return DONE
    if due_at in skips:
        return SKIPPED
    if now < due_at:
        return UPCOMING
    if taken and taken[-1] > due_at:
        return MISSED
    late_by = now - due_at
    if late_by <= protocol.grace:
        return DUE
    return LATE if late_by <= protocol.escalate_after else ESCALATE


def _pressure_alerts(in_order: Sequence[Reading]) -> Iterator[Alert]:
    latest = in_order[-1]
    if _above(latest, "systolic_mmhg", 200) or _above(latest, "diastolic_mmhg", 120):
        yield Alert(PAUSE, "systolic_mmhg", "Pressure above 200/120. Pause and call the prescriber.")
    elif _high_pressure(latest):
        if _held_for(in_order, _high_pressure, timedelta(minutes=5)):
            yield Alert(
                PAUSE, "systolic_mmhg", "Pressure above 180/110 twice, 5 minutes apart. Pause and call the prescriber."
            )
        else:
            yield Alert(RECHECK, "systolic_mmhg", "Pressure above 180/110. Measure again in 5 minutes.")


def _heart_alerts(in_order: Sequence[Reading]) -> Iterator[Alert]:
    latest = in_order[-1]
    if _below(latest, "heart_rate_bpm", 45):
        yield Alert(STOP, "heart_rate_bpm", "Heart rate below 45. Stop the infusion.")
    elif _above(latest, "heart_rate_bpm", 140):
        yield Alert(STOP, "heart_rate_bpm", "Heart rate above 140. Stop the infusion.")
    elif _fast_heart(latest):
        if _held_for(in_order, _fast_heart, timedelta(minutes=5)):
            yield Alert(PAUSE, "heart_rate_bpm", "Heart rate above 120 for 5 minutes. Pause and call the prescriber.")
        else:
            yield Alert(RECHECK, "heart_rate_bpm", "Heart rate above 120. Count again in 5 minutes.")


def _breathing_alerts(latest: Reading) -> Iterator[Alert]:
    if _below(latest, "spo2_percent", 90):
        yield Alert(STOP, "spo2_percent", "SpO₂ below 90 %. Stop, give oxygen, look after the airway.")
    elif _below(latest, "spo2_percent", 92):
        yield Alert(NOTIFY, "spo2_percent", "SpO₂ below 92 %. Tell the prescriber if it lasts over a minute.")
    if _below(latest, "respiratory_rate_bpm", 8):
        yield Alert(STOP, "respiratory_rate_bpm", "Fewer than 8 breaths a minute. Stop, look after the airway.")
    if _above(latest, "etco2_mmhg", 55):
        yield Alert(STOP, "etco2_mmhg", "EtCO₂ above 55. Stop, look after the airway.")
    if _below(latest, "moaas", 3):
        yield Alert(STOP, "moaas", "Answers only to touch or pain. Stop the infusion.")
    elif _below(latest, "moaas", 4):
        yield Alert(NOTIFY, "moaas", "Answers only when called loudly. Tell the prescriber.")
    if _below(latest, "rass", -3):
        yield Alert(STOP, "rass", "Deeply sedated. Stop the infusion.")


def _high_pressure(reading: Reading) -> bool:
    return _above(reading, "systolic_mmhg", 180) or _above(reading, "diastolic_mmhg", 110)


def _fast_heart(reading: Reading) -> bool:
    return _above(reading, "heart_rate_bpm", 120)


def _held_for(in_order: Sequence[Reading], test: Callable[[Reading], bool], long: timedelta) -> bool:
    latest = in_order[-1].at
    for reading in reversed(in_order):
        if not test(reading):
            return False
        if latest - reading.at >= long:
            return True
    return False


def _above(reading: Reading, name: str, limit: int) -> bool:
    value = reading.values.get(name)
    return value is not None and value > limit


def _below(reading: Reading, name: str, limit: int) -> bool:
    value = reading.values.get(name)
    return value is not None and value < limit
