"""What if several act on one person's factor at the same moment, each over a connection of their own?"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from clinic.lock import actions as lock_actions
from clinic.second_factor import actions, queries, rules
from clinic.second_factor.models import SecondFactorNote
from clinic.staff.models import User
from tests.drills.kills import wait_for
from tests.scenarios import second_factors
from tests.scenarios.cast import NOW, PASSWORD, Cast, clinic_cast

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


def test_two_who_reset_at_once_reset_once(cast: Cast) -> None:
    second_factors.with_app(cast.nora, now=NOW)
    lock_actions.begin_login(user=cast.nora, now=NOW)
    ready = Barrier(2)

    def one(by: User) -> str:
        try:
            ready.wait(timeout=30)
            actions.reset(user=cast.nora, by=by, reason="Lost her phone", password=PASSWORD, now=LATER)
        except actions.NothingToReset:
            return "nothing to reset"
        else:
            return "reset"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as threads:
        outcomes = Counter(threads.map(one, [cast.ada, cast.dirk]))

    kinds = Counter(SecondFactorNote.objects.filter(user=cast.nora).values_list("kind", flat=True))
    assert outcomes == {"reset": 1, "nothing to reset": 1}
    assert (kinds["reset"], kinds["signed_out"]) == (1, 1)


def test_login_that_begins_while_the_factor_is_reset_ends_too(cast: Cast) -> None:
    second_factors.with_app(cast.nora, now=NOW)

    def reset() -> None:
        try:
            actions.reset(user=cast.nora, by=None, reason="Lost her phone", password="", now=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as threads:
        with transaction.atomic():
            actions.pass_by_code(user=cast.nora, typed=second_factors.code(LATER), now=LATER)
            login = lock_actions.begin_login(user=cast.nora, now=LATER)
            resetting = threads.submit(reset)
            assert wait_for(somebody_waits_for_a_lock, seconds=30)
        resetting.result(timeout=30)

    login.refresh_from_db()
    assert login.ended_at == LATER


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")  # pg_stat_activity stays as it was first read
        return cursor.fetchone() is not None


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_one_code_lets_one_of_fifty_in(cast: Cast, kind: str) -> None:
    second_factors.with_app(cast.nora, now=NOW)
    typed = second_factors.code(LATER) if kind == "totp" else queries.recovery_codes(cast.nora)[0]

    outcomes = outcomes_of(cast, typed)

    assert outcomes == {kind: 1, "refused": AT_ONCE - 1}
    assert queries.wrong_codes_since(cast.nora, NOW) == rules.TRIES_ALLOWED
