"""Does the process live, and can it serve? Answers for machines; no version, no address, no name."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from clinic.kit.web import public
from clinic.operations import actions

RETRY_AFTER_SECONDS = "5"


@public("a probe of the process; tells nothing else")
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; asks nobody. Red means: start it again."""
    return _answer({"process": "ok"})


@public("a probe of what the process needs; each is ok, failed or unknown")
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when a person could work; 503 takes this process out of the balance until it is green again."""
    return _answer(actions.readiness.ask())


def _answer(checks: dict[str, str]) -> HttpResponse:
    is_ready = set(checks.values()) == {"ok"}
    response = JsonResponse({"checks": checks}, status=200 if is_ready else 503)
    response["Cache-Control"] = "no-store"
    if not is_ready:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response
