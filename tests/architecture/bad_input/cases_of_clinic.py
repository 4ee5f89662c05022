"""The forms about the people who work here."""

from typing import Any

from clinic.second_factor import queries
from clinic.second_factor.models import SecondFactorNote
from clinic.sites.models import Site
from tests.architecture.bad_input.case import Body, Case
from tests.architecture.bad_input.world import World
from tests.scenarios import second_factors
from tests.scenarios.cast import NOW, PASSWORD


def _rule(w: World, _: Body) -> dict[str, Any]:
    site = Site.objects.get(pk=w.cast.site.pk)
    note = SecondFactorNote.objects.filter(site=site).latest("id")
    return {"is_required": site.requires_second_factor, "reason": note.reason}


def _with_an_app(w: World) -> dict[str, Any]:
    if not queries.has_any(w.cast.nora):
        second_factors.with_app(w.cast.nora, now=NOW)
    return {"user_id": w.cast.nora.pk}


SIGN_IN = (
    Case(
        "clinic:second-factor-house",
        "RequirementForm",
        "ada",
        lambda _: {},
        lambda _: {"is_required": "no", "reason": "A clinic of one", "password": PASSWORD},
        _rule,
        frozenset({"password"}),
    ),
    Case(
        "clinic:second-factor-reset",
        "ResetForm",
        "ada",
        _with_an_app,
        lambda _: {"reason": "Lost her phone", "password": PASSWORD},
        lambda w, _: {"reason": SecondFactorNote.objects.filter(user=w.cast.nora, kind="reset").latest("id").reason},
        frozenset({"password"}),
    ),
)
