"""What waits for a second signature is found by the rooms of a site; how many sessions the entries are of is said.

PostgreSQL guesses the number of sessions from a sample of entries, too low by ten times when there are many, and then
reads a whole table of events for the entries of a few sessions. A session has about twenty entries at any size.
"""

from django.db import migrations
from django.db.models import Index, Q

ENTRIES_OF_A_SESSION = """
ALTER TABLE treatment_sessions_sessionentry ALTER COLUMN session_id SET (n_distinct = -0.05);
ANALYZE treatment_sessions_sessionentry (session_id);
"""
AS_GUESSED = "ALTER TABLE treatment_sessions_sessionentry ALTER COLUMN session_id RESET (n_distinct);"


class Migration(migrations.Migration):
    dependencies = [("treatment_sessions", "0006_entry_lock_planned_once")]
    operations = [
        migrations.RemoveIndex(model_name="treatmentsession", name="session_to_cosign"),
        migrations.AddIndex(
            model_name="treatmentsession",
            index=Index(
                condition=Q(cosigned_at=None, signed_at__isnull=False),
                fields=["room", "signed_at"],
                name="session_to_cosign",
            ),
        ),
        migrations.RunSQL(ENTRIES_OF_A_SESSION, AS_GUESSED),
    ]
