"""Can the request itself be read? Too much, cut off, in another encoding, or not what it says it is."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from patients.registration.models import Patient
from tests.architecture.bad_input.case import KEY
from tests.architecture.bad_input.cases_of_patients import DETAILS
from tests.architecture.bad_input.walk import URLENCODED, encoded
from tests.architecture.bad_input.world import World
from tests.scenarios.cast import NOW

MULTIPART = "multipart/form-data; boundary=cut"
BODY = encoded({**DETAILS, "key": KEY})


def part(name: str, value: bytes, *, more: bytes = b"") -> bytes:
    head = b'--cut\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + more + b"\r\n\r\n"
    return head + value + b"\r\n"


WHOLE = b"".join(part(name, value.encode()) for name, value in {**DETAILS, "key": KEY}.items()) + b"--cut--\r\n"


@pytest.fixture
def fran(world: World) -> Iterator[Client]:
    client = Client(raise_request_exception=False)
    with transaction.atomic(), time_machine.travel(NOW, tick=False):
        client.force_login(world.cast.fran)
        yield client
        transaction.set_rollback(True)


def registers(client: Client, body: bytes, content_type: str = URLENCODED, **extra: str) -> tuple[int, bool]:
    """The status, and whether anybody was registered by it."""
    answer = client.generic("POST", reverse("patients:register"), body, content_type, **extra)
    if answer.status_code >= 400 and answer.status_code != 422:
        page = answer.content.decode()
        assert "Nothing was saved" in page
        assert "Traceback" not in page
    return answer.status_code, Patient.objects.filter(pk=KEY).exists()


def test_usual_body_is_taken_in_both_encodings(fran: Client) -> None:
    with transaction.atomic():
        plain = registers(fran, BODY)
        transaction.set_rollback(True)

    assert plain == (302, True)
    assert registers(fran, WHOLE, MULTIPART) == (302, True)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (BODY + b"&payer=" + b"x" * 1_100_000, URLENCODED, 413),
        (BODY + b"&payer=" + b"x" * 10_000_000, URLENCODED, 413),
        (part("payer", b"x" * 1_100_000) + WHOLE, MULTIPART, 413),
        (BODY + b"".join(b"&f%d=1" % number for number in range(2_000)), URLENCODED, 400),
        (BODY + b"&x=1" * 2_000, URLENCODED, 400),
        (b"".join(part(f"f{number}", b"1") for number in range(2_000)) + WHOLE, MULTIPART, 400),
        (BODY + b"&payer=%ff%fe", URLENCODED, 400),
        (BODY + b"&payer=caf%e9", URLENCODED, 400),
        (BODY + b"&payer=\xff", URLENCODED, 400),
        (BODY + b"&payer=%ed%a0%80", URLENCODED, 400),
        (BODY + b"&payer=%c0%af", URLENCODED, 400),
        (BODY + b"&%ff=1", URLENCODED, 400),
        (part("payer", b"\xff") + WHOLE, MULTIPART, 400),
        (BODY, f"{URLENCODED}; charset=latin-1", 400),
        (BODY, f"{URLENCODED}; charset=hex", 400),
        (BODY, f"{URLENCODED}; charset=no-such", 400),
        (WHOLE, f"{MULTIPART}; charset=utf-16", 400),
        (WHOLE, f"{MULTIPART}; charset=rot13", 400),
        (WHOLE, "multipart/form-data", 400),
        (WHOLE, "multipart/form-data; boundary=" + "x" * 500, 400),
    ],
    ids=range(20),
)
def test_body_that_cannot_be_read_saves_nothing(fran: Client, body: bytes, content_type: str, status: int) -> None:
    assert registers(fran, body, content_type) == (status, False)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", URLENCODED),
        (b"&&&&====&", URLENCODED),
        (b"%", URLENCODED),
        (b"\x00", URLENCODED),
        (WHOLE[:200], MULTIPART),
        (b"--cut", MULTIPART),
        (WHOLE.replace(b"--cut--", b""), MULTIPART),
        (b"".join(part("payer", b"x", more=b'; filename="../../x"') for _ in range(3)) + b"--cut--", MULTIPART),
        (BODY, "text/plain"),
        (BODY, "application/json"),
        (BODY, "application/xml"),
        (BODY, ""),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 50, URLENCODED),
    ],
    ids=range(13),
)
def test_body_that_says_nothing_saves_nothing(fran: Client, body: bytes, content_type: str) -> None:
    status, is_saved = registers(fran, body, content_type)

    assert status in {200, 400, 422}
    assert not is_saved


def test_other_method_is_not_made_of_a_post(fran: Client) -> None:
    visit = reverse("patients:register")

    assert fran.put(visit, BODY, content_type=URLENCODED).status_code == 405
    assert fran.delete(visit).status_code == 405
    assert registers(fran, BODY + b"&_method=DELETE", HTTP_X_HTTP_METHOD_OVERRIDE="DELETE") == (302, True)


@pytest.mark.parametrize("address", ["/?day=%ff", "/calendar/?day=%ff", "/calendar/?%ff=1", "/trail/?user=%ed%a0%80"])
def test_address_that_is_no_text_is_a_bad_request(fran: Client, address: str) -> None:
    assert fran.get(address).status_code == 400


@pytest.mark.parametrize("address", ["/calendar/%ff/", "/%00", "/patients/%00/", "/patients/" + "9" * 5_000 + "/"])
def test_path_that_leads_nowhere_is_not_found(fran: Client, address: str) -> None:
    assert fran.get(address).status_code == 404


def test_two_thousand_parameters_are_a_bad_request(fran: Client) -> None:
    query = "&".join(f"f{number}=1" for number in range(2_000))

    assert fran.get(f"/calendar/?{query}").status_code == 400


@pytest.mark.parametrize("host", ["evil.example", "testserver@evil.example", "[", "\u00e9"])
def test_other_host_is_a_bad_request(fran: Client, host: str) -> None:
    assert fran.get("/", headers={"host": host}).status_code == 400


def test_address_of_the_sender_is_not_believed_from_a_header(fran: Client, world: World) -> None:
    answer = fran.get("/", headers={"x-forwarded-for": "<script>", "x-forwarded-host": "evil.example"})

    assert answer.status_code == 200
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize("cookie", ["x" * 10_000, "\x01", "{}", "../../x", "' OR 1=1--", "%00"])
@pytest.mark.parametrize("name", ["stepwell", "theme", "stepwell-csrf"])
def test_made_up_cookie_opens_nothing(world: World, db: None, name: str, cookie: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies[name] = cookie

    answer = client.get("/")

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
