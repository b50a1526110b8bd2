"""Passwords by Argon2, no more of them at once than there are cores.

Each hash takes a core and 100 MiB for a tenth of a second: a flood of sign-ins waits in line here,
and is turned away where the line is too long, before it takes the memory and the time of the rest.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from kernel.errors import Overloaded

#: Seconds that a password waits for a core.
PATIENCE = 3.0

_cores = BoundedSemaphore(os.cpu_count() or 1)


@contextmanager
def a_core() -> Iterator[None]:
    """Hold one of the process's places for hard work; raises Overloaded where none comes free."""
    if not _cores.acquire(timeout=PATIENCE):
        raise Overloaded(Overloaded.message)
    try:
        yield
    finally:
        _cores.release()


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Django's Argon2, taking its turn."""

    def encode(self, password: str, salt: str) -> str:
        """Hash a password; raises Overloaded."""
        with a_core():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a password with a hash; raises Overloaded."""
        with a_core():
            return super().verify(password, encoded)
