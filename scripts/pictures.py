"""What does the README show? Three pictures of the demonstration clinic, taken in a browser at one fixed moment.

Everything happens in a folder that is thrown away: a database of its own, the demonstration people, a server on a free
port. Only the pictures stay, in docs/pictures.
"""

import contextlib
import http.client
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[1]
PICTURES = CHECKOUT / "docs" / "pictures"
MOST_BYTES = 300_000
ABOUT_THE_SAME = 2_000
PASSWORD = "quiet water stairs"  # noqa: S105 - `make run` prints it; it opens made-up people only
MOMENT = datetime(2026, 3, 10, 16, 30, tzinfo=UTC)  # half past twelve at the demonstration clinic, when it is full
SEED = f"""
from datetime import datetime
from clinic.demo import actions
actions.seed(count=60, seed_number=1, now=datetime.fromisoformat("{MOMENT.isoformat()}"))
"""
SECONDS_TO_START = 120
SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"]


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stepwell-pictures-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs under an account of its own
        environment = environment_in(Path(folder))
        say("Making the demonstration clinic …")
        manage(environment, "migrate", "--verbosity=0")
        manage(environment, "shell", "--no-imports", "--command", SEED)
        with served(environment) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name, take in {"today": today, "infusion-sheet": infusion_sheet, "progress": progress}.items():
                keep(name, take(browser, url))
            browser.close()


def environment_in(folder: Path) -> dict[str, str]:
    """The settings of a journey: as usual, with a clock that was moved to one moment."""
    moved_by = folder / "moved_by"
    moved_by.write_text(str((MOMENT - datetime.now(UTC)).total_seconds()))
    usual = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return usual | {
        "DJANGO_SETTINGS_MODULE": "tests.journeys.moved_clock",
        "JOURNEY_CLOCK_MOVED_BY": str(moved_by),
        "STEPWELL_MODE": "development",
        "STEPWELL_DATA_DIR": str(folder / "data"),
        "PORT": str(free_port()),
    }


def manage(environment: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, "manage.py", *words], cwd=CHECKOUT, env=environment, check=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """The clinic as `make run` serves it, until the pictures are taken."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"127.0.0.1:{environment['PORT']}", process)
        yield f"http://127.0.0.1:{environment['PORT']}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    patience = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < patience and process.poll() is None:
        with contextlib.closing(http.client.HTTPConnection(address, timeout=SECONDS_TO_START)) as asking:
            try:
                asking.request("GET", "/sign-in/")
                asking.getresponse().read()
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
            else:
                return
    raise SystemExit("The demonstration clinic did not start, for the reason above; no picture was taken.")


def today(browser: Browser, url: str) -> bytes:
    """The board of the front desk."""
    page = signed_in(browser, url, "fran", width=1440, height=860)
    page.wait_for_selector(".is-board")
    return page.screenshot()


def infusion_sheet(browser: Browser, url: str) -> bytes:
    """A room while the infusion runs."""
    page = signed_in(browser, url, "nora", width=1180, height=820)
    page.locator(".sw-room", has_text="Infusing").or_(page.locator(".sw-room", has_text="Reading")).first.get_by_role(
        "link"
    ).click()
    page.wait_for_selector("[data-sheet][data-ready]")
    page.wait_for_selector(".sw-plot canvas")
    return settled(page)


def progress(browser: Browser, url: str) -> bytes:
    """Somebody in maintenance, with two plans and answers that are missing."""
    page = signed_in(browser, url, "paula", width=1440, height=960)
    page.get_by_label("Find a patient").first.fill("Thornbury")
    page.get_by_label("Find a patient").first.press("Enter")
    page.locator("main").get_by_role("link", name=re.compile("Thornbury")).first.click()
    page.get_by_role("link", name="Progress", exact=True).first.click()
    page.wait_for_selector(".sw-drawings svg")
    return page.screenshot()


def signed_in(browser: Browser, url: str, who: str, *, width: int, height: int) -> Page:
    page = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="light", locale="en-US", reduced_motion="reduce"
    ).new_page()
    page.goto(f"{url}/sign-in/")
    page.get_by_label("E-mail").fill(f"{who}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{url}/")
    return page


def settled(page: Page) -> bytes:
    """The canvas once two pictures in a row are of about the same size."""
    before, after = page.screenshot(), b""
    for _ in range(20):
        after = page.screenshot()
        if abs(len(after) - len(before)) < ABOUT_THE_SAME:
            break
        before = after
    return after


def keep(name: str, taken: bytes) -> None:
    small = packed(taken)
    if len(small) > MOST_BYTES:
        raise SystemExit(f"The picture {name} has {len(small)} bytes; take less of the page.")
    (PICTURES / f"{name}.png").write_bytes(small)
    say(f"docs/pictures/{name}.png, {len(small) // 1000} kB")


def packed(picture: bytes, pack: Callable[[bytes], bytes] = lambda data: zlib.compress(data, 9)) -> bytes:
    """The same pixels in fewer bytes: one data chunk, packed as tightly as zlib can, and nothing beside it."""
    kept, pixels, place = [SIGNATURE], b"", len(SIGNATURE)
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        kind, body = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
        place += length + 12
        if kind == b"IDAT":
            pixels += body
        elif kind == b"IEND":
            kept.append(chunk(b"IDAT", pack(zlib.decompress(pixels))))
            kept.append(chunk(kind, body))
        elif kind in {b"IHDR", b"PLTE", b"tRNS", b"sRGB"}:
            kept.append(chunk(kind, body))
    return b"".join(kept)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
