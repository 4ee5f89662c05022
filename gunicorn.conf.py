"""How does the web server run? The same for the demonstration, the journeys and a container; PORT is set outside."""

import os
import sys
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, SystemCheckError
from django.db import connections

worker_class = "gthread"
workers = 2
threads = 4
timeout = 30
graceful_timeout = 10
# A worker proves that it lives by touching a file; on a slow disk that would look like death.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn makes an unnamed file there
control_socket_disable = True


def on_starting(_server: Any) -> None:
    """Refuse to serve with an unsafe setting, on a server that may lose what it confirmed, or as its owner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    try:
        django.setup()
        BaseCommand().check(databases=["default"], include_deployment_checks=settings.MODE == "production")
    except (ImproperlyConfigured, SystemCheckError) as refusal:
        sys.exit(str(refusal))
    # Workers are forks of this process and must not share its connection.
    connections.close_all()
