"""Who asks? A client like a browser: signed in over HTTP, one connection kept open, cookies and CSRF token with it."""

import http.client
import json
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode

from bench.headers import COUNT, QUERIES, SERVER_US

PASSWORD_FIELD: Final = "password"  # noqa: S105 - the name of a field
FORM: Final = "application/x-www-form-urlencoded"
CSRF_COOKIE: Final = "stepwell-csrf"


class NotAnswered(Exception):
    """An answer that a bench must not count, with what was asked."""


@dataclass(frozen=True)
class Ask:
    """One request, as somebody signed in."""

    who: str
    address: str
    body: bytes | None = None
    content_type: str = FORM


@dataclass(frozen=True)
class Answer:
    """What came back, how long it took to come, and how much of that the server says it was."""

    status: int
    wall_us: int
    server_us: int
    queries: int | None
    body: bytes


@dataclass
class Person:
    """The cookies of one sign-in; several connections may share them."""

    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.cookies.get(CSRF_COOKIE, ""),
        }


class Client:
    """One connection, on which anybody of `people` may ask."""

    def __init__(self, port: int, people: dict[str, Person]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.people = people

    def sign_in(self, who: str, password: str) -> None:
        """As the form does it: fetch the page, send it with its token."""
        self.people[who] = person = Person()
        self._send(person, "GET", "/sign-in/", None, {})
        body = urlencode({"login": f"{who}@example.org", PASSWORD_FIELD: password}).encode()
        status, _ = self._send(person, "POST", "/sign-in/", body, {"Content-Type": FORM})
        if status != http.client.FOUND:
            raise NotAnswered(f"{who} could not sign in: {status}")

    def ask(self, wanted: Ask, *, count: bool = False) -> Answer:
        """One request, timed from the first byte sent to the last one read."""
        person = self.people[wanted.who]
        method = "GET" if wanted.body is None else "POST"
        headers = {COUNT: "1"} if count else {}
        if wanted.body is not None:
            headers["Content-Type"] = wanted.content_type
        began = time.perf_counter_ns()
        status, response = self._send(person, method, wanted.address, wanted.body, headers)
        wall_us = (time.perf_counter_ns() - began) // 1000
        queries = response["headers"].get(QUERIES)
        return Answer(
            status=status,
            wall_us=wall_us,
            server_us=int(response["headers"].get(SERVER_US, "0")),
            queries=int(queries) if queries else None,
            body=response["body"],
        )

    def close(self) -> None:
        self.connection.close()

    def _send(
        self, person: Person, method: str, address: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        try:
            self.connection.request(method, address, body, {**person.headers, **headers})
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # The server closed a connection that had been idle; a browser opens another one.
            self.connection.close()
            self.connection.request(method, address, body, {**person.headers, **headers})
            response = self.connection.getresponse()
        content = response.read()
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                person.cookies[name] = morsel.value
        return response.status, {"headers": response.headers, "body": content}


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()
