"""How does the browser carry something for us that nobody may read or change on the way? Encrypted, and for a time."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac


def seal(value: dict[str, Any], *, purpose: str, now: datetime) -> str:
    """The value as one opaque word that only this deployment opens, and only for the same purpose."""
    return _box(purpose).encrypt_at_time(json.dumps(value).encode(), int(now.timestamp())).decode("ascii")


def unseal(word: str, *, purpose: str, now: datetime, valid_for: timedelta) -> dict[str, Any] | None:
    """What was sealed; None when it was changed, is for another purpose, or is too old."""
    try:
        opened = _box(purpose).decrypt_at_time(
            word.encode("ascii"), ttl=int(valid_for.total_seconds()), current_time=int(now.timestamp())
        )
    except (InvalidToken, UnicodeEncodeError):
        return None
    value: dict[str, Any] = json.loads(opened)
    return value


def _box(purpose: str) -> Fernet:
    key = salted_hmac(f"clinic.kit.carried {purpose}", "key", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
