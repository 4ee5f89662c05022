"""How often may a password be guessed?"""

import pytest
from django.test import Client
from django.urls import reverse

from tests.scenarios.cast import PASSWORD, Cast

MOST_WRONG = 10


def answer_to(client: Client, email: str, password: str, host: str = "testserver") -> tuple[int, str]:
    answer = client.post(reverse("account_login"), {"login": email, "password": password}, headers={"host": host})
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("host", ["testserver", "testserver:{}"])
def test_right_password_is_refused_after_too_many_wrong_ones_at_whatever_port(cast: Cast, host: str) -> None:
    for number in range(MOST_WRONG):
        answer_to(Client(), cast.nora.email, f"wrong words {number}", host.format(8000 + number))

    status, page = answer_to(Client(), cast.nora.email.upper(), PASSWORD, host.format(9000))

    assert status == 200
    assert "Too many failed login attempts" in page


def test_somebody_else_signs_in_meanwhile(cast: Cast) -> None:
    for number in range(MOST_WRONG):
        answer_to(Client(), cast.nora.email, f"wrong words {number}")

    status, _ = answer_to(Client(), cast.fran.email, PASSWORD)

    assert status == 302
