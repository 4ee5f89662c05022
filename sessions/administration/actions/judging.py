"""May this entry stand as it is, must somebody confirm it, or is it refused?

Gates stop doing, never recording: what has already happened is stored and becomes a deviation to explain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final

from clinic.kit.clock import local_date
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.registration import actions as registration_actions
from sessions.administration import queries
from sessions.administration.models import TreatmentSession
from sessions.administration.rules import chart as chart_rules
from sessions.administration.rules import discharge, dosing, plausibility, pre_session
from sessions.administration.rules.charting import EntryRefused, Tap

AHEAD_FLAGGED: Final = timedelta(minutes=2)
AHEAD_REFUSED: Final = timedelta(hours=12)
HAPPENED_BEFORE: Final = timedelta(seconds=60)
EXPIRES_SOON: Final = timedelta(days=30)
FORMULARY_MG_ML: Final = frozenset({Decimal(10), Decimal(50), Decimal(100)})
LEFT_AGAINST_ADVICE: Final = "left_against_advice"
BY_ANYONE_CHARTING: Final = frozenset({"vitals", "skip", "comfort", "note", "help"})


@dataclass
class Verdict:
    """What is asked about an entry that is stored, and what has to be explained about it."""

    to_confirm: list[str] = field(default_factory=list)
    deviations: list[str] = field(default_factory=list)


class Situation:
    """One locked session and its chart while a batch is taken in; the chart is read only when an entry needs it."""

    def __init__(self, session: TreatmentSession, now: datetime, *, visit_at: datetime, zone: str) -> None:
        self.session = session
        self.now = now
        self.visit_at = visit_at
        self.zone = zone
        self.taken_in: list[chart_rules.Charted] = []

    @cached_property
    def facts(self) -> chart_rules.Head:
        found = queries.session_with_facts(self.session.pk)
        return queries.head_of(found, now=self.now)

    @cached_property
    def limits(self) -> plausibility.VitalLimits:
        return queries.vital_limits_on(local_date(self.now, self.zone))

    @cached_property
    def stored(self) -> list[chart_rules.Charted]:
        return queries.entries_of(self.session.pk)

    def read_chart(self) -> None:
        """Read what is stored now, before new rows are written."""
        _ = self.stored, self.facts

    @property
    def entries(self) -> list[chart_rules.Charted]:
        return [*self.stored, *self.taken_in]

    @property
    def held(self) -> list[chart_rules.Charted]:
        return chart_rules.standing(self.entries)


@dataclass(frozen=True)
class Case:
    """One entry to judge, who made it, and the sheet it is for."""

    tap: Tap
    author: User
    sheet: Situation
    witness: User | None = None
    verdict: Verdict = field(default_factory=Verdict)

    def ask(self, sentence: str) -> None:
        self.verdict.to_confirm.append(sentence)

    def explain(self, sentence: str) -> None:
        self.verdict.deviations.append(sentence)

    @property
    def has_happened(self) -> bool:
        """Whether this was done before the server could have an opinion: offline, or charted afterwards."""
        typed_long_ago = self.sheet.now - self.tap.recorded_at > HAPPENED_BEFORE
        return typed_long_ago or bool(self.tap.data.get("already_started")) or self.sheet.session.is_signed


def judge(tap: Tap, author: User, sheet: Situation, witness: User | None = None) -> Verdict:
    """Judge one entry against the chart; raises EntryRefused with the sentence to show."""
    needed = Permission.CHART_VITALS if tap.kind in BY_ANYONE_CHARTING else Permission.CHART_SESSION
    if tap.kind == "override":
        _may_override(author)
    elif not author.may(needed):
        raise EntryRefused(f"{author.full_name} may not enter this. Ask a nurse or a prescriber.")
    case = Case(tap, author, sheet, witness)
    _judge_times(case)
    judge_kind = _BY_KIND.get(tap.kind)
    if judge_kind is not None:
        judge_kind(case)
    return case.verdict


def _may_override(author: User) -> None:
    if not (author.may(Permission.CHART_SESSION) or author.may(Permission.DECIDE_ELIGIBILITY)):
        raise EntryRefused(f"{author.full_name} may not override a check. Ask a prescriber.")


def _judge_times(case: Case) -> None:
    ahead = case.tap.occurred_at - case.sheet.now
    if ahead > AHEAD_REFUSED:
        raise EntryRefused("This is timed more than 12 hours ahead. Check the clock of the device and enter it again.")
    if ahead > AHEAD_FLAGGED:
        minutes = -(-ahead // timedelta(minutes=1))
        case.ask(f"This is timed {minutes} minutes in the future. Confirm the time or re-enter it.")
    zone = case.sheet.zone
    if local_date(case.tap.occurred_at, zone) < local_date(case.sheet.visit_at, zone):
        raise EntryRefused("This is timed before the day of the visit. Check the time it happened.")


def _judge_vitals(case: Case) -> None:
    limits = case.sheet.limits
    concerns = plausibility.check_vitals(case.tap.data, limits.alerts, limits.asks)
    rejected = [one.sentence for one in concerns if one.level == plausibility.REJECT]
    if rejected:
        raise EntryRefused(" ".join(rejected))
    case.verdict.to_confirm.extend(one.sentence for one in concerns if one.level == plausibility.CONFIRM)


def _judge_start(case: Case) -> None:
    begun = dosing.started_at(chart_rules.steps(case.sheet.held))
    if begun is not None:
        if not case.has_happened:
            raise EntryRefused("The infusion has already been started. Reload the sheet to see when and by whom.")
        case.ask("The infusion had already been started. Retract the one that is wrong, or confirm.")
        return
    registration_actions.hold(case.sheet.session.patient_id)  # of two starts at once, the second sees the first
    elsewhere = queries.running_elsewhere(case.sheet.session)
    if elsewhere is not None:
        raise EntryRefused(f"{elsewhere} still has a session running that this would cross. Chart its stop first.")
    checks = chart_rules.readiness(case.sheet.facts, case.sheet.held, case.tap.occurred_at)
    open_points = pre_session.open_points(checks)
    if open_points and not case.has_happened:
        raise EntryRefused("Not ready to start.", open_points)
    if open_points:
        case.explain(f"Started before it was ready. {' '.join(open_points)}")
    _judge_rate(case, case.sheet.session.ordered_rate_ml_h)


def _judge_rate(case: Case, ordered_ml_h: Decimal | None) -> None:
    asked = dosing.rate_check(case.tap.data["rate_ml_h"], ordered_ml_h)
    if asked is not None:
        case.ask(asked[1])


def _judge_step(case: Case) -> None:
    """A step that the pump cannot have made then is stored and asked about: stopping is never refused."""
    at = (case.tap.occurred_at, case.tap.seq)
    before = [one for one in chart_rules.steps(case.sheet.held) if (one.occurred_at, one.seq) <= at]
    if case.tap.kind not in dosing.next_steps(before):
        case.ask("The infusion was not in a state for this then, so it changes nothing. Check the time.")
    if case.tap.kind in (dosing.RATE, dosing.RESUME):
        _judge_rate(case, None)


def _judge_drug(case: Case) -> None:
    """Milligrams move before two people; what is wasted or returned is of a lot drawn here, and no more than was."""
    witness = case.witness
    if witness is None or witness.pk == case.author.pk or not witness.may(Permission.WITNESS):
        raise EntryRefused("Drug that is drawn, wasted or returned needs a second person who may witness it.")
    if case.tap.kind == "draw":
        _judge_drawn(case)
    else:
        _judge_left_over(case)


def _judge_drawn(case: Case) -> None:
    data, today = case.tap.data, local_date(case.sheet.now, case.sheet.zone)
    if data["expires_on"] < today:
        raise EntryRefused("This lot has expired. Take another one and set this aside.")
    if data["expires_on"] - today < EXPIRES_SOON:
        case.ask("This lot expires within 30 days. Confirm the date on the label.")
    if data["concentration_mg_ml"] not in FORMULARY_MG_ML:
        case.ask(f"{data['concentration_mg_ml']} mg/mL is not a strength of the formulary. Confirm the label.")


def _judge_left_over(case: Case) -> None:
    data = case.tap.data
    drawn_lots = {one.data["lot"].casefold() for one in case.sheet.held if one.kind == "draw"}
    if data["lot"].casefold() not in drawn_lots:
        raise EntryRefused(f"Lot {data['lot']} was not drawn for this session. Read the label again.")
    drug = chart_rules.drug_totals(case.sheet.facts, case.sheet.held, case.sheet.now)
    too_much = chart_rules.too_much_left_over(data["amount_mg"], drug, is_running=_is_running(case))
    if too_much is not None:
        raise EntryRefused(too_much)
    if case.tap.kind == "waste" and data["amount_mg"] * 2 > drug.drawn_mg:
        case.ask("This is more than half of what was drawn. Confirm the amount.")


def _is_running(case: Case) -> bool:
    taken = chart_rules.steps(case.sheet.held)
    return dosing.started_at(taken) is not None and dosing.stopped_at(taken) is None


def _judge_override(case: Case) -> None:
    checks = chart_rules.readiness(case.sheet.facts, case.sheet.held, case.tap.occurred_at)
    check = next((one for one in checks if one.code == case.tap.data["check_code"]), None)
    if check is None:
        raise EntryRefused("There is no such check. Reload the sheet and choose it again.")
    if check.state in (pre_session.READY, pre_session.OVERRIDDEN):
        raise EntryRefused(f"There is nothing to override about “{check.label}”.")
    if check.may_be_overridden_by is None:
        raise EntryRefused(f"“{check.label}” cannot be overridden. {check.sentence}")
    if check.may_be_overridden_by == "medical_director" and not case.author.may(Permission.OVERRIDE_HARD_STOP):
        raise EntryRefused(f"Only the medical director may override “{check.label}”. Ask them.")
    if not case.author.may(Permission.DECIDE_ELIGIBILITY) and not case.author.may(Permission.OVERRIDE_HARD_STOP):
        case.ask("A telephone order. The prescriber confirms it within 24 hours.")
        case.explain(f"Telephone order for “{check.label}”, for a prescriber to confirm: {case.tap.data['reason']}")


def _judge_discharge(case: Case) -> None:
    held = case.sheet.held
    if any(one.kind == "discharge" for one in held):
        raise EntryRefused("The discharge is already charted. Retract it first if it was wrong.")
    if dosing.started_at(chart_rules.steps(held)) is None:
        return
    facts = chart_rules.discharge_facts(case.sheet.facts, held, case.tap.occurred_at, case.tap.data)
    missing = discharge.missing(facts)
    if not missing:
        return
    left = any(one.kind == "event" and one.data["term"] == LEFT_AGAINST_ADVICE for one in held)
    if not left and not case.has_happened:
        raise EntryRefused("Not yet.", missing)
    case.explain(f"{'Left against advice' if left else 'Left early'}. {' '.join(missing)}")


def _judge_correction(case: Case) -> None:
    entries = case.sheet.entries
    target = next((one for one in entries if one.id == case.tap.data["target"]), None)
    if target is None:
        raise EntryRefused("The entry this is about is not on this sheet. Reload the sheet.")
    if target.kind in ("confirm", "retract"):
        raise EntryRefused("A correction is not corrected itself. Enter the right value again.")
    if target.id in chart_rules.answers(entries, "retract"):
        raise EntryRefused("This entry has already been retracted.")
    if case.tap.kind == "confirm":
        _judge_confirmation(target, case.author, entries)


def _judge_confirmation(target: chart_rules.Charted, author: User, entries: Sequence[chart_rules.Charted]) -> None:
    if not target.to_confirm or target.id in chart_rules.answers(entries, "confirm"):
        raise EntryRefused("There is nothing to confirm about this entry.")
    if target.kind == "override" and not author.may(Permission.DECIDE_ELIGIBILITY):
        raise EntryRefused("A telephone order is confirmed by a prescriber.")


_BY_KIND: Final[dict[str, Callable[[Case], None]]] = {
    "vitals": _judge_vitals,
    "start": _judge_start,
    "rate": _judge_step,
    "pause": _judge_step,
    "resume": _judge_step,
    "stop": _judge_step,
    "draw": _judge_drug,
    "waste": _judge_drug,
    "return": _judge_drug,
    "override": _judge_override,
    "discharge": _judge_discharge,
    "confirm": _judge_correction,
    "retract": _judge_correction,
}
