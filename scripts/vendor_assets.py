"""Where do the styles, scripts and icons under clinic/static/clinic/vendor come from?

`python scripts/vendor_assets.py` fetches the pinned packages and writes the files anew;
`--check` only compares what is in the tree with the recorded digests and needs no network.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PINS = Path(__file__).with_suffix(".json")
VENDOR = ROOT / "clinic" / "static" / "clinic" / "vendor"
RECORD = VENDOR / "versions.json"
# Manifest storage follows this comment to a file that is not shipped, and fails.
SOURCE_MAP = re.compile(rb"\n?(?://|/\*)# sourceMappingURL=[^\n*]*(?:\*/)?\n?")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the record, fetch nothing")
    if parser.parse_args().check:
        return _check()
    _write()
    return _check()


def _write() -> None:
    record: dict[str, Any] = {"packages": [], "files": {}}
    for package in json.loads(PINS.read_text())["packages"]:
        files = _files_of(package)
        for target, content in files.items():
            path = VENDOR / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            record["files"][target] = hashlib.sha256(content).hexdigest()
        record["packages"].append({key: package[key] for key in ("name", "version", "licence")})
        print(f"{package['name']} {package['version']} ({package['licence']}): {len(files)} files")
    RECORD.write_text(json.dumps(record, indent=2) + "\n")


def _check() -> int:
    recorded: dict[str, str] = json.loads(RECORD.read_text())["files"]
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file() and path != RECORD}
    wrong = [
        name
        for name, digest in recorded.items()
        if name in present and hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() != digest
    ]
    for name in sorted(recorded.keys() - present):
        print(f"{name} is missing", file=sys.stderr)
    for name in sorted(present - recorded.keys()):
        print(f"{name} is not on record", file=sys.stderr)
    for name in wrong:
        print(f"{name} was changed by hand", file=sys.stderr)
    return 1 if wrong or present != set(recorded) else 0


def _files_of(package: dict[str, Any]) -> dict[str, bytes]:
    """The wanted files of one package, once its archive has the pinned digest."""
    with tempfile.TemporaryDirectory() as folder:
        spec = f"{package['name']}@{package['version']}"
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("npm is missing; install it to fetch packages anew.")
        done = subprocess.run(
            [npm, "pack", spec, "--silent", "--pack-destination", folder],
            check=True,
            capture_output=True,
            text=True,
        )
        archive = Path(folder) / done.stdout.strip().splitlines()[-1]
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != package["integrity"]:
            raise SystemExit(f"{spec} does not have the pinned digest; nothing was written.")
        with tarfile.open(archive) as tar:
            files = {to: _member(tar, name) for name, to in package["files"].items()}
            if sprite := package.get("sprite"):
                files[sprite["to"]] = _sprite(tar, sprite["icons"])
    return files


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    stream = tar.extractfile(f"package/{name}")
    if stream is None:
        raise SystemExit(f"{name} is not a file in the archive.")
    return SOURCE_MAP.sub(b"\n", stream.read())


def _sprite(tar: tarfile.TarFile, icons: list[str]) -> bytes:
    """One SVG with a symbol for each icon that a page uses."""
    symbols = []
    for icon in icons:
        source = _member(tar, f"icons/{icon}.svg").decode()
        match = re.search(r'<svg[^>]*viewBox="([^"]+)"[^>]*>(.*)</svg>', source, re.DOTALL)
        if match is None:
            raise SystemExit(f"The icon {icon} has no drawing.")
        symbols.append(f'<symbol id="{icon}" viewBox="{match[1]}" fill="currentColor">{match[2].strip()}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()


if __name__ == "__main__":
    sys.exit(main())
