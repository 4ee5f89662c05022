"""What identifies a row? A UUIDv7: unguessable enough for a URL, and in order of making for an index."""

import secrets
import time
import uuid

NANOSECONDS = 1_000_000  # in a millisecond


def uuid7() -> uuid.UUID:
    """A new version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, 12 of the fraction of one, 62 random bits.

    The fraction (the RFC's method 3) keeps rows that one action makes in a loop in the order of their making.
    """
    milliseconds, rest = divmod(time.time_ns(), NANOSECONDS)
    fraction = (rest << 12) // NANOSECONDS
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76
    value |= fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
