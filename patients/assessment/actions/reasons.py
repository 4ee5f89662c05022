"""Why may treatment go ahead although a condition is met? The prescriber's reason, or the director's override."""

from datetime import datetime

from django.db import transaction

from clinic.kit.refusals import Refusal
from clinic.staff import actions as staff_actions
from clinic.staff.models import User
from clinic.staff.permissions import Permission
from patients.assessment import queries, rules
from patients.assessment.actions.findings import count_change, lock_draft
from patients.assessment.models import Assessment, Override


class ReasonMissing(Refusal):
    """A decision that does not say why."""


class NothingToDecide(Refusal):
    """A condition that is not met, or is not of the kind that is decided in this way."""


class MayNotOverride(Refusal):
    """Somebody who may not give this kind of reason."""


@transaction.atomic
def give_reason(
    *, assessment: Assessment, code: str, reason: str, by: User, now: datetime, seen_version: int | None = None
) -> Override:
    """Accept a condition that is for the prescriber to decide. Refused without a reason, and for a hard stop."""
    if not by.may(Permission.DECIDE_ELIGIBILITY):
        raise MayNotOverride("Only a prescriber decides here. Ask one to give the reason.")
    given = Override(code=code, reason=reason.strip(), is_hard_stop=False, given_at=now, given_by=by)
    return _give(lock_draft(assessment), given, seen_version, tier=rules.PRESCRIBER)


def override_hard_stop(
    *,
    assessment: Assessment,
    code: str,
    reason: str,
    password: str,
    by: User,
    now: datetime,
    seen_version: int | None = None,
) -> Override:
    """Let a hard stop pass, signed by the medical director. Refused to everybody else, and without a reason.

    It does not decide anything: somebody else signs the assessment.
    """
    if not by.may(Permission.OVERRIDE_HARD_STOP):
        raise MayNotOverride("Only the medical director may override a hard stop. Ask the director to do it.")
    staff_actions.prove(user=by, password=password)  # outside the transaction, so that a wrong try is counted
    with transaction.atomic():
        given = Override(code=code, reason=reason.strip(), is_hard_stop=True, given_at=now, given_by=by)
        return _give(lock_draft(assessment), given, seen_version, tier=rules.HARD_STOP)


def _give(draft: Assessment, given: Override, seen_version: int | None, *, tier: str) -> Override:
    """Add a reason to the draft. The one that stands already, word for word and by the same person, is kept."""
    condition = rules.BY_CODE.get(given.code)
    if condition is None or condition.tier(draft.route) != tier:
        raise NothingToDecide(_not_of_this_kind(condition, draft.route))
    standing = queries.standing(draft, now=given.given_at)
    judged = standing.judged
    if given.code not in {one.condition.code for one in (*judged.hard_stops, *judged.to_decide)}:
        raise NothingToDecide(f"“{condition.title}” is not met, so there is nothing to decide. Reload the page.")
    if not given.reason:
        raise ReasonMissing("Write down why treatment may go ahead all the same.")
    twin = standing.reasons.get(given.code)
    if twin is not None and (twin.reason, twin.given_by_id) == (given.reason, given.given_by_id):
        return twin
    count_change(draft, seen_version)
    given.assessment = draft
    given.save(force_insert=True)
    return given


def _not_of_this_kind(condition: rules.Contraindication | None, route: str) -> str:
    if condition is None:
        return "This condition is not in the rule set. Reload the page and try again."
    if condition.tier(route) == rules.HARD_STOP:
        return f"“{condition.title}” is a hard stop. Only the medical director may override it."
    return f"“{condition.title}” is not a hard stop. The prescriber decides it with a reason."
