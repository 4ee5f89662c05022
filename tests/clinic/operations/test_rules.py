"""What is judged safe, ready, behind? Each boundary on both sides."""

from decimal import Decimal
from typing import Any

import pytest

from clinic.operations import rules

RANDOM = "yQ7fN0aXv3LkR9tBcE2wUhZs6mJpGdKi8oVx1TqYbWn4HrCe5SfAuMzDgPlOj-Xy"
RANDOM_HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.mark.parametrize(
    ("secret", "problem"),
    [
        (RANDOM[:50], ""),
        (RANDOM[:49], "is short"),
        (RANDOM_HEX, ""),
        ("0123456789abcdef" * 4, "repeats itself"),
        ("of-no-deployment-" + RANDOM, "is a sample"),
        ("Secret" + RANDOM, "is a sample"),
        ("ab" * 25, "repeats itself"),
    ],
)
def test_secret_is_judged(secret: str, problem: str) -> None:
    said = rules.weakness(secret)

    assert problem in said
    assert bool(said) is bool(problem)


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("postgresql://app@db.example/stepwell", True),
        ("postgresql://app@10.0.0.5:5432/stepwell?sslmode=prefer", True),
        ("postgresql://app@10.0.0.5:5432/stepwell?sslmode=disable", True),
        ("postgresql://app@db.example/stepwell?sslmode=require", False),
        ("postgresql://app@db.example/stepwell?sslmode=verify-full&sslrootcert=/etc/ca.pem", False),
        ("postgresql://app@localhost/stepwell", False),
        ("postgresql://app@127.0.0.1/stepwell", False),
        ("postgresql://app@[::1]/stepwell", False),
        ("postgresql://app@%2Fvar%2Frun%2Fpostgresql/stepwell", False),
        ("postgresql:///stepwell?host=/var/run/postgresql", False),
        ("postgresql:///stepwell?host=db.example", True),
    ],
)
def test_wire_to_the_database_is_judged(*, url: str, is_refused: bool) -> None:
    assert bool(rules.open_wire(url)) is is_refused


def server(**otherwise: Any) -> rules.Server:
    """One with nothing wrong but what the test says."""
    usual: dict[str, Any] = {
        "version": 15,
        "role": "stepwell_app",
        "powers": (),
        "owned": (),
        "member_of": (),
        "extra_rights": (),
        "missing_rights": (),
        "settings": {name: min(right) for name, right in {**rules.HONEST, **rules.ADVISED}.items()},
        "overrides": (),
        "is_embedded": False,
        "unfinished_restore": False,
        "seconds_apart": Decimal(60),
        "waiting_migrations": (),
        "demo_accounts": 0,
        "cheap_passwords": 0,
    }
    return rules.Server(**{**usual, **otherwise})


def wrong(found: rules.Server) -> list[str]:
    return [finding.to_do for finding in rules.about_server(found) if not finding.is_ok]


def test_server_without_a_fault_has_none() -> None:
    assert wrong(server()) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("version", 14, "The server is PostgreSQL 14. Upgrade it to 15 or newer."),
        ("seconds_apart", Decimal("60.1"), "The clocks of this machine and of the database are 60 seconds apart."),
        ("seconds_apart", Decimal("-60.1"), "The clocks of this machine and of the database are 60 seconds apart."),
        ("demo_accounts", 2, "There are 2 accounts of the demonstration, whose password everybody knows."),
        ("cheap_passwords", 1, "1 account stores its password as the demonstration does, which is soon guessed."),
        ("waiting_migrations", ("a.1", "a.2", "a.3", "a.4"), "behind the program by a.1, a.2, a.3 and 1 more."),
    ],
)
def test_server_with_one_fault_has_one_sentence(name: str, value: object, sentence: str) -> None:
    (said,) = wrong(server(**{name: value}))

    assert sentence in said


@pytest.mark.parametrize("name", rules.ADVISED)
def test_advice_is_given_and_keeps_nothing_from_starting(name: str) -> None:
    usual = server()
    found = rules.about_server(server(settings={**usual.settings, name: "off"}))

    advice = [finding for finding in found if not finding.is_ok]

    assert [(finding.subject, finding.is_advice) for finding in advice] == [(name, True)]


@pytest.mark.parametrize(
    ("free", "size", "has_room"), [(11, 100, True), (10, 100, False), (0, 100, False), (0, 0, True)]
)
def test_room_is_more_than_a_tenth(*, free: int, size: int, has_room: bool) -> None:
    assert rules.has_room(free=free, size=size) is has_room


@pytest.mark.parametrize(
    ("is_on", "has_failed", "behind", "minutes", "keeps_up"),
    [
        (False, True, 9, Decimal(99), True),
        (True, False, 1, Decimal(999), True),
        (True, False, 2, Decimal(5), True),
        (True, False, 2, Decimal("5.1"), False),
        (True, True, 0, Decimal(0), False),
        (True, False, None, None, True),
    ],
)
def test_archive_is_judged(
    *, is_on: bool, has_failed: bool, behind: int | None, minutes: Decimal | None, keeps_up: bool
) -> None:
    archive = rules.Archive(is_on=is_on, has_failed_since=has_failed, segments_behind=behind, minutes_since=minutes)

    assert rules.archive_keeps_up(archive) is keeps_up
