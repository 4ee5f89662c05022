"""What was charted is never changed, and nothing slips into a signed session but a late addendum."""

from django.db import migrations

from clinic.kit.triggers import append_only, locked_with_parent, sign_lock

TYPED = (
    "treatment_sessions_adverseevent",
    "treatment_sessions_dischargecheck",
    "treatment_sessions_drugrecord",
    "treatment_sessions_experience",
    "treatment_sessions_gateoverride",
    "treatment_sessions_helpcall",
    "treatment_sessions_infusionstep",
    "treatment_sessions_presessioncheck",
    "treatment_sessions_sessionnote",
    "treatment_sessions_skippedreading",
    "treatment_sessions_vitalsigns",
)
OTHERS = (
    "treatment_sessions_checkin",
    "treatment_sessions_contactattempt",
    "treatment_sessions_sessionaddendum",
    "treatment_sessions_sessionentry",
    "treatment_sessions_visitmove",
)
HISTORY = (
    *(f"{table}event" for table in (*TYPED, *OTHERS)),
    "treatment_sessions_appointmentevent",
    "treatment_sessions_treatmentsessionevent",
)
TYPED_ROW_OF_OPEN_SESSION = """
CREATE FUNCTION stepwell_refuse_signed_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM treatment_sessions_sessionentry entry
    JOIN treatment_sessions_treatmentsession session ON session.id = entry.session_id
    WHERE entry.id = NEW.entry_id AND session.signed_at IS NOT NULL AND NOT entry.is_late_addendum
  ) THEN
    RAISE EXCEPTION '% belongs to a signed session', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""


def locked_with_session(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f'CREATE TRIGGER locked_with_session BEFORE INSERT ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION stepwell_refuse_signed_session();",
        f'DROP TRIGGER locked_with_session ON "{table}";',
    )


class Migration(migrations.Migration):
    dependencies = [("treatment_sessions", "0001_visit_session_and_check_in")]
    operations = [
        migrations.RunSQL(TYPED_ROW_OF_OPEN_SESSION, "DROP FUNCTION stepwell_refuse_signed_session();"),
        *[append_only(table) for table in (*TYPED, *OTHERS, *HISTORY)],
        sign_lock("treatment_sessions_treatmentsession", still_open=("cosigned_at", "cosigned_by_id")),
        locked_with_parent(
            "treatment_sessions_sessionentry",
            parent="treatment_sessions_treatmentsession",
            column="session_id",
            unless="is_late_addendum",
        ),
        *[locked_with_session(table) for table in TYPED],
    ]
