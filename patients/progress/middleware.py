"""Whose record is this address about? Found once per request, declared to the access log, shown in the banner."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from patients.progress import queries

SUBJECT_KEYS = ("patient_id", "session_id", "appointment_id")


class SubjectMiddleware:
    """Sets `request.person` for every address that names a patient, a session or a visit; 404 when there is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        named = {key: kwargs[key] for key in SUBJECT_KEYS if key in kwargs}
        access = getattr(view, "access", None)
        if not named or not request.user.is_authenticated or access is None:
            return None
        patient_id = queries.patient_of(**named)
        if patient_id is None:
            raise Http404
        request.access_note.patient_ids.add(patient_id)  # type: ignore[attr-defined]  # set by the access log
        request.access_note.record_id = next(value for value in reversed(kwargs.values()) if isinstance(value, UUID))  # type: ignore[attr-defined]
        request.person = (  # type: ignore[attr-defined]  # read by views and by partials/person.html
            None
            if getattr(view, "without_banner", False)
            else queries.person(patient_id, user=request.user, now=request.now)  # type: ignore[attr-defined]
        )
        return None
