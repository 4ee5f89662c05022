"""Which limits hold for readings on a day? What the clinic has set, on top of what cannot be measured at all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from clinic.policy import queries as policy_queries
from sessions.administration.rules import plausibility


def vital_limits_on(day: date) -> plausibility.VitalLimits:
    """The limits that ask and that alert, as set for that day; the shipped ones where the clinic set none."""
    asks, alerts = dict(plausibility.LIMITS), dict(plausibility.IV_ALERTS)
    for limit in policy_queries.limits_on(day):
        if limit.tier == plausibility.CONFIRM and limit.field in asks:
            asks[limit.field] = replace(asks[limit.field], confirm_below=limit.low, confirm_above=limit.high)
        elif limit.tier == plausibility.ALERT and limit.field in asks:
            alerts[limit.field] = plausibility.AlertLimits(low=limit.low, high=limit.high)
    return plausibility.VitalLimits(asks=asks, alerts=alerts)


def limits_on(day: date) -> dict[str, dict[str, Any]]:
    """The same limits as plain values by field, for the keypad to warn while somebody types."""
    limits = vital_limits_on(day)
    return {
        field: {
            "label": one.label,
            "unit": one.unit,
            "decimals": one.decimals,
            "reject": [one.reject_below, one.reject_above],
            "confirm": [one.confirm_below, one.confirm_above],
            "alert": _alert(limits.alerts.get(field)),
        }
        for field, one in limits.asks.items()
    }


def _alert(limit: plausibility.AlertLimits | None) -> list[Decimal | None]:
    return [None, None] if limit is None else [limit.low, limit.high]
