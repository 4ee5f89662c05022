"""Whose address stands in the trail, and who is counted when passwords are guessed?"""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.kit.proxies import client_address
from tests.scenarios.cast import Cast

PROXY = "10.0.0.7"
CLIENT = "203.0.113.9"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("", 0, PROXY),
        (CLIENT, 0, PROXY),  # without a proxy of ours the header is anybody's
        ("", 1, PROXY),
        (CLIENT, 1, CLIENT),
        (f"198.51.100.1, {CLIENT}", 1, CLIENT),  # the left one is what the client says of itself
        (f"198.51.100.1, {CLIENT}, 10.0.0.8", 2, CLIENT),
        (CLIENT, 2, PROXY),
        ("unknown", 1, PROXY),
        (f"{CLIENT}:4711", 1, PROXY),
        ("2001:DB8::1", 1, "2001:db8::1"),
        (",", 1, PROXY),
        ("9" * 5000, 1, PROXY),
    ],
)
def test_address_is_what_our_outermost_proxy_saw(forwarded: str, proxies: int, expected: str) -> None:
    assert client_address(PROXY, forwarded, proxies) == expected


def test_trail_names_the_client_and_not_the_proxy(client: Client, cast: Cast, settings) -> None:
    settings.PROXIES = 1
    client.force_login(cast.nora)

    client.get(reverse("clinic:home"), REMOTE_ADDR=PROXY, headers={"x-forwarded-for": f"198.51.100.1, {CLIENT}"})

    assert AccessEvent.objects.get(route="clinic:home").address == CLIENT


def test_one_client_does_not_use_up_the_tries_of_another(cast: Cast, settings) -> None:
    settings.PROXIES = 1
    sign_in, wrong = reverse("account_login"), {"login": "nobody@clinic.example", "password": "wrong words here"}

    def said_to(address: str) -> str:
        answer = Client().post(sign_in, wrong, REMOTE_ADDR=PROXY, headers={"x-forwarded-for": address})
        return answer.content.decode()

    for number in range(21):
        Client().post(
            sign_in,
            {**wrong, "login": f"n{number}@clinic.example"},
            REMOTE_ADDR=PROXY,
            headers={"x-forwarded-for": CLIENT},
        )

    assert "Too many failed login attempts" in said_to(CLIENT)
    assert "Too many failed login attempts" not in said_to("203.0.113.10")
