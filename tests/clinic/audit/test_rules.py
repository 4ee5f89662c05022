import pytest

from clinic.audit.rules import outcome, page_name, sign_of


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


@pytest.mark.parametrize(
    ("method", "status", "words", "sign"),
    [
        ("GET", 200, "Shown", ""),
        ("GET", 302, "Sent on to another page", ""),
        ("POST", 200, "Answered", ""),
        ("POST", 302, "Done", ""),
        ("GET", 403, "Refused", "blocked"),
        ("GET", 404, "Not there", "unknown"),
        ("POST", 422, "To put right", "open"),
        ("POST", 429, "Told to wait", "due"),
        ("POST", 400, "Not understood (400)", "due"),
        ("GET", 503, "Failed (503)", "late"),
    ],
)
def test_an_answer_is_told_by_what_came_of_it(method, status, words, sign):
    assert (outcome(method, status), sign_of(status)) == (words, sign)
