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
LONGEST_FILE = 400
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


# ---------------------------------------------------------------- classes
SOURCES = [
    *TEMPLATES,
    *STATIC.glob("js/**/*.js"),
    *(path for app in ("clinic", "patients", "sessions") for path in (ROOT / app).rglob("*.py")),
]
VENDORED = (STATIC / "vendor" / "bootstrap" / "bootstrap.min.css", STATIC / "vendor" / "uplot" / "uPlot.min.css")
# Put there by a script of somebody else, or only named so that a script can find it.
WITHOUT_STYLE = {"htmx-request", "uplot"}


def classes_in(css: str) -> set[str]:
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return {name for head in re.findall(r"([^{};]+)\{", bare) for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", head)}


def classes_of_pages() -> set[str]:
    """Whole class names in the templates; those that are put together from a value are left out."""
    found: set[str] = set()
    for path in TEMPLATES:
        for value in re.findall(r'\sclass="([^"]*)"', path.read_text()):
            plain = re.sub(r"[\w-]*(\{\{.*?\}\})[\w-]*|\{%.*?%\}", " ", value)
            found |= set(plain.split())
    return found


def test_every_class_of_the_styles_is_named_somewhere():
    words = {word for path in SOURCES for word in re.findall(r"[\w-]+", path.read_text())}
    ends = {word.removeprefix(head) for word in words for head in ("is-", "t-", "cal-")} | words
    own = {name for path in STATIC.glob("css/*.css") for name in classes_in(path.read_text())}

    unnamed = {name for name in own - words - WITHOUT_STYLE if name.partition("-")[2] not in ends}

    assert unnamed == set()


def test_every_class_of_a_page_has_a_style():
    known = {name for path in (*STATIC.glob("css/*.css"), *VENDORED) for name in classes_in(path.read_text())}

    assert classes_of_pages() - known == set()


def test_no_file_of_styles_is_too_long():
    assert [path.name for path in STATIC.glob("css/*.css") if len(path.read_text().splitlines()) > LONGEST_FILE] == []


# ---------------------------------------------------------------- contrast
TEXT, EDGE = 4.5, 3.0
SURFACES = ("page", "well", "well-2", "float")
ON_SURFACES = ("ink", "ink-2", "ink-3", "accent-ink")
STATUS = ("done", "due", "late")
PAIRS = [
    *((text, under, TEXT) for text in ON_SURFACES for under in SURFACES),
    *((f"{tone}-text", under, TEXT) for tone in STATUS for under in ("page", "well", f"{tone}-soft")),
    *((f"{tone}-on", f"{tone}-fill", TEXT) for tone in STATUS),
    *(("ink", f"{tone}-soft", TEXT) for tone in STATUS),
    *((f"{tone}-{'edge' if tone == 'due' else 'fill'}", "page", EDGE) for tone in STATUS),
    *((f"series-{number}", "page", TEXT) for number in range(1, 5)),
    ("on-ink", "ink", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    ("ink", "accent-soft", TEXT),
    ("accent-ink", "accent-soft", TEXT),
    ("open-text", "open-fill", TEXT),
    *((line, under, EDGE) for line in ("edge", "focus", "accent") for under in ("page", "well")),
]


def tokens(theme: str) -> dict[str, str]:
    css = (STATIC / "css" / "tokens.css").read_text()
    start = r'^\[data-bs-theme="dark"\] \{' if theme == "dark" else r'^\[data-bs-theme="auto"\] \{'
    block = re.search(start + r"(.*?)^\}", css, re.DOTALL | re.MULTILINE)
    assert block is not None
    return {name.removeprefix("--sw-"): value.strip() for name, value in declarations(block[1]).items()}


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_reckoned_as_the_guidelines_do():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_colours_can_be_read(theme):
    colours = tokens(theme)

    weak = {
        f"{front} on {back}": round(contrast(colours[front], colours[back]), 2)
        for front, back, least in PAIRS
        if contrast(colours[front], colours[back]) < least
    }

    assert weak == {}
