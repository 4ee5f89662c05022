"""Are the styles and scripts that are served those of this program? Collected when they are not; also in the image."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Collects styles, scripts and icons for serving, when they differ from those that were collected last."

    def handle(self, **_options: Any) -> None:
        if not changed():
            return
        self.stdout.write("Collecting styles and scripts …")
        self.stdout.flush()
        call_command("collectstatic", interactive=False, verbosity=0)
        remember()


def changed() -> bool:
    """Whether what was collected last differs from what is there now."""
    remembered = _remembered()
    return not remembered.exists() or remembered.read_text() != _fingerprint()


def remember() -> None:
    """Only after they were collected whole."""
    _remembered().write_text(_fingerprint())


def _remembered() -> Path:
    return Path(settings.STATIC_ROOT) / ".collected"


def _fingerprint() -> str:
    """Of the files, and of how they are stored: tests store them under other names than a clinic."""
    seen = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            seen.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return seen.hexdigest()
