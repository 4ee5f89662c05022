"""How is a short secret kept so that a copy of the database alone does not give it away?

Sealed with the first of `FIELD_KEYS`; opened with any of them, so that a new key is put in front of the old one.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

HOW = 'python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'


class SealedWithAnotherKeyError(Exception):
    """None of the keys opens this: an older key was taken away too early, or the text was altered."""


def readable_keys(text: str) -> tuple[str, ...]:
    """The keys of a setting, separated by commas. Stops the process when one of them is none."""
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    try:
        _ring(keys)
    except ValueError as error:
        message = f"FIELD_KEYS must hold keys of 32 random bytes, separated by commas. Make one with: {HOW}"
        raise ImproperlyConfigured(message) from error
    return keys


def seal(text: str) -> str:
    """The text, encrypted with the newest key."""
    return _ring(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again, whichever of the keys it was sealed with."""
    try:
        return _ring(tuple(settings.FIELD_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealedWithAnotherKeyError from error


def reseal(sealed: str) -> str:
    """The same secret, sealed with the newest key, so that an older one can be taken away."""
    return seal(unseal(sealed))


@lru_cache(maxsize=4)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
