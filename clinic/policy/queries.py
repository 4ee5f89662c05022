"""Which limits are in force on a day?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from clinic.kit.compiled import Compiled
from clinic.policy.models import Limit


@dataclass(frozen=True)
class LimitInForce:
    field: str
    tier: str
    low: Decimal | None
    high: Decimal | None


def limits_on(day: date) -> list[LimitInForce]:
    """Every limit in force on that day, by field and tier."""
    return [LimitInForce(*row) for row in IN_FORCE.tuples(day=day)]


def _in_force(day: date) -> QuerySet[Limit, Any]:
    rows = Limit.objects.filter(in_force__contains=day).order_by("field", "tier")
    return rows.values_list("field", "tier", "low", "high")


# Every reading that is charted is held against these.
IN_FORCE = Compiled(_in_force, slots={"day": date})
