"""The limits a clinic starts with: where a reading is asked about, and where it alerts."""

from datetime import date
from decimal import Decimal

from django.db import migrations
from django.db.backends.postgresql.psycopg_any import DateRange

SOURCE = "Shipped default: docs/clinical/plausibility.md"
FROM = date(2000, 1, 1)
CONFIRM = {
    "systolic_mmhg": ("80", "200"),
    "diastolic_mmhg": ("45", "120"),
    "heart_rate_bpm": ("45", "140"),
    "spo2_percent": ("85", None),
    "respiratory_rate_bpm": ("8", "30"),
    "temperature_c": ("35.0", "38.5"),
    "oxygen_l_min": (None, "10"),
}
ALERT = {
    "systolic_mmhg": (None, "180"),
    "diastolic_mmhg": (None, "110"),
    "heart_rate_bpm": ("45", "120"),
    "spo2_percent": ("92", None),
    "respiratory_rate_bpm": ("8", None),
    "temperature_c": (None, "38.0"),
    "moaas": ("4", None),
}


def ship(apps, schema_editor):
    """Add what is missing; run twice, it adds nothing."""
    limit = apps.get_model("clinic", "Limit")
    for tier, limits in (("confirm", CONFIRM), ("alert", ALERT)):
        for field, (low, high) in limits.items():
            limit.objects.get_or_create(
                field=field,
                tier=tier,
                defaults={
                    "low": low and Decimal(low),
                    "high": high and Decimal(high),
                    "in_force": DateRange(FROM, None),
                    "source": SOURCE,
                },
            )


def take_back(apps, schema_editor):
    apps.get_model("clinic", "Limit").objects.filter(source=SOURCE, approved_by=None).delete()


class Migration(migrations.Migration):
    dependencies = [("clinic", "0002_locks")]
    operations = [migrations.RunPython(ship, take_back)]
