"""Are the packages that tests need named, installed or asked for?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import debian_packages

CHECKOUT = Path(__file__).resolve().parents[2]


def test_comments_and_blank_lines_are_no_packages() -> None:
    text = "# a comment\n\nchromium\nfonts-dejavu-core  # for tests of print\n"

    assert debian_packages.listed(text) == ["chromium", "fonts-dejavu-core"]


def test_listed_packages_are_here() -> None:
    listed = debian_packages.listed(debian_packages.LISTED.read_text())

    assert [name for name in listed if not debian_packages.installed(name)] == []


def test_unknown_package_is_not_installed() -> None:
    assert debian_packages.installed("stepwell-no-such-package") is False


def test_ordinary_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    listed = tmp_path / "apt-packages.txt"
    listed.write_text("stepwell-no-such-package\n")
    monkeypatch.setattr(debian_packages, "LISTED", listed)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(SystemExit) as stopped:
        debian_packages.main()

    assert stopped.value.code == (
        "The tests need Debian packages that are not here: sudo apt-get install stepwell-no-such-package"
    )


def test_script_is_content_when_nothing_is_missing() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/debian_packages.py"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
