"""Does the first person get in, and somebody who is locked out, with a line in the trail for each?"""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.rooms.models import Room
from clinic.staff.models import User
from tests.scenarios.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def said(command: str, *arguments: str, **options: object) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def in_the_trail() -> list[tuple[str, str]]:
    return list(
        AccessEvent.objects.filter(user_id=None, route__endswith="on-the-server")
        .order_by("id")
        .values_list("user_name", "route")
    )


def test_new_clinic_opens_from_nothing() -> None:
    first = said("open_site", "Ashby Street", time_zone="America/New_York", room=["1", "2", "2"])
    again = said("open_site", "Ashby Street", time_zone="America/New_York", room=["2", "3"])
    account = said("let_in", "ada@clinic.example", name="Ada Abel", site="Ashby Street", role=["administrator"])

    assert first == "Ashby Street is there, with 2 new rooms.\n"
    assert again == "Ashby Street is there, with 1 new room.\n"
    assert sorted(Room.objects.values_list("label", flat=True)) == ["1", "2", "3"]
    assert account.startswith("Ada Abel signs in as ada@clinic.example with: ")
    assert User.objects.get().check_password(account.split()[-1])
    assert in_the_trail() == [
        ("Somebody on the server", "clinic:site-opened-on-the-server"),
        ("Somebody on the server", "clinic:site-opened-on-the-server"),
        ("Somebody on the server", "clinic:account-opened-on-the-server"),
    ]


def test_new_password_ends_the_old_one_and_every_login(cast: Cast, client: Client) -> None:
    client.force_login(cast.ada)

    account = said("let_in", "Ada@clinic.example")

    ada = User.objects.get(pk=cast.ada.pk)
    assert ada.check_password(account.split()[-1])
    assert not ada.check_password(PASSWORD)
    assert client.get(reverse("clinic:home"))["Location"].startswith(reverse("account_login"))
    assert in_the_trail() == [("Somebody on the server", "clinic:password-set-on-the-server")]


@pytest.mark.parametrize(
    ("command", "arguments", "options", "sentence"),
    [
        ("open_site", ["Elsewhere"], {"time_zone": "Mars/Olympus"}, "There is no time zone 'Mars/Olympus'."),
        (
            "open_site",
            ["Elsewhere"],
            {"time_zone": "UTC", "room": ["thirteen char"]},
            "'thirteen char' does not fit on a door",
        ),
        ("let_in", ["nobody@clinic.example"], {}, "Nobody signs in as nobody@clinic.example."),
        (
            "let_in",
            ["new@clinic.example"],
            {"name": "New Person", "site": "Elsewhere", "role": ["nurse"]},
            "There is no site called 'Elsewhere'.",
        ),
        ("let_in", ["new@clinic.example"], {"name": "New Person"}, "A new account needs --name, --site and at least"),
        (
            "let_in",
            ["ada@clinic.example"],
            {"name": "Ada Abel", "site": "Ashby Street", "role": ["nurse"]},
            "ada@clinic.example already has an account.",
        ),
    ],
)
def test_refusal_says_what_is_missing_and_changes_nothing(
    cast: Cast, command: str, arguments: list[str], options: dict[str, object], sentence: str
) -> None:
    people = User.objects.count()

    with pytest.raises(CommandError) as refusal:
        said(command, *arguments, **options)

    assert str(refusal.value).startswith(sentence)
    assert User.objects.count() == people
    assert in_the_trail() == []
