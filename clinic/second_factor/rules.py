"""When does a code of an authenticator app count, and how often may somebody try?

Sources: RFC 6238 section 5.2 (one step of drift to either side, a code counts once), RFC 4226 section 5.3 (how a code
is made), NIST SP 800-63B-4 section 3.2.2 (how many tries).
"""

import base64
import hmac
from datetime import datetime, timedelta
from typing import Final

STEP_S: Final = 30
DIGITS: Final = 6
STEPS_OF_DRIFT: Final = 1
TRIES_ALLOWED: Final = 10
TRIES_WITHIN: Final = timedelta(minutes=5)
CODES_TO_WARN_AT: Final = 3


def step_at(moment: datetime) -> int:
    """The number of the half minute that this moment is in."""
    return int(moment.timestamp()) // STEP_S


def code_at(secret: str, step: int) -> str:
    """The six digits that an app with this secret shows in one half minute."""
    key = base64.b32decode(secret.encode("ascii"), casefold=True)
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def bare(typed: str) -> str:
    """A code as it counts: apps and people put spaces and hyphens between the digits."""
    return typed.replace(" ", "").replace("-", "")


def step_that_fits(secret: str, typed: str, *, at: datetime, last_step: int | None) -> int | None:
    """The half minute whose code this is, or None. A step up to the last one that counted never counts again."""
    code, now = bare(typed).encode(), step_at(at)
    fits = [
        step
        for step in range(now - STEPS_OF_DRIFT, now + STEPS_OF_DRIFT + 1)
        if hmac.compare_digest(code_at(secret, step).encode(), code)
    ]
    return next((step for step in fits if last_step is None or step > last_step), None)


def may_try(tries: int) -> bool:
    """Whether one more code is looked at, after so many wrong ones in the last five minutes."""
    return tries < TRIES_ALLOWED


def grouped(secret: str) -> str:
    """A secret in fours, to be typed from a screen."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
