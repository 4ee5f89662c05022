"""Does the application serve? Asks its own probe: /readyz, or another one that is named."""

import http.client
import os
import sys

OK = 200


def main(path: str = "/readyz") -> None:
    """Exit status 0 when it does; otherwise what it said."""
    asking = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=5)
    try:
        asking.request("GET", path)
        answer = asking.getresponse()
        said = answer.read().decode()
    except OSError as problem:
        sys.exit(f"No answer: {problem}")
    if answer.status != OK:
        sys.exit(f"{path} answers {answer.status}: {said}")


if __name__ == "__main__":
    main(*sys.argv[1:])
