"""Record numbers come from a sequence, which gives each number once, and have one form."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_locks")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE patients_record_serial START 20411 NO CYCLE;", "DROP SEQUENCE patients_record_serial;"
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(("record_number__regex", "^[0-9]{3,7}-[0-9]{3}$")), name="patient_record_number_form"
            ),
        ),
    ]
