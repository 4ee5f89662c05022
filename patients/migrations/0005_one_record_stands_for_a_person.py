"""Each record knows the one that stands for its person, and PostgreSQL keeps that one merged into none."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models.functions import Coalesce, Lower

# The letters are those of patients/registration/rules/likeness.py.
NAME_KEYS = r"""
CREATE FUNCTION stepwell_as_seen(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT translate(public.stepwell_fold_one(words), 'аеорсухіјѕԁһԛԝмткнвαοειυνρτκχβ', 'aeopcyxijsdhqwmtkhbaoeiuvptkxb')
$$;
CREATE FUNCTION stepwell_words_in_order(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif(array_to_string(ARRAY(
    SELECT word FROM regexp_split_to_table(public.stepwell_as_seen(words), ' ') AS word ORDER BY word COLLATE "C"
  ), ' '), '')
$$;
CREATE FUNCTION stepwell_name_keys(given text, family text, preferred text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_remove(ARRAY[
    public.stepwell_words_in_order(given || ' ' || family),
    CASE WHEN preferred <> '' THEN public.stepwell_words_in_order(preferred || ' ' || family) END
  ], NULL)
$$;
"""
DROP_NAME_KEYS = """
DROP FUNCTION stepwell_name_keys(text, text, text);
DROP FUNCTION stepwell_words_in_order(text);
DROP FUNCTION stepwell_as_seen(text);
"""
# The shared lock makes two merges at once wait for each other, whoever makes them.
STANDS = """
CREATE FUNCTION stepwell_one_record_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.merged_into_id IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM 1 FROM patients_patient WHERE id = NEW.merged_into_id AND merged_into_id IS NULL FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a record is merged into one that is itself merged into none' USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM patients_patient WHERE merged_into_id = NEW.id) THEN
    RAISE EXCEPTION 'a record that stands for others is not merged without them' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER one_record_stands AFTER INSERT OR UPDATE OF merged_into_id ON patients_patient
FOR EACH ROW EXECUTE FUNCTION stepwell_one_record_stands();
"""
DROP_STANDS = "DROP TRIGGER one_record_stands ON patients_patient; DROP FUNCTION stepwell_one_record_stands();"


class Migration(migrations.Migration):
    dependencies = [("patients", "0004_search_kept_in_order")]
    operations = [
        migrations.RunSQL(NAME_KEYS, DROP_NAME_KEYS),
        migrations.RunSQL(STANDS, DROP_STANDS),
        migrations.AddField(
            model_name="patient",
            name="person_id",
            field=models.GeneratedField(
                db_persist=True,
                expression=Coalesce(models.F("merged_into"), models.F("id"), output_field=models.UUIDField()),
                output_field=models.UUIDField(),
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="name_keys",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("given_name"),
                    models.F("family_name"),
                    models.F("preferred_name"),
                    function="stepwell_name_keys",
                ),
                output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
            ),
        ),
        migrations.AddIndex(model_name="patient", index=models.Index(fields=["person_id"], name="patient_by_person")),
        migrations.AddIndex(
            model_name="patient",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["name_keys"], name="patient_by_name_keys"
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                Lower("email"), condition=models.Q(("email", ""), _negated=True), name="patient_by_email"
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True), fields=["phone"], name="patient_by_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                Lower("address"), condition=models.Q(("address", ""), _negated=True), name="patient_by_address"
            ),
        ),
    ]
