"""What do tablets send during a drill, and what became of it? Each batch again and again until it is answered."""

import http.client
import itertools
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECONDS_BETWEEN_TRIES = 0.05
NO_ANSWER = "no answer"
KEYLESS = "keyless"
Entry = dict[str, Any]
Batch = list[Entry]


@dataclass
class Heard:
    """What the tablets know. `acked` is written to its file only after the answer was read."""

    file: Path
    sent: set[str] = field(default_factory=set)
    acked: list[Entry] = field(default_factory=list)
    fates: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    looks: Counter[str] = field(default_factory=Counter)
    longest_gap_seconds: float = 0.0
    last_at: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, where: Counter[str], what: str) -> None:
        with self.lock:
            where[what] += 1

    def ack(self, batch: Batch, fates: list[str]) -> None:
        with self.lock, self.file.open("a") as lines:
            for entry in batch:
                lines.write(json.dumps({"id": entry["id"], "device": entry["device"], "seq": entry["seq"]}) + "\n")
            self.longest_gap_seconds = max(self.longest_gap_seconds, time.monotonic() - self.last_at)
            self.last_at = time.monotonic()
            self.acked += batch
            self.fates.update(fates)


@dataclass(frozen=True)
class Browser:
    """One login at one address. Waits for an answer no longer than `patience_seconds`."""

    port: int
    cookies: str
    token: str
    patience_seconds: float

    def ask(self, path: str, body: str | None = None) -> tuple[str, bytes]:
        """The status, with what a refused caller is told about trying again, and the body."""
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience_seconds)
        headers = {"Cookie": self.cookies, "Connection": "close"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "X-CSRFToken": self.token}
        try:
            asking.request("GET" if body is None else "POST", path, body, headers)
            answer = asking.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return NO_ANSWER, b""
        finally:
            asking.close()
        told_when = "" if answer.status == http.client.OK else f" Retry-After {answer.headers.get('Retry-After')}"
        return f"{answer.status}{told_when}", said


@dataclass(frozen=True)
class Tablet:
    """One client. A keyless one, the control, makes a new id for each try."""

    browser: Browser
    path: str
    device: str
    heard: Heard
    pause_seconds: float = 0

    def chart(self, make: Callable[[str, int], Batch], goes_on: Callable[[], bool]) -> None:
        """Batches one after the other; the last is sent until it is answered, however long that takes."""
        number = 0
        while goes_on():
            number += 1
            self._deliver(make(self.device, number))
            time.sleep(self.pause_seconds)

    def _deliver(self, batch: Batch) -> None:
        while (fates := self._send(batch)) is None:
            time.sleep(SECONDS_BETWEEN_TRIES)
            if self.device.startswith(KEYLESS):
                batch = [{**entry, "id": str(uuid.uuid4())} for entry in batch]
        self.heard.ack(batch, fates)

    def _send(self, batch: Batch) -> list[str] | None:
        with self.heard.lock:
            self.heard.sent |= {entry["id"] for entry in batch}
        status, body = self.browser.ask(self.path, json.dumps(batch))
        self.heard.count(self.heard.answers, status)
        return [one["fate"] for one in json.loads(body)["entries"]] if status == "200" else None


@dataclass(frozen=True)
class Reader:
    """Somebody who opens a sheet meanwhile, and its state: what is there is whole, and all that was confirmed is."""

    browser: Browser
    sheet: str
    heard: Heard

    def read(self, goes_on: Callable[[], bool]) -> None:
        for path in itertools.cycle([self.sheet, f"{self.sheet}state/"]):
            if not goes_on():
                return
            self._look(path)
            time.sleep(SECONDS_BETWEEN_TRIES)

    def _look(self, path: str) -> None:
        with self.heard.lock:
            confirmed = {entry["id"] for entry in self.heard.acked}
        status, body = self.browser.ask(path)
        self.heard.count(self.heard.looks, status)
        if status != "200":
            return
        entries = _state(body.decode())["entries"]
        readings = Counter(one["data"]["heart_rate_bpm"] for one in entries if one["kind"] == "vitals")
        notes = Counter(one["data"]["text"] for one in entries if one["kind"] == "note")
        if readings != Counter({f"{rate}.0": many for rate, many in notes.items()}):
            self.heard.count(self.heard.looks, "half of a batch shown")
        if confirmed - {one["id"] for one in entries}:
            self.heard.count(self.heard.looks, "something confirmed is not shown")


def _state(body: str) -> dict[str, Any]:
    if body.startswith("{"):
        return json.loads(body)
    _, _, behind = body.partition('<script id="sheet-state" type="application/json">')
    return json.loads(behind.partition("</script>")[0])
