"""What if many requests of one login come at once: is each guess counted, and does a right end for all of them?"""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Event

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from clinic.lock import actions
from clinic.staff import actions as staff_actions
from clinic.staff.models import RoleGrant, User
from tests.clinic.lock.signed_in import PIN, at_screen, login_of, unlock, with_pin

MANY = 6
ROUNDS = 10


def copies(client: Client) -> list[Client]:
    """The same browser, several requests at a time."""
    made = [Client() for _ in range(MANY)]
    for each in made:
        each.cookies.update(client.cookies)
    return made


@pytest.mark.django_db(transaction=True)
def test_pins_guessed_at_the_same_moment_are_five_at_most(cast):
    nora = at_screen(with_pin(cast.nora))
    login = login_of(cast.nora)
    together = Barrier(MANY)

    def guess(_: int) -> str:
        try:
            together.wait(timeout=20)
            actions.unlock(
                login_id=login.pk,
                pin="407182",
                password="",
                cookies={name: each.value for name, each in nora.cookies.items()},
                now=datetime.now(UTC),
            )
        except actions.UnlockRefused as refusal:
            return str(refusal).split(".")[0]
        finally:
            connection.close()
        return "open"

    with ThreadPoolExecutor(MANY) as pool:
        said = Counter(pool.map(guess, range(MANY)))

    login.refresh_from_db()
    assert said == {"That PIN is not right": 5, "Too many wrong PINs": 1}
    assert login.pin_failures == 5
    assert unlock(nora, pin=PIN) == "Too many wrong PINs. Unlock with your password."


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["role", "account"])
def test_nothing_opens_after_a_right_was_taken_away_however_many_ask(cast, how):
    clients = copies(at_screen(cast.nora))
    address, began = reverse("clinic:tasks"), Event()
    asked: list[tuple[float, int]] = []

    def hammer(client: Client) -> None:
        try:
            for _ in range(ROUNDS):
                at = time.perf_counter()
                asked.append((at, client.get(address).status_code))
                began.set()
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        waiting = [pool.submit(hammer, client) for client in clients]
        began.wait(timeout=20)
        take_away(cast, how)
        taken_at = time.perf_counter()
        for each in waiting:
            each.result(timeout=60)

    later = {status for at, status in asked if at > taken_at}
    assert asked[0][1] == 200
    assert later == {403 if how == "role" else 302}


def take_away(cast, how: str) -> None:
    if how == "role":
        for grant in RoleGrant.objects.filter(user=cast.nora):
            staff_actions.end_role(grant=grant, by=cast.ada, now=datetime.now(UTC))
    else:
        User.objects.filter(pk=cast.nora.pk).update(is_active=False)
