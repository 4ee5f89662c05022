"""How does every look and every change get into the trail without any view thinking of it?

A request that may change something runs in one transaction together with its trail row, so that there is no act
without a trace and no trace without its act. A request that only reads has its row written before it is answered.
"""

import pghistory
from django.db import DatabaseError, transaction
from django.http import HttpResponse

from clinic.audit.actions import Seen, record_access
from clinic.audit.rules import READING
from clinic.kit import looks
from clinic.kit.keys import uuid7
from clinic.kit.requests import AccessNote, ClinicRequest, Handler
from clinic.kit.web import unavailable

OK = 200
SERVER_ERROR = 500


class TrailNotWrittenError(Exception):
    """The trail row could not be written, so the act is taken back as well."""


class AccessLogMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        request.access_note = AccessNote(request_id=uuid7())
        try:
            return self._read(request) if request.method in READING else self._change(request)
        except TrailNotWrittenError:
            return unavailable()

    def _read(self, request: ClinicRequest) -> HttpResponse:
        response = self.get_response(request)
        self._record(request, response)
        return response

    def _change(self, request: ClinicRequest) -> HttpResponse:
        who = str(request.user.pk) if request.user.is_authenticated else ""
        with transaction.atomic(), pghistory.context(user=who, request=str(request.access_note.request_id)):
            response = self.get_response(request)
            failed = response.status_code >= SERVER_ERROR
            if failed:
                transaction.set_rollback(True)
            else:
                self._record(request, response)
        if failed:
            self._record(request, response)
        return response

    def _record(self, request: ClinicRequest, response: HttpResponse) -> None:
        """A signed-in person's request, or a changing request of anybody (signing in, say), leaves a row.

        A poll that shows the same people again is part of the look that has its row already.
        """
        if not request.user.is_authenticated and request.method in READING:
            return
        if _continues_a_look(request, response):
            return
        try:
            record_access(seen(request, response), request.access_note)
        except DatabaseError as error:
            raise TrailNotWrittenError from error
        route = looks.route_of_poll(request)
        if route and response.status_code == OK:
            response[looks.HEADER] = looks.begun(request, route)


def _continues_a_look(request: ClinicRequest, response: HttpResponse) -> bool:
    note, route = request.headers.get(looks.HEADER, ""), looks.route_of_poll(request)
    if not note or response.status_code != OK or request.method not in READING or not route:
        return False
    return looks.holds(note, looks.look_of(request, route), request.now)


def seen(request: ClinicRequest, response: HttpResponse) -> Seen:
    """The request in plain values: the route's name, never its words."""
    user = request.user
    match = request.resolver_match
    return Seen(
        occurred_at=request.now,
        user_id=user.pk if user.is_authenticated else None,
        user_name=str(user)[:160] if user.is_authenticated else "",
        roles=" ".join(user.roles)[:200] if user.is_authenticated else "",
        method=request.method or "",
        route=(match.view_name if match else "no such page")[:120],
        status=response.status_code,
        address=request.META.get("REMOTE_ADDR") or None,
    )
