"""What stands around every page? Navigation for the roles held, who is signed in, and no trace in any cache."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from clinic.lock.middleware import mark_page
from clinic.staff.permissions import Permission

THEMES = frozenset({"light", "dark", "auto"})
# label, URL name, who sees it; in the order of the page
NAVIGATION: tuple[tuple[str, str, Permission | None], ...] = (
    ("Today", "clinic:home", None),
    ("Calendar", "sessions:day", Permission.VIEW_SCHEDULE),
    ("Patients", "patients:search", Permission.FIND_PATIENT),
    ("Follow-up", "sessions:follow-up", Permission.VIEW_FOLLOW_UP),
    ("Tasks", "clinic:tasks", Permission.VIEW_TASKS),
    ("Staff", "clinic:staff", Permission.VIEW_STAFF),
    ("Trail", "clinic:trail", Permission.VIEW_TRAIL),
)


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    is_current: bool
    count: int | None = None


def shell(request: HttpRequest) -> dict[str, Any]:
    """The `shell` of the base template, and `may` for its buttons.

    In it: nav, search_url, who, role_line, theme, menu, login (how long until the lock), page_of (for whom).

    Reads nothing. A page asks `{% if may.sign_plan %}` before it offers a button; the view asks again.
    """
    theme = request.COOKIES.get("theme", "auto")
    around: dict[str, Any] = {"theme": theme if theme in THEMES else "auto", "home_url": "/"}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.granted is None:
        return {"shell": around, "may": {}}
    here = request.resolver_match.view_name if request.resolver_match else ""
    around["nav"] = [
        NavItem(label, reverse(name), is_current=name == here)
        for label, name, permission in NAVIGATION
        if permission is None or user.may(permission)
    ]
    if user.may(Permission.FIND_PATIENT):
        around["search_url"] = reverse("patients:search")
    around["who"] = str(user)
    around["page_of"] = mark_page(user.pk)
    around["login"] = getattr(request, "login", None)
    around["role_line"] = ", ".join(role.label for role in user.roles)
    around["menu"] = [NavItem("My account", reverse("clinic:account"), is_current=here == "clinic:account")]
    return {"shell": around, "may": {permission.value: True for permission in user.granted}}


def private_answers_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """No answer to a signed-in person stays in any cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated or request.method != "GET":
            response["Cache-Control"] = "no-store"
        return response

    return middleware
