"""May this login go on, and what happens to what was typed when it may not?

The server is what locks: a page that covers itself only does so earlier. Everything but unlocking, signing out and
what is open to the public is answered by the lock. Design and reasons: docs/adr/0018.

`gate` says who may pass, `answers` what the others get, `kept` where their typing waits, `door` what happens when
somebody signs in or out.
"""

from clinic.lock.middleware.answers import locked_page, stale_page, wants_page
from clinic.lock.middleware.door import begin_login
from clinic.lock.middleware.gate import LockMiddleware, asks_by_itself, ends_login, gives_back, opens_when_locked
from clinic.lock.middleware.kept import KEPT, give_back, keep_for_sign_in, mark_page, waiting

__all__ = [
    "KEPT",
    "LockMiddleware",
    "asks_by_itself",
    "begin_login",
    "ends_login",
    "give_back",
    "gives_back",
    "keep_for_sign_in",
    "locked_page",
    "mark_page",
    "opens_when_locked",
    "stale_page",
    "waiting",
    "wants_page",
]
