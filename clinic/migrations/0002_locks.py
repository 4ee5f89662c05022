"""The trail and the history of tasks and roles can be added to, never changed."""

from django.db import migrations

from clinic.kit.triggers import append_only

TABLES = ("clinic_accessevent", "clinic_rolegrantevent", "clinic_taskevent")


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_people_places_and_trail")]
    operations = [append_only(table) for table in TABLES]
