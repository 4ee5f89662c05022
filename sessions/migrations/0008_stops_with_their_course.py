"""Which of the infusions of some weeks were of one site is told by the index alone."""

from django.db import migrations
from django.db.models import Index


class Migration(migrations.Migration):
    dependencies = [("treatment_sessions", "0007_found_by_room")]
    operations = [
        migrations.RemoveIndex(model_name="treatmentsession", name="session_by_stop"),
        migrations.AddIndex(
            model_name="treatmentsession",
            index=Index(fields=["stopped_at"], include=("course", "id"), name="session_by_stop"),
        ),
    ]
