"""Keys of rows: UUID version 7 (RFC 9562, 5.7), which sort by the time they were made."""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new key: 48 bits of Unix time in milliseconds, 12 of its fraction, 62 random ones.

    The fraction (RFC 9562, 6.2, method 3) keeps keys made within one millisecond in order.
    """
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = (rest << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | random)
