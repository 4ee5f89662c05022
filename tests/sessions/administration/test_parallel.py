"""Two people act on one session in the same moment: does exactly one of them get through?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection

from clinic.kit.refusals import Refusal
from clinic.staff.models import User
from sessions.administration import actions
from sessions.administration.models import TreatmentSession
from tests.scenarios import treatments
from tests.scenarios.cast import PASSWORD


def in_the_same_moment(acts: list[Callable[[], object]]) -> list[str]:
    """What each got: "done", or the name of the refusal."""
    together = Barrier(len(acts))

    def attempt(act: Callable[[], object]) -> str:
        try:
            together.wait(timeout=20)
            act()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(attempt, acts))


@pytest.mark.django_db(transaction=True)
def test_two_people_who_sign_at_once_leave_one_signature(cast):
    cache.clear()
    session = treatments.discharged_session(cast)
    later = session.discharged_at + timedelta(minutes=5)

    def signing(person: User) -> Callable[[], object]:
        return lambda: actions.sign_session(session=session, password=PASSWORD, by=person, now=later)

    outcomes = in_the_same_moment([signing(cast.nora), signing(cast.nils)])

    signed = TreatmentSession.objects.get(pk=session.pk)
    assert outcomes == ["AlreadySigned", "done"]
    assert signed.signed_by in (cast.nora, cast.nils)


@pytest.mark.django_db(transaction=True)
def test_a_doubled_co_signature_is_one(cast):
    cache.clear()
    session = treatments.signed_session(cast)
    later = session.signed_at + timedelta(minutes=5)

    def cosigning() -> object:
        return actions.cosign_session(session=session, password=PASSWORD, by=cast.paula, now=later)

    outcomes = in_the_same_moment([cosigning, cosigning])

    assert outcomes == ["NotCosigned", "done"]
    assert TreatmentSession.objects.get(pk=session.pk).cosigned_by == cast.paula
