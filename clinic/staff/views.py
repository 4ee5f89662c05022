"""Who works here, with the roles they hold."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.kit.web import requires
from clinic.staff import queries
from clinic.staff.forms import StaffForm
from clinic.staff.permissions import ROLE_PERMISSIONS, Permission, Role
from clinic.staff.requests import StaffRequest


@requires(Permission.VIEW_STAFF)
@require_GET
def staff(request: StaffRequest) -> HttpResponse:
    """The people of one’s own site with their accounts, and the one table of who may do what."""
    context = {
        "page": queries.staff_page(request.user, StaffForm(request.GET).said()),
        "roles": [role.label for role in Role],
        "policy": [(each.label, [each in ROLE_PERMISSIONS[role] for role in Role]) for each in Permission],
    }
    return render(request, "clinic/staff/staff.html", context)
