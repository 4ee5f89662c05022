"""What do tablets send during a drill, and what became of it? Each entry again and again until it is answered."""

import http.client
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
KEYLESS = "keyless"
Entry = dict[str, Any]


@dataclass
class Heard:
    """What the tablets know. `acked` is written to its file only after the answer was read."""

    file: Path
    sent: set[str] = field(default_factory=set)
    acked: list[Entry] = field(default_factory=list)
    fates: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, what: str) -> None:
        with self.lock:
            self.answers[what] += 1

    def ack(self, entry: Entry, fate: str) -> None:
        with self.lock, self.file.open("a") as lines:
            lines.write(json.dumps({"id": entry["id"], "device": entry["device"], "seq": entry["seq"]}) + "\n")
            self.acked.append(entry)
            self.fates[fate] += 1


@dataclass(frozen=True)
class Tablet:
    """One client. A keyless one, the control, makes a new id for each try."""

    port: int
    path: str
    cookies: str
    token: str
    device: str
    heard: Heard

    def chart(self, make: Callable[[str, int], Entry], goes_on: Callable[[], bool]) -> None:
        """Entries one after the other; the last is sent until it is answered, however long that takes."""
        number = 0
        while goes_on():
            number += 1
            self._deliver(make(self.device, number))

    def _deliver(self, entry: Entry) -> None:
        while (fate := self._send(entry)) is None:
            time.sleep(SECONDS_BETWEEN_TRIES)
            if self.device.startswith(KEYLESS):
                entry = {**entry, "id": str(uuid.uuid4())}
        self.heard.ack(entry, fate)

    def _send(self, entry: Entry) -> str | None:
        with self.heard.lock:
            self.heard.sent.add(entry["id"])
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        headers = {"Content-Type": "application/json", "Cookie": self.cookies, "X-CSRFToken": self.token}
        try:
            asking.request("POST", self.path, json.dumps([entry]), {**headers, "Connection": "close"})
            answer = asking.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.heard.answer("no answer")
            return None
        finally:
            asking.close()
        told_when = "" if answer.status == http.client.OK else f" Retry-After {answer.headers.get('Retry-After')}"
        self.heard.answer(f"{answer.status}{told_when}")
        return json.loads(body)["entries"][0]["fate"] if answer.status == http.client.OK else None
