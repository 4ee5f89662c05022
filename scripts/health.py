"""Does the application answer? Asks for the sign-in page as the proxy in front of it would."""

import http.client
import os
import sys

OK = 200


def main() -> None:
    """Exit status 0 when it does."""
    host = os.environ["ALLOWED_HOSTS"].partition(",")[0]
    asking = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=5)
    try:
        asking.request("GET", "/sign-in/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        status = asking.getresponse().status
    except OSError as problem:
        sys.exit(f"No answer: {problem}")
    if status != OK:
        sys.exit(f"The sign-in page answers {status}.")


if __name__ == "__main__":
    main()
