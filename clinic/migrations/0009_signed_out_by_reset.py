"""A reset of the second factor ends the logins of its person; the trail has a line for that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0008_risk_contacts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="secondfactornote",
            name="factor_note_known_kind",
        ),
        migrations.RemoveConstraint(
            model_name="secondfactornote",
            name="factor_note_says_why",
        ),
        migrations.AlterField(
            model_name="secondfactornote",
            name="kind",
            field=models.CharField(
                choices=[
                    ("app_set_up", "Authenticator app set up"),
                    ("app_removed", "Authenticator app removed"),
                    ("passkey_added", "Passkey added"),
                    ("passkey_removed", "Passkey removed"),
                    ("codes_made", "Recovery codes made"),
                    ("code_used", "Signed in with a recovery code"),
                    ("step_failed", "Second step failed"),
                    ("reset", "Second factor reset"),
                    ("signed_out", "Signed out everywhere"),
                    ("required", "Second factor required from now on"),
                    ("not_required", "Second factor no longer required"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="secondfactornoteevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("app_set_up", "Authenticator app set up"),
                    ("app_removed", "Authenticator app removed"),
                    ("passkey_added", "Passkey added"),
                    ("passkey_removed", "Passkey removed"),
                    ("codes_made", "Recovery codes made"),
                    ("code_used", "Signed in with a recovery code"),
                    ("step_failed", "Second step failed"),
                    ("reset", "Second factor reset"),
                    ("signed_out", "Signed out everywhere"),
                    ("required", "Second factor required from now on"),
                    ("not_required", "Second factor no longer required"),
                ],
                max_length=16,
            ),
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
                            "signed_out",
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
                    models.Q(("kind__in", ["reset", "signed_out", "required", "not_required"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="factor_note_says_why",
            ),
        ),
    ]
