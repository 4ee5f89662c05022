"""The clinic app: its system checks, the application role's rights after each migrate, and a row for each login."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate


class ClinicConfig(AppConfig):
    name = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import checks, grants  # noqa: PLC0415 - they read the app registry,
        from clinic.lock.middleware import begin_login  # noqa: PLC0415 - which is complete only here

        checks.register()
        post_migrate.connect(grants.apply_after_migrate, sender=self)
        user_logged_in.connect(begin_login, dispatch_uid="clinic.lock")
