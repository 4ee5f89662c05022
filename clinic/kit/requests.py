"""What does a request carry besides what Django gives it? Every attribute that middleware adds, and who sets it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse


@dataclass
class AccessNote:
    """What this request turns out to be about; the view and other middleware add to it."""

    request_id: UUID
    patient_ids: set[UUID] = field(default_factory=set)
    record_id: UUID | None = None


class ClinicRequest(HttpRequest):
    """A request inside the clinic's middleware, in the order in which it is filled in.

    It exists for type checkers only: at run time a request is Django's own. `StaffRequest` says more of one behind
    `@requires`, `LockRequest` more of what the lock knows, `PersonRequest` more of one whose address names a person.
    """

    now: datetime
    """The one moment at which everything in this request happens. Set first of all, by `clock_middleware`."""

    access_note: AccessNote
    """What the trail will say of this request. Set empty by `AccessLogMiddleware`, filled by whoever learns more."""

    login: object
    """How long this screen stays open (`clinic.lock`). Set by `LockMiddleware`; None while nobody is signed in."""

    about: dict[str, Any]
    """Whom typing that comes back is about, as its address says. Set by the lock, before a view that `gives_back`."""

    person: object
    """Banner and step rail (`patients.progress`). Set by `SubjectMiddleware` when the address names somebody."""

    tapped_at: datetime | None
    """The caller's newest new entry in a batch. Set by the view that takes entries in, read by the lock after it."""


Handler = Callable[[ClinicRequest], HttpResponse]
