"""What does the sheet of a session answer? The charting screen, its two JSON addresses, and plain forms beside it."""

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clinic.kit import json_guard
from clinic.kit.web import requires
from clinic.staff.permissions import Permission
from sessions.administration import actions, queries

MAX_ENTRIES = 200
SHEET_LINKS = ("entries", "sheet-state")


@requires(Permission.CHART_VITALS)
@require_POST
def entries(request: HttpRequest, session_id) -> HttpResponse:
    """Take a list of entries in; a well-formed request always gets 200 and the fate of each."""
    if int(request.headers.get("Content-Length") or 0) > json_guard.MAX_BYTES:
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
    return JsonResponse({"entries": [fate.as_dict() for fate in fates], "server_now": request.now})


entries.without_banner = True


@requires(Permission.VIEW_SESSION)
@require_GET
def sheet_state(request: HttpRequest, session_id) -> HttpResponse:
    """The sheet as it stands, for a tablet that polls."""
    sheet = queries.sheet_of(session_id, now=request.now)
    return JsonResponse(sheet.state())


sheet_state.without_banner = True


@requires(Permission.VIEW_SESSION)
@require_GET
def sheet(request: HttpRequest, session_id) -> HttpResponse:
    """The charting screen while the session is open; what is signed is read on its record."""
    found = queries.sheet_of(session_id, now=request.now)
    context = {
        "person": request.person,
        "session": found.session,
        "sheet": found.state(),
        "ticket": queries.author_ticket(request.user.pk, session_id),
        "urls": {name: reverse(f"sessions:{name}", args=[session_id]) for name in SHEET_LINKS},
        "limits": queries.limits_on(found.head.today),
        "may_chart": request.user.may(Permission.CHART_VITALS),
        "may_chart_all": request.user.may(Permission.CHART_SESSION),
    }
    return render(request, "sessions/administration/sheet.html", context)
