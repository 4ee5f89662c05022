"""Every JSON field of an entry from the room, and every body that is not one: stored exactly, or refused in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.kit import json_guard
from clinic.kit.keys import uuid7
from sessions.administration import queries
from sessions.administration.models import SessionEntry, TreatmentSession
from sessions.administration.rules import charting
from tests.architecture.bad_input import corpus, normal
from tests.architecture.bad_input.corpus import ACCEPT, EITHER, REFUSE, Odd
from tests.architecture.bad_input.walk import HALF
from tests.architecture.bad_input.world import World, in_morning
from tests.scenarios import treatments

ID = "0195c4a8-6f6c-7c3e-8a5e-1d2f3a4b5c6d"
WRONG = json.loads((corpus.FOLDER / "json_value.json").read_text(encoding="ascii"))
BODIES = json.loads((corpus.FOLDER / "json_body.json").read_text(encoding="ascii"))
# Whose sheet each kind is tried on, and how many minutes after it was opened.
SHEETS = {"discharge": ("stopped", 125), "override": ("held", 2), "checklist": ("held", 2)}
DATA: Mapping[str, Mapping[str, Any]] = {
    "checklist": treatments.CHECKS,
    "override": {"check_code": "fasting", "reason": "Only sips of water"},
    "vitals": {**treatments.BASELINE, "temperature_c": "36.6", "oxygen_l_min": 2},
    "skip": {"due_at": "2026-03-11T15:40:00Z", "reason": "Asleep"},
    "start": {"rate_ml_h": "60.0", "already_started": True},
    "rate": {"rate_ml_h": "55.0"},
    "pause": {"reason": "Asked to"},
    "resume": {"rate_ml_h": "60.0"},
    "stop": {"reason": "Bag empty"},
    "event": {"term": "nausea", "grade": 2, "is_serious": False, "action_taken": "Basin", "detail": "Brief"},
    "comfort": {"chip": "insight", "words": "Floating"},
    "note": {"text": "Calm"},
    "help": {"detail": "Second pair of hands"},
    "discharge": treatments.AT_THE_DOOR,
    "confirm": {"target": ""},
    "retract": {"target": "", "reason": "Wrong monitor"},
}
YES_NO = [
    "identity_confirmed",
    "allergies_read_back",
    "escort_confirmed",
    "is_oriented",
    "has_urinary_symptoms",
    "emergency_kit_checked",
    "took_sedatives_or_alcohol",
    "already_started",
    "is_serious",
    "walks_as_before",
    "dissociation_resolved",
    "no_nausea",
    "iv_out",
    "suicide_check_done",
    "instructions_given",
    "escort_present",
    "prescriber_accepts_vitals",
]
NUMBERS = [
    "weight_kg",
    "systolic_mmhg",
    "diastolic_mmhg",
    "heart_rate_bpm",
    "spo2_percent",
    "respiratory_rate_bpm",
    "temperature_c",
    "oxygen_l_min",
    "moaas",
    "rate_ml_h",
]
CLASSES = {
    **dict.fromkeys(YES_NO, "boolean"),
    **dict.fromkeys(NUMBERS, "decimal"),
    **dict.fromkeys(("fasting_hours", "grade", "aldrete_total", "seq"), "integer"),
    **dict.fromkeys(("suicide_screen", "pregnancy", "kind", "author_ticket"), "choice"),
    **dict.fromkeys(("check_code", "term", "chip", "action_taken", "escort_name", "device"), "words"),
    **dict.fromkeys(("due_at", "occurred_at", "recorded_at"), "datetime"),
    **dict.fromkeys(("id", "target"), "key"),
}
ONCE = {"checklist", "override", "discharge", "confirm", "retract", "start"}  # a second one is refused, or asked about
NOT_STORED = {"already_started"}  # it decides whether the gate is asked
# One line or many, and the most that each takes.
TEXTS = {
    ("override", "check_code"): ("words", 40),
    ("override", "reason"): ("note", 500),
    ("skip", "reason"): ("words", 200),
    ("pause", "reason"): ("words", 200),
    ("stop", "reason"): ("words", 200),
    ("event", "term"): ("words", 40),
    ("event", "action_taken"): ("words", 200),
    ("event", "detail"): ("note", 2000),
    ("comfort", "chip"): ("words", 40),
    ("comfort", "words"): ("note", 2000),
    ("note", "text"): ("note", 20_000),
    ("help", "detail"): ("words", 500),
    ("discharge", "escort_name"): ("words", 120),
    ("retract", "reason"): ("words", 500),
    ("", "device"): ("words", 40),
}
ENVELOPE = ("id", "kind", "occurred_at", "recorded_at", "seq", "device", "author_ticket")
FIELDS = [("", name) for name in ENVELOPE] + [
    (kind, name) for kind, fields in charting._FIELDS.items() if kind not in charting.WITNESSED for name in fields
]


def class_of(kind: str, name: str) -> str:
    return TEXTS[kind, name][0] if (kind, name) in TEXTS else CLASSES[name]


@dataclass(frozen=True)
class Room:
    """One sheet at one moment, and a nurse who sends to it."""

    world: World
    client: Client
    kind: str
    session: TreatmentSession
    now: datetime

    @property
    def path(self) -> str:
        return reverse("sessions:entries", args=[self.session.pk])

    def entry(self, name: str = "", raw: str | None = None, *, inside: bool = True, **changed: Any) -> str:
        """One entry as JSON text, with one of its values given as it is to stand there."""
        data = dict(DATA[self.kind])
        if "target" in data:
            data["target"] = str(self.world.doubtful)
        made = treatments.wire(self.world.cast, self.session, self.kind, data, self.now, **changed)
        if raw is None:
            return json.dumps(made)
        (made["data"] if inside else made)[name] = "@@"
        return json.dumps(made).replace('"@@"', raw)

    def send(self, *entries: str) -> HttpResponse:
        return self.client.post(self.path, f"[{','.join(entries)}]".encode(), content_type="application/json")


@pytest.fixture
def room(world: World, request: pytest.FixtureRequest) -> Iterator[Room]:
    """Opened for one kind of entry; afterwards it never was."""
    kind = getattr(request, "param", "note") or "note"
    sheet, minutes = SHEETS.get(kind, ("prepared", 19))
    session = getattr(world, sheet)
    now = in_morning(session, minutes)
    client = Client(raise_request_exception=False)
    with transaction.atomic(), time_machine.travel(now, tick=False):
        client.force_login(world.cast.nora)
        yield Room(world, client, kind, session, now)
        transaction.set_rollback(True)


def test_every_json_field_is_mapped() -> None:
    unmapped = [(kind, name) for kind, name in FIELDS if (kind, name) not in TEXTS and name not in CLASSES]

    assert unmapped == []
    assert set(charting._FIELDS) - charting.WITNESSED == set(DATA)


@pytest.mark.parametrize(("room", "name"), FIELDS, indirect=["room"], ids=lambda each: each or "entry")
def test_json_field_is_stored_exactly_or_refused(room: Room, name: str) -> None:
    kind = room.kind if name in charting._FIELDS[room.kind] and name not in ENVELOPE else ""
    faults = list(walked(room, kind, name))

    assert not faults, "\n".join(faults)


def walked(room: Room, kind: str, name: str) -> Iterator[str]:
    """What is wrong with the answers to each value of one field; what must be refused is sent together."""
    mapped = class_of(kind, name)
    longest = TEXTS.get((kind, name), ("", None))[1]
    made = corpus.made_for(mapped, longest, is_required=False) if longest else ()
    odds = [judged(odd, mapped, longest) for odd in (*corpus.values(mapped), *made)]
    tries = [(odd, json.dumps(odd.value)) for odd in odds]
    for raw in WRONG:
        may_be = mapped in {"decimal", "integer", "boolean"} or raw.startswith('"') or raw == "null"
        tries.append((Odd(str(json.loads(raw)), EITHER if may_be else REFUSE), raw))
    alone = [(odd, raw) for odd, raw in tries if odd.right != REFUSE or is_unreadable(odd, raw)]
    yield from _refused(room, kind, name, [raw for odd, raw in tries if (odd, raw) not in alone])
    if room.kind in ONCE or name == "id":
        for odd, raw in alone:
            yield from _tried(room, kind, name, [(odd, raw)])
    else:
        for odd, raw in (each for each in alone if is_unreadable(*each)):
            yield from _tried(room, kind, name, [(odd, raw)])
        yield from _tried(room, kind, name, [each for each in alone if not is_unreadable(*each)])
    answer = room.client.get(reverse("sessions:sheet-state", args=[room.session.pk]))
    if answer.status_code != 200:
        yield f"the sheet answers {answer.status_code}"


def is_unreadable(odd: Odd, raw: str) -> bool:
    """Whether no entry beside it can be read either."""
    too_long = not raw.startswith('"') and len(raw) > json_guard.MAX_DIGITS
    return too_long or "\x00" in odd.value or HALF.search(odd.value) is not None


def _refused(room: Room, kind: str, name: str, raws: list[str]) -> Iterator[str]:
    answer = room.send(*(room.entry(name, raw, inside=bool(kind)) for raw in raws))
    for raw, fate in zip(raws, answer.json()["entries"], strict=True):
        if fate["fate"] != "refused":
            yield f"{name} {raw[:80]}: was {fate['fate']}"
        elif not fate["sentence"].endswith("."):
            yield f"{name} {raw[:80]}: was refused without a sentence"


def judged(odd: Odd, mapped: str, longest: int | None) -> Odd:
    """In JSON a yes is true, never a word for it; text is longer than it may be after it was composed and trimmed."""
    if mapped == "boolean":
        return Odd(odd.value, REFUSE)
    if mapped in {"integer", "decimal", "datetime"} and odd.right == ACCEPT:
        return Odd(odd.value, EITHER)
    if odd.right != REFUSE and longest is not None and len(normal.text(odd.value)) > longest:
        return Odd(odd.value, REFUSE)
    return Odd(odd.value, EITHER) if not odd.value.strip() else odd


def _tried(room: Room, kind: str, name: str, tries: list[tuple[Odd, str]]) -> Iterator[str]:
    """Send an entry for each value, each with an id of its own, and afterwards take them all back."""
    ids = [str(uuid7()) for _ in tries]
    with transaction.atomic():
        entries = [
            room.entry(name, raw, inside=bool(kind), **({} if name == "id" else {"id": key}))
            for key, (_, raw) in zip(ids, tries, strict=True)
        ]
        answer = room.send(*entries)
        for place, (odd, raw) in enumerate(tries):
            said = answer.json()
            fate = said["entries"][place] if answer.status_code == 200 else said
            for fault in _faults(room, (kind, name), odd, raw, ids[place], answer.status_code, fate):
                yield f"{name} {raw[:80]}: {fault}"
        transaction.set_rollback(True)


def _faults(
    room: Room, where: tuple[str, str], odd: Odd, raw: str, key: str, status: int, fate: Mapping[str, str]
) -> Iterator[str]:
    if is_unreadable(odd, raw):
        if status != 400 or not fate["sentence"]:
            yield f"answered {status}, not 400"
        return
    if status != 200:
        yield f"answered {status}"
        return
    if fate["fate"] == "refused":
        if not fate["sentence"] or not fate["sentence"].endswith("."):
            yield "was refused without a sentence"
        if odd.right == ACCEPT and where != ("override", "check_code"):
            yield f"was refused: {fate['sentence']}"
        return
    connection.check_constraints()
    yield from _read_back(room, *where, odd, raw, key)


def _read_back(room: Room, kind: str, name: str, odd: Odd, raw: str, key: str) -> Iterator[str]:
    mine = SessionEntry.objects.filter(kind=room.kind, session=room.session)
    entry = mine.latest("received_at") if name == "id" else mine.get(pk=key)
    stored = None if name in NOT_STORED else _stored(entry, kind, name)
    mapped = class_of(kind, name)
    if raw == "null" or mapped == "choice" or name in NOT_STORED:
        return
    if mapped == "boolean":
        differs = stored is not json.loads(raw)
    elif mapped == "datetime":
        sent = datetime.fromisoformat(odd.value).astimezone(timezone.get_fixed_timezone(0))
        differs = charting.to_the_millisecond(sent) != stored
    elif mapped == "key":
        differs = UUID(odd.value) != stored
    else:
        try:
            differs = normal.differs(mapped, odd.value, stored)
        except normal.NotReadableError:
            differs = True
    if differs:
        yield f"reads back as {stored!r}"


def _stored(entry: SessionEntry, kind: str, name: str) -> Any:
    if kind and name == "target":
        return entry.target_id
    if kind == "retract":
        return entry.reason
    if not kind:
        return getattr(entry, name, None)
    return getattr(getattr(entry, queries.TYPED[kind][0]), name)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_body_that_is_no_list_of_entries_is_refused(room: Room, body: str) -> None:
    refused = room.client.post(room.path, body.encode("utf-8", "surrogatepass"), content_type="application/json")

    assert refused.status_code in {400, 200}
    if refused.status_code == 200:  # it was a list; what is in it is no entry
        assert {each["fate"] for each in refused.json()["entries"]} <= {"refused"}
    else:
        assert refused.json()["sentence"].endswith(".")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400),
        (b"[" + b"9" * 5_000 + b"]", 400),
        (b"[1" + b"0" * 200_000 + b"]", 400),
        (b'["\xff\xfe"]', 400),
        ('["x"]'.encode("utf-16"), 400),
        (b"[" + b"1," * 200 + b"1]", 413),
        (b'["' + b"x" * json_guard.MAX_BYTES + b'"]', 413),
        (b'["' + b"x" * 2_000_000 + b'"]', 413),
        (b'["' + b"\\" * 200_001 + b'"]', 400),
        (b"\x00" * 1_000, 400),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 100, 400),
    ],
    ids=range(12),
)
def test_body_that_is_too_much_is_refused(room: Room, body: bytes, status: int) -> None:
    before = SessionEntry.objects.count()

    answer = room.client.post(room.path, body, content_type="application/json")

    assert answer.status_code == status
    assert SessionEntry.objects.count() == before


def test_many_entries_at_once_each_have_their_own_fate(room: Room) -> None:
    good, bad = room.entry(), room.entry("text", '"\u202e"')

    answer = room.send(good, bad, "null", "[]", '"text"', good)

    assert [each["fate"] for each in answer.json()["entries"]] == [
        "accepted",
        "refused",
        "refused",
        "refused",
        "refused",
        "duplicate",
    ]


def test_column_slipped_into_an_entry_changes_nothing(room: Room) -> None:
    """Outside `data` a name that is not read is not stored; inside it is refused."""
    outside = json.loads(room.entry(id=ID)) | {
        "author_id": str(room.world.cast.paula.pk),
        "received_at": "2020-01-01T00:00:00Z",
        "is_late_addendum": True,
        "session_id": str(room.world.signed.pk),
        "to_confirm": "x",
    }
    inside = json.loads(room.entry())
    inside["data"]["author_id"] = str(room.world.cast.paula.pk)

    answer = room.send(json.dumps(outside), json.dumps(inside))

    row = SessionEntry.objects.get(pk=ID)
    assert [each["fate"] for each in answer.json()["entries"]] == ["accepted", "refused"]
    assert (row.author_id, row.session_id) == (room.world.cast.nora.pk, room.session.pk)
    assert (row.received_at, row.is_late_addendum, row.to_confirm) == (room.now, False, "")
