"""Does a page that keeps itself up to date show anybody who was not looked at already?

A look lasts as long as its page stays open. The page carries a sealed note of whom it shows; a poll that hands the note
back and shows the same people is part of that look. Somebody else, another route, another reader or a quarter of an
hour make it a look of its own.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.core import signing
from django.http import HttpRequest, HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])

HEADER: Final = "X-Look"
HOLDS: Final = timedelta(minutes=15)
SALT: Final = "stepwell.look"


@dataclass(frozen=True)
class Look:
    """Who looks at whom, on which address."""

    user_id: str
    route: str
    subject: str


def polled(view: View) -> View:
    """Say that a page asks for this address again and again; it is no act of the person."""
    view.is_poll = True  # type: ignore[attr-defined]  # the access log and the lock ask for it
    return view


def is_poll(request: HttpRequest) -> bool:
    """Whether the address is one that a page asks for by itself."""
    match = request.resolver_match
    return match is not None and getattr(match.func, "is_poll", False)


def begun(request: HttpRequest, route: str) -> str:
    """The note that a page hands to its polls of `route`; the page itself leaves its own row in the trail."""
    return seal(look_of(request, route), request.now)  # type: ignore[attr-defined]  # set by the clock


def look_of(request: HttpRequest, route: str) -> Look:
    """The look of this request, from what its view has declared."""
    note: Any = request.access_note  # type: ignore[attr-defined]  # set by the access log
    people = " ".join(sorted(str(one) for one in note.patient_ids))
    subject = hashlib.sha256(f"{note.record_id} {people}".encode()).hexdigest()
    return Look(user_id=str(request.user.pk), route=route, subject=subject)


def seal(look: Look, at: datetime) -> str:
    """The look and when it began, signed."""
    return signing.dumps([look.user_id, look.route, look.subject, at.isoformat()], salt=SALT)


def holds(note: str, look: Look, now: datetime) -> bool:
    """Whether the note was sealed for the same look, not too long ago."""
    try:
        user_id, route, subject, at = signing.loads(note, salt=SALT)
    except signing.BadSignature:
        return False
    return Look(user_id, route, subject) == look and timedelta(0) <= now - datetime.fromisoformat(at) < HOLDS
