"""Does the server's own way in do what it says, with a reason, and under nobody's name?"""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from clinic.second_factor import actions, queries
from clinic.second_factor.models import SecondFactorNote
from clinic.sites.models import Site
from tests.scenarios import second_factors
from tests.scenarios.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("act", "kind", "holds"), [("require", "required", True), ("release", "not_required", False)])
def test_rule_of_a_site_is_set_by_its_name(cast, capsys, act, kind, holds):
    Site.objects.update(requires_second_factor=not holds)

    call_command("second_factor", act, "ashby street", reason="Letter of March 1")

    note = SecondFactorNote.objects.get()
    assert Site.objects.get().requires_second_factor is holds
    assert (note.kind, note.site, note.by, note.reason) == (kind, cast.site, None, "Letter of March 1")
    assert capsys.readouterr().out.startswith("Ashby Street ")


def test_factors_of_a_person_are_taken_by_their_email(cast):
    second_factors.with_app(cast.nora, now=NOW)

    call_command("second_factor", "reset", cast.nora.email.upper(), reason="Lost phone, seen in person")

    assert queries.has_any(cast.nora) is False
    assert SecondFactorNote.objects.filter(user=cast.nora, kind="reset", by=None).count() == 1


@pytest.mark.parametrize(
    ("arguments", "reason", "said"),
    [
        (("reset", "nobody@clinic.example"), "Lost", "Nobody signs in as"),
        (("require", "Elsewhere"), "Policy", "no site called Elsewhere"),
        (("require", "Ashby Street"), "  ", "must say why"),
        (("require", "Ashby Street"), "x" * 201, "at most 200"),
    ],
)
def test_what_cannot_be_done_is_said(cast, arguments, reason, said):
    with pytest.raises(CommandError, match=said):
        call_command("second_factor", *arguments, reason=reason)

    assert not SecondFactorNote.objects.exists()


def test_resealed_secrets_need_the_new_key_only(cast, settings, capsys):
    second_factors.with_app(cast.nora, now=NOW)
    codes, later = queries.recovery_codes(cast.nora), NOW + timedelta(minutes=5)
    new = "x6qS1Ff3mQ0oJr5v8yB2dT7gK4nZ9uWcE1hLpXaVbRs="

    settings.FIELD_KEYS = (new, *settings.FIELD_KEYS)
    call_command("reseal")
    settings.FIELD_KEYS = (new,)

    assert capsys.readouterr().out == "2 secrets sealed with the newest key.\n"
    assert queries.recovery_codes(cast.nora) == codes
    assert actions.pass_by_code(user=cast.nora, typed=second_factors.code(later), now=later) == "totp"
