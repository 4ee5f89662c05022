"""The usual settings, two routes as yardsticks, and a clock that stands where the made-up clinic was made.

The clinic that is measured is kept between runs. Its today is the day it was made on, so `request.now` is moved there.
"""

import os

from clinic.settings import *  # noqa: F403 - settings are a module of names
from clinic.settings import BASE_DIR, TEMPLATES
from clinic.settings import MIDDLEWARE as USUAL

CLOCK_MOVED_BY_SECONDS = float(os.environ.get("BENCH_CLOCK_MOVED_BY_SECONDS", "0"))
ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"
TEMPLATES[0]["DIRS"] += [BASE_DIR / "bench" / "templates"]  # type: ignore[operator]  # Django types it as an object
CLOCK = "clinic.kit.clock.clock_middleware"
MIDDLEWARE = [
    "bench.serving.counting",
    *USUAL[: USUAL.index(CLOCK) + 1],
    "bench.serving.moved",
    *USUAL[USUAL.index(CLOCK) + 1 :],
]
