"""Are styles and scripts collected when they changed, and only then?"""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

COLLECTED = "clinic/css/tokens.css"


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path
    return tmp_path


def collect() -> str:
    """What the command says."""
    said = StringIO()
    call_command("static_files", stdout=said)
    return said.getvalue()


def test_static_files_are_collected_only_when_they_changed(root: Path) -> None:
    first = collect()
    is_there = (root / COLLECTED).is_file()
    (root / COLLECTED).unlink()

    second = collect()

    assert (first, is_there) == ("Collecting styles and scripts …\n", True)
    assert (second, (root / COLLECTED).exists()) == ("", False)


def test_static_files_of_a_test_do_not_pass_for_a_clinic_s(root: Path, settings: Settings) -> None:
    collect()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

    said = collect()

    assert said == "Collecting styles and scripts …\n"
    assert (root / "staticfiles.json").is_file()
