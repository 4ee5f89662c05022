"""Who works here, with the roles they hold."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.kit.web import requires
from clinic.staff import queries
from clinic.staff.permissions import ROLE_PERMISSIONS, Permission, Role
from clinic.staff.requests import StaffRequest


@requires(Permission.VIEW_STAFF)
@require_GET
def staff(request: StaffRequest) -> HttpResponse:
    """Everybody with an account, and the one table of who may do what."""
    policy = [(each, [each in ROLE_PERMISSIONS[role] for role in Role]) for each in Permission]
    context = {
        "people": queries.staff_list(),
        "roles": [role.label for role in Role],
        "policy": [(each.replace("_", " ").capitalize(), cells) for each, cells in policy],
    }
    return render(request, "clinic/staff/staff.html", context)
