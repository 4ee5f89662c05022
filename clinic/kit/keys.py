"""What identifies a row? A UUIDv7: unguessable enough for a URL, and in order of making for an index."""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    """A new version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76
    value |= secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=value)
