"""Which limits hold for readings on a day? What the clinic has set, on top of what cannot be measured at all."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from clinic.policy import queries as policy_queries
from clinic.policy.rules import PULSE_PRESSURE_MMHG, RATE_ML_H
from sessions.administration.rules import monitoring, plausibility

MINUTE: Final = timedelta(minutes=1)


def vital_limits_on(day: date) -> plausibility.VitalLimits:
    """The limits that ask and that alert, as set for that day; the shipped ones where the clinic set none."""
    asks, alerts = dict(plausibility.LIMITS), dict(plausibility.IV_ALERTS)
    for limit in policy_queries.limits_on(day):
        if limit.tier == plausibility.CONFIRM and limit.field in asks:
            asks[limit.field] = replace(asks[limit.field], confirm_below=limit.low, confirm_above=limit.high)
        elif limit.tier == plausibility.ALERT and limit.field in asks:
            alerts[limit.field] = plausibility.AlertLimits(low=limit.low, high=limit.high)
    return plausibility.VitalLimits(asks=asks, alerts=alerts)


def for_the_keypad(limits: plausibility.VitalLimits) -> dict[str, dict[str, Any]]:
    """The same limits as plain values by field, for the keypad to warn while somebody types."""
    others = {"pulse_pressure_mmhg": PULSE_PRESSURE_MMHG, "rate_ml_h": RATE_ML_H}
    return {
        field: {
            "label": one.label,
            "unit": one.unit,
            "decimals": one.decimals,
            "reject": [one.reject_below, one.reject_above],
            "confirm": [one.confirm_below, one.confirm_above],
            "alert": _alert(limits.alerts.get(field)),
        }
        for field, one in {**limits.asks, **others}.items()
    }


def protocol() -> dict[str, Any]:
    """How often to look, in minutes, so that a tablet without network still knows what becomes due."""
    watch = monitoring.IV
    return {
        "every_minutes": watch.every // MINUTE,
        "every_alert_minutes": watch.every_on_alert // MINUTE,
        "recovery_minutes": [after // MINUTE for after in watch.recovery],
        "early_minutes": watch.early // MINUTE,
        "grace_minutes": watch.grace // MINUTE,
        "escalate_minutes": watch.escalate_after // MINUTE,
        "rise": {"systolic_mmhg": monitoring.RISE_SYSTOLIC_MMHG, "diastolic_mmhg": monitoring.RISE_DIASTOLIC_MMHG},
    }


def _alert(limit: plausibility.AlertLimits | None) -> list[Decimal | None]:
    return [None, None] if limit is None else [limit.low, limit.high]
