"""Is a sealed secret readable with the keys of the deployment, and with nothing else?"""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from clinic.kit.sealing import SealedWithAnotherKeyError, readable_keys, seal, unseal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_sealed_text_says_nothing_and_opens_again() -> None:
    sealed = seal("JBSWY3DPEHPK3PXP")

    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert unseal(sealed) == "JBSWY3DPEHPK3PXP"
    assert seal("JBSWY3DPEHPK3PXP") != sealed


def test_new_key_in_front_seals_and_the_old_one_still_opens(settings: Settings) -> None:
    settings.FIELD_KEYS = (OLD,)
    sealed_before = seal("old")

    settings.FIELD_KEYS = (NEW, OLD)
    sealed_after = seal("new")

    assert (unseal(sealed_before), unseal(sealed_after)) == ("old", "new")
    settings.FIELD_KEYS = (NEW,)
    assert unseal(sealed_after) == "new"
    with pytest.raises(SealedWithAnotherKeyError):
        unseal(sealed_before)


def test_text_that_was_altered_does_not_open() -> None:
    sealed = seal("a secret")

    with pytest.raises(SealedWithAnotherKeyError):
        unseal(sealed[:-4] + "AAA=")


@pytest.mark.parametrize(
    "text", ["", ",", "short", "x" * 44, "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=,b25lLXRvby1zaG9ydA=="]
)
def test_setting_without_readable_keys_stops_the_process(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="keys of 32 random bytes"):
        readable_keys(text)


def test_setting_may_hold_several_keys() -> None:
    assert readable_keys(f" {NEW} , {OLD},") == (NEW, OLD)
