"""Fifty try one code at the same moment, each over a connection of their own: one gets in."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from clinic.second_factor import actions, queries, rules
from tests.scenarios import second_factors
from tests.scenarios.cast import NOW, Cast, clinic_cast

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 50
LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def cast() -> Iterator[Cast]:
    yield clinic_cast()
    connection.close()


def outcomes_of(cast: Cast, typed: str) -> Counter[str]:
    ready = Barrier(AT_ONCE)

    def one(_: int) -> str:
        try:
            ready.wait(timeout=30)
            return actions.pass_by_code(user=cast.nora, typed=typed, now=LATER)
        except actions.CodeRefused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        return Counter(threads.map(one, range(AT_ONCE)))


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_one_code_lets_one_of_fifty_in(cast: Cast, kind: str) -> None:
    second_factors.with_app(cast.nora, now=NOW)
    typed = second_factors.code(LATER) if kind == "totp" else queries.recovery_codes(cast.nora)[0]

    outcomes = outcomes_of(cast, typed)

    assert outcomes == {kind: 1, "refused": AT_ONCE - 1}
    assert queries.wrong_codes_since(cast.nora, NOW) == rules.TRIES_ALLOWED
