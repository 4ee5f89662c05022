"""Is this container well? Asks the application's own probe, or looks when the worker gave its last sign of life."""

import http.client
import os
import sys
import time
from pathlib import Path

OK = 200
LONGEST_SILENCE_SECONDS = 60


def main(*arguments: str) -> None:
    """Exit status 0 when it is. Without a word it asks /readyz; a path asks another; --beat FILE is for the worker."""
    match arguments:
        case ["--beat", file]:
            hear(Path(file))
        case [path]:
            ask(path)
        case _:
            ask("/readyz")


def ask(path: str) -> None:
    """What the web server of this container says."""
    asking = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=5)
    try:
        asking.request("GET", path)
        answer = asking.getresponse()
        said = answer.read().decode()
    except OSError as problem:
        sys.exit(f"No answer: {problem}")
    if answer.status != OK:
        sys.exit(f"{path} answers {answer.status}: {said}")


def hear(file: Path) -> None:
    """The worker touches its file as often as it reaches the database."""
    try:
        silent_for = time.time() - file.stat().st_mtime
    except OSError:
        sys.exit(f"The worker has not made {file} yet.")
    if silent_for > LONGEST_SILENCE_SECONDS:
        sys.exit(f"The worker has not been heard of for {silent_for:.0f} seconds.")


if __name__ == "__main__":
    main(*sys.argv[1:])
