"""The page of parts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.kit.web import public
from clinic.staff.requests import StaffRequest
from clinic.styleguide import queries
from clinic.styleguide.forms import SampleForm


@public("shows the parts of the look with made-up words; no deployment serves it")
@require_GET
def styleguide(request: StaffRequest) -> HttpResponse:
    """Every part with its parameters and states, in the theme that was asked for."""
    forms = {
        "form": SampleForm(auto_id="id_new_%s"),
        "wrong_form": SampleForm(queries.WRONG, auto_id="id_wrong_%s"),
        "filled_form": SampleForm(queries.FILLED, auto_id="id_filled_%s"),
    }
    theme = request.GET.get("theme", "")
    around = {"parts": queries.parts(), "themes": queries.themes(theme), "theme": queries.theme(theme)}
    context = {**queries.samples(request.now), **forms, **around}
    return render(request, "clinic/styleguide/styleguide.html", context)
