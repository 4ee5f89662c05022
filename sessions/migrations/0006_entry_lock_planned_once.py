"""Every tap asks whether its session is signed: by a statement that PostgreSQL plans once, not for each row."""

from django.db import migrations

from clinic.kit.triggers import locked_with_parent

TABLE = "treatment_sessions_sessionentry"
ENTRY_OF_OPEN_SESSION = """
CREATE FUNCTION stepwell_refuse_entry_of_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT NEW.is_late_addendum AND EXISTS (
    SELECT 1 FROM treatment_sessions_treatmentsession WHERE id = NEW.session_id AND signed_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION '% belongs to a signed row of treatment_sessions_treatmentsession', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""
as_it_was = locked_with_parent(
    TABLE, parent="treatment_sessions_treatmentsession", column="session_id", unless="is_late_addendum"
)


class Migration(migrations.Migration):
    dependencies = [("treatment_sessions", "0005_found_by_todays_page")]
    operations = [
        migrations.RunSQL(ENTRY_OF_OPEN_SESSION, "DROP FUNCTION stepwell_refuse_entry_of_signed();"),
        migrations.RunSQL(as_it_was.reverse_sql, as_it_was.sql),
        migrations.RunSQL(
            f'CREATE TRIGGER locked_with_parent BEFORE INSERT OR UPDATE ON "{TABLE}" '
            "FOR EACH ROW EXECUTE FUNCTION stepwell_refuse_entry_of_signed();",
            f'DROP TRIGGER locked_with_parent ON "{TABLE}";',
        ),
    ]
