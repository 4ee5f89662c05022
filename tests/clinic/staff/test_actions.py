import pytest
from django.core.cache import cache

from clinic.staff import actions, queries
from clinic.staff.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.scenarios.cast import NOW, PASSWORD


@pytest.fixture(autouse=True)
def no_earlier_tries(db):
    cache.clear()


def test_add_user_refuses_an_address_in_use(cast):
    with pytest.raises(actions.EmailTaken, match="already has an account"):
        actions.add_user(
            email=cast.nora.email.upper(), full_name="N", credentials="", site=cast.site, password=PASSWORD, now=NOW
        )


def test_prove_accepts_the_right_password(cast):
    assert actions.prove(user=cast.nora, password=PASSWORD) is None


def test_prove_refuses_a_wrong_password(cast):
    with pytest.raises(actions.ProofRefused, match="not right"):
        actions.prove(user=cast.nora, password="somebody's dog")


def test_prove_stops_listening_after_ten_wrong_passwords(cast):
    for _ in range(actions.PROOFS_ALLOWED):
        with pytest.raises(actions.ProofRefused, match="not right"):
            actions.prove(user=cast.nora, password="a guess")

    with pytest.raises(actions.ProofRefused, match="Wait five minutes"):
        actions.prove(user=cast.nora, password=PASSWORD)


def test_wrong_passwords_of_one_person_do_not_lock_another(cast):
    for _ in range(actions.PROOFS_ALLOWED + 1):
        with pytest.raises(actions.ProofRefused):
            actions.prove(user=cast.nora, password="a guess")

    assert actions.prove(user=cast.nils, password=PASSWORD) is None


def test_a_witness_is_somebody_else(cast):
    with pytest.raises(actions.WitnessRefused, match="somebody else"):
        actions.prove_witness(email=cast.nora.email, password=PASSWORD, other_than=cast.nora)


def test_a_witness_holds_the_right_to_witness(cast):
    with pytest.raises(actions.WitnessRefused, match="may not witness"):
        actions.prove_witness(email=cast.fran.email, password=PASSWORD, other_than=cast.nora)


def test_a_witness_proves_themselves(cast):
    with pytest.raises(actions.ProofRefused):
        actions.prove_witness(email=cast.nils.email, password="not mine", other_than=cast.nora)

    assert actions.prove_witness(email=cast.nils.email, password=PASSWORD, other_than=cast.nora) == cast.nils


def test_an_unknown_witness_is_refused(cast):
    with pytest.raises(actions.WitnessRefused, match="No active member of staff"):
        actions.prove_witness(email="nobody@clinic.example", password=PASSWORD, other_than=cast.nora)


def test_grant_role_twice_changes_nothing(cast):
    first = actions.grant_role(user=cast.nora, role=Role.PRESCRIBER, site=cast.site, by=cast.ada, now=NOW)
    again = actions.grant_role(user=cast.nora, role=Role.PRESCRIBER, site=cast.site, by=cast.ada, now=NOW)

    assert again.pk == first.pk
    assert queries.with_roles(cast.nora).roles == (Role.NURSE, Role.PRESCRIBER)


@pytest.mark.parametrize("role", list(Role))
def test_the_front_of_the_house_never_reads_clinical_content(role):
    allowed = Permission.VIEW_CLINICAL in ROLE_PERMISSIONS[role]

    assert allowed is (role not in {Role.FRONT_DESK, Role.MEDICAL_ASSISTANT, Role.ADMINISTRATOR})


def test_an_auditor_changes_nothing():
    looking = {each for each in Permission if each.startswith("view_") or each == Permission.FIND_PATIENT}

    assert ROLE_PERMISSIONS[Role.AUDITOR] <= looking


def test_may_before_roles_are_read_is_a_bug(cast):
    person = type(cast.nora).objects.get(pk=cast.nora.pk)

    with pytest.raises(RuntimeError, match="were not read"):
        person.may(Permission.WITNESS)
