"""The calendar, booking, and one visit with the moves it makes through the day."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.kit.clock import local_date
from clinic.kit.refusals import Refusal
from clinic.kit.web import REFUSED, done, reads, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from sessions.scheduling import actions, queries
from sessions.scheduling.forms import BookingForm, CancelForm, DayForm, EscortForm, PlaceForm

FIELD_OF = {actions.RoomTaken: "time", actions.PatientTaken: "time", actions.NurseFull: "nurse"}
USED_ON_VISIT = (Permission.BOOK, Permission.MOVE_VISIT, Permission.VIEW_SESSION, Permission.CHART_VITALS)
LONGEST_VERSION = 9
# Where a move made from a list goes back to.
LISTS = {"home": "clinic:home", "day": "sessions:day"}


@requires(Permission.VIEW_SCHEDULE)
@require_GET
def day(request: StaffRequest) -> HttpResponse:
    """One day of the site: rooms by time."""
    form = DayForm(request.GET or None)
    site = request.user.home_site
    today = local_date(request.now, site.time_zone)
    chosen = form.cleaned_data["day"] if form.is_valid() else today
    page = queries.day_page(site, chosen, now=request.now)
    reads(request, [visit.patient_id for visit in page.visits])
    context = {"page": page, "site": site, "form": form, "may_book": request.user.may(Permission.BOOK)}
    return render(request, "sessions/scheduling/day.html", context, status=400 if form.errors else 200)


@requires(Permission.BOOK)
@require_GET
def waiting(request: StaffRequest) -> HttpResponse:
    """Who could be booked: the people on a course without a visit ahead."""
    place = PlaceForm(request.GET)
    said = place.said()
    page = queries.waiting_page(request.user.home_site, room_id=said["room"], now=request.now)
    reads(request, [row.patient_id for row in page.rows])
    return render(request, "sessions/scheduling/waiting.html", {"page": page, "said": said, "place": place.address})


@requires(Permission.BOOK)
@require_http_methods(["GET", "POST"])
def book(request: StaffRequest, patient_id) -> HttpResponse:
    """Book a visit, with what is free beside the form."""
    said = PlaceForm(request.POST or request.GET).said()
    page = queries.booking_page(
        patient_id, site=request.user.home_site, day=said["day"], room_id=said["room"], now=request.now
    )
    if page is None:
        return render(request, "sessions/scheduling/no_course.html", status=200 if request.method == "GET" else 422)
    form = BookingForm(request.POST or None, page=page, initial={**said, "day": page.day})
    if form.is_valid():
        try:
            visit = actions.book(
                patient=page.course.patient, course=page.course, by=request.user, now=request.now, **form.booking
            )
        except actions.MustBeConfirmed as question:
            form.ask(question.code, question)
        except Refusal as refusal:
            form.refuse(refusal, FIELD_OF.get(type(refusal)))
        else:
            messages.success(request, f"Visit booked in {visit.room}.")
            return redirect("sessions:visit", visit.pk)
    return render(request, "sessions/scheduling/book.html", {"page": page, "form": form}, status=_status(form))


@requires(Permission.VIEW_SCHEDULE)
@require_GET
def visit(request: StaffRequest, appointment_id) -> HttpResponse:
    """One visit: when, where, with whom, and what can be done with it now."""
    return _visit(request, appointment_id)


@requires(Permission.MOVE_VISIT)
@require_POST
def arrived(request: StaffRequest, appointment_id) -> HttpResponse:
    """The person is here."""
    return _move(request, appointment_id, actions.arrive, "Marked as arrived.")


@requires(Permission.MOVE_VISIT)
@require_POST
def no_show(request: StaffRequest, appointment_id) -> HttpResponse:
    """Nobody came."""
    return _move(request, appointment_id, actions.miss, "Marked as missed. The room is free again.")


@requires(Permission.MOVE_VISIT)
@require_POST
def to_room(request: StaffRequest, appointment_id) -> HttpResponse:
    """The person is taken to the room."""
    return _move(request, appointment_id, actions.to_room, "Marked as in the room.")


@requires(Permission.MOVE_VISIT)
@require_POST
def left(request: StaffRequest, appointment_id) -> HttpResponse:
    """The person has gone."""
    return _move(request, appointment_id, actions.leave, "Marked as gone. The rest of the time is free again.")


@requires(Permission.MOVE_VISIT)
@require_POST
def take_back(request: StaffRequest, appointment_id) -> HttpResponse:
    """The last move was a mistake."""
    take_back = partial(actions.take_back, seen_version=_version(request.POST.get("seen", "")))
    return _move(request, appointment_id, take_back, "Taken back.", can_be_undone=False)


@requires(Permission.BOOK)
@require_http_methods(["GET", "POST"])
def cancel(request: StaffRequest, appointment_id) -> HttpResponse:
    """Call a visit off, with a reason."""
    page = queries.visit_page(appointment_id, now=request.now)
    form = CancelForm(request.POST or None)
    if form.is_valid():
        try:
            actions.cancel(
                appointment=queries.appointment(appointment_id),
                by=request.user,
                now=request.now,
                **form.cleaned_data,
            )
        except actions.MoveRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Visit cancelled. The room is free again.")
            return redirect("sessions:visit", appointment_id)
    return render(request, "sessions/scheduling/cancel.html", {"page": page, "form": form}, status=_status(form))


@requires(Permission.MOVE_VISIT)
@require_http_methods(["GET", "POST"])
def escort(request: StaffRequest, appointment_id) -> HttpResponse:
    """Name who takes the person home."""
    page = queries.visit_page(appointment_id, now=request.now)
    name, phone = page.escort_to_offer
    form = EscortForm(request.POST or None, initial={"name": name, "phone": phone})
    if form.is_valid():
        try:
            actions.name_escort(
                appointment=queries.appointment(appointment_id),
                by=request.user,
                now=request.now,
                **form.cleaned_data,
            )
        except actions.MoveRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Ride named.")
            return redirect("sessions:visit", appointment_id)
    return render(request, "sessions/scheduling/escort.html", {"page": page, "form": form}, status=_status(form))


def _version(typed: str) -> int | None:
    """The version that a toast's Undo means; the visit's own button means whatever was done last."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < LONGEST_VERSION else None


def _move(
    request: StaffRequest, appointment_id, act: Callable[..., Any], said: str, *, can_be_undone: bool = True
) -> HttpResponse:
    """Make one move, and say on the visit's own page when it is refused."""
    try:
        visit = act(appointment=queries.appointment(appointment_id), by=request.user, now=request.now)
    except Refusal as refusal:
        return _visit(request, appointment_id, refused=str(refusal))
    undo = reverse("sessions:visit-take-back", args=[appointment_id]) if can_be_undone else ""
    done(request, said, undo=undo, seen=visit.row_version)
    back = LISTS.get(request.POST.get("back", ""))
    return redirect(back) if back else redirect("sessions:visit", appointment_id)


def _visit(request: StaffRequest, appointment_id, *, refused: str = "") -> HttpResponse:
    page = queries.visit_page(appointment_id, now=request.now)
    may = {permission.value for permission in USED_ON_VISIT if request.user.may(permission)}
    context = {"page": page, "refused": refused, "may": may}
    return render(request, "sessions/scheduling/visit.html", context, status=REFUSED if refused else 200)


def _status(form: BookingForm | CancelForm | EscortForm) -> int:
    return 422 if form.errors else 200
