"""Today's page finds the scores of the last days in time, and asks of each of these whether it is of its site."""

from django.db import migrations
from django.db.models import Index, Q


class Migration(migrations.Migration):
    dependencies = [("patients", "0009_search_by_parts_of_names")]
    operations = [
        migrations.RemoveIndex(model_name="questionnaireresponse", name="response_of_course"),
        migrations.AddIndex(
            model_name="questionnaireresponse",
            index=Index(
                condition=Q(instrument="phq9"),
                fields=["answered_at"],
                include=("course", "id"),
                name="response_of_phq9",
            ),
        ),
    ]
