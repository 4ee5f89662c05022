"""The people of the clinic, its places, its trail, and first what the tables rest on: extensions and functions."""

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models

import clinic.kit.keys
from clinic.kit.triggers import make_functions

FOLD = r"""
CREATE FUNCTION stepwell_fold_one(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(
    translate(lower(public.unaccent('public.unaccent'::regdictionary, words)), '''’ʼ`´.', ''),
    '[-_,/()\s]+', ' ', 'g'))
$$;
CREATE FUNCTION stepwell_fold(given text, family text, preferred text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT public.stepwell_fold_one(given || ' ' || family || ' ' || preferred)
$$;
"""
DROP_FOLD = "DROP FUNCTION stepwell_fold(text, text, text); DROP FUNCTION stepwell_fold_one(text);"
CACHE = """
CREATE TABLE clinic_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX clinic_cache_expires ON clinic_cache (expires);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        make_functions(),
        migrations.RunSQL(FOLD, DROP_FOLD),
        migrations.RunSQL(CACHE, "DROP TABLE clinic_cache;"),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("full_name", models.CharField(max_length=120)),
                (
                    "credentials",
                    models.CharField(blank=True, help_text="As signed after the name: RN, MD.", max_length=20),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AccessEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("occurred_at", models.DateTimeField()),
                ("user_id", models.UUIDField(null=True)),
                ("user_name", models.CharField(blank=True, max_length=160)),
                ("roles", models.CharField(blank=True, max_length=200)),
                ("method", models.CharField(max_length=8)),
                ("route", models.CharField(max_length=120)),
                ("record_id", models.UUIDField(null=True)),
                (
                    "patient_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("status", models.PositiveSmallIntegerField()),
                ("address", models.GenericIPAddressField(null=True)),
                ("request_id", models.UUIDField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-occurred_at", "-id"], name="access_by_time"),
                    models.Index(fields=["user_id", "-occurred_at"], name="access_by_user"),
                    django.contrib.postgres.indexes.GinIndex(fields=["patient_ids"], name="access_by_patient"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("room", "Room"), ("patient", "Patient"), ("clinician", "Clinician")], max_length=12
                    ),
                ),
                ("resource_id", models.UUIDField()),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("reference", models.CharField(help_text="What holds it, as kind:id.", max_length=60)),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["reference"], name="hold_by_reference")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("released_at", None)),
                        deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                        expressions=[("kind", "="), ("resource_id", "="), ("during", "&&")],
                        name="hold_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("during__endswith__lt", datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("during__isempty", False),
                            (
                                "during__startswith__gte",
                                datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                            ),
                        ),
                        name="hold_some_time_in_our_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["room", "patient", "clinician"])), name="hold_known_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("front_desk", "Front desk"),
                            ("nurse", "Nurse"),
                            ("medical_assistant", "Medical assistant"),
                            ("prescriber", "Prescriber"),
                            ("medical_director", "Medical director"),
                            ("therapist", "Therapist"),
                            ("administrator", "Administrator"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=24,
                    ),
                ),
                ("granted_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("time_zone", models.CharField(default="America/New_York", max_length=64)),
                ("phone", models.CharField(blank=True, max_length=32)),
                ("crisis_line", models.CharField(default="Call or text 988", max_length=120)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="site_named")
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleGrantEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("front_desk", "Front desk"),
                            ("nurse", "Nurse"),
                            ("medical_assistant", "Medical assistant"),
                            ("prescriber", "Prescriber"),
                            ("medical_director", "Medical director"),
                            ("therapist", "Therapist"),
                            ("administrator", "Administrator"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=24,
                    ),
                ),
                ("granted_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="clinic.rolegrant",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.site",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="site",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
        ),
        migrations.AddField(
            model_name="user",
            name="home_site",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
        ),
        migrations.CreateModel(
            name="SiteDay",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("day", models.DateField()),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("suicide_risk", "Suicide risk to assess"), ("deviation", "Deviation to explain")],
                        max_length=24,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("low", "Same day"), ("moderate", "Within 4 hours"), ("high", "Within 15 minutes")],
                        max_length=12,
                    ),
                ),
                ("patient_id", models.UUIDField()),
                ("source", models.CharField(help_text="What raised it, as kind:id.", max_length=120)),
                ("detail", models.TextField(blank=True, max_length=2000)),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closing_note", models.TextField(blank=True, max_length=2000)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TaskEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("suicide_risk", "Suicide risk to assess"), ("deviation", "Deviation to explain")],
                        max_length=24,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("low", "Same day"), ("moderate", "Within 4 hours"), ("high", "Within 15 minutes")],
                        max_length=12,
                    ),
                ),
                ("patient_id", models.UUIDField()),
                ("source", models.CharField(help_text="What raised it, as kind:id.", max_length=120)),
                ("detail", models.TextField(blank=True, max_length=2000)),
                ("opened_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closing_note", models.TextField(blank=True, max_length=2000)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="clinic.task",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.site",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("field", models.CharField(max_length=40)),
                ("tier", models.CharField(choices=[("confirm", "Ask to confirm"), ("alert", "Alert")], max_length=8)),
                ("low", models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ("high", models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ("in_force", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("source", models.CharField(max_length=200)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["confirm", "alert"])), name="limit_known_tier"
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("field", "="), ("tier", "="), ("in_force", "&&")], name="limit_one_in_force"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("low__isnull", False), ("high__isnull", False), _connector="OR"),
                        name="limit_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("label", models.CharField(max_length=12)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rooms", to="clinic.site"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("site", "label"), name="room_label_once_per_site"),
                    models.CheckConstraint(condition=models.Q(("label", ""), _negated=True), name="room_labelled"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rolegrantevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="47d25c0e21344b05b6cbd9067c1db0c84d2c8eae",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_160a8",
                    table="clinic_rolegrantevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("user", "site", "role"), name="grant_role_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "front_desk",
                            "nurse",
                            "medical_assistant",
                            "prescriber",
                            "medical_director",
                            "therapist",
                            "administrator",
                            "auditor",
                        ],
                    )
                ),
                name="grant_known_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="grant_ended_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("granted_at__isnull", True),
                        models.Q(
                            ("granted_at__gte", datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("granted_at__lt", datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("ended_at__isnull", True),
                        models.Q(
                            ("ended_at__gte", datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("ended_at__lt", datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                        ),
                        _connector="OR",
                    ),
                ),
                name="grant_in_our_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rolegrant",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "clinic_rolegrantevent" ("ended_at", "ended_by_id", "granted_at", "granted_by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "site_id", "user_id") VALUES (NEW."ended_at", NEW."ended_by_id", NEW."granted_at", NEW."granted_by_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."role", NEW."site_id", NEW."user_id"); RETURN NULL;',
                    hash="f399158c90194d5e553fde4dfdf42f8344d16cee",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5da2a",
                    table="clinic_rolegrant",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rolegrant",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "clinic_rolegrantevent" ("ended_at", "ended_by_id", "granted_at", "granted_by_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "site_id", "user_id") VALUES (NEW."ended_at", NEW."ended_by_id", NEW."granted_at", NEW."granted_by_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."role", NEW."site_id", NEW."user_id"); RETURN NULL;',
                    hash="ee7c8523145c96eabd7e103ea24f08ba45592c39",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_92e3d",
                    table="clinic_rolegrant",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="user_email_in_small_letters",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(condition=models.Q(("full_name", ""), _negated=True), name="user_named"),
        ),
        migrations.AddConstraint(
            model_name="siteday",
            constraint=models.UniqueConstraint(fields=("site", "day"), name="site_day_once"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(condition=models.Q(("closed_at", None)), fields=["due_at", "id"], name="task_open"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["patient_id"], name="task_open_of_patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["suicide_risk", "deviation"])), name="task_known_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["low", "moderate", "high"])), name="task_known_level"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("kind", "source"), name="task_once_per_source"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)),
                    models.Q(("acknowledged_at__isnull", False), ("acknowledged_by__isnull", False)),
                    _connector="OR",
                ),
                name="task_acknowledged_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="task_closed_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at", None), models.Q(("closing_note", ""), _negated=True), _connector="OR"),
                name="task_closed_with_a_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("opened_at__isnull", True),
                        models.Q(
                            ("opened_at__gte", datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("opened_at__lt", datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("due_at__isnull", True),
                        models.Q(
                            ("due_at__gte", datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("due_at__lt", datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("acknowledged_at__isnull", True),
                        models.Q(
                            ("acknowledged_at__gte", datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("acknowledged_at__lt", datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("closed_at__isnull", True),
                        models.Q(
                            ("closed_at__gte", datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                            ("closed_at__lt", datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                        ),
                        _connector="OR",
                    ),
                ),
                name="task_in_our_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "clinic_taskevent" ("acknowledged_at", "acknowledged_by_id", "closed_at", "closed_by_id", "closing_note", "detail", "due_at", "id", "kind", "level", "opened_at", "opened_by_id", "owner_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "source") VALUES (NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."closed_at", NEW."closed_by_id", NEW."closing_note", NEW."detail", NEW."due_at", NEW."id", NEW."kind", NEW."level", NEW."opened_at", NEW."opened_by_id", NEW."owner_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."site_id", NEW."source"); RETURN NULL;',
                    hash="7192b941a88ea1b6d0decadc90b318407b309484",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e8e1b",
                    table="clinic_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="task",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "clinic_taskevent" ("acknowledged_at", "acknowledged_by_id", "closed_at", "closed_by_id", "closing_note", "detail", "due_at", "id", "kind", "level", "opened_at", "opened_by_id", "owner_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "site_id", "source") VALUES (NEW."acknowledged_at", NEW."acknowledged_by_id", NEW."closed_at", NEW."closed_by_id", NEW."closing_note", NEW."detail", NEW."due_at", NEW."id", NEW."kind", NEW."level", NEW."opened_at", NEW."opened_by_id", NEW."owner_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."site_id", NEW."source"); RETURN NULL;',
                    hash="d6b76d6e53eb72da084c8107822cdef3668da5bf",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_85ef0",
                    table="clinic_task",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="taskevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5fb9ab074c6232f0f4730e8db06216e8ae3a31c6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4e8fd",
                    table="clinic_taskevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
