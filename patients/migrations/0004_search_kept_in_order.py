"""The indexes of the search take in each new row at once, so that no search reads a list of pending ones."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_record_number")]
    operations = [
        migrations.RemoveIndex(model_name="patient", name="patient_search_text"),
        migrations.RemoveIndex(model_name="patient", name="patient_search_phone"),
        migrations.AddIndex(
            model_name="patient",
            index=GinIndex(
                OpClass(models.F("search_text"), name="gin_trgm_ops"), fastupdate=False, name="patient_search_text"
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=GinIndex(OpClass(Upper("phone"), name="gin_trgm_ops"), fastupdate=False, name="patient_search_phone"),
        ),
    ]
