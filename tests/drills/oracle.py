"""Is what stands in the database what the tablets were told? Rows, their history and the trail, against each other."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from clinic.audit.models import AccessEvent
from sessions.administration.models import SessionEntry, SessionNote, TreatmentSession, VitalSigns
from tests.drills.load import Heard

ROUTE = "sessions:entries"


@dataclass(frozen=True)
class Verdict:
    """Counts. All but the first three must be nought when nothing went wrong."""

    acked: int
    stored: int
    repeats_in_the_trail: int
    lost: int
    doubled: int
    phantom: int
    half_stored: int
    not_once_in_history: int
    not_once_in_the_trail: int
    looks_without_a_trace: int

    @property
    def faults(self) -> dict[str, int]:
        told = dict(vars(self))
        for name in ("acked", "stored", "repeats_in_the_trail"):
            del told[name]
        return {name: many for name, many in told.items() if many}


def verdict(session: TreatmentSession, heard: Heard, *, devices: list[str]) -> Verdict:
    """Of one session, and of these tablets on it."""
    connection.close()  # of the test itself, and killed with the rest
    rows = SessionEntry.objects.filter(session=session, device__in=devices)
    taps = Counter(rows.values_list("device", "seq", "kind"))
    stored = {str(pk) for pk in rows.values_list("pk", flat=True)}
    acked = {entry["id"] for entry in heard.acked}
    batches = Counter((device, seq) for device, seq, _ in taps)
    trail = Trail(session)
    return Verdict(
        acked=len(acked),
        stored=len(stored),
        repeats_in_the_trail=trail.repeats(),
        lost=len(acked - stored),
        doubled=sum(taps.values()) - len(taps),
        phantom=len(stored - heard.sent),
        half_stored=sum(many != 2 for many in batches.values()) + len(stored) - typed_rows(session, devices),
        not_once_in_history=trail.not_once_in_history(),
        not_once_in_the_trail=trail.not_once(),
        looks_without_a_trace=max(0, heard.answers["200"] - trail.many),
    )


def typed_rows(session: TreatmentSession, devices: list[str]) -> int:
    return sum(
        model._default_manager.filter(entry__session=session, entry__device__in=devices).count()
        for model in (VitalSigns, SessionNote)
    )


class Trail:
    """A stored entry has one row in the history of each of its tables, all of one request; that has one trail row."""

    def __init__(self, session: TreatmentSession) -> None:
        self.session = session
        self.entries = {one.pk: one for one in SessionEntry.objects.filter(session=session)}
        self.keys = requests_of(SessionEntry, session)
        self.values = requests_of(VitalSigns, session) + requests_of(SessionNote, session)
        rows = AccessEvent.objects.filter(route=ROUTE, status=200, patient_ids=[session.patient_id])
        self.rows = Counter(rows.values_list("request_id", "user_id", "method"))
        self.many = sum(self.rows.values())

    def not_once_in_history(self) -> int:
        """Of either table, without its entry, or of another request than the other."""
        once = Counter(self.entries.keys())
        keys, values = (Counter(pk for pk, _ in each) for each in (self.keys, self.values))
        return _differ(keys, once) + _differ(values, once) + len(set(self.keys) ^ set(self.values))

    def not_once(self) -> int:
        """Entries whose request has no trail row under the name of its author, or more than one."""
        return sum(
            self.rows[UUID(request), self.entries[pk].author_id, "POST"] != 1
            for pk, request in set(self.keys)
            if pk in self.entries
        )

    def repeats(self) -> int:
        """Requests that were answered and stored nothing, because it was all there already."""
        changed = {UUID(request) for _, request in self.keys}
        return sum(many for (request, _, _), many in self.rows.items() if request not in changed)


def requests_of(model: Any, session: TreatmentSession) -> list[tuple[UUID, str]]:
    """Each row of a table's history: of which entry, and in which request it was made."""
    its = "pgh_obj__session" if model is SessionEntry else "pgh_obj__entry__session"
    rows = model.pgh_event_model.objects.filter(**{its: session}, pgh_label="insert")
    return [(pk, context["request"]) for pk, context in rows.values_list("pgh_obj_id", "pgh_context")]


def damage(ask: Any) -> list[tuple[Any, ...]]:
    """What PostgreSQL itself finds wrong: torn pages, rows without an index entry. `ask` is the superuser's."""
    ask("CREATE EXTENSION IF NOT EXISTS amcheck")
    torn = ask("SELECT datname, checksum_failures FROM pg_stat_database WHERE checksum_failures > 0")
    heap = ask(
        "SELECT c.relname, v.msg FROM pg_class c, LATERAL verify_heapam(c.oid) v"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )
    ask(
        "SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_am a ON a.oid = c.relam"
        " WHERE a.amname = 'btree' AND c.relnamespace = 'public'::regnamespace"
    )
    return [*torn, *heap]


def _differ(left: Counter[Any], right: Counter[Any]) -> int:
    return sum(((left - right) + (right - left)).values())
