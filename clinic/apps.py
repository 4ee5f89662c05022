"""The clinic app: registers its system checks, and hands out the application role's rights after each migrate."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClinicConfig(AppConfig):
    name = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import checks, grants  # noqa: PLC0415 - they read the app registry, which is complete only here

        checks.register()
        post_migrate.connect(grants.apply_after_migrate, sender=self)
