"""Does the style guide show every part there is, and is it where it belongs?"""

import os
import re
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from clinic.styleguide import queries
from clinic.templatetags import stepwell

ROOT = Path(__file__).resolve().parents[3]
PARTS = {f"partials/{path.name}" for path in (ROOT / "templates" / "partials").glob("*.html")}
EXAMPLES = "".join(path.read_text() for path in (ROOT / "templates" / "clinic" / "styleguide").glob("*.html"))
ASK = """
import django
django.setup()
from django.urls import resolve
print(resolve("/styleguide/").url_name)
"""
DEPLOYMENT = {
    "STEPWELL_MODE": "production",
    "SECRET_KEY": "of-no-deployment-" + "4c1f9ab27e5d8036" * 3,
    "ALLOWED_HOSTS": "clinic.example",
    "DATABASE_URL": "postgresql://stepwell_app@db.example/stepwell",
    "FIELD_KEYS": urlsafe_b64encode(bytes(range(32))).decode(),
}


def asked_in(**environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "STEPWELL"))}
    return subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={**inherited, "DJANGO_SETTINGS_MODULE": "clinic.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def shown(settings, client: Client, db: None):
    settings.ROOT_URLCONF = "tests.clinic.styleguide.addresses"
    return client.get("/styleguide/")


def test_every_part_is_drawn_on_the_page(shown):
    drawn = {template.name for template in shown.templates}

    assert PARTS - drawn == set()


def test_every_tag_is_used_by_an_example():
    used = set(re.findall(r"\{% (\w+) ", EXAMPLES))

    assert set(stepwell.register.tags) - used == set()


def test_every_part_says_what_it_takes():
    silent = [part.name for part in queries.parts() if "arameters" not in part.says]

    assert silent == []


def test_part_without_a_comment_at_its_head_is_refused(tmp_path, settings):
    (tmp_path / "bare.html").write_text("<p>{{ text }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]

    with pytest.raises(LookupError, match=r"bare\.html does not begin with a comment"):
        queries._said_by("bare.html")


@pytest.mark.parametrize(("asked", "theme"), [("dark", "dark"), ("light", "light"), ("", "auto"), ("<b>", "auto")])
def test_theme_is_one_of_three(client, settings, db, asked, theme):
    settings.ROOT_URLCONF = "tests.clinic.styleguide.addresses"

    shown = client.get("/styleguide/", {"theme": asked}).content.decode()

    assert f'data-bs-theme="{theme}"' in shown


def test_no_deployment_has_the_address():
    asked = asked_in(**DEPLOYMENT)

    assert asked.returncode != 0
    assert "Resolver404" in asked.stderr
    with pytest.raises(Resolver404):
        resolve("/styleguide/")


def test_development_has_the_address(tmp_path):
    asked = asked_in(STEPWELL_MODE="development", STEPWELL_DATA_DIR=str(tmp_path))

    assert asked.stdout.strip() == "styleguide", asked.stderr
