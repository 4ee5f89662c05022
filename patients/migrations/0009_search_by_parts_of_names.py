"""A search finds those a part of whose name begins with the words, or is one, through an index of its own."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations
from django.db.models import F, Func, Value


class Migration(migrations.Migration):
    dependencies = [("patients", "0008_found_by_todays_page")]
    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=GinIndex(
                Func(
                    Func(
                        Func(F("search_text"), Value(" "), function="string_to_array"),
                        Value(""),
                        function="array_remove",
                    ),
                    function="array_to_tsvector",
                    output_field=SearchVectorField(),
                ),
                fastupdate=False,
                name="patient_search_parts",
            ),
        ),
    ]
