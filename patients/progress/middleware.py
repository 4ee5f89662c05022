"""Whose record is this address about? Found once per request, declared to the access log, shown in the banner."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clinic.audit.rules import READING
from clinic.kit.marks import is_marked
from clinic.kit.requests import ClinicRequest, Handler
from patients.progress import queries

SUBJECT_KEYS = ("patient_id", "session_id", "appointment_id")
# What a form carries for itself, and what is never shown again.
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "key", "row_version", "password"})
CONFLICT = 409


class SubjectMiddleware:
    """Sets `request.person` for every address that names a patient, a session or a visit; 404 when there is none.

    The address of a record that was merged leads to the one that stands for the person. What was sent there meanwhile
    is refused with 409, and given back to be copied: nobody writes on a record that they have not opened.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: ClinicRequest, view: Callable[..., Any], _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        kwargs = kwargs or getattr(request, "about", {})  # typing given back is about whom its own page was
        named = {key: kwargs[key] for key in SUBJECT_KEYS if key in kwargs}
        access = getattr(view, "access", None)
        if not named or not request.user.is_authenticated or access is None:
            return None
        subject = queries.subject_of(**named)
        if subject is None:
            raise Http404
        request.access_note.patient_ids.update(subject.record_ids)
        request.access_note.record_id = next(value for value in reversed(kwargs.values()) if isinstance(value, UUID))
        is_moved = "patient_id" in named and subject.record_id != subject.person_id
        has_banner = is_moved or not is_marked(view, "without_banner")
        request.person = queries.person(subject.person_id, user=request.user, now=request.now) if has_banner else None
        may_open = not access.any_of or any(request.user.may(each) for each in access.any_of)
        return _moved(request, {**kwargs, "patient_id": subject.person_id}) if is_moved and may_open else None


def _moved(request: ClinicRequest, kwargs: dict[str, Any]) -> HttpResponse:
    """The same page of the record that stands for the person; what was sent is shown, and nothing of it is done."""
    match = request.resolver_match
    address = reverse(match.view_name if match else "clinic:home", kwargs=kwargs)
    if request.method in READING:
        words = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{words}" if words else address)
    sent = [(name, " · ".join(values)) for name, values in request.POST.lists() if name not in NOT_TYPED]
    typed = [(name.replace("_", " ").replace("-", " "), words) for name, words in sent if words.strip()]
    context = {"typed": typed, "address": address, "patient_id": kwargs["patient_id"]}
    return render(request, "patients/progress/moved.html", context, status=CONFLICT)
