import pytest

from clinic.audit.rules import page_name


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ("clinic:home", "Today"),
        ("patients:plan-sign", "Signing a plan"),
        ("patients:some-page", "Some page"),
        ("account_login", "Sign in"),
        ("no such page", "No such page"),
    ],
)
def test_a_route_is_called_by_its_page(route, words):
    assert page_name(route) == words
