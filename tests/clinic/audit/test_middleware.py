import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from clinic.audit.models import AccessEvent
from clinic.staff import actions as staff_actions
from tests.as_application import run_as_application
from tests.scenarios.cast import PASSWORD


def latest():
    return AccessEvent.objects.order_by("-id").first()


@pytest.mark.django_db
def test_a_signed_in_look_leaves_one_row(client, cast):
    client.force_login(cast.nora)

    response = client.get(reverse("clinic:home"), REMOTE_ADDR="127.0.0.9")

    row = latest()
    assert AccessEvent.objects.count() == 1
    assert (row.user_id, row.user_name, row.roles) == (cast.nora.pk, "Nora Nolan, RN", "nurse")
    assert (row.method, row.route, row.status) == ("GET", "clinic:home", response.status_code)
    assert row.address == "127.0.0.9"


@pytest.mark.django_db
def test_a_refused_look_leaves_a_row_too(client, cast):
    client.force_login(cast.fran)

    client.get(reverse("clinic:trail"))

    assert (latest().route, latest().status) == ("clinic:trail", 403)


@pytest.mark.django_db
def test_an_unknown_person_leaves_a_row_that_says_so(client, cast):
    client.force_login(cast.nora)

    client.get(reverse("patients:detail", args=[uuid.uuid4()]))

    assert (latest().route, latest().status) == ("patients:detail", 404)


@pytest.mark.django_db
def test_an_anonymous_look_leaves_no_row(client):
    client.get(reverse("clinic:home"))

    assert AccessEvent.objects.count() == 0


@pytest.mark.django_db
def test_signing_in_leaves_a_row(client, cast):
    client.post(reverse("account_login"), {"login": cast.nora.email, "password": PASSWORD})

    assert (latest().method, latest().route, latest().user_id) == ("POST", "account_login", cast.nora.pk)


@pytest.mark.django_db(transaction=True)
def test_without_a_trail_there_is_no_answer(cast):
    client = Client()
    client.force_login(cast.nora)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_accessevent ADD CONSTRAINT full_disk CHECK (status = 0) NOT VALID")

    response = client.get(reverse("clinic:home"))

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_accessevent DROP CONSTRAINT full_disk")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinic_accessevent SET user_name = 'somebody else'",
        "DELETE FROM clinic_accessevent",
        "TRUNCATE clinic_accessevent",
        "ALTER TABLE clinic_accessevent DISABLE TRIGGER ALL",
        "DROP TABLE clinic_accessevent",
    ],
)
def test_the_application_cannot_touch_the_trail(client, cast, statement):
    client.force_login(cast.nora)
    client.get(reverse("clinic:home"))

    with pytest.raises(DatabaseError):
        run_as_application(statement)

    assert latest().user_name == "Nora Nolan, RN"


@pytest.mark.django_db
def test_not_even_the_owner_changes_the_trail(client, cast):
    client.force_login(cast.nora)
    client.get(reverse("clinic:home"))

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE clinic_accessevent SET user_name = 'somebody else'")


@pytest.mark.django_db
def test_a_role_that_is_ended_is_gone_on_the_next_request(client, cast):
    client.force_login(cast.olga)
    before = client.get(reverse("clinic:trail")).status_code

    grant = cast.olga.grants.get()

    staff_actions.end_role(grant=grant, by=cast.ada, now=grant.granted_at)

    assert (before, client.get(reverse("clinic:trail")).status_code) == (200, 403)
