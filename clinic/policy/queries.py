"""Which limits are in force on a day?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clinic.policy.models import Limit


@dataclass(frozen=True)
class LimitInForce:
    field: str
    tier: str
    low: Decimal | None
    high: Decimal | None


def limits_on(day: date) -> list[LimitInForce]:
    """Every limit in force on that day, by field and tier."""
    rows = Limit.objects.filter(in_force__contains=day).order_by("field", "tier")
    return [LimitInForce(row.field, row.tier, row.low, row.high) for row in rows]
