"""What does the tablet in the room ask for? The charting screen, and the two JSON addresses behind it."""

from django.db import IntegrityError
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clinic.kit import json_guard, looks
from clinic.kit.marks import mark
from clinic.kit.web import background, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from sessions.administration import actions, queries

MAX_ENTRIES = 200
LINKS = ("entries", "sheet-state", "checklist", "override", "drug", "discharge", "sign", "record")


def without_banner(view):
    """It draws no page, so banner and step rail are not read for it."""
    return mark(view, without_banner=True)


@background
@without_banner
@requires(Permission.CHART_VITALS)
@require_POST
def entries(request: StaffRequest, session_id):
    """Take a list of entries in; a well-formed request always gets 200 and the fate of each."""
    if len(request.body) > json_guard.MAX_BYTES:
        return JsonResponse({"sentence": "This is more than 256 KiB. Send fewer entries at once."}, status=413)
    try:
        sent = json_guard.read_json(request.body)
    except json_guard.JsonRefused as refusal:
        return JsonResponse({"sentence": str(refusal)}, status=400)
    if not isinstance(sent, list):
        return JsonResponse({"sentence": "Send a list of entries."}, status=400)
    if len(sent) > MAX_ENTRIES:
        return JsonResponse({"sentence": f"Send at most {MAX_ENTRIES} entries at once."}, status=413)
    try:
        fates = actions.take_entries(session_id=session_id, entries=sent, caller=request.user, now=request.now)
    except IntegrityError:
        # Another request stored one of these ids, or started a session in this room, at the same moment.
        sentence = "Nothing was stored: somebody else was faster. Send it again."
        return JsonResponse({"sentence": sentence}, status=503, headers={"Retry-After": "1"})
    request.tapped_at = queries.newest_tap(
        sent, stored=actions.stored_now(fates), by=request.user.pk, session_id=session_id, now=request.now
    )
    return JsonResponse({"entries": [fate.as_dict() for fate in fates], "server_now": request.now})


@without_banner
@looks.polled
@requires(Permission.VIEW_SESSION)
@require_GET
def sheet_state(request: StaffRequest, session_id):
    """The sheet as it stands, for a tablet that polls."""
    return JsonResponse(queries.sheet_of(session_id, now=request.now).state())


@requires(Permission.VIEW_SESSION)
@require_GET
def sheet(request: StaffRequest, session_id):
    """The charting screen while the session is open; what is signed is read on its record."""
    found = queries.sheet_of(session_id, now=request.now)
    if found.session.is_signed:
        return redirect("sessions:record", session_id)
    user = request.user
    page = {
        "urls": {name: reverse(f"sessions:{name}", args=[session_id]) for name in LINKS}
        | {"person": reverse("patients:detail", args=[found.session.patient_id])},
        "limits": queries.for_the_keypad(found.limits),
        "protocol": queries.protocol(),
        "ticket": queries.author_ticket(user.pk, session_id),
        "author": str(user),
        "may": {"vitals": user.may(Permission.CHART_VITALS), "session": user.may(Permission.CHART_SESSION)},
        "sign_in": f"{reverse('account_login')}?next={request.path}",
        "look": looks.begun(request, "sessions:sheet-state"),
    }
    context = {"session": found.session, "sheet": found.state(), "page": page}
    return render(request, "sessions/administration/sheet.html", context)
