"""Who needs a second factor, and what happened to it. Sites that are there already keep as they were; new ones ask."""

import clinic.kit.keys
import datetime
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from clinic.kit.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0004_screen_lock"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="requires_second_factor",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="site",
            name="requires_second_factor",
            field=models.BooleanField(default=True),
        ),
        migrations.CreateModel(
            name="SecondFactorNote",
            fields=[
                (
                    "id",
                    models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("occurred_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("app_set_up", "Authenticator app set up"),
                            ("app_removed", "Authenticator app removed"),
                            ("passkey_added", "Passkey added"),
                            ("passkey_removed", "Passkey removed"),
                            ("codes_made", "Recovery codes made"),
                            ("code_used", "Signed in with a recovery code"),
                            ("step_failed", "Second step failed"),
                            ("reset", "Second factor reset"),
                            ("required", "Second factor required from now on"),
                            ("not_required", "Second factor no longer required"),
                        ],
                        max_length=16,
                    ),
                ),
                ("person", models.CharField(blank=True, max_length=160)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SecondFactorNoteEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.kit.keys.uuid7, editable=False, serialize=False)),
                ("occurred_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("app_set_up", "Authenticator app set up"),
                            ("app_removed", "Authenticator app removed"),
                            ("passkey_added", "Passkey added"),
                            ("passkey_removed", "Passkey removed"),
                            ("codes_made", "Recovery codes made"),
                            ("code_used", "Signed in with a recovery code"),
                            ("step_failed", "Second step failed"),
                            ("reset", "Second factor reset"),
                            ("required", "Second factor required from now on"),
                            ("not_required", "Second factor no longer required"),
                        ],
                        max_length=16,
                    ),
                ),
                ("person", models.CharField(blank=True, max_length=160)),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "by",
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
                        to="clinic.secondfactornote",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.site",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="secondfactornote",
            index=models.Index(fields=["user", "kind", "-occurred_at"], name="factor_note_by_user"),
        ),
        migrations.AddConstraint(
            model_name="secondfactornote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "app_set_up",
                            "app_removed",
                            "passkey_added",
                            "passkey_removed",
                            "codes_made",
                            "code_used",
                            "step_failed",
                            "reset",
                            "required",
                            "not_required",
                        ],
                    )
                ),
                name="factor_note_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="secondfactornote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("occurred_at__isnull", True),
                    models.Q(
                        ("occurred_at__gte", datetime.datetime(2000, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
                        ("occurred_at__lt", datetime.datetime(2100, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
                    ),
                    _connector="OR",
                ),
                name="factor_note_in_our_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="secondfactornote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("site__isnull", False), ("user", None)),
                    models.Q(("site", None), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="factor_note_of_person_or_site",
            ),
        ),
        migrations.AddConstraint(
            model_name="secondfactornote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["reset", "required", "not_required"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="factor_note_says_why",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="secondfactornote",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "clinic_secondfactornoteevent" ("by_id", "id", "kind", "occurred_at", "person", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "site_id", "user_id") VALUES (NEW."by_id", NEW."id", NEW."kind", NEW."occurred_at", NEW."person", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."site_id", NEW."user_id"); RETURN NULL;',
                    hash="0d25682ab983b8dcd0e6e09cc8194ff0b86b54c3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_291b9",
                    table="clinic_secondfactornote",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="secondfactornoteevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d4a9f1c15d2c3f5e5235ac1a229ad482966c171f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f981f",
                    table="clinic_secondfactornoteevent",
                    when="BEFORE",
                ),
            ),
        ),
        append_only("clinic_secondfactornote"),
        append_only("clinic_secondfactornoteevent"),
    ]
