"""Nobody signs what they have not read: what comes in while a record lies open for signing is shown first."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from sessions.administration import actions
from sessions.administration.models import TreatmentSession
from tests.scenarios import treatments
from tests.scenarios.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
CHANGED = "The record of this session was changed after you opened it."


def version_shown(client: Client, address: str) -> int:
    return client.get(address).context["form"]["row_version"].value()


def signed_over(client: Client, address: str, seen: int) -> object:
    return client.post(address, {"password": PASSWORD, "row_version": seen})


def test_entry_that_came_meanwhile_is_read_before_signing(client: Client, cast: Cast) -> None:
    session = treatments.discharged_session(cast)
    address = reverse("sessions:sign", args=[session.pk])
    later = session.discharged_at + timedelta(hours=1)

    with time_machine.travel(later, tick=False):
        client.force_login(cast.nora)
        seen = version_shown(client, address)
        treatments.charted(cast, session, "note", {"text": "Came back for her coat."}, later)
        refused = signed_over(client, address, seen)
        before = TreatmentSession.objects.get(pk=session.pk).is_signed
        again = signed_over(client, address, refused.context["form"]["row_version"].value())

    assert refused.status_code == 422
    assert CHANGED in refused.content.decode()
    assert not before
    assert again.status_code == 302
    assert TreatmentSession.objects.get(pk=session.pk).is_signed


def test_addendum_that_came_meanwhile_is_read_before_cosigning(client: Client, cast: Cast) -> None:
    session = treatments.signed_session(cast)
    address = reverse("sessions:cosign", args=[session.pk])
    later = session.signed_at + timedelta(hours=1)

    with time_machine.travel(later, tick=False):
        client.force_login(cast.paula)
        seen = version_shown(client, address)
        actions.add_addendum(session=session, text="She called: a rash.", by=cast.nora, now=later)
        refused = signed_over(client, address, seen)

    assert refused.status_code == 422
    assert CHANGED in refused.content.decode()
    assert TreatmentSession.objects.get(pk=session.pk).cosigned_at is None


def test_signing_without_the_version_that_was_read_is_refused(client: Client, cast: Cast) -> None:
    session = treatments.discharged_session(cast)

    with time_machine.travel(session.discharged_at + timedelta(hours=1), tick=False):
        client.force_login(cast.nora)
        refused = client.post(reverse("sessions:sign", args=[session.pk]), {"password": PASSWORD})

    assert refused.status_code == 422
    assert not TreatmentSession.objects.get(pk=session.pk).is_signed


def test_signature_sent_again_after_a_lost_answer_leads_to_the_record(client: Client, cast: Cast) -> None:
    session = treatments.discharged_session(cast)
    address = reverse("sessions:sign", args=[session.pk])

    with time_machine.travel(session.discharged_at + timedelta(hours=1), tick=False):
        client.force_login(cast.nora)
        seen = version_shown(client, address)
        first = signed_over(client, address, seen)
        again = signed_over(client, address, seen)
        page = client.get(again.url).content.decode()

    assert first.url == again.url == reverse("sessions:record", args=[session.pk])
    assert "Session 1 was signed by Nora Nolan, RN already." in page
    assert TreatmentSession.objects.get(pk=session.pk).signed_at == session.discharged_at + timedelta(hours=1)


def test_second_cosignature_is_told_who_was_first(client: Client, cast: Cast) -> None:
    session = treatments.signed_session(cast)
    address = reverse("sessions:cosign", args=[session.pk])

    with time_machine.travel(session.signed_at + timedelta(hours=1), tick=False):
        client.force_login(cast.paula)
        seen = version_shown(client, address)
        actions.cosign_session(session=session, password=PASSWORD, by=cast.dirk, now=session.signed_at)
        late = client.post(address, {"password": PASSWORD, "row_version": seen}, follow=True)

    assert "Session 1 was co-signed by Dirk Dorn, MD already." in late.content.decode()
    assert TreatmentSession.objects.get(pk=session.pk).cosigned_by == cast.dirk
