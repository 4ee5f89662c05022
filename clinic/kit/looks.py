"""Does a page that keeps itself up to date show anybody who was not looked at already?

A look lasts as long as its page stays open. The page carries a sealed note of whom it shows; a poll that hands the note
back and shows the same people is part of that look. Somebody else, another route, another reader or a quarter of an
hour make it a look of its own.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core import signing

from clinic.kit.marks import View, is_marked, mark
from clinic.kit.requests import ClinicRequest

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
    return mark(view, is_poll=True)


def route_of_poll(request: ClinicRequest) -> str:
    """The route of an address that a page asks for by itself; empty for every other."""
    match = request.resolver_match
    return match.view_name if match is not None and is_marked(match.func, "is_poll") else ""


def begun(request: ClinicRequest, route: str) -> str:
    """The note that a page hands to its polls of `route`; the page itself leaves its own row in the trail."""
    return seal(look_of(request, route), request.now)


def look_of(request: ClinicRequest, route: str) -> Look:
    """The look of this request, from what its view has declared."""
    note = request.access_note
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
