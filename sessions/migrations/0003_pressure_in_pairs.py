"""A blood pressure has both numbers: a missing one made the old check unknown, and unknown passes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("treatment_sessions", "0002_locks"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="vitalsigns",
            name="vitals_pressure_both_and_in_order",
        ),
        migrations.AddConstraint(
            model_name="vitalsigns",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("diastolic_mmhg", None), ("systolic_mmhg", None)),
                    models.Q(
                        ("diastolic_mmhg__isnull", False),
                        ("diastolic_mmhg__lt", models.F("systolic_mmhg")),
                        ("systolic_mmhg__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="vitals_pressure_both_and_in_order",
            ),
        ),
    ]
