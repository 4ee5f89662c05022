"""Are the Debian packages of apt-packages.txt here? As root the missing ones are installed, else they are named."""

import os
import subprocess
import sys
from pathlib import Path

LISTED = Path(__file__).resolve().parent.parent / "apt-packages.txt"


def main() -> None:
    """Install what is missing, or say what to type and stop."""
    missing = [name for name in listed(LISTED.read_text()) if not installed(name)]
    if not missing:
        return
    if os.geteuid() != 0:
        sys.exit(f"The tests need Debian packages that are not here: sudo apt-get install {' '.join(missing)}")
    unattended = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        if subprocess.run(["apt-get", "--quiet", *command], env=unattended, check=False).returncode:  # noqa: S607 - Debian's
            sys.exit(f"apt-get could not install {' '.join(missing)}: install them by hand and try again.")


def listed(text: str) -> list[str]:
    """The names in the file, without its comments."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]


def installed(package: str) -> bool:
    """Whether Debian's own list says so."""
    question = ["dpkg-query", "--show", "--showformat=${Status}", package]
    try:
        answer = subprocess.run(question, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        sys.exit("This is not Debian: install what apt-packages.txt lists in your own way, then run pytest.")
    return answer.stdout == "install ok installed"


if __name__ == "__main__":
    main()
