"""Today's page, a different one for each role, the board on the wall, and the tasks."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.home.forms import CloseRiskForm, CloseTaskForm
from clinic.home.queries import pages as page_queries
from clinic.home.queries import tasks as task_queries
from clinic.home.queries import wall as wall_queries
from clinic.kit import looks
from clinic.kit.refusals import Refusal
from clinic.kit.web import REFUSED, reads, requires
from clinic.staff.permissions import Permission
from clinic.staff.requests import StaffRequest
from clinic.worklist import actions as worklist_actions
from clinic.worklist import queries as worklist_queries
from patients.progress import queries as progress_queries


@requires()
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """What needs this person first, by role; who holds several chooses."""
    page = page_queries.today(request.user, role=request.GET.get("role", ""), now=request.now)
    if page is None:
        return render(request, "clinic/home/no_role.html")
    reads(request, page.patient_ids)
    look = looks.begun(request, "clinic:today-now")
    return render(request, "clinic/home/home.html", {"page": page, "roles": request.user.roles, "look": look})


@looks.polled
@requires()
@require_GET
def today_now(request: StaffRequest) -> HttpResponse:
    """Today's page without what stands around it, for a page that stays open."""
    page = page_queries.today(request.user, role=request.GET.get("role", ""), now=request.now)
    if page is None:
        raise Http404
    reads(request, page.patient_ids)
    return render(request, "clinic/home/_today.html", {"page": page, "roles": request.user.roles})


@requires(Permission.VIEW_SESSION)
@require_GET
def wall(request: StaffRequest) -> HttpResponse:
    """Every room at a glance, for a screen on the wall of the nurses' room."""
    board = wall_queries.wall(request.user, now=request.now)
    reads(request, board.patient_ids)
    return render(request, "clinic/home/wall.html", {"wall": board, "look": looks.begun(request, "clinic:wall-now")})


@looks.polled
@requires(Permission.VIEW_SESSION)
@require_GET
def wall_now(request: StaffRequest) -> HttpResponse:
    """The rooms alone, for a wall that stays on."""
    board = wall_queries.wall(request.user, now=request.now)
    reads(request, board.patient_ids)
    return render(request, "clinic/home/_wall.html", {"wall": board})


@requires(Permission.VIEW_TASKS)
@require_GET
def tasks(request: StaffRequest) -> HttpResponse:
    """What is open at the reader's site, late ones first, and what was closed last."""
    listed = task_queries.task_list(request.user.home_site_id, now=request.now)
    reads(request, listed.patient_ids)
    return render(request, "clinic/home/tasks.html", {"tasks": listed})


@requires(Permission.VIEW_TASKS)
@require_GET
def task(request: StaffRequest, task_id: UUID) -> HttpResponse:
    """One task: what, who, by when, whose, and how it ended."""
    return _task_page(request, _line_or_404(request, task_id))


@requires(Permission.CLOSE_TASK)
@require_POST
def task_take(request: StaffRequest, task_id: UUID) -> HttpResponse:
    """Say "I have it"."""
    try:
        seen_owner = request.POST.get("owner", "")
        worklist_actions.acknowledge_task(
            task=_task_or_404(task_id), by=request.user, now=request.now, seen_owner=seen_owner
        )
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "The task is yours.")
    return redirect("clinic:task", task_id)


@requires(Permission.CLOSE_TASK)
@require_http_methods(["GET", "POST"])
def task_close(request: StaffRequest, task_id: UUID) -> HttpResponse:
    """Close a task with a note. Opened as a page it is the task's own."""
    found, line = _task_or_404(task_id), _line_or_404(request, task_id)
    form = _closing_form(request, line, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            contact = worklist_actions.Contact(**form.contact)
            worklist_actions.close_task(task=found, by=request.user, now=request.now, contact=contact, **form.closing)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Task closed.")
            return redirect("clinic:tasks")
    return _task_page(request, _line_or_404(request, task_id), form)


def _task_or_404(task_id):
    found = worklist_queries.task(task_id)
    if found is None:
        raise Http404
    return found


def _line_or_404(request: StaffRequest, task_id):
    line = task_queries.task_line(task_id, now=request.now)
    if line is None:
        raise Http404
    return line


def _closing_form(request: StaffRequest, line, data=None):
    made = CloseRiskForm if line.task.is_risk else CloseTaskForm
    return made(data, task=line.task, is_mine=line.task.owner_id == request.user.pk, now=request.now)


def _task_page(request: StaffRequest, line, form=None):
    form = form or _closing_form(request, line)
    reads(request, [line.patient_id])
    context = {
        "line": line,
        "task": line.task,
        "form": form,
        "person": progress_queries.person(line.patient_id, user=request.user, now=request.now),
        "may_close": request.user.may(Permission.CLOSE_TASK),
        "is_mine": line.task.owner_id == request.user.pk,
    }
    return render(request, "clinic/home/task.html", context, status=REFUSED if form.is_bound else 200)
