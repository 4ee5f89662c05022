"""Does deploy/Caddyfile do what it promises? Debian's Caddy runs it, before two gunicorns set up as in production."""

import http.client
import itertools
import json
import os
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.journeys.server import CHECKOUT, Served, served
from tests.own_server import OwnServer, django_on
from tests.proxied import NAME, Browser, configured, program, proxied
from tests.scenarios.cast import PASSWORD, clinic_cast
from tests.test_operations_manual import PRODUCTION

HSTS = "max-age=31536000; includeSubDomains; preload"
SECOND = 10**9  # Caddy counts in nanoseconds
NO_SUCH_CLIENT = "203.0.113.9"


@pytest.fixture(scope="module")
def replicas(server: OwnServer, django_db_blocker: Any) -> Iterator[tuple[Served, Served]]:
    """On one database, with the settings and the wire of production."""
    collecting = [sys.executable, "manage.py", "static_files"]
    with server.database("behind_a_proxy") as database:
        address = {"DATABASE_URL": server.url(database=database), "DATABASE_OWNER_URL": ""}
        environment = {**os.environ, **PRODUCTION, **address, "STEPWELL_DB_ROLE": "app"}
        subprocess.run(collecting, cwd=CHECKOUT, env=environment, check=True, capture_output=True)
        with django_db_blocker.unblock(), django_on(server.url("stepwell_owner", database)):
            clinic_cast()
        with (
            served(database, **PRODUCTION, **address) as first,
            served(database, **PRODUCTION, **address) as second,
        ):
            yield first, second


@pytest.fixture(scope="module")
def front(replicas: tuple[Served, Served]) -> Iterator[tuple[Browser, int]]:
    with proxied(*(urlsplit(replica.url).netloc for replica in replicas)) as standing:
        yield standing


@pytest.fixture(scope="module")
def understood() -> dict[str, Any]:
    """What Caddy itself reads in the file: its server for HTTPS."""
    with tempfile.TemporaryDirectory() as folder:
        adapted = subprocess.run(
            [program(), "adapt", "--config", configured(Path(folder), {})],
            env={"ALLOWED_HOSTS": NAME, "PROXY_TLS": "internal", "WEB_SERVERS": "web-1:8000 web-2:8000"},
            capture_output=True,
            check=True,
        )
    servers = json.loads(adapted.stdout)["apps"]["http"]["servers"]
    return next(server for server in servers.values() if server["listen"] == [":8443"])


@pytest.fixture
def person(front: tuple[Browser, int]) -> Browser:
    return replace(front[0], cookies={})


def sign_in(person: Browser, **headers: str) -> int:
    person.ask("/sign-in/")
    form = {
        "login": "nora@clinic.example",
        "password": PASSWORD,
        "csrfmiddlewaretoken": person.cookies["__Host-stepwell-csrf"],
    }
    return person.ask("/sign-in/", urlencode(form), {name.replace("__", "-"): said for name, said in headers.items()})[
        0
    ]


def test_caddy_reads_limits_in_the_file(understood: dict[str, Any]) -> None:
    seconds = {name: understood[name] // SECOND for name in understood if name.endswith("timeout")}
    reading, writing = (part for part in handlers(understood) if part["handler"] == "reverse_proxy")

    assert seconds == {"read_timeout": 30, "read_header_timeout": 10, "write_timeout": 90, "idle_timeout": 120}
    assert [part["max_size"] for part in handlers(understood) if "max_size" in part] == [2_000_000]
    assert understood["protocols"] == ["h1", "h2"]
    for forwarding in (reading, writing):
        assert [upstream["dial"] for upstream in forwarding["upstreams"]] == ["web-1:8000", "web-2:8000"]
        assert forwarding["health_checks"]["active"]["uri"] == "/healthz"
        assert forwarding["transport"]["keep_alive"] == {"enabled": False}
        # Longer than gunicorn lets a request take, and short enough to be over before the person's answer is.
        assert 30 < forwarding["transport"]["response_header_timeout"] // SECOND < seconds["write_timeout"]
        assert "buffer" not in str(forwarding)
    assert reading["load_balancing"]["try_duration"] > reading["health_checks"]["passive"]["fail_duration"]
    assert set(writing["load_balancing"]) == {"selection_policy"}
    assert "trusted_proxies" not in str(understood)


def handlers(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict) and "handler" in tree:
        yield tree
    for child in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from handlers(child)


def test_page_comes_over_tls_and_names_no_program(person: Browser) -> None:
    with person.connect() as connection:
        version = connection.version()
    status, headers, body = person.ask("/sign-in/")

    assert (version, status) == ("TLSv1.3", 200)
    assert "<title>Sign in" in body
    assert headers["strict-transport-security"] == HSTS
    assert not {"server", "via", "alt-svc"} & set(headers)


def test_another_name_gets_no_answer(person: Browser) -> None:
    trusting = ssl._create_unverified_context()  # noqa: S323 - what is refused is the name, whoever trusts it

    with pytest.raises(ssl.SSLError), trusting.wrap_socket(person.plain(), server_hostname="elsewhere.example"):
        pass


def test_plain_http_is_sent_to_https(front: tuple[Browser, int]) -> None:
    asking = http.client.HTTPConnection("127.0.0.1", front[1], timeout=60)

    asking.request("GET", "/sign-in/?next=/", headers={"Host": NAME})
    answer = asking.getresponse()
    asking.close()

    assert (answer.status, answer.headers["Location"]) == (308, f"https://{NAME}/sign-in/?next=/")


def test_what_a_client_says_of_itself_is_not_believed(
    person: Browser, server: OwnServer, replicas: tuple[Served, Served]
) -> None:
    """Its address, the wire and the host, each in every spelling that a server might take for its own."""
    person.address = "127.0.0.77"

    status = sign_in(
        person,
        **{
            "X-Forwarded-For": NO_SUCH_CLIENT,
            "X_Forwarded_For": NO_SUCH_CLIENT,
            "Forwarded": f"for={NO_SUCH_CLIENT};proto=http;host=elsewhere.example",
            "X-Real-IP": NO_SUCH_CLIENT,
            "X-Forwarded-Proto": "http",
            "X-Forwarded-Host": "elsewhere.example",
        },
    )

    assert status == 302
    assert "__Host-stepwell" in person.cookies
    noted = server.ask("SELECT DISTINCT host(address) FROM clinic_accessevent", database=replicas[0].database)
    assert noted == [("127.0.0.77",)]


def test_too_large_a_body_is_refused_before_it_is_sent(person: Browser) -> None:
    with person.connect() as connection:
        connection.sendall(f"POST /sign-in/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 2000000\r\n\r\n".encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        said = answer.read().decode()

    assert (answer.status, answer.headers["Strict-Transport-Security"]) == (413, HSTS)
    assert said.startswith("What was sent is larger than anything that Stepwell asks for.")


def test_body_below_the_limit_reaches_the_program(person: Browser) -> None:
    person.ask("/sign-in/")
    form = urlencode({"csrfmiddlewaretoken": person.cookies["__Host-stepwell-csrf"], "login": "n" * 1_900_000})

    status, headers, _ = person.ask("/sign-in/", form)

    assert (status, "content-security-policy" in headers) == (413, True)


class Counting(BaseHTTPRequestHandler):
    """A web server that counts what it is asked, and may end a connection when it has read the whole request."""

    protocol_version = "HTTP/1.1"
    asked: Counter[str]
    answers = True

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).asked["healthz" if self.path == "/healthz" else self.command] += 1
        if self.path == "/healthz" or self.answers:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_said: object) -> None:
        """Nothing."""


def counting(*, answers: bool) -> ThreadingHTTPServer:
    handler = type("Handler", (Counting,), {"asked": Counter(), "answers": answers})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def asked(*servers: ThreadingHTTPServer) -> Counter[str]:
    return sum((server.RequestHandlerClass.asked for server in servers), Counter())  # type: ignore[attr-defined]  # of the handler above


def test_request_that_may_have_been_done_is_never_sent_twice() -> None:
    servers = [counting(answers=False), counting(answers=False)]

    with proxied(*(f"127.0.0.1:{server.server_port}" for server in servers)) as (person, _):
        status, headers, said = person.ask("/sessions/", "milligrams=40")
    for server in servers:
        server.shutdown()
        server.server_close()

    assert asked(*servers)["POST"] == 1
    assert (status, headers["retry-after"]) == (502, "5")
    assert "look whether your last entry is there" in said
    assert "server" not in headers


def test_request_that_never_arrived_goes_to_the_other() -> None:
    alive, gone = counting(answers=True), counting(answers=True)
    gone.shutdown()
    gone.server_close()

    with proxied(f"127.0.0.1:{gone.server_port}", f"127.0.0.1:{alive.server_port}") as (person, _):
        statuses = [person.ask("/sessions/", "milligrams=40")[0] for _ in range(20)]
    alive.shutdown()
    alive.server_close()

    assert statuses == [200] * 20
    assert asked(alive)["POST"] == 20


def test_nobody_s_words_become_another_s_when_a_web_server_dies() -> None:
    """Each web server answers with the body that it was sent; one of them ends while all of it is going on."""
    servers = [counting(answers=True), counting(answers=True)]
    strange: list[str] = []
    statuses: Counter[int] = Counter()
    ended = threading.Event()

    def keep_writing(mine: Browser, name: str) -> None:
        for number in itertools.count():
            if ended.is_set():
                return
            sent = f"{name} {number} " * 300
            status, _, said = mine.ask("/sessions/", sent)
            statuses[status] += 1
            strange.extend([said[:40]] * (status == 200 and said != sent))

    with proxied(*(f"127.0.0.1:{server.server_port}" for server in servers)) as (person, _):
        writers = [threading.Thread(target=keep_writing, args=(person, name)) for name in "ABCDEFGH"]
        for writer in writers:
            writer.start()
        for before_and_after in (0, 1):
            so_far = statuses[200]
            wait_until(lambda so_far=so_far: statuses[200] > so_far + 100)
            if not before_and_after:
                servers[0].shutdown()
                servers[0].server_close()
        ended.set()
        for writer in writers:
            writer.join(timeout=60)
    servers[1].shutdown()
    servers[1].server_close()

    assert strange == []
    assert set(statuses) <= {200, 502, 503}


def test_one_replica_dies_under_load_and_nobody_notices(person: Browser, replicas: tuple[Served, Served]) -> None:
    """Last of this file: the second replica does not come back."""
    ended = threading.Event()
    answers: list[int] = []

    def keep_asking() -> None:
        mine = replace(person, cookies={})
        while not ended.is_set():
            answers.append(mine.ask("/sign-in/")[0])

    clients = [threading.Thread(target=keep_asking) for _ in range(4)]
    for client in clients:
        client.start()
    wait_until(lambda: len(answers) > 20)
    dying = replicas[1].process.pid
    for worker in Path(f"/proc/{dying}/task/{dying}/children").read_text().split():
        os.kill(int(worker), signal.SIGKILL)
    replicas[1].process.kill()
    at_the_death = len(answers)
    wait_until(lambda: len(answers) > at_the_death + 60)
    ended.set()
    for client in clients:
        client.join(timeout=60)

    assert Counter(answers) == Counter({200: len(answers)})


def wait_until(came: Any) -> None:
    patience = time.monotonic() + 60
    while not came():
        assert time.monotonic() < patience
        time.sleep(0.02)
