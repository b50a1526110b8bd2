"""Counting how often a password is really hashed."""

from collections import Counter

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
