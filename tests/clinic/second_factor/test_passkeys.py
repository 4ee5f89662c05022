"""Does a passkey open the second step, and only for its owner, its address, its question, and once?"""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from clinic.second_factor import adapter, queries
from clinic.second_factor.models import SecondFactorNote
from tests.scenarios.cast import NOW, PASSWORD
from tests.scenarios.second_factors import HOST, SoftKey

pytestmark = pytest.mark.django_db
ADD, USE = "/account/second-factor/passkeys/", "/sign-in/passkey/"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def in_the_morning(db):
    cache.clear()
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def key():
    return SoftKey()


def sign_in(client, user):
    client.post("/sign-out/")
    return client.post("/sign-in/", {"login": user.email, "password": PASSWORD})


def add(client, key, *, name="Blue key", password=PASSWORD):
    options = client.get(ADD).context["options"]
    return client.post(ADD, {"name": name, "password": password, "answer": json.dumps(key.made(options))})


@pytest.fixture
def nora(client, cast, key):
    """Nora has a passkey, and has typed her password."""
    sign_in(client, cast.nora)
    assert add(client, key)["Location"] == reverse("clinic:second-factor-codes")
    sign_in(client, cast.nora)
    return cast.nora


def asked(client):
    return client.get("/sign-in/second-step/").context["options"]


def use(client, answer):
    return client.post(USE, {"answer": answer if isinstance(answer, str) else json.dumps(answer)})


def test_passkey_is_added_with_a_name_and_recovery_codes(client, cast, key):
    sign_in(client, cast.nora)

    add(client, key)

    standing = queries.standing(cast.nora)
    assert [(each.name, each.added_at) for each in standing.passkeys] == [("Blue key", LATER)]
    assert standing.codes_left == 10
    page = client.get(reverse("clinic:second-factor-codes")).content.decode()
    assert page.count("<li><code>") == 10
    assert client.get(reverse("clinic:second-factor-codes")).content.decode().count("<li><code>") == 0


def test_passkey_completes_the_login(client, nora, key):
    done = use(client, key.used(asked(client)))

    assert done["Location"] == "/"
    assert client.get("/").status_code == 200
    assert queries.standing(nora).passkeys[0].used_at == LATER


def test_answer_counts_once(client, nora, key):
    answer = key.used(asked(client))
    use(client, answer)
    sign_in(client, nora)
    asked(client)

    page = use(client, answer)

    assert page.status_code == 422
    assert "was not accepted" in page.content.decode()


def test_answer_without_a_question_is_refused(client, nora, key):
    answer = key.used(asked(client))
    assert use(client, "{}").status_code == 422

    assert use(client, answer).status_code == 422


def test_key_that_counts_backwards_may_be_a_copy(client, nora, key):
    use(client, key.used(asked(client)))
    sign_in(client, nora)
    copy = replace(key, uses=0)

    page = use(client, copy.used(asked(client)))

    assert page.status_code == 422
    assert "may have been copied" in page.content.decode()


@pytest.mark.parametrize(
    "other",
    [
        {"origin": "https://testserver.evil.example"},
        {"origin": "http://testserver"},
        {"rp_id": "evil.example"},
        {"private": SoftKey().private},
        {"id": b"x" * 32},
    ],
    ids=["another address", "no tls", "another clinic", "another key", "unknown"],
)
def test_answer_of_elsewhere_is_refused_and_written_down(client, nora, key, other):
    page = use(client, replace(key, **other).used(asked(client)))

    assert page.status_code == 422
    assert SecondFactorNote.objects.filter(user=nora, kind="step_failed").count() == 1
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_passkey_of_one_person_does_not_open_anothers_login(client, cast, nora, key):
    nils_key = SoftKey()
    sign_in(client, cast.nils)
    add(client, nils_key)
    sign_in(client, cast.nils)

    page = use(client, key.used(asked(client)))

    assert page.status_code == 422


@pytest.mark.parametrize("changed", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}])
def test_passkey_made_elsewhere_is_not_added(client, cast, key, changed):
    sign_in(client, cast.nora)

    page = add(client, replace(key, **changed))

    assert page.status_code == 422
    assert "was not accepted" in page.content.decode()
    assert queries.has_any(cast.nora) is False


def test_passkey_is_not_added_without_the_password(client, cast, key):
    sign_in(client, cast.nora)

    page = add(client, key, password="somebody's dog")

    assert page.status_code == 422
    assert "Blue key" in page.content.decode()
    assert queries.has_any(cast.nora) is False


def test_passkey_is_removed_by_its_owner_only(client, cast, nora, key):
    use(client, key.used(asked(client)))
    address = reverse("clinic:second-factor-passkey-remove", args=[queries.standing(nora).passkeys[0].id])
    client.force_login(cast.nils)
    foreign = client.post(address, {"password": PASSWORD})
    sign_in(client, nora)
    use(client, key.used(asked(client)))

    done = client.post(address, {"password": PASSWORD})

    assert foreign.status_code == 404
    assert done["Location"] == reverse("clinic:second-factor")
    assert queries.has_any(nora) is False


@pytest.mark.parametrize(
    ("host", "takes"),
    [
        ("clinic.example", True),
        ("localhost:8000", True),
        ("127.0.0.1:8000", False),
        ("127.0.0.1", False),
        ("[::1]:8000", False),
        ("10.0.0.7", False),
    ],
)
def test_passkeys_are_offered_where_the_address_has_a_name(host, takes):
    assert adapter.takes_passkeys(host) is takes


def test_nothing_of_a_passkey_is_offered_at_an_address_of_numbers(client, nora):
    page = client.get("/sign-in/second-step/", headers={"Host": "127.0.0.1"})

    assert "options" not in page.context
    assert b"Use your passkey" not in page.content
    assert adapter.takes_passkeys(HOST)
