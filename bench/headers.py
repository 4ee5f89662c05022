"""The headers in which the measured application and the bench speak about a request."""

from typing import Final

COUNT: Final = "X-Bench-Count"
QUERIES: Final = "X-Bench-Queries"
SERVER_US: Final = "X-Bench-Server-Us"
