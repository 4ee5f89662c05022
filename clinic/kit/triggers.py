"""Which rows may never change again? Migration operations that make PostgreSQL itself refuse.

These are plain triggers, not those of a library, so that nothing in the application can switch them off.
"""

from django.db import migrations

FUNCTIONS = """
CREATE OR REPLACE FUNCTION stepwell_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION stepwell_refuse_signed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  open_columns text[] := TG_ARGV;
  old_row jsonb := to_jsonb(OLD) - open_columns;
BEGIN
  IF OLD.signed_at IS NULL THEN
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'UPDATE' AND old_row = to_jsonb(NEW) - open_columns THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a signed row of % is never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE FUNCTION stepwell_refuse_signed_parent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent_signed boolean;
BEGIN
  EXECUTE format('SELECT signed_at IS NOT NULL FROM %I WHERE id = ($1).%I', TG_ARGV[0], TG_ARGV[1])
    INTO parent_signed USING NEW;
  IF parent_signed AND NOT (coalesce(TG_ARGV[2], '') <> '' AND (to_jsonb(NEW) ->> TG_ARGV[2])::boolean) THEN
    RAISE EXCEPTION '% belongs to a signed row of %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION stepwell_refuse_change();
DROP FUNCTION stepwell_refuse_signed();
DROP FUNCTION stepwell_refuse_signed_parent();
"""


def make_functions() -> migrations.RunSQL:
    """The trigger functions; once, in the first migration of the lowest app."""
    return migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS)


def append_only(table: str) -> migrations.RunSQL:
    """No UPDATE and no DELETE on any row of the table, by anyone."""
    return migrations.RunSQL(
        f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" '
        "FOR EACH ROW EXECUTE FUNCTION stepwell_refuse_change();",
        f'DROP TRIGGER append_only ON "{table}";',
    )


def sign_lock(table: str, *, still_open: tuple[str, ...] = ()) -> migrations.RunSQL:
    """Once `signed_at` is set the row never changes, but for the columns named (a second signature)."""
    columns = ", ".join(f"'{column}'" for column in still_open)
    return migrations.RunSQL(
        f'CREATE TRIGGER sign_lock BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION stepwell_refuse_signed({columns});",
        f'DROP TRIGGER sign_lock ON "{table}";',
    )


def locked_with_parent(table: str, *, parent: str, column: str, unless: str = "") -> migrations.RunSQL:
    """No new row under a signed parent, unless the named boolean column of the new row is true."""
    return migrations.RunSQL(
        f'CREATE TRIGGER locked_with_parent BEFORE INSERT OR UPDATE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION stepwell_refuse_signed_parent('{parent}', '{column}', '{unless}');",
        f'DROP TRIGGER locked_with_parent ON "{table}";',
    )
