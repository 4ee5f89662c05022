"""Is a password taken as it was typed, however long, and refused only when it is easily guessed?"""

import pytest

from clinic.staff import actions
from tests.scenarios.cast import NOW

pytestmark = pytest.mark.django_db
HUNDRED = "quiet herons stand in the shallow water and wait for a long time until small fish come near th" + "e reed"


def hired(cast, password):
    return actions.add_user(
        email="new@clinic.example", full_name="New", credentials="", site=cast.site, password=password, now=NOW
    )


def test_letters_far_behind_still_count(cast):
    user = hired(cast, HUNDRED)

    other = HUNDRED[:79] + ("x" if HUNDRED[79] != "x" else "y") + HUNDRED[80:]

    assert len(HUNDRED) == 100
    assert user.check_password(HUNDRED)
    assert not user.check_password(other)
    assert not user.check_password(HUNDRED[:-1])


@pytest.mark.parametrize(
    ("set_as", "typed_as"),
    [
        ("caf\u00e9 au lait in the morning", "cafe\u0301 au lait in the morning"),
        ("\ufb01fteen \ufb01sh in a row", "fifteen fish in a row"),
        ("quiet\u00a0water\u00a0stairs", "quiet water stairs"),
    ],
)
def test_other_spelling_of_the_same_letters_is_the_same_password(cast, set_as, typed_as):
    user = hired(cast, set_as)

    assert user.check_password(typed_as)
    assert user.check_password(set_as)


@pytest.mark.parametrize("password", ["Quiet water stairs", "quiet water stairs ", " quiet water stairs"])
def test_case_and_spaces_are_part_of_it(cast, password):
    user = hired(cast, "quiet water stairs")

    assert not user.check_password(password)


@pytest.mark.parametrize(
    ("password", "why"), [("quiet water", "too short"), ("x" * 14, "too short"), ("1q2w3e4r5t6y7u8i9o0p", "too common")]
)
def test_password_that_is_easily_guessed_is_refused_with_the_reason(cast, password, why):
    with pytest.raises(actions.PasswordTooWeak, match=why):
        hired(cast, password)


def test_password_is_kept_with_argon2(cast):
    assert hired(cast, "quiet water stairs").password.startswith("argon2$argon2id$")
