"""Counting how often a password is really hashed."""

from collections import Counter

from django.db import connection

from kernel.hashing import BoundedArgon2PasswordHasher


class CountingHasher(BoundedArgon2PasswordHasher):
    """The product's own hasher, which counts its work. Named by PASSWORD_HASHERS in a test."""

    done: Counter[str] = Counter()

    def encode(self, password: str, salt: str) -> str:
        """Hash, and count it."""
        self.done["encode"] += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare, and count it."""
        self.done["verify"] += 1
        return super().verify(password, encoded)


class WatchingHasher(CountingHasher):
    """Notes for each hash whether a connection to the database was held meanwhile."""

    held: list[bool] = []

    def encode(self, password: str, salt: str) -> str:
        """Hash, and note it."""
        self.held.append(connection.connection is not None)
        return super().encode(password, salt)
