"""The app of treatment sessions. Its label differs from its name because Django's login sessions own `sessions`."""

from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions"
    label = "treatment_sessions"
    default_auto_field = "django.db.models.BigAutoField"
