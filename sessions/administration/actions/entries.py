"""How does an entry get onto the sheet? Once, together with its typed row, under the lock of its session.

A batch from a tablet and an entry made by a form of the server take the same way.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from clinic.kit.compiled import Compiled
from clinic.kit.keys import uuid7
from clinic.kit.stored import store
from clinic.staff import queries as staff_queries
from clinic.staff.models import User
from clinic.worklist import actions as worklist_actions
from sessions.administration import queries
from sessions.administration.actions import effects
from sessions.administration.actions.judging import Situation, Verdict, judge
from sessions.administration.models import SessionEntry, TreatmentSession
from sessions.administration.rules.chart import STEP_KINDS, Charted
from sessions.administration.rules.charting import EntryRefused, Tap, read_data, read_entry, to_the_millisecond
from sessions.scheduling.models import Appointment

SERVER_DEVICE: Final = "server form"
NOT_STORED: Final = frozenset({"already_started"})
CHANGES_HEAD: Final = STEP_KINDS | {"discharge", "retract", "checklist"}


@dataclass(frozen=True)
class Fate:
    """What became of one entry: accepted, duplicate, confirm (stored, to be confirmed) or refused."""

    id: str | None
    fate: str
    sentence: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        return {"id": self.id, "fate": self.fate, "sentence": self.sentence}


def stored_now(fates: Sequence[Fate]) -> frozenset[str | None]:
    """The ids of those that were stored in this batch, not before."""
    return frozenset(fate.id for fate in fates if fate.fate in {"accepted", "confirm"})


@dataclass(frozen=True)
class _Ready:
    """One entry that will be stored."""

    tap: Tap
    author: User
    digest: str
    verdict: Verdict
    typed: Mapping[str, Any]


@transaction.atomic(savepoint=False)
def take_entries(*, session_id: UUID, entries: Sequence[object], caller: User, now: datetime) -> list[Fate]:
    """Take a batch in, each entry for itself: one that is refused never holds up the others.

    The session's row is locked first. An entry whose id is known is a duplicate when it says the same, and refused
    when it says something else. The author is who the ticket names, not who sends.
    """
    situation = _locked(session_id, now)
    known = queries.known_digests(_ids(entries))
    authors: dict[UUID, User | None] = {caller.pk: caller}
    ready: list[_Ready] = []
    fates = [_take_one(raw, situation, known, authors, ready) for raw in entries]
    _store(situation, ready)
    return fates


@transaction.atomic
def record(  # noqa: PLR0913  # what, by whom, when: each named where it is called
    *,
    session: TreatmentSession,
    kind: str,
    data: Mapping[str, Any],
    by: User,
    occurred_at: datetime,
    now: datetime,
    entry_id: UUID | None = None,
    witness: User | None = None,
) -> UUID:
    """Store one entry made by a form of the server; the same id twice stores it once. Refused with EntryRefused.

    Drug that is drawn, wasted or returned needs a `witness`, whose password the caller has had.
    """
    entry_id = entry_id or uuid7()
    situation = _locked(session.pk, now)
    if entry_id in queries.known_digests([entry_id]):
        return entry_id
    if situation.session.is_signed:
        raise EntryRefused("This session is signed. Add an addendum instead.")
    at = to_the_millisecond(occurred_at)
    tap = Tap(entry_id, kind, at, now, 0, SERVER_DEVICE, "", read_data(kind, data))
    verdict = judge(tap, by, situation, witness)
    values = dict(tap.data)
    if witness is not None:
        values |= {"movement": kind, "witness": witness, "witnessed_at": now}
    ready: list[_Ready] = []
    _keep(_Ready(tap, by, _digest(tap, data, session.pk, by.pk), verdict, values), situation, ready)
    _store(situation, ready)
    return entry_id


def _locked(session_id: UUID, now: datetime) -> Situation:
    (session,) = TO_LOCK.models(session=session_id)
    return Situation(session, now, visit_at=session.visit_at, zone=session.zone)


def _to_lock(session: UUID) -> QuerySet[TreatmentSession]:
    """Of its visit only when and where; a row that is locked among joined ones takes PostgreSQL twice as long."""
    visit = Appointment.objects.filter(pk=OuterRef("appointment"))
    rows = TreatmentSession.objects.select_for_update().filter(pk=session)
    return rows.annotate(visit_at=Subquery(visit.values("starts_at")), zone=Subquery(visit.values("site__time_zone")))


# For every entry that is taken in.
TO_LOCK = Compiled(_to_lock, slots={"session": UUID})


def _ids(entries: Sequence[object]) -> list[UUID]:
    found = []
    for raw in entries:
        try:
            found.append(UUID(str(raw.get("id")))) if isinstance(raw, Mapping) else None
        except ValueError:
            continue
    return found


def _take_one(
    raw: object,
    situation: Situation,
    known: dict[UUID, tuple[UUID, str]],
    authors: dict[UUID, User | None],
    ready: list[_Ready],
) -> Fate:
    said = raw.get("id") if isinstance(raw, Mapping) else None
    name = said[:64] if isinstance(said, str) else None
    try:
        tap = read_entry(raw)
        author = _author(tap, situation, authors)
        digest = _digest(tap, raw["data"], situation.session.pk, author.pk)  # type: ignore[index]  # read_entry saw a mapping
        if tap.id in known:
            return _known(tap, digest, situation, known)
        verdict = judge(tap, author, situation)
    except EntryRefused as refusal:
        return Fate(name, "refused", str(refusal))
    known[tap.id] = (situation.session.pk, digest)
    _keep(_Ready(tap, author, digest, verdict, tap.data), situation, ready)
    asked = " ".join(verdict.to_confirm)
    return Fate(name, "confirm", asked) if asked else Fate(name, "accepted")


def _known(tap: Tap, digest: str, situation: Situation, known: Mapping[UUID, tuple[UUID, str]]) -> Fate:
    if known[tap.id] == (situation.session.pk, digest):
        return Fate(str(tap.id), "duplicate")
    raise EntryRefused("Another entry was already stored under this id. Enter it again as a new one.")


def _author(tap: Tap, situation: Situation, authors: dict[UUID, User | None]) -> User:
    """The person named by the ticket, who must still work here."""
    user_id = queries.author_of(tap.ticket, session_id=situation.session.pk, now=situation.now)
    if user_id is None:
        raise EntryRefused("The sign-in this was entered under has expired or is for another session. Enter it again.")
    if user_id not in authors:
        found = User.objects.filter(pk=user_id, is_active=True).first()
        authors[user_id] = staff_queries.with_roles(found) if found else None
    author = authors[user_id]
    if author is None:
        raise EntryRefused("The person who entered this no longer has an account here. Ask them to tell a nurse.")
    return author


def _digest(tap: Tap, data: object, session_id: UUID, author_id: UUID) -> str:
    """The same for every repeat of one entry, and for nothing else."""
    body = {
        "session": str(session_id),
        "author": str(author_id),
        "kind": tap.kind,
        "occurred_at": tap.occurred_at.isoformat(),
        "recorded_at": tap.recorded_at.isoformat(),
        "seq": tap.seq,
        "device": tap.device,
        "data": data,
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def _keep(one: _Ready, situation: Situation, ready: list[_Ready]) -> None:
    ready.append(one)
    tap = one.tap
    situation.taken_in.append(
        Charted(
            id=tap.id,
            kind=tap.kind,
            occurred_at=tap.occurred_at,
            recorded_at=tap.recorded_at,
            seq=tap.seq,
            author=str(one.author),
            author_id=one.author.pk,
            data=one.typed,
            to_confirm=" ".join(one.verdict.to_confirm)[:300],
            is_late_addendum=situation.session.is_signed,
            target=tap.data.get("target"),
            reason=_reason(tap),
        )
    )


def _reason(tap: Tap) -> str:
    return str(tap.data["reason"]) if tap.kind == "retract" else ""


def _store(situation: Situation, ready: Sequence[_Ready]) -> None:
    """Write keys and typed rows, then what follows from them for the session, its course and the worklist."""
    if not ready:
        return
    changes_head = not situation.session.is_signed and any(one.tap.kind in CHANGES_HEAD for one in ready)
    if changes_head:
        situation.read_chart()
    keys = [_row(one, situation) for one in ready]
    typed = [
        queries.TYPED[one.tap.kind][1](entry_id=one.tap.id, **_typed_values(one))
        for one in ready
        if one.tap.kind in queries.TYPED
    ]
    store([*keys, *typed])
    if changes_head:
        effects.follow(situation, by=ready[-1].author)
    _open_tasks(situation, ready)


def _open_tasks(situation: Situation, ready: Sequence[_Ready]) -> None:
    for one in ready:
        for deviation in one.verdict.deviations:
            worklist_actions.open_task(
                kind="deviation",
                level="low",
                site=situation.session.appointment.site,
                patient_id=situation.session.patient_id,
                source=f"entry:{one.tap.id}",
                detail=deviation[:2000],
                by=one.author,
                now=situation.now,
            )


def _row(one: _Ready, situation: Situation) -> SessionEntry:
    tap = one.tap
    return SessionEntry(
        id=tap.id,
        session=situation.session,
        kind=tap.kind,
        occurred_at=tap.occurred_at,
        recorded_at=tap.recorded_at,
        received_at=situation.now,
        seq=tap.seq,
        device=tap.device,
        author=one.author,
        digest=one.digest,
        to_confirm=" ".join(one.verdict.to_confirm)[:300],
        is_late_addendum=situation.session.is_signed,
        target_id=tap.data.get("target"),
        reason=_reason(tap),
    )


def _typed_values(one: _Ready) -> dict[str, Any]:
    values = {name: value for name, value in one.typed.items() if name not in NOT_STORED}
    return {"step": one.tap.kind, **values} if one.tap.kind in STEP_KINDS else values
