"""Who gets a second factor, what does it let through, and is every step written down?"""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction

from clinic.kit.sealing import seal
from clinic.lock import actions as lock_actions
from clinic.lock.rules import ABSOLUTE_LIMIT
from clinic.second_factor import actions, queries, rules
from clinic.second_factor.models import SecondFactorNote
from clinic.staff.actions import ProofRefused
from tests.as_application import run_as_application
from tests.scenarios import second_factors
from tests.scenarios.cast import NOW, PASSWORD
from tests.scenarios.second_factors import SECRET, code

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def no_earlier_tries(db):
    cache.clear()


@pytest.fixture
def nora(cast):
    return second_factors.with_app(cast.nora, now=NOW)


def told(user):
    return list(SecondFactorNote.objects.filter(user=user).order_by("id").values_list("kind", flat=True))


def own(user, **changed):
    return {"user": user, "password": PASSWORD, "is_proved": True, "now": LATER, **changed}


def test_setting_up_an_app_makes_recovery_codes_and_is_written_down(nora):
    standing = queries.standing(nora)

    assert standing.app_since == NOW
    assert standing.codes_left == 10
    assert told(nora) == ["app_set_up", "codes_made"]


def test_secrets_are_sealed_in_the_table(nora):
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator WHERE user_id = %s", [nora.pk])
        stored = " ".join(row[0] for row in cursor.fetchall())

    codes = [each.replace(" ", "") for each in queries.recovery_codes(nora)]
    assert SECRET not in stored
    assert not any(each in stored for each in codes)
    assert stored.count("gAAAA") == 2


@pytest.mark.parametrize("steps", [-2, 2])
def test_app_whose_code_does_not_fit_is_not_set_up(cast, steps):
    with pytest.raises(actions.CodeRefused, match="not the code that the app shows now"):
        actions.set_up_app(
            sealed_secret=seal(SECRET), code=code(NOW, steps=steps), **own(cast.nora, is_proved=False, now=NOW)
        )

    assert queries.has_any(cast.nora) is False


def test_nothing_changes_without_the_password(nora):
    for act in (actions.remove_app, actions.renew_codes):
        with pytest.raises(ProofRefused, match="not right"):
            act(**own(nora, password="somebody's dog"))

    assert told(nora) == ["app_set_up", "codes_made"]


def test_wrong_passwords_are_counted_although_nothing_was_done(nora):
    for _ in range(10):
        with pytest.raises(ProofRefused, match="not right"):
            actions.remove_app(**own(nora, password="a guess"))

    with pytest.raises(ProofRefused, match="Wait five minutes"):
        actions.remove_app(**own(nora))


def test_login_that_has_not_used_the_factor_changes_nothing(nora):
    with pytest.raises(actions.NotProved, match="Sign out, then sign in with it"):
        actions.remove_app(**own(nora, is_proved=False))
    with pytest.raises(actions.NotProved):
        actions.set_up_app(sealed_secret=seal(SECRET), code=code(LATER), **own(nora, is_proved=False))

    assert queries.standing(nora).app_since == NOW


def test_code_is_taken_once(nora):
    used = actions.pass_by_code(user=nora, typed=code(LATER), now=LATER)

    assert used == "totp"
    with pytest.raises(actions.CodeRefused, match="used before"):
        actions.pass_by_code(user=nora, typed=code(LATER), now=LATER)
    assert told(nora)[2:] == ["step_failed"]


def test_code_with_which_the_app_was_set_up_does_not_sign_in(nora):
    with pytest.raises(actions.CodeRefused):
        actions.pass_by_code(user=nora, typed=code(NOW), now=NOW + timedelta(seconds=20))


def test_code_is_refused_again_after_its_half_minute_is_over(nora):
    actions.pass_by_code(user=nora, typed=code(LATER), now=LATER)

    with pytest.raises(actions.CodeRefused):
        actions.pass_by_code(user=nora, typed=code(LATER), now=LATER + timedelta(seconds=rules.STEP_S))


def test_recovery_code_is_taken_once_with_or_without_its_space(nora):
    first, second = queries.recovery_codes(nora)[:2]

    assert actions.pass_by_code(user=nora, typed=first, now=LATER) == "recovery_codes"
    assert actions.pass_by_code(user=nora, typed=second.replace(" ", ""), now=LATER) == "recovery_codes"
    with pytest.raises(actions.CodeRefused):
        actions.pass_by_code(user=nora, typed=first, now=LATER)
    assert queries.standing(nora).codes_left == 8
    assert told(nora)[2:] == ["code_used", "code_used", "step_failed"]


def test_ten_wrong_codes_stop_the_eleventh_and_write_no_more(nora):
    for _ in range(rules.TRIES_ALLOWED):
        with pytest.raises(actions.CodeRefused, match="not right"):
            actions.pass_by_code(user=nora, typed="000000", now=LATER)

    for _ in range(3):
        with pytest.raises(actions.CodeRefused, match="Wait five minutes"):
            actions.pass_by_code(user=nora, typed=code(LATER), now=LATER)
    assert told(nora).count("step_failed") == rules.TRIES_ALLOWED
    after = LATER + rules.TRIES_WITHIN
    assert actions.pass_by_code(user=nora, typed=code(after), now=after) == "totp"


def test_wrong_codes_of_one_person_do_not_stop_another(cast, nora):
    nils = second_factors.with_app(cast.nils, now=NOW)
    for _ in range(rules.TRIES_ALLOWED + 1):
        with pytest.raises(actions.CodeRefused):
            actions.pass_by_code(user=nora, typed="000000", now=LATER)

    assert actions.pass_by_code(user=nils, typed=code(LATER), now=LATER) == "totp"


def test_closed_account_takes_no_second_step(nora):
    type(nora).objects.filter(pk=nora.pk).update(is_active=False)

    with pytest.raises(actions.NotProved, match="closed"):
        actions.pass_by_code(user=nora, typed=code(LATER), now=LATER)


def test_new_codes_end_the_old_ones(nora):
    old = queries.recovery_codes(nora)

    actions.renew_codes(**own(nora))

    assert set(old).isdisjoint(queries.recovery_codes(nora))
    with pytest.raises(actions.CodeRefused):
        actions.pass_by_code(user=nora, typed=old[0], now=LATER)


def test_recovery_codes_need_something_to_recover(cast):
    with pytest.raises(actions.NotProved, match="first"):
        actions.renew_codes(**own(cast.nora))


def test_app_moves_to_another_phone_and_the_codes_stay(nora):
    codes = queries.recovery_codes(nora)
    other = "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"

    made = actions.set_up_app(sealed_secret=seal(other), code=rules.code_at(other, rules.step_at(LATER)), **own(nora))

    assert made is False
    assert queries.recovery_codes(nora) == codes
    assert Authenticator.objects.filter(user=nora, type="totp").count() == 1


def test_last_factor_goes_with_its_codes_where_none_is_asked_for(nora):
    actions.remove_app(**own(nora))

    assert not Authenticator.objects.filter(user=nora).exists()
    assert told(nora)[2:] == ["app_removed"]


def test_last_factor_stays_where_the_clinic_asks_for_one(cast, nora):
    actions.set_requirement(
        site=cast.site, is_required=True, reason="Policy of March", by=cast.ada, password=PASSWORD, now=NOW
    )
    nora.home_site.refresh_from_db()

    with pytest.raises(actions.LastOne, match="Set up another one first"):
        actions.remove_app(**own(nora))

    assert queries.standing(nora).app_since == NOW


def test_administrator_resets_a_colleague_with_a_reason(cast, nora):
    actions.reset(user=nora, by=cast.ada, reason="Lost her phone, came to the desk", password=PASSWORD, now=LATER)

    note = SecondFactorNote.objects.get(kind="reset")
    assert queries.has_any(nora) is False
    assert (note.by, note.person, note.reason) == (cast.ada, "Nora Nolan, RN", "Lost her phone, came to the desk")


def test_reset_ends_every_login_of_that_person_and_of_nobody_else(cast, nora):
    logins = [lock_actions.begin_login(user=nora, now=at) for at in (NOW, LATER)]
    others = lock_actions.begin_login(user=cast.nils, now=NOW)

    actions.reset(user=nora, by=cast.ada, reason="Lost her phone", password=PASSWORD, now=LATER)

    for login in (*logins, others):
        login.refresh_from_db()
    note = SecondFactorNote.objects.get(kind="signed_out")
    assert [login.ended_at for login in logins] == [LATER, LATER]
    assert others.ended_at is None
    assert (note.user, note.by, note.reason) == (nora, cast.ada, "Lost her phone")


def test_reset_that_cannot_be_written_down_ends_nothing(cast, nora):
    login = lock_actions.begin_login(user=nora, now=NOW)

    with pytest.raises(DatabaseError, match="factor_note_says_why"), transaction.atomic():
        actions.reset(user=nora, by=cast.ada, reason="", password=PASSWORD, now=LATER)

    login.refresh_from_db()
    assert login.ended_at is None
    assert queries.has_any(nora)


def test_reset_tells_of_no_login_where_none_stood(nora):
    lock_actions.begin_login(user=nora, now=LATER - ABSOLUTE_LIMIT)

    actions.reset(user=nora, by=None, reason="Lost her phone", password="", now=LATER)

    assert told(nora)[2:] == ["reset"]


def test_administrator_finds_nothing_to_reset(cast):
    login = lock_actions.begin_login(user=cast.nora, now=NOW)

    with pytest.raises(actions.NothingToReset, match="Nora Nolan, RN has no second factor now"):
        actions.reset(user=cast.nora, by=cast.ada, reason="Lost her phone", password=PASSWORD, now=LATER)

    login.refresh_from_db()
    assert login.ended_at is None
    assert told(cast.nora) == []


def test_nobody_resets_their_own(cast):
    with pytest.raises(actions.NotTheirOwn, match="another administrator"):
        actions.reset(user=cast.ada, by=cast.ada, reason="Lost", password=PASSWORD, now=LATER)


def test_reset_needs_the_administrators_password(cast, nora):
    with pytest.raises(ProofRefused):
        actions.reset(user=nora, by=cast.ada, reason="Lost", password="a guess", now=LATER)

    assert queries.has_any(nora)


def test_note_without_a_reason_for_what_was_done_to_others_is_refused_by_the_database(cast):
    with pytest.raises(DatabaseError, match="factor_note_says_why"), transaction.atomic():
        SecondFactorNote.objects.create(kind="reset", user=cast.nora, occurred_at=NOW)


def test_note_is_about_a_person_or_a_site(cast):
    with pytest.raises(DatabaseError, match="factor_note_of_person_or_site"), transaction.atomic():
        SecondFactorNote.objects.create(kind="app_set_up", user=cast.nora, site=cast.site, occurred_at=NOW)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM clinic_secondfactornote", "UPDATE clinic_secondfactornote SET kind = 'reset'"]
)
def test_notes_are_never_changed(nora, statement):
    with pytest.raises(DatabaseError, match="permission denied"):
        run_as_application(statement)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
