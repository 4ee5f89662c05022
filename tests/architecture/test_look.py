"""Are the styles and vendored files what they are said to be, and does nothing come from elsewhere?"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "clinic" / "static" / "clinic"
OWN = [*STATIC.glob("css/*.css"), *STATIC.glob("js/**/*.js")]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SIGNS = {"done", "due", "late", "blocked", "open", "unknown", "skipped", "now"}


def declarations(css: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", css))


def test_vendored_files_are_those_on_record():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "vendor_assets.py", "--check"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_dark_and_automatic_dark_hold_the_same_values():
    css = (STATIC / "css" / "tokens.css").read_text()
    chosen = re.search(r'^\[data-bs-theme="dark"\] \{(.*?)^\}', css, re.DOTALL | re.MULTILINE)
    by_device = re.search(
        r'prefers-color-scheme: dark\) \{\s*\[data-bs-theme="auto"\] \{(.*?)^  \}', css, re.DOTALL | re.MULTILINE
    )

    assert chosen is not None
    assert by_device is not None
    assert len(declarations(chosen[1])) > 50
    assert declarations(by_device[1]) == declarations(chosen[1])


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_own_styles_and_scripts_name_no_other_host_and_embed_nothing(path):
    text = path.read_text()

    assert not re.findall(r"https?://|data:image|sourceMappingURL|@import", text)


@pytest.mark.parametrize(
    "path", [path for path in OWN if path.suffix == ".css" and path.name != "tokens.css"], ids=lambda path: path.name
)
def test_styles_use_only_tokens_that_exist(path):
    known = set(declarations((STATIC / "css" / "tokens.css").read_text()))

    used = set(re.findall(r"var\((--sw-[\w-]+)", path.read_text()))

    assert used - known == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_keeps_the_content_policy(path):
    text = path.read_text()

    assert not re.findall(r"\sstyle=|<style|\son[a-z]+=\"|javascript:|https?://|\|safe\b", text)
    assert not re.findall(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)", text)


def test_sprite_holds_every_sign_once():
    sprite = (ROOT / "templates" / "partials" / "signs.html").read_text()

    assert sorted(re.findall(r'<symbol id="s-(\w+)"', sprite)) == sorted(SIGNS)
